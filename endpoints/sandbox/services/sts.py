"""STS: who am I, and temporary credentials of a role in another account."""

import re
import secrets
import time
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.objects import Session

_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/[\w+=,.@/-]{1,512}")


@operation("sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, Any]:
    """Name the caller."""
    return {"UserId": call.identity.user_id, "Account": call.account, "Arn": call.identity.arn}


@operation("sts", "AssumeRole")
def assume_role(call: Call) -> dict[str, Any]:
    """Make temporary credentials in the role's account.

    Trust policies are not simulated: any caller may assume any role of an account that exists. The
    expiry is real time, as the caller's SDK compares it with its own clock. Raises AwsError ValidationError
    and AccessDenied.
    """
    role_arn, name = call.params["RoleArn"], call.params["RoleSessionName"]
    match = _ROLE.fullmatch(role_arn)
    if match is None:
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    account = match.group(1)
    if call.world.accounts.get(account) is None:
        text = (
            f"User: {call.identity.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        )
        raise AwsError("AccessDenied", text, 403)
    for old in [session for session in call.world.sessions if session.expires_at <= time.time()]:
        call.world.sessions.remove(old.id)
    expires_at = time.time() + call.params.get("DurationSeconds", 3600)
    key = "ASIA" + secrets.token_hex(8).upper()
    session = Session(key, account, role_arn, name, secrets.token_urlsafe(96), expires_at)
    call.world.sessions.put(session)
    role = role_arn.rpartition("/")[2]
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": secrets.token_urlsafe(30),
            "SessionToken": session.token,
            "Expiration": expires_at,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROA{account}:{name}",
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        },
    }
