"""Who calls: the SigV4 credential scope names service, Region and access key. Signatures are not verified."""

import re
import time
from dataclasses import dataclass

from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.http import Request
from endpoints.sandbox.world.world import World

_CREDENTIAL = re.compile(r"\bCredential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
# What the services that speak JSON say instead of sts's words.
_JSON_WORDS = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "ExpiredToken": "ExpiredTokenException",
}
# Requests without a signature still name the API version, which tells the service apart.
_VERSIONS = {b"2016-11-15": "ec2", b"2011-06-15": "sts"}


@dataclass(frozen=True)
class Scope:
    """What the signature says. `access_key` is empty when there is none."""

    service: str
    region: str
    access_key: str
    session_token: str


@dataclass(frozen=True)
class Identity:
    """A caller: its account, ARN and unique id as GetCallerIdentity spells them, and the IAM principal."""

    account: str
    arn: str
    user_id: str
    principal: str


def scope(request: Request) -> Scope:
    """Read the credential scope; without one the service is guessed by the API version."""
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if found:
        key, region, service = found.groups()
        return Scope(service, region, key, request.headers.get("x-amz-security-token", ""))
    text = request.target.encode() + b"&" + request.body
    for version, service in _VERSIONS.items():
        if b"Version=" + version in text:
            return Scope(service, "", "", "")
    return Scope("", "", "", "")


def identify(world: World, claimed: Scope) -> Identity:
    """Find the caller. Raises AwsError: AuthFailure (ec2), MissingAuthenticationToken, InvalidClientTokenId,
    or the service's word for expired credentials."""
    if not claimed.access_key:
        raise _refused(
            claimed.service, "MissingAuthenticationToken", "Request is missing Authentication Token"
        )
    for account in world.accounts:
        if claimed.access_key in account.access_keys:
            arn = f"arn:aws:iam::{account.id}:user/{account.name}"
            return Identity(account.id, arn, f"AIDA{account.id}{account.name.upper()}"[:21], arn)
    session = world.sessions.get(claimed.access_key)
    if session is None or session.token != claimed.session_token:
        text = "The security token included in the request is invalid."
        raise _refused(claimed.service, "InvalidClientTokenId", text)
    if session.expires_at <= time.time():
        if claimed.service == "ec2":
            raise AwsError("RequestExpired", "Request has expired.")
        text = "The security token included in the request is expired"
        raise _refused(claimed.service, "ExpiredToken", text)
    role = session.role_arn.rpartition("/")[2]
    arn = f"arn:aws:sts::{session.account}:assumed-role/{role}/{session.session_name}"
    return Identity(session.account, arn, f"AROA{session.account}:{session.session_name}", session.role_arn)


def _refused(service: str, code: str, message: str) -> AwsError:
    if service == "ec2":
        return AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if service not in ("sts", "route53"):
        code = _JSON_WORDS[code]
    return AwsError(code, message, 403)
