"""Faults of a whole network: one message, one try at a time, and all go on when AWS answers again."""

from datetime import timedelta
from typing import Any

import pytest

from endpoints import intents
from endpoints.domain.breakers import Kind
from endpoints.models import Breaker, ReversePrivateEndpoint, Role, read_clock
from endpoints.reconcile import act
from tests.engine.conftest import forget_clients
from tests.engine.world import REGION, World, add_network, checked, codes, removed, told, wanted
from tests.people import give_role, make_breaker, make_service
from tests.sandbox_client import service_name

CREATE, DELETE, SERVICES = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpointServices"


def due(world: World, seconds: float) -> None:
    """Let time pass, then take the steps that are due; no listing."""
    world.box.advance(seconds)
    act.reconcile_due()


def test_the_first_row_meets_the_fault_and_the_others_wait_without_asking(world: World) -> None:
    world.box.fault("error", operation=SERVICES, code="ExpiredToken", status=400)
    rows = [world.ask(2) for _ in range(4)]
    act.reconcile_due()
    assert world.box.count(operation=SERVICES) == 1
    (breaker,) = Breaker.objects.all()
    assert (breaker.kind, breaker.code, breaker.operation) == (Kind.ACCOUNT, "ExpiredToken", SERVICES)
    assert breaker.opened_at is not None
    assert {told(row) for row in rows} == {("Provisioning", "operator_must_act")}
    assert sum("aws_trouble" in codes(row) for row in rows) == 1
    assert breaker.waiting.count() == 4


def test_one_tries_again_at_a_time_and_more_and_more_rarely(world: World) -> None:
    world.box.fault("error", operation=SERVICES, code="ExpiredToken", status=400)
    for _ in range(4):
        world.ask(2)
    act.reconcile_due()
    for tries in (2, 3):
        due(world, 16 if tries == 2 else 31)
        act.reconcile_due()
        assert world.box.count(operation=SERVICES) == tries
    due(world, 31)
    assert world.box.count(operation=SERVICES) == 3


def test_all_go_on_as_soon_as_aws_answers_again(world: World) -> None:
    fault = world.box.fault("error", operation=SERVICES, code="AuthFailure", status=401)
    rows = [world.ask(2) for _ in range(4)]
    act.reconcile_due()
    world.box.clear_fault(fault)
    due(world, 16)
    world.work()
    assert not Breaker.objects.exists()
    assert {told(row) for row in rows} == {("Ready", "available")}
    assert ReversePrivateEndpoint.objects.filter(breaker__isnull=False).count() == 0
    assert {row.raw_error for row in rows} == {""}


def test_a_listing_that_works_again_closes_what_reads_had_met(world: World) -> None:
    fault = world.box.fault("error", operation=SERVICES, code="ExpiredToken", status=400)
    row = world.ask(2)
    act.reconcile_due()
    world.box.clear_fault(fault)
    world.observe()
    assert not Breaker.objects.exists()
    act.reconcile_due()
    world.work()
    world.later(15)
    assert told(row) == ("Ready", "available")


def test_a_listing_does_not_close_what_a_write_had_met(world: World) -> None:
    world.box.fault("error", operation=CREATE, code="PendingVerification", status=400)
    world.ask(2)
    act.reconcile_due()
    world.observe()
    assert Breaker.objects.get().code == "PendingVerification"


def test_a_listing_that_may_not_be_made_opens_the_breaker(world: World) -> None:
    row = world.make(2)
    world.box.fault("error", operation="DescribeVpcEndpoints", code="AuthFailure", status=401)
    world.observe()
    assert Breaker.objects.get().kind == Kind.ACCOUNT
    world.remove(row)
    act.reconcile_due()
    assert world.box.count(operation=DELETE) == 0
    assert told(row)[0] == "Deleting"
    world.box.clear_faults()
    world.later(16)
    world.later(600)
    world.later(600)
    assert removed(row)


def test_a_full_quota_stops_creates_and_lets_deletes_go_which_make_room(world: World) -> None:
    old = world.make(2)
    fault = world.box.fault("error", operation=CREATE, code="VpcEndpointLimitExceeded", status=400)
    rows = [world.ask(2) for _ in range(3)]
    act.reconcile_due()
    calls = world.box.count(operation=CREATE, error_code="VpcEndpointLimitExceeded")
    assert Breaker.objects.get().kind == Kind.INTERFACE_QUOTA
    world.remove(old)
    act.reconcile_due()
    assert world.box.count(operation=DELETE, mentions=old.external_id) == 1
    assert calls == 1
    # A new row is not even placed there: it says that there is no room.
    late = world.ask(2)
    act.reconcile_due()
    assert told(late) == ("Provisioning", "no_room")
    world.box.clear_fault(fault)
    for _ in range(4):
        world.later(120)
    assert {told(row)[0] for row in [*rows, late]} == {"Ready"}
    assert not Breaker.objects.exists()


