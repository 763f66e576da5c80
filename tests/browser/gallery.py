"""Rows for the screens' pictures: each type in each status, in a service of their own.

Run in the house's environment, `python -m tests.browser.gallery [DESCRIPTION…]`; prints the ids as JSON.
No worker touches these rows: nothing of them is due, and no attempt was ever made.
"""

import contextlib
import json
import sys
from datetime import timedelta
from itertools import product
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from endpoints import audit, claims  # noqa: E402
from endpoints.domain.actions import Action  # noqa: E402
from endpoints.domain.reasons import EventCode, Reason  # noqa: E402
from endpoints.domain.status import Status  # noqa: E402
from endpoints.domain.types import EndpointType, Source  # noqa: E402
from endpoints.models import (  # noqa: E402
    Actor,
    ApiKey,
    Claim,
    ClickPipe,
    HandOff,
    Network,
    Organization,
    ReversePrivateEndpoint,
    Service,
    User,
    note_sources,
    read_clock,
)
from endpoints.models.access import CLEANUP, SOMEBODY  # noqa: E402
from tests import people  # noqa: E402

SERVICE = "gallery"
_ORGANIZATION = "a0000000-0000-4000-8000-000000000001"
_WHY = {
    (EndpointType.VPC_RESOURCE, Status.FAILED): Reason.SHARE_NOT_FOUND,
    (EndpointType.VPC_RESOURCE, Status.PROVISIONING): Reason.WAITING_FOR_SHARE,
    (EndpointType.VPC_RESOURCE, Status.REJECTED): Reason.RESOURCE_UNREACHABLE,
    (EndpointType.VPC_RESOURCE, Status.EXPIRED): Reason.RESOURCE_UNREACHABLE,
    (EndpointType.MSK_MULTI_VPC, Status.FAILED): Reason.CLUSTER_NOT_VISIBLE,
    (EndpointType.MSK_MULTI_VPC, Status.REJECTED): Reason.REJECTED_BY_CLUSTER_OWNER,
}
_BROKERS = ",".join(
    f"b-{n}.scram.orders.k1s2t3.c4.kafka.eu-central-1.amazonaws.com:{14_000 + n}" for n in (1, 2, 3)
)


def _names(kind: EndpointType) -> dict[str, Any]:
    if kind is EndpointType.MSK_MULTI_VPC:
        hosts = [pair.rpartition(":")[0] for pair in _BROKERS.split(",")]
        return {"dns_names": [], "private_dns_names": hosts, "connection_string": _BROKERS}
    if kind is EndpointType.VPC_RESOURCE:
        return {
            "dns_names": [
                "snra-0123456789abcdef0-rcfg-0123456789abcdef0.4232ccc.vpc-lattice-rsc.eu-central-1.on.aws"
            ]
        }
    return {"private_dns_names": ["*.db.example.com"]}


def make(descriptions: list[str]) -> dict[str, str]:
    """Make the rows, and a Ready endpoint of each description.

    Return the ids by `type-status`, and those of the service, a ClickPipe and a link.
    """
    organization = Organization.objects.get(pk=_ORGANIZATION)
    service = people.make_service(organization, SERVICE)
    moment = read_clock()
    made = {"service": str(service.pk)}
    for kind, status in product(EndpointType, Status):
        endpoint = people.make_endpoint(
            service,
            status,
            type=kind,
            description=f"{kind.value.replace('_', ' ').capitalize()}: {status.value}",
            status_since=moment.now - timedelta(minutes=2),
            created_at=moment.now - timedelta(minutes=5),
            **({"reason": _WHY[kind, status]} if (kind, status) in _WHY else {}),
            **(_names(kind) if status is Status.READY else {}),
            **({"raw_error": "InvalidParameter: No."} if status is Status.FAILED else {}),
        )
        people.make_event(endpoint, EventCode.REQUESTED, actor="operator@postern.example")
        if status is Status.READY:
            with contextlib.suppress(claims.Taken), transaction.atomic():  # an earlier gallery has it
                claims.claim_target(endpoint)
        made[f"{kind.value}-{status.value}"] = str(endpoint.pk)
    for kind in EndpointType:
        gone = people.make_tombstone(service, type=kind, description=f"Old {kind.value}", **_names(kind))
        for held in gone.spec.held():
            Claim.objects.get_or_create(
                kind=held.kind.value,
                key=held.key,
                defaults={"organization": organization, "used_up_at": moment.now},
            )
        made[f"{kind.value}-Removed"] = str(gone.pk)
    for text in descriptions:
        _audit(people.make_endpoint(service, description=text))
    made["organization"] = _ORGANIZATION
    return made | _around(made) | _keys(service)


