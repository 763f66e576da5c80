"""The daily match at the sandbox: what is found, when it is certain, and that nothing is touched."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from endpoints.domain.types import EndpointType
from endpoints.models import Orphan, OrphanEnding, Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import orphans
from endpoints.reconcile.auditing import Audit
from endpoints.reconcile.leases import claim_region
from tests.engine.kinds import KINDS, Kind
from tests.engine.orphans import AGAIN, DAILY, daily, found, look, orphans_of, standing, stranger, tags
from tests.engine.test_msk import WHOLE_ARN
from tests.engine.world import GRACE, REGION, World, attempt_of, removed, told

LIST = "DescribeVpcEndpoints"


@pytest.fixture(params=list(KINDS), ids=[kind.value for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


# --- rows ------------------------------------------------------------------------------------------------


def test_nothing_differs_at_any_moment_of_a_life(world: World, kind: Kind) -> None:
    row = world.ask_for(kind.asked)
    for turn in range(8):
        if turn == 4:
            assert told(row)[0] == "Ready"
            assert look().equal == 1
            world.remove(row)
        world.reconcile()
        assert found(look()) == {}
        world.box.advance(GRACE / 2)
        world.observe()
        assert found(look()) == {}
    assert removed(row)
    assert not Orphan.objects.exists()


def test_what_somebody_deleted_is_missing_until_its_row_knows(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.advance(GRACE + 1)
    kind.delete_by_hand(world, row)
    world.box.advance(GRACE + 1)
    differs = found(look())
    assert list(differs) == [row.external_id]
    world.work()
    world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")
    assert found(look()) == {}


def test_what_aws_made_of_it_since_differs_until_its_row_knows(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.advance(GRACE + 1)
    kind.fail(world, row)
    assert found(look()) == {row.external_id: "state_differs"}
    world.work()
    assert found(look()) == {}


def test_a_row_that_does_not_say_what_its_attempt_saw_differs(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.advance(GRACE + 1)
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(status="PendingAcceptance")
    assert found(look()) == {row.external_id: "status_differs"}
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(status="Ready", dns_names=["old.example.com"])
    if kind.type is not EndpointType.MSK_MULTI_VPC or row.dns_names:
        assert found(look()) == {row.external_id: "names_differ"}
    row.attempts.update(gone_at=read_clock().now - timedelta(days=1))
    assert found(look(), certain=False)[row.external_id] in ("missing", "late_effect")


def test_taken_away_tags_are_told_and_not_taken_for_absence(world: World) -> None:
    row, other = world.make(2), world.make(2)
    world.box.advance(GRACE + 1)
    world.box.retag(row.external_id, {"Name": "mine now"})
    world.box.retag(other.external_id, tags(row.pk))
    assert found(look()) == {row.external_id: "tags_differ", other.external_id: "tags_differ"}
    assert orphans_of(look()) == set()


def test_a_listing_that_lags_makes_no_difference_of_what_is_new(world: World) -> None:
    old = world.make(2)
    world.box.advance(GRACE + 1)
    new = world.ask(2)
    world.reconcile()
    world.box.fault("read_lag", operation=LIST, seconds=10)
    looked = look()
    assert found(looked) == {}
    assert old.external_id in looked.seen
    new.refresh_from_db()
    assert found(looked, certain=False) == {new.external_id: "missing"}


def test_a_listing_that_misses_an_old_one_is_checked_by_its_id(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    since = world.box.last_seq()
    assert found(look()) == {}
    assert world.box.count(operation=LIST, since=since) == 1
    world.box.retag(row.external_id, {})
    since = world.box.last_seq()
    look()
    assert world.box.count(operation=LIST, since=since) == 2


# --- orphans ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stranger:
    """Why something in AWS is nobody's: with which tags, given a Ready row."""

    code: str
    endpoint_id: str = "row"
    generation: str = "1"

    def put(self, world: World, row: ReversePrivateEndpoint) -> str:
        carried = tags(row.pk if self.endpoint_id == "row" else self.endpoint_id, self.generation)
        if self.endpoint_id == "none":
            del carried["postern:endpoint-id"]
        return stranger(world, carried)


STRANGERS = [
    Stranger("row_unknown", "7c6f5f0e-0000-4000-8000-000000000001"),
    Stranger("never_attempted", generation="7"),
    Stranger("second_object"),
    Stranger("tags_unreadable", "none"),
    Stranger("tags_unreadable", "orders"),
    Stranger("tags_unreadable", generation="first"),
]


@pytest.mark.parametrize("case", STRANGERS, ids=lambda case: f"{case.code}-{case.endpoint_id[:6]}")
def test_what_no_row_owns_becomes_an_orphan_and_is_left_alone(world: World, case: Stranger) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    since = world.box.last_seq()
    made = case.put(world, row)
    row.refresh_from_db()
    assert daily(world)
    assert standing() == [], "it may be on its way"
    assert Orphan.objects.get().why == case.code
    assert daily(world, after=AGAIN)
    assert standing() == [made]
    orphan = Orphan.objects.get()
    assert (orphan.region_id, orphan.kind, orphan.state) == (REGION, "endpoints", "available")
    assert orphan.made_at is not None
    assert orphan.certain_at is not None
    assert orphan.certain_at - orphan.first_seen_at >= timedelta(minutes=5)
    assert world.box.count(operation="DeleteVpcEndpoints", since=since) == 0


def test_a_connection_that_no_row_owns_becomes_one_too(world: World) -> None:
    world.box.boto3("kafka", REGION).create_vpc_connection(
        TargetClusterArn=WHOLE_ARN,
        Authentication="SASL_IAM", VpcId=world.network.vpc_id, ClientSubnets=world.network.subnet_ids,
        SecurityGroups=world.network.security_group_ids, Tags=tags(),
    )  # fmt: skip
    daily(world)
    daily(world, after=AGAIN)
    orphan = Orphan.objects.standing().get()
    assert (orphan.kind, orphan.why) == ("connections", "row_unknown")
    assert orphan.external_id.startswith("arn:aws:kafka:")


