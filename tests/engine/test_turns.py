"""AWS's rates in the engine: a token before each call, fair turns between services, no throttling."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Min

from endpoints import intents
from endpoints.domain.rates import RATES, Api
from endpoints.models import (
    Attempt,
    Network,
    Queued,
    RateBucket,
    Region,
    ReversePrivateEndpoint,
    Turn,
    read_clock,
)
from endpoints.reconcile import act
from tests.engine.world import REGION, World, told

CREATE = "CreateVpcEndpoint"


@pytest.fixture(autouse=True)
def _room_for_many(world: World, settings: Any) -> None:
    """Many endpoints at once need AWS's real rates, and room for all of them."""
    settings.ENDPOINTS_PER_SERVICE = settings.ENDPOINTS_PER_ORGANIZATION = 500
    world.box.knobs(real_rates=1, interface_quota_per_vpc=500)
    Region.objects.filter(pk=REGION).update(quotas={"interface": 500}, details_at=read_clock().now)


def run_until(world: World, done: Any, *, steps: int = 400) -> None:
    """Work at each moment at which something is due, and let the clock jump to the next."""
    for _ in range(steps):
        act.reconcile_due()
        if done():
            return
        now = read_clock().now
        due_at = ReversePrivateEndpoint.objects.live().aggregate(next=Min("due_at"))["next"]
        world.box.advance(max((due_at - now).total_seconds(), 0.05) + 0.001)
    raise AssertionError("it does not come to an end")


def sent(world: World) -> list[Any]:
    """Return the create calls in the order in which AWS got them."""
    return world.box.calls(operation=CREATE)


def moment_of(call: Any) -> float:
    """Return when AWS got a call, in seconds of moved time."""
    return datetime.fromisoformat(call["moved_at"].replace("Z", "+00:00")).timestamp()


def places() -> dict[Any, int]:
    """Return the place of each endpoint that waits."""
    known = ReversePrivateEndpoint.objects.filter(turn__isnull=False).with_turn()
    return {row.pk: Queued.read(row.in_queue).place for row in known}  # type: ignore[attr-defined]


def test_the_fifth_create_waits_for_its_turn_and_meets_no_throttling(world: World) -> None:
    rows = [world.ask(2) for _ in range(6)]
    act.reconcile_due()
    assert len(sent(world)) == 4
    waiting = [row for row in rows if told(row)[1] == "waiting_for_turn"]
    assert len(waiting) == 2
    assert sorted(places().values()) == [1, 2]
    run_until(world, lambda: len(sent(world)) == 6)
    assert world.box.count(error_code="RequestLimitExceeded") == 0
    assert not Turn.objects.exists()
    world.work()
    assert {told(row)[0] for row in rows} == {"Ready"}


@pytest.mark.parametrize("number", [20, pytest.param(100, marks=pytest.mark.full)])
def test_many_creates_at_once_take_as_long_as_the_rate_says_and_not_much_longer(
    world: World, number: int
) -> None:
    for _ in range(number):
        world.ask(2)
    run_until(world, lambda: len(sent(world)) == number)
    assert world.box.count(error_code="RequestLimitExceeded") == 0
    first, last = (moment_of(call) for call in (sent(world)[0], sent(world)[-1]))
    assert last - first <= 1.05 * (number - 4) / 0.29
    assert last - first >= (number - 4) / 0.3  # or AWS would have throttled


def test_a_service_that_asks_for_much_does_not_keep_another_waiting(world: World) -> None:
    many = [world.ask(2) for _ in range(12)]
    act.reconcile_due()
    other = world.ask(1, other=True)
    act.reconcile_due()
    place = places()
    assert place[other.pk] == 2  # behind the first of those who have waited longer, not behind all of them
    assert sorted(place[row.pk] for row in many if row.pk in place) == [1, 3, 4, 5, 6, 7, 8, 9]


def test_who_goes_away_leaves_the_queue_and_the_next_moves_up(world: World) -> None:
    rows = [world.ask(2) for _ in range(7)]
    act.reconcile_due()
    waiting = [row for row in rows if row.pk in places()]
    due_before = ReversePrivateEndpoint.objects.get(pk=waiting[2].pk).due_at
    for row in waiting[:2]:
        world.remove(row)
    act.reconcile_due()
    assert places() == {waiting[2].pk: 1}
    due_after = ReversePrivateEndpoint.objects.get(pk=waiting[2].pk).due_at
    assert due_before is not None
    assert due_after is not None
    assert due_after < due_before - timedelta(seconds=3)
    assert {told(row)[0] for row in waiting[:2]} == {"Deleting"}
    assert len(sent(world)) == 4


