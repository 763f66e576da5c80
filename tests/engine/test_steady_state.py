"""What AWS is asked while nothing moves: as many calls for 3 endpoints as for 300, but for pages."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Installation, Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import due
from tests.engine.world import DAY, GRACE, REGION, World, cluster, removed, resource, told, wanted
from tests.people import make_endpoint
from tests.sandbox_client import configuration_id, service_id, service_name

HOUR = 3600
LIST, MSK_LIST = "DescribeVpcEndpoints", "ListVpcConnections"
ASSOCIATIONS, SERVICES = "DescribeVpcEndpointAssociations", "DescribeVpcEndpointServices"


def run(world: World, seconds: float) -> None:
    """Do what the pulse would have done, whenever something is due, until so much time has passed."""
    end = read_clock().now + timedelta(seconds=seconds)
    while True:
        now = read_clock().now
        for region in due.due_regions(read_clock()):
            world.observe(region)
        if due.due_endpoints(read_clock(), 1):
            world.reconcile()
            continue
        coming = [
            *Region.objects.filter(observe_due_at__gt=now).values_list("observe_due_at", flat=True),
            *ReversePrivateEndpoint.objects.live().filter(due_at__gt=now).values_list("due_at", flat=True),
        ]
        soonest = min((at for at in coming if at is not None), default=end)
        if soonest >= end:
            world.box.advance(max(0.0, (end - read_clock().now).total_seconds()))
            return
        world.box.advance(max(0.0, (soonest - read_clock().now).total_seconds()) + 0.001)


def asked(world: World, seconds: float = HOUR + 150) -> Counter[str]:
    """Return which calls are made in an hour, and how often; STS goes by real time and is left out.

    It begins just after a listing and ends between two, so that an hour always has as many.
    """
    region = Region.objects.get()
    while region.observe_due_at is not None and not due.due_regions(read_clock()):
        world.box.advance((region.observe_due_at - read_clock().now).total_seconds() + 0.001)
    run(world, 0.01)
    since = world.box.last_seq()
    run(world, seconds)
    calls = world.box.calls(since=since, limit=100_000)
    return Counter(call["operation"] for call in calls if call["operation"] != "GetCallerIdentity")


def add(world: World, kind: EndpointType, number: int) -> None:
    """Let so many Ready endpoints be there, ten at a time; the names of their service are not verified."""
    is_interface = kind is EndpointType.VPC_ENDPOINT_SERVICE
    target = service_id(REGION, 5) if is_interface else configuration_id(REGION, 2)
    parameters = dict(wanted(service_name(REGION, 5)) if is_interface else resource(2))
    head = uuid.uuid4().hex[:20]
    now = read_clock().now
    for start in range(0, number, 10):
        stem = f"{head}{start // 10:011d}"
        stem = "-".join((stem[:8], stem[8:12], stem[12:16], stem[16:20], stem[20:]))
        many = min(10, number - start)
        tags = {
            "postern:endpoint-id": stem + "{n}",
            "postern:generation": "1",
            "postern:installation": str(Installation.get().pk),
        }
        for n, external_id in enumerate(world.box.fabricate(target, many, tags=tags)):
            row = make_endpoint(
                world.service,
                Status.READY,
                id=uuid.UUID(f"{stem}{n}"),
                type=kind,
                parameters={name: text for name, text in parameters.items() if name[:3] in ("vpc", "msk")},
                description=f"{kind} {start + n}",
                region=world.network.region,
                external_id=external_id,
            )
            Attempt.objects.create(
                endpoint=row,
                generation=1,
                network=world.network,
                request={"ServiceName": parameters["vpcEndpointServiceName"]} if is_interface else {},
                token=row.pk.hex,
                created_at=now,
                started_at=now,
                external_id=external_id,
                private_dns_wanted=["kafka.payments.eu-central-1.example.com"] if is_interface else [],
            )


@pytest.mark.parametrize("number", [1, 15, pytest.param(150, marks=pytest.mark.full)])
def test_an_hour_of_rest_costs_the_same_calls_however_many_endpoints_there_are(
    world: World, number: int
) -> None:
    world.make_of(cluster())
    for kind in (EndpointType.VPC_ENDPOINT_SERVICE, EndpointType.VPC_RESOURCE):
        add(world, kind, number)
    run(world, HOUR + GRACE)
    assert not ReversePrivateEndpoint.objects.exclude(status="Ready").exists()
    calls = asked(world)
    pages = -(-number // 100)
    assert calls == {LIST: 12, MSK_LIST: 12, ASSOCIATIONS: pages, SERVICES: 1}
    assert not ReversePrivateEndpoint.objects.exclude(changed_outside=[]).exists()


def test_while_an_owner_is_waited_for_a_region_is_listed_every_minute(world: World) -> None:
    world.make(1, status="PendingAcceptance")
    run(world, 120)
    calls = asked(world)
    assert calls == {LIST: calls[LIST]}
    assert 61 <= calls[LIST] <= 63


def test_what_waits_for_hours_does_not_hold_its_region_at_seconds(world: World) -> None:
    """One waits for room, one for a pause to end, one to be deleted until it does, one for its share."""
    world.box.knobs(interface_quota_per_vpc=2)
    leaving, _ = world.make(2), world.make(2)
    world.ask(2)
    world.ask_for(resource(1, share=f"arn:aws:ram:{REGION}:222222222222:resource-share/{uuid.UUID(int=5)}"))
    run(world, GRACE)
    world.network.writes_paused = True
    world.network.save()
    world.remove(leaving)
    run(world, GRACE)
    assert told(leaving)[0] == "Deleting"
    calls = asked(world, 750)
    assert calls[LIST] <= 2 + 2, "every five minutes, and when room is looked for"
    assert world.box.count(operation="DeleteVpcEndpoints") == 0


def test_an_intent_wakes_a_region_at_rest_at_once(world: World) -> None:
    row = world.make(2)
    run(world, HOUR)
    since = world.box.last_seq()
    world.remove(row)
    run(world, 10)
    assert world.box.count(operation="DeleteVpcEndpoints", since=since) == 1
    assert world.box.count(operation=LIST, since=since) >= 3, "every two seconds from then on"


def test_nothing_lists_connections_once_the_last_is_long_gone(world: World) -> None:
    row = world.make_of(cluster())
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert asked(world) == {LIST: 12, MSK_LIST: 12}
    world.box.fault("error", operation=MSK_LIST)
    world.observe()
    assert Region.objects.get().connections_failing_since is not None
    world.box.advance(7 * DAY)
    world.observe()
    region = Region.objects.get()
    assert (region.connections_failing_since, region.connections_raw_error) == (None, "")
    assert asked(world) == {LIST: 12}


# --- quotas ----------------------------------------------------------------------------------------------


def test_quotas_are_read_for_a_placement_when_those_known_are_an_hour_old(world: World) -> None:
    world.make(2)
    assert world.box.count(operation="GetServiceQuota") == 2
    world.make(2)
    run(world, 3 * HOUR)
    assert world.box.count(operation="GetServiceQuota") == 2
    world.box.knobs(interface_quota_per_vpc=2)
    row = world.ask(2)
    world.work()
    assert world.box.count(operation="GetServiceQuota") == 4
    assert told(row) == ("Provisioning", "no_room")


# --- private names ---------------------------------------------------------------------------------------


def test_names_of_many_endpoints_are_looked_at_in_one_call_and_only_what_is_free_is_switched_on(
    world: World,
) -> None:
    rows = []
    for _ in range(3):
        row = world.make(5, status="PendingAcceptance")
        world.box.accept(row.external_id)
        rows.append(row)
    run(world, HOUR)
    assert asked(world)[SERVICES] == 1
    world.box.change_service(service_id(REGION, 5), private_dns_state="verified")
    calls = asked(world)
    run(world, GRACE)
    assert calls["ModifyVpcEndpoint"] == 1
    assert calls[SERVICES] <= 1 + 1 + 1, "together, and by itself the one that is free"
    for row in rows:
        row.refresh_from_db()
    assert sorted(len(row.private_dns_names) for row in rows) == [0, 0, 1]
    lines = [row.events.filter(code="private_dns_taken").count() for row in rows]
    run(world, 2 * HOUR)
    assert [row.events.filter(code="private_dns_taken").count() for row in rows] == lines


def test_a_service_that_is_closed_to_us_after_ready_leaves_its_endpoint_alone(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.box.change_service(service_id(REGION, 5), allowed_principals=[])
    run(world, HOUR)
    assert told(row) == ("Ready", "available")
    row.refresh_from_db()
    assert (row.raw_error, row.failures) == ("", 0)
    assert asked(world)[SERVICES] == 1


def test_services_that_cannot_be_looked_at_are_looked_at_again_an_hour_later(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.accept(row.external_id)
    run(world, GRACE)
    world.box.change_service(service_id(REGION, 5), private_dns_state="verified")
    fault = world.box.fault("error", operation=SERVICES)
    run(world, HOUR + GRACE)
    row.refresh_from_db()
    assert row.private_dns_names == []
    world.box.clear_fault(fault)
    run(world, HOUR + GRACE)
    row.refresh_from_db()
    assert row.private_dns_names == ["kafka.payments.eu-central-1.example.com"]
