"""A day of work on one service: the audit reads back as exactly what was done, and nothing else."""

import uuid
from typing import Any
from unittest.mock import ANY

import pytest
from django.urls import reverse

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.models import ApiKey, HandOff, Installation, ReversePrivateEndpoint, RoleAssignment
from tests.audit.day import BUILD, HOME, OFFICE, OWNER, Line, Person, call, command, secret_on, trail
from tests.people import PASSWORD, REGION, REGIONAL_NAME, SERVICE_NAME, Cast, make_user

NAME = "Orders database"
OTHER_NAME = SERVICE_NAME.replace("0123456789abcdef0", "0fedcba9876543210")


@pytest.fixture
def people(cast: Cast) -> dict[str, Person]:
    for user in (cast.operator, cast.admin, cast.staff):
        user.set_password(PASSWORD)
        user.save()
    make_user("new@example.com")
    return {
        "operator": Person("operator@example.com", OFFICE),
        "admin": Person("admin@example.com", HOME),
        "staff": Person("staff@example.com", OFFICE),
        "owner": Person("", OWNER),
        "nobody": Person("", "203.0.113.99"),
    }


def the(description: str) -> ReversePrivateEndpoint:
    return ReversePrivateEndpoint.objects.get(description=description)


def aws_says(description: str, status: Status, **columns: Any) -> None:
    """Let the engine have seen something; what it sees is nobody's act."""
    ReversePrivateEndpoint.objects.filter(description=description).update(status=status, **columns)


def test_a_day_of_work_reads_back_as_exactly_what_was_done(cast: Cast, people: dict[str, Person]) -> None:
    done: list[Line] = []
    for part in (_create, _hand_off, _connect, _share, _keys, _remove, _operate, _end):
        done += part(cast, people)
        assert trail() == done, part.__name__


