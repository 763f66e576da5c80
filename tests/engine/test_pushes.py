"""AWS's own messages bring a look forward; lost, doubled or garbled ones change nothing else."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from endpoints.domain.pushes import Told, read_push
from endpoints.domain.timing import OBSERVE_IN_MOTION
from endpoints.intents import WAKE_CHANNEL
from endpoints.models import Installation, Network, Region, ReversePrivateEndpoint, read_clock
from endpoints.providers import push
from endpoints.reconcile import observe, pushes
from endpoints.worker.listening import Listening
from endpoints.worker.pulse import Pulse
from tests.engine.world import REGION, World, resource
from tests.sandbox_client import Sandbox, eventually, share_arn

MINUTE = timedelta(minutes=1)
OTHER = "vpce-0000000000000dead"


def fed(box: Sandbox, region: str = REGION) -> str:
    """Feed the region into a queue and configure that; return the queue's URL."""
    url = box.feed(region)
    Region.objects.filter(pk=region).update(push_queue_url=url)
    return url


def waiting(world: World) -> ReversePrivateEndpoint:
    """Return an endpoint that waits for its owner's acceptance, in a region that is looked at in a minute."""
    row = world.ask(1)
    for _ in range(3):
        world.reconcile()
        world.observe()
    row.refresh_from_db()
    assert row.status == "PendingAcceptance"
    return row


def due_in() -> timedelta:
    """Return how long the region's next listing is away."""
    due_at = Region.objects.get(pk=REGION).observe_due_at
    assert due_at is not None
    return due_at - read_clock().now