def _keys(service: Service) -> dict[str, str]:
    """A key in each state, one of them for the whole organization; `key` is the one that ends soon."""
    real = read_clock().real
    admin = User.objects.get_by_natural_key("admin@postern.example")
    gone = User.objects.get_or_create(email=f"former@{service.pk.hex}.example", is_active=False)[0]
    columns: dict[str, dict[str, Any]] = {
        "Terraform": {"last_used_at": real},
        "Nightly report of everything that the data platform has opened so far": {},
        "Import": {"expires_at": real + timedelta(days=3), "last_used_at": real},
        "Old pipeline": {"created_at": real - timedelta(days=30)},
        "Former colleague": {"created_by": gone},
        "Over": {"expires_at": real},
        "Leaked": {"disabled_at": real},
    }
    made = {}
    for name, changes in columns.items():
        key, _ = ApiKey.issue(
            organization=service.organization,
            service=None if name.startswith("Nightly") else service,
            role="operator",
            name=name,
            created_by=admin,
            expires_at=real + timedelta(days=90),
        )
        ApiKey.objects.filter(pk=key.pk).update(**changes)
        made[name] = key
    rotated, _ = ApiKey.issue(
        organization=service.organization, service=service, role="viewer", name="Terraform",
        expires_at=real + timedelta(days=1), successor=made["Terraform"],
    )  # fmt: skip
    return {"key": made["Import"].key_id, "rotated key": rotated.key_id}


def _audit(endpoint: ReversePrivateEndpoint) -> None:
    """Entries of all widths: many changes, a long reason, a name that breaks nowhere, nobody's look."""
    by = User.objects.get_by_natural_key("operator@postern.example")
    with audit.coming_from("2001:db8:85a3:8d3:1319:8a2e:370:7348"):
        asked = audit.columns(endpoint, "type", "description", "parameters", "region")
        audit.record(Action.ENDPOINT_REQUESTED, by=by, on=endpoint, after=asked)
        audit.record(Action.HAND_OFF_VIEWED, by=SOMEBODY, on=endpoint, after={"made_by": by.email})
    audit.record(
        Action.SERVICE_TRANSFERRED,
        by=by,
        on=endpoint.service,
        before={"owner": None},
        after={"owner": f"{'a' * 60}@{'b' * 60}.example.com"},
        reason="The team that looks after it was split, and orders went with the other half. " * 3,
    )
    moved = {"clickpipes": {"invoices": f"{endpoint.dns_names[0]}:5432"}}
    audit.record(Action.REPLACEMENT_DONE, by=Actor.command("x" * 200), on=endpoint, before=moved, after=moved)
    audit.record(Action.ENDPOINT_RETRIED, by=CLEANUP, on=endpoint, before={"generation": 1}, after=moved)


def _around(made: dict[str, str]) -> dict[str, str]:
    moment = read_clock()
    Network.objects.filter(capacity_at__isnull=True).update(
        capacity={"subnet-0aaaaaaaaaaaaaaaa": {"zone": "euc1-az1", "blocks": 12}}, capacity_at=moment.now
    )
    ready = ReversePrivateEndpoint.objects.get(pk=made["VPC_ENDPOINT_SERVICE-Ready"])
    fields = {
        "service": ready.service,
        "created_at": moment.now,
        "created_by_name": "operator@postern.example",
    }
    by_id = ClickPipe(name="orders", source=Source.KAFKA, **fields)
    by_id.reach(f"{ready.dns_names[0]}:9092", ready.dns_names[:1])
    by_id.save()
    by_id.endpoints.add(ready)
    note_sources(by_id)
    by_host = ClickPipe(name="customers", source=Source.POSTGRES, **fields)
    by_host.reach("pg.db.example.com:5432", ["pg.db.example.com"])
    by_host.save()
    note_sources(by_host)
    pending = ReversePrivateEndpoint.objects.get(pk=made["VPC_ENDPOINT_SERVICE-PendingAcceptance"])
    link = HandOff.objects.create(
        endpoint=pending,
        created_at=moment.real,
        created_by_name="operator@postern.example",
        expires_at=moment.real + timedelta(days=7),
    )
    return {"pipe": str(by_id.pk), "token": link.token, **_replaced(ready, made)}


def _replaced(ready: ReversePrivateEndpoint, made: dict[str, str]) -> dict[str, str]:
    """One replacement under way that waits for its new endpoint, and one that is done."""
    old = people.make_endpoint(ready.service, description="To be replaced", dns_names=["old.example.com"])
    people.make_pipe(ready.service, old, name="billing")
    people.make_replacement(old, ReversePrivateEndpoint.objects.get(pk=made["VPC_RESOURCE-Failed"]))
    now = read_clock().now
    gone = people.make_tombstone(ready.service, description="Replaced")
    moves = [
        {"id": "", "name": "invoices", "from": f"{gone.dns_names[0]}:5432", "to": f"{'b' * 60}.com:5432"}
    ]
    people.make_replacement(gone, ready, moved_at=now, finished_at=now, moves=moves)
    return {"replacing": str(old.pk), "replaced": str(gone.pk)}


if __name__ == "__main__":
    print(json.dumps(make(sys.argv[1:])))