def test_a_row_that_a_killed_worker_holds_does_not_stop_the_queue(world: World) -> None:
    rows = [world.ask(2) for _ in range(7)]
    act.reconcile_due()
    first = min(places(), key=places().__getitem__)
    moment = read_clock()
    ReversePrivateEndpoint.objects.filter(pk=first).update(
        lease_token="00000000-0000-0000-0000-000000000001", lease_until=moment.real + timedelta(hours=1)
    )
    world.box.advance(20)
    act.reconcile_due()
    assert len(sent(world)) == 6
    assert places() == {first: 1}
    assert len(rows) == 7


def test_rows_that_a_pause_or_a_fault_holds_back_do_not_stop_the_queue(world: World) -> None:
    rows = [world.ask(2) for _ in range(12)]
    act.reconcile_due()
    held = [row.pk for row in rows if row.pk in places()]
    shut = Network.objects.create(
        region=world.network.region,
        vpc_id="vpc-00000000000000099",
        subnet_ids=world.network.subnet_ids,
        security_group_ids=world.network.security_group_ids,
        writes_paused=True,
    )
    Attempt.objects.filter(endpoint__in=held).update(network=shut)
    late = world.ask(2)
    run_until(world, lambda: told(late)[0] == "PendingAcceptance" or len(sent(world)) == 5, steps=60)
    assert not places()
    assert {told(row)[1] for row in rows if row.pk in held} == {"writes_paused"}


def test_private_names_that_are_verified_at_once_are_switched_on_in_turn(world: World, settings: Any) -> None:
    made = [
        world.box.create_service(
            REGION, private_dns_name=f"k{n}.example.com", private_dns_state="pendingVerification"
        )
        for n in range(10)
    ]
    settings.AWS_RATE_FACTOR = 0.0
    world.box.knobs(real_rates=0)
    for service in made:
        world.ask(name=service["name"])
    world.work()
    settings.AWS_RATE_FACTOR = 1.0
    world.box.knobs(real_rates=1)
    for service in made:
        world.box.change_service(service["id"], private_dns_state="verified")
    world.box.advance(3601)
    world.observe()
    asked = world.box.count(operation="DescribeVpcEndpointServices")
    for _ in range(30):
        act.reconcile_due()
        world.box.advance(2)
    assert world.box.count(operation="ModifyVpcEndpoint") == len(made)
    assert world.box.count(error_code="RequestLimitExceeded") == 0
    assert world.box.count(operation="DescribeVpcEndpointServices") - asked < 5 * len(made)


def test_a_throttled_call_empties_our_bucket_and_slows_it_down(world: World) -> None:
    world.box.fault("throttle", operation=CREATE, count=1)
    row = world.ask(2)
    act.reconcile_due()
    bucket = RateBucket.objects.get(api=Api.CREATE)
    assert bucket.tokens == 0
    assert bucket.slow_until is not None
    assert told(row)[1] == "aws_unavailable"
    run_until(world, lambda: len(sent(world)) == 2)
    world.work()
    assert told(row) == ("Ready", "available")


def test_buckets_are_of_one_account_region_and_api(world: World) -> None:
    for _ in range(2):  # the first finds out which account it is
        world.make(2)
    known = set(RateBucket.objects.values_list("account_id", "region", "api"))
    assert known == {("111111111111", REGION, "create"), ("111111111111", REGION, "read")}


def test_an_account_with_higher_rates_is_given_more_and_none_no_bucket(world: World, settings: Any) -> None:
    settings.AWS_RATE_FACTOR = 2.0
    world.box.knobs(real_rates=2)
    for _ in range(10):
        world.ask(2)
    act.reconcile_due()
    assert len(sent(world)) == 8
    settings.AWS_RATE_FACTOR = 0.0
    world.box.knobs(real_rates=0)
    world.box.advance(10)
    RateBucket.objects.all().delete()
    for _ in range(6):
        world.ask(2)
    act.reconcile_due()
    assert not RateBucket.objects.exists()
    assert RATES[Api.CREATE].size == 4


def test_modifying_takes_a_token_too(world: World) -> None:
    row = world.make(4)
    world.work()
    assert told(row)[0] == "Ready"
    assert world.box.count(operation="ModifyVpcEndpoint") == 1
    assert RateBucket.objects.get(api=Api.MODIFY).tokens < 4


def test_an_intent_is_not_kept_by_its_own_turn(world: World) -> None:
    rows = [world.ask(2) for _ in range(6)]
    act.reconcile_due()
    late = next(row for row in rows if row.pk in places())
    intents.request_removal(endpoint=late, by=world.user)
    act.reconcile_due()
    late.refresh_from_db()
    assert late.is_removed
    assert world.box.count(operation="DeleteVpcEndpoints") == 0