def hear() -> list[push.Heard]:
    """Hear once, and do what follows."""
    [source] = pushes.sources()
    heard = pushes.listen(source)
    if heard:
        pushes.follow(source, heard)
    return heard


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait twenty seconds for a message."""
    monkeypatch.setattr(push, "WAIT_SECONDS", 1)


def test_an_acceptance_is_seen_at_once_although_the_cadence_is_a_minute(world: World) -> None:
    fed(world.box)
    row = waiting(world)
    hear()  # of its own creation
    world.observe()
    assert due_in() > MINUTE / 2
    world.box.accept(row.external_id)
    assert len(hear()) == 1
    assert due_in() <= OBSERVE_IN_MOTION
    assert [feed["messages"] for feed in world.box.feeds()] == [0]
    world.observe()
    row.refresh_from_db()
    assert row.status != "PendingAcceptance"


@pytest.mark.parametrize("kind", ["push_lost", "push_garbled"])
def test_a_message_that_does_not_come_through_costs_the_cadence_only(world: World, kind: str) -> None:
    fed(world.box)
    row = waiting(world)
    hear()
    world.observe()
    world.box.fault(kind)
    world.box.accept(row.external_id)
    assert len(hear()) == (0 if kind == "push_lost" else 1)
    assert MINUTE / 2 < due_in() <= MINUTE
    assert [feed["messages"] for feed in world.box.feeds()] == [0]
    world.box.advance(61)
    assert due_in() <= timedelta(0)
    world.observe()
    row.refresh_from_db()
    assert row.status != "PendingAcceptance"


def test_a_doubled_message_is_followed_once_more(world: World) -> None:
    fed(world.box)
    row = waiting(world)
    hear()
    world.box.fault("push_doubled")
    world.box.accept(row.external_id)
    assert len(hear()) == 2
    assert due_in() <= OBSERVE_IN_MOTION


def test_a_message_about_strangers_wakes_nothing(world: World) -> None:
    fed(world.box)
    waiting(world)
    world.observe()
    assert not pushes.wake(REGION, Told(frozenset({OTHER})))
    assert not pushes.wake(REGION, Told(share_arns=frozenset({share_arn(REGION, 2)}), sharing=True))
    assert due_in() > MINUTE / 2


def test_a_settled_region_is_listed_at_once_and_then_not_for_every_message(world: World) -> None:
    row = waiting(world)
    told = Told(frozenset({row.external_id}))
    world.observe()
    world.box.advance(10)
    assert pushes.wake(REGION, told)
    assert due_in() <= timedelta(0)
    assert not pushes.wake(REGION, told)
    world.observe()
    assert pushes.wake(REGION, told)
    assert not pushes.wake(REGION, told)
    assert timedelta(0) < due_in() <= OBSERVE_IN_MOTION


class TestShares:
    """Rows that wait for a share look at it again."""

    def test_the_named_share_is_looked_at_now(self, world: World) -> None:
        fed(world.box)
        world.box.unshare(share_arn(REGION, 1))
        share = world.box.create_share(
            *[c["id"] for c in world.box.configurations(region=REGION)][:1], principals=[]
        )
        row = world.ask_for(resource(1, share=share["arn"]))
        other = world.ask_for(resource(2, share=f"{share_arn(REGION, 9)[:-2]}ff"))
        world.reconcile()
        row.refresh_from_db()
        assert row.prepare_look_at is not None
        assert row.prepare_look_at > read_clock().now
        hear()
        world.box.attach(share["arn"])
        assert len(hear()) == 1
        row.refresh_from_db()
        other.refresh_from_db()
        now = read_clock().now
        assert row.prepare_look_at is not None
        assert row.due_at is not None
        assert (row.prepare_look_at <= now, row.due_at <= now) == (True, True)
        assert other.prepare_look_at is not None
        assert other.prepare_look_at > now

    def test_an_event_that_names_none_is_about_all_that_wait(self, world: World) -> None:
        row = world.ask_for(resource(1, share=f"{share_arn(REGION, 9)[:-2]}ff"))
        world.reconcile()
        assert pushes.wake(REGION, read_push('{"source": "aws.ram", "resources": []}'))
        row.refresh_from_db()
        assert row.prepare_look_at is not None
        assert row.prepare_look_at <= read_clock().now
        assert not pushes.wake("us-east-1", Told(sharing=True))


class TestSources:
    """Which queues are heard."""

    def test_none_without_a_queue_and_then_by_one_query(
        self, world: World, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            assert pushes.sources() == []

    def test_none_of_an_installation_that_moved_or_only_plans(self, world: World, settings: Any) -> None:
        fed(world.box)
        assert [source.region for source in pushes.sources()] == [REGION]
        Network.objects.update(writes_paused=True)
        assert len(pushes.sources()) == 1
        Installation.objects.update(plan_only=True)
        assert pushes.sources() == []
        Installation.objects.update(plan_only=False, pg_database_oid=1)
        assert pushes.sources() == []

    def test_none_of_a_region_without_a_network_or_with_anothers_queue(self, world: World) -> None:
        Region.objects.create(name="us-east-1", push_queue_url=world.box.feed("us-east-1"))
        Region.objects.filter(pk=REGION).update(push_queue_url=world.box.feed("us-east-2"))
        assert pushes.sources() == []

    def test_a_region_takes_only_a_queue_of_its_own(self, world: World) -> None:
        region = Region.objects.get(pk=REGION)
        for url in ("https://example.com/q", "https://sqs.us-east-1.amazonaws.com/111111111111/q"):
            region.push_queue_url = url
            with pytest.raises(ValidationError, match="SQS queue of this region"):
                region.full_clean()
        region.push_queue_url = f"https://sqs.{REGION}.amazonaws.com/111111111111/q"
        region.full_clean()


def test_a_message_that_comes_during_a_listing_is_not_overheard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = waiting(world)
    apply = observe._apply

    def interrupted(*args: Any) -> bool:
        changed = apply(*args)
        assert pushes.wake(REGION, Told(frozenset({row.external_id})))
        return changed

    monkeypatch.setattr(observe, "_apply", interrupted)
    assert world.observe()
    assert due_in() <= OBSERVE_IN_MOTION
    region = Region.objects.get(pk=REGION)
    assert (region.lease_token, region.listed_at is None) == (None, False)


@pytest.fixture
def listening() -> Iterator[Listening]:
    """Ears that are stopped at the end."""
    made = Listening()
    made.start()
    yield made
    ears = list(made._ears.values())
    made.stop()
    for ear in ears:
        ear.join(10)


class TestEars:
    """The threads of the worker that leads."""

    def test_a_message_reaches_the_region_and_the_pulse(
        self, committed_world: World, listening: Listening
    ) -> None:
        world = committed_world
        row = waiting(world)
        fed(world.box)
        world.observe()
        with _line() as line:
            listening.keep()
            eventually(lambda: world.box.count(operation="ReceiveMessage", done=False))
            began = time.monotonic()
            world.box.accept(row.external_id)
            eventually(lambda: due_in() <= OBSERVE_IN_MOTION)
            assert time.monotonic() - began < 5
            assert list(line.notifies(timeout=5, stop_after=1))
        eventually(lambda: world.box.feeds()[0]["messages"] == 0)

    def test_trouble_is_waited_out_and_then_heard_again(
        self, committed_world: World, listening: Listening, monkeypatch: pytest.MonkeyPatch, caplog: Any
    ) -> None:
        monkeypatch.setattr("endpoints.worker.listening._FIRST_WAIT_SECONDS", 0.1)
        world = committed_world
        row = waiting(world)
        fed(world.box)
        world.observe()
        fault = world.box.fault("denied", service="sqs")
        listening.keep()
        eventually(lambda: world.box.count(service="sqs", fault="denied") >= 3)
        assert world.box.count(service="sqs", fault="denied") < 10
        assert caplog.text.count("is not heard now") == 1
        world.box.clear_fault(fault)
        world.box.accept(row.external_id)
        eventually(lambda: due_in() <= OBSERVE_IN_MOTION, 15)

    def test_a_database_that_is_away_loses_no_message(
        self, committed_world: World, listening: Listening, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("endpoints.worker.listening._FIRST_WAIT_SECONDS", 0.1)
        world = committed_world
        row = waiting(world)
        url = fed(world.box)
        world.box.boto3("sqs", REGION).set_queue_attributes(
            QueueUrl=url, Attributes={"VisibilityTimeout": "1"}
        )
        world.observe()
        wake = pushes.wake
        failed: list[Told] = []

        def away_once(region: str, told: Told) -> bool:
            if not failed:
                failed.append(told)
                raise psycopg.OperationalError("away")
            return wake(region, told)

        monkeypatch.setattr(pushes, "wake", away_once)
        listening.keep()
        world.box.accept(row.external_id)
        eventually(lambda: due_in() <= OBSERVE_IN_MOTION, 15)
        assert failed

    def test_they_stop_promptly_and_follow_what_is_configured(
        self, committed_world: World, listening: Listening, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("endpoints.worker.listening.LOOK_EVERY_SECONDS", 0.0)
        world = committed_world
        listening.keep()
        assert not listening._ears
        fed(world.box)
        listening.keep()
        [ear] = listening._ears.values()
        eventually(lambda: world.box.count(operation="ReceiveMessage") >= 1)
        listening.keep()
        assert list(listening._ears.values()) == [ear]
        Region.objects.update(push_queue_url="")
        listening.keep()
        ear.join(5)
        assert (ear.is_alive(), listening._ears) == (False, {})

    def test_only_the_worker_that_leads_listens(self, committed_world: World) -> None:
        fed(committed_world.box)
        ears = (Listening(), Listening())
        first, second = (Pulse([ear.start], [ear.stop]) for ear in ears)

        try:
            assert (_heard(first, ears[0]), _heard(second, ears[1])) == (1, 0)
            first.close()
            assert not ears[0]._ears
            eventually(lambda: _heard(second, ears[1]) == 1)
        finally:
            first.close()
            second.close()


def _heard(pulse: Pulse, listening: Listening) -> int:
    """Take a turn as the supervisor does, and return how many queues are heard."""
    pulse.turn()
    listening.keep()
    return len(listening._ears)


def _line() -> psycopg.Connection:
    """Return a connection that hears wake-ups."""
    wanted = connection.get_connection_params()
    line = psycopg.connect(
        **{name: value for name, value in wanted.items() if name not in ("cursor_factory", "context")},
        autocommit=True,
    )
    line.execute(f"LISTEN {WAKE_CHANNEL}")
    return line