def _create(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Sign in, once with a wrong password; look around, ask for an endpoint, retry it when it failed."""
    operator = people["operator"]
    people["nobody"].sign_in("a guess", email="operator@example.com")
    operator.sign_in()
    for name in ("data-sources", "clickpipes", "endpoints", "settings", "people"):
        operator.see(name, cast.service.pk)
    fields = {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": NAME,
        "vpcEndpointServiceName": SERVICE_NAME,
        "form_key": uuid.uuid4(),
    }
    operator.send("create-endpoint", cast.service.pk, fields=fields | {"description": ""}, status=422)
    operator.send("create-endpoint", cast.service.pk, fields=fields)
    operator.send("create-endpoint", cast.service.pk, fields=fields)  # pressed twice
    aws_says(NAME, Status.FAILED)
    here = (cast.service.pk, the(NAME).pk)
    operator.see("endpoint", *here)
    operator.send("retry-endpoint", *here)
    operator.send("retry-endpoint", *here)
    asked = {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": NAME,
        "parameters": {"vpcEndpointServiceName": SERVICE_NAME},
        "region": REGION,
    }
    return [
        people["nobody"].did("session.sign_in_failed", "operator@example.com"),
        operator.did("session.signed_in", "operator@example.com"),
        operator.did("endpoint.requested", NAME, after=asked),
        operator.did("endpoint.retried", NAME, {"generation": 1}, {"generation": 2}),
    ]


def _hand_off(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Hand off to somebody without an account, who opens the link twice and lets the page follow."""
    operator, owner = people["operator"], people["owner"]
    here = (cast.service.pk, the(NAME).pk)
    operator.send("make-hand-off", *here, fields={"days": "7"})
    link = HandOff.objects.get()
    owner.see("hand-off", link.token)
    owner.see("hand-off", link.token)
    owner.see("hand-off", link.token, query={"seen": "0"})
    owner.see("hand-off", "wrong", status=404)
    operator.send("close-hand-off", *here, link.pk)
    owner.see("hand-off", link.token, status=404)
    made = {"link": str(link.pk), "days": 7, "expires_at": ANY}
    seen = {"link": str(link.pk), "made_by": operator.email}
    return [
        operator.did("hand_off.made", NAME, after=made),
        owner.did("hand_off.viewed", NAME, after=seen),
        operator.did("hand_off.revoked", NAME, after=seen | {"revoked_at": ANY}),
    ]


def _connect(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Set a ClickPipe up on the endpoint once it is Ready; typing alone is no act."""
    operator = people["operator"]
    aws_says(NAME, Status.READY, dns_names=[REGIONAL_NAME], observed_generation=2)
    fields = {"host": REGIONAL_NAME, "port": "5432", "name": "orders-cdc", "form_key": uuid.uuid4()}
    operator.see("choose-source", cast.service.pk)
    step = ("pipe-endpoint", cast.service.pk, "postgres", the(NAME).pk)
    operator.send(*step, fields=fields | {"name": ""}, status=422)
    operator.send(*step, fields=fields)
    pipe = {
        "name": "orders-cdc",
        "source": "Postgres",
        "address": f"{REGIONAL_NAME}:5432",
        "endpoints": [NAME],
    }
    return [operator.did("clickpipe.recorded", "orders-cdc", after=pipe)]


def _share(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Let a colleague in, with more and then nothing; hand the service over."""
    admin = people["admin"]
    admin.sign_in()
    admin.send("grant-role", cast.service.pk, fields={"email": "new@example.com", "role": "viewer"})
    held = RoleAssignment.objects.get(user__email="new@example.com")
    admin.send("change-role", cast.service.pk, held.pk, fields={"role": "operator"})
    admin.send("revoke-role", cast.service.pk, held.pk)
    transfer = {"owner": cast.operator.pk, "reason": "Orders moved teams"}
    admin.send("transfer-service", cast.service.pk, fields=transfer | {"reason": " "}, status=422)
    admin.send("transfer-service", cast.service.pk, fields=transfer)
    about = {"name": "orders", "contact": "#orders", "labels": "production"}
    admin.send("describe-service", cast.service.pk, fields=about)
    admin.send("describe-service", cast.service.pk, fields=about)
    viewer = {"role": "viewer", "holder": "new@example.com", "on": "orders"}
    return [
        admin.did("session.signed_in", admin.email),
        admin.did("role.granted", "new@example.com: viewer / orders", after=viewer),
        admin.did(
            "role.changed", "new@example.com: operator / orders", {"role": "viewer"}, {"role": "operator"}
        ),
        admin.did("role.revoked", "new@example.com: operator / orders", viewer | {"role": "operator"}),
        admin.did(
            "service.transferred",
            "orders",
            {"owner": None},
            {"owner": "operator@example.com"},
            "Orders moved teams",
        ),
        admin.did(
            "service.changed",
            "orders",
            {"contact": "", "labels": []},
            {"contact": "#orders", "labels": ["production"]},
        ),
    ]


def _keys(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Issue a key for the build, which asks by the API and reads; rotate it and disable both."""
    admin = people["admin"]
    fields = {"name": "build", "role": "operator", "scope": "service", "end": "30", "form_key": uuid.uuid4()}
    first = secret_on(admin.send("issue-key", cast.service.pk, fields=fields, status=200))
    body = {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": "By the build",
        "vpcEndpointServiceName": OTHER_NAME,
    }
    assert call(cast, first, "GET").status_code == 200
    assert call(cast, first, "POST", body=body | {"type": "NONE"}).status_code == 400
    made = call(cast, first, "POST", body=body).json()["result"]["id"]
    second = secret_on(
        admin.send(
            "rotate-key", cast.service.pk, first[0], fields={"overlap": "day", "end": "30"}, status=200
        )
    )
    assert call(cast, second, "DELETE", f"/{made}").status_code == 200
    assert call(cast, second, "DELETE", f"/{made}").status_code == 200
    for key_id, _ in (first, second):
        admin.send("disable-key", cast.service.pk, key_id)
    assert call(cast, second, "GET").status_code == 401
    key, successor = (f"build ({key_id})" for key_id, _ in (first, second))
    assert not any(secret in str(trail()) for _, secret in (first, second))

    def built(action: str, before: Any = None, after: Any = None) -> Line:
        return Line("key", "API key build", BUILD, action, "By the build", before or {}, after or {})

    asked = {
        "type": body["type"],
        "description": "By the build",
        "parameters": {"vpcEndpointServiceName": OTHER_NAME},
        "region": REGION,
    }
    issued = ApiKey.objects.get(key_id=first[0])
    said = {"name": "build", "role": "operator", "expires_at": ANY, "service": str(issued.service_id)}
    rotated = {"successor": second[0], "expires_at": ANY, "successor_expires_at": ANY}
    return [
        admin.did("key.issued", key, after=said | {"organization": str(issued.organization_id)}),
        built("endpoint.requested", after=asked),
        admin.did("key.rotated", key, {"successor": None, "expires_at": ANY}, rotated),
        built(
            "endpoint.removal_requested",
            {"status": "Provisioning"},
            {"status": "Deleting", "removal_reason": "removal_requested"},
        ),
        admin.did("key.disabled", key, {"disabled_at": None}, {"disabled_at": ANY}),
        admin.did("key.disabled", successor, {"disabled_at": None}, {"disabled_at": ANY}),
    ]


def _remove(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Try to remove what a ClickPipe uses, as one who may not; an admin does, and the ClickPipe goes."""
    operator, admin = people["operator"], people["admin"]
    here = ("remove-endpoint", cast.service.pk, the(NAME).pk)
    operator.send(*here, fields={"typed": NAME}, status=403)
    admin.send(*here, fields={"typed": "something else"}, status=422)
    admin.send(*here, fields={"typed": NAME})
    pipe = cast.service.pipes.get()
    operator.send("remove-clickpipe", cast.service.pk, pipe.pk)
    recorded = {"name": "orders-cdc", "source": "Postgres", "address": pipe.address, "endpoints": [NAME]}
    return [
        admin.did(
            "endpoint.removal_requested",
            NAME,
            {"status": "Ready"},
            {"status": "Deleting", "removal_reason": "removal_requested", "clickpipes": ["orders-cdc"]},
        ),
        operator.did("clickpipe.removed", "orders-cdc", recorded),
    ]


def _operate(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Pause in admin and go on by command; disable somebody, and let a deadline pass."""
    staff = people["staff"]
    staff.sign_in()
    installation = Installation.get()
    page = "admin:endpoints_installation_change"
    staff.send(page, installation.pk, fields={"writes_paused": "on"}, status=302)
    staff.send(page, installation.pk, fields={"writes_paused": "on"}, status=302)
    command("pause", "--all", "--off")
    command("pause")
    command("prune")
    gone = make_user("leaver@example.com")
    staff.send(
        "admin:endpoints_user_disable", gone.pk, fields={"reason": "Left", "confirmed": "1"}, status=302
    )
    stale = ReversePrivateEndpoint.objects.create(
        service=cast.service, type="VPC_ENDPOINT_SERVICE", description="Forgotten", region=cast.region,
        created_at=the(NAME).created_at, status=Status.FAILED, status_since=the(NAME).created_at,
    )  # fmt: skip
    intents.clean_up(endpoint=stale)
    intents.clean_up(endpoint=stale)
    whole = str(installation.pk)
    return [
        staff.did("session.signed_in", staff.email),
        staff.did("installation.changed", whole, {"writes_paused": False}, {"writes_paused": True}),
        Line(
            "command",
            "manage.py pause",
            None,
            "installation.changed",
            whole,
            {"writes_paused": True},
            {"writes_paused": False},
        ),
        staff.did("user.disabled", "leaver@example.com", {"is_active": True}, {"is_active": False}, "Left"),
        Line(
            "postern",
            "cleanup",
            None,
            "endpoint.removal_requested",
            "Forgotten",
            {"status": "Failed"},
            {"status": "Deleting", "removal_reason": "deadline_passed"},
        ),
    ]


def _end(cast: Cast, people: dict[str, Person]) -> list[Line]:
    """Read the audit, take it along, and go home."""
    admin = people["admin"]
    admin.see("audit", cast.service.pk, query={"action": "endpoint.requested"})
    file = admin.see("export-audit", cast.service.pk, "csv", query={"action": "endpoint.requested"})
    assert b"".join(file.streaming_content).count(b"endpoint.requested") == 2
    page = people["staff"].client.get(reverse("admin:endpoints_auditentry_changelist"))
    assert page.status_code == 200
    for name in ("operator", "admin", "staff"):
        people[name].sign_out()
    return [
        admin.did(
            "audit.exported", "orders", after={"format": "csv", "filters": "action=endpoint.requested"}
        ),
        *(
            people[name].did("session.signed_out", people[name].email)
            for name in ("operator", "admin", "staff")
        ),
    ]