def test_a_region_that_does_not_answer_is_not_asked_by_every_row(world: World, settings: Any) -> None:
    settings.AWS_CONNECT_SECONDS = settings.AWS_READ_SECONDS = 0.3
    world.box.fault("hang", region=REGION, operation=SERVICES)
    add_network("us-east-1")
    rows = [world.ask(2) for _ in range(6)]
    elsewhere = service_in(world, "us-east-1")
    act.reconcile_due()
    assert Breaker.objects.get(opened_at__isnull=False).kind == Kind.UNREACHABLE
    assert world.box.count(operation=SERVICES, region=REGION) == 3 * 2  # each read is tried twice
    assert {told(row)[1] for row in rows} <= {"aws_unavailable", "operator_must_act"}
    world.observe("us-east-1")
    assert told(elsewhere)[0] == "Ready"
    world.box.clear_faults()
    for _ in range(3):
        world.later(31)
    assert {told(row)[0] for row in rows} == {"Ready"}
    assert not Breaker.objects.exists()


def service_in(world: World, region: str) -> ReversePrivateEndpoint:
    """Ask for an endpoint of a service whose ClickPipes are in another region."""
    other = make_service(world.service.organization, "elsewhere", clickpipes_region_override=region)
    give_role(world.user, Role.OPERATOR, other)
    asked = checked(other, wanted(service_name(region, 2)))
    return intents.request_endpoint(service=other, wanted=asked, by=world.user)


@pytest.mark.parametrize("kind", ["drop"])
def test_lost_answers_open_nothing(world: World, kind: str) -> None:
    world.box.fault(kind, operation=CREATE, count=3)
    row = world.ask(2)
    for _ in range(4):
        world.later(60)
    assert told(row)[0] == "Ready"
    assert not Breaker.objects.exists()


def test_one_rows_own_denial_stops_no_other(world: World) -> None:
    world.box.fault("error", operation=CREATE, code="UnauthorizedOperation", status=403, count=1)
    denied, fine = world.ask(2), world.ask(2)
    world.work()
    assert not Breaker.objects.exists()
    assert sorted([told(denied)[0], told(fine)[0]]) == ["Provisioning", "Ready"]


def test_who_tried_again_goes_on_with_the_others_however_often_it_failed(world: World) -> None:
    fault = world.box.fault("error", operation=SERVICES, code="ExpiredToken", status=400)
    row = world.ask(2)
    for _ in range(12):
        due(world, 310)
    assert world.box.count(operation=SERVICES) == 12  # every five minutes at the latest
    world.box.clear_fault(fault)
    world.observe()
    world.work()
    assert told(row) == ("Ready", "available")


def test_a_fault_that_no_row_waits_for_any_more_is_forgotten(world: World) -> None:
    world.box.fault("error", operation=CREATE, code="PendingVerification", status=400)
    row = world.ask(2)
    act.reconcile_due()
    world.remove(row)
    act.reconcile_due()
    assert removed(row)
    world.observe()
    assert Breaker.objects.exists()  # not before it would have been tried again
    world.box.advance(16)
    world.observe()
    assert not Breaker.objects.exists()


def test_a_row_that_was_held_back_and_needs_nothing_more_says_so(world: World) -> None:
    row = world.make(2)
    fault = make_breaker(world.network, probe_at=read_clock().now + timedelta(hours=1))
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(
        planned="create", breaker=fault, due_at=read_clock().now
    )
    act.reconcile_due()
    row.refresh_from_db()
    assert (row.planned, row.breaker) == ("", None)


def test_a_profile_that_does_not_exist_is_the_operators_to_fix(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    forget_clients()
    row = world.ask(2)
    act.reconcile_due()
    assert told(row) == ("Provisioning", "operator_must_act")
    assert "nowhere" in row.raw_error
    assert Breaker.objects.get().kind == Kind.ACCOUNT
    monkeypatch.delenv("AWS_PROFILE")
    forget_clients()
    world.later(16)
    world.later(16)
    assert told(row)[0] == "Ready"