def test_what_carries_no_tag_of_ours_or_is_going_is_no_orphan(world: World) -> None:
    stranger(world, {"postern:installation": "another", "postern:endpoint-id": "x"})
    stranger(world, {})
    world.box.knobs(deleting_seconds=1e5)
    world.box.delete_by_hand(stranger(world))
    daily(world)
    daily(world, after=AGAIN)
    assert not Orphan.objects.exists()


def test_what_an_earlier_attempt_left_over_is_an_orphan_while_a_newer_one_is_open(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    world.box.reject(row.external_id)
    world.work()
    world.retry(row)
    for _ in range(3):
        world.later(GRACE)
    assert told(row) == ("Ready", "available")
    assert attempt_of(row).generation == 2
    left = stranger(world, tags(row.pk, 1))
    world.later(GRACE)
    assert found(look(), certain=False) == {left: "left_over"}
    daily(world)
    daily(world, after=AGAIN)
    assert standing() == [left]


def test_a_late_effect_is_taken_back_by_the_observer_and_ends_on_the_list(world: World) -> None:
    row = world.make(2)
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    late = stranger(world, tags(row.pk))
    daily(world)
    assert Orphan.objects.get().why == "late_effect"
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    daily(world)
    daily(world, after=AGAIN)
    orphan = Orphan.objects.get(external_id=late)
    assert orphan.ended_at is not None
    assert world.alive() == []


def test_an_orphan_that_is_gone_ends_after_two_looks_and_begins_anew_if_it_comes_back(world: World) -> None:
    made = stranger(world)
    daily(world)
    daily(world, after=AGAIN)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    assert daily(world, after=DAILY)
    assert standing() == [made]
    assert daily(world, after=AGAIN), "the second look comes soon"
    orphan = Orphan.objects.get()
    assert (orphan.ending, standing()) == (OrphanEnding.GONE, [])
    world.box.clear_fault(lag)
    daily(world, after=DAILY)
    assert standing() == [made]
    orphan.refresh_from_db()
    assert orphan.ended_at is None
    assert orphan.first_seen_at == orphan.last_seen_at


# --- when, and beside whom -------------------------------------------------------------------------------


def test_a_region_is_matched_once_a_day_and_by_one_worker(world: World) -> None:
    assert orphans.due_regions(read_clock()) == [REGION]
    assert daily(world)
    assert not daily(world)
    assert orphans.due_regions(read_clock()) == []
    assert not daily(world, after=DAILY - 60)
    assert daily(world, after=60)


def test_a_clock_that_was_set_back_does_not_make_it_wait_for_years(world: World) -> None:
    Region.objects.update(audit_due_at=read_clock().now + timedelta(days=700))
    assert daily(world)


def test_the_observer_of_the_region_is_not_disturbed(world: World) -> None:
    token = claim_region(REGION, read_clock())
    before = Region.objects.get(pk=REGION)
    assert daily(world)
    after = Region.objects.get(pk=REGION)
    assert after.lease_token == token
    for column in ("lease_until", "listed_at", "observe_due_at", "details_at", "account_id", "account_seen"):
        assert getattr(after, column) == getattr(before, column)


def test_what_differs_besides_orphans_is_kept_for_the_page_of_the_region(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    world.box.reject(row.external_id)
    daily(world)
    (kept,) = Region.objects.get(pk=REGION).audit_found
    assert (kept["code"], kept["endpoint_id"]) == ("state_differs", str(row.pk))
    world.work()
    daily(world, after=DAILY)
    assert Region.objects.get(pk=REGION).audit_found == []


@pytest.mark.parametrize("operation", [LIST, "GetCallerIdentity"])
def test_from_a_listing_that_fails_nothing_follows_and_it_is_repeated_soon(
    world: World, operation: str
) -> None:
    made = stranger(world)
    daily(world)
    daily(world, after=AGAIN)
    world.box.fault("denied", operation=operation)
    for _ in range(3):
        daily(world, after=DAILY)
    assert standing() == [made]
    assert Region.objects.get(pk=REGION).audit_error
    world.box.clear_faults()
    assert daily(world, after=16 * 60)
    assert Region.objects.get(pk=REGION).audit_error == ""


def test_connections_that_nobody_needs_may_be_forbidden(world: World) -> None:
    world.make(2)
    world.box.fault("denied", service="kafka")
    world.box.advance(GRACE + 1)
    looked = look()
    assert (looked.equal, looked.failed, len(looked.complete)) == (1, {}, 1)


def test_a_match_costs_as_many_queries_for_three_as_for_one(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert found(look()) == {}
        return len(seen)

    world.make(2)
    world.box.advance(GRACE + 1)
    before = queries()
    for _ in range(2):
        world.make(2)
    world.box.advance(GRACE + 1)
    assert look().equal == 3
    assert queries() == before


def test_two_matches_at_once_list_an_orphan_once(committed_world: World) -> None:
    made = stranger(committed_world)
    committed_world.box.advance(GRACE + 1)
    looked = look()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_keep, looked) for _ in range(8)]:
            done.result()
    assert standing() == [made]
    assert Orphan.objects.count() == 1


def _keep(looked: Audit) -> None:
    try:
        orphans.keep_orphans(looked)
    finally:
        connection.close()


def test_a_match_takes_as_many_calls_as_there_are_pages(world: World) -> None:
    world.make(2)
    since = world.box.last_seq()
    look()
    assert world.box.count(since=since) == 3, "who we are, endpoints, connections"
