"""The running engine and the sandbox under people, owners, strangers' hands and bad luck, by Hypothesis.

Invariants: at most one live AWS object for each endpoint, nothing forgotten while it exists, claims never
shared; and once the weather calms, everything settles.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Claim, ClaimKind, ReversePrivateEndpoint
from endpoints.reconcile import operators
from tests.engine.world import REGION, Asked, World, cluster, resource, wanted
from tests.sandbox_client import ControlFailed, Json, Sandbox, service_name, share_arn

ASKED: tuple[Asked, ...] = (
    wanted(service_name(REGION, 1)),
    wanted(service_name(REGION, 2)),
    resource(1),
    resource(2),
    cluster(),
    cluster(scheme="SASL_SCRAM"),
)
CREATES = ("CreateVpcEndpoint", "CreateVpcConnection")
DELETES = ("DeleteVpcEndpoints", "DeleteVpcConnection")
LISTINGS = ("DescribeVpcEndpoints", "ListVpcConnections")
ACCEPT = "AcceptResourceShareInvitation"
BAD_WEATHER: tuple[tuple[str, str, Json], ...] = (
    *((kind, name, {}) for kind in ("lost_answer", "drop", "error_after") for name in (*CREATES, ACCEPT)),
    *((kind, name, {}) for kind in ("lost_answer", "drop") for name in DELETES),
    *(("error", name, {}) for name in (*LISTINGS, "GetResourceShares", "DescribeClusterV2")),
    *(("read_lag", name, {"seconds": 60}) for name in LISTINGS),
)
SETTLED = {"Ready", "PendingAcceptance", "Rejected", "Failed"}


@contextlib.contextmanager
def _only_conflicts() -> Iterator[None]:
    """Somebody else may hold what is asked for; nothing else may be refused."""
    try:
        yield
    except IntentRefused as refused:
        if not refused.is_conflict:
            raise


class Storms(RuleBasedStateMachine):
    """Up to six endpoints of every type, of two organizations."""

    box: ClassVar[Sandbox]

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.box.release_all("drop")
        self.box.reset_clock()
        self.box.reset("instant")
        operators._accounts.clear()
        self.world = World.begin(self.box)

    def rows(self) -> list[ReversePrivateEndpoint]:
        return list(ReversePrivateEndpoint.objects.live().order_by("created_at", "pk"))

    # People

    @rule(asked=st.sampled_from(ASKED), other=st.booleans())
    def somebody_asks(self, asked: Asked, other: bool) -> None:
        with _only_conflicts():
            self.world.ask_for(asked, other=other)

    @rule(place=st.integers(0, 5))
    def somebody_removes(self, place: int) -> None:
        for row in self.rows()[place : place + 1]:
            self._by_its_own(row, intents.request_removal)

    @rule(place=st.integers(0, 5))
    def somebody_retries(self, place: int) -> None:
        for row in self.rows()[place : place + 1]:
            if row.may_retry:
                self._by_its_own(row, intents.retry)

    def _by_its_own(self, row: ReversePrivateEndpoint, what: Callable[..., object]) -> None:
        mine = row.service_id == self.world.service.pk
        with _only_conflicts():
            what(endpoint=row, by=self.world.user if mine else self.world.other_user)

    # The engine and time

    @rule(looks=st.integers(0, 2))
    def workers_work(self, looks: int) -> None:
        for _ in range(looks):
            self.world.observe()
        self.world.reconcile()

    @rule(seconds=st.sampled_from([5, 61, 301, 601, 86_500]))
    def time_passes(self, seconds: int) -> None:
        self.box.advance(seconds)

    # The weather

    @rule(storm=st.sampled_from(BAD_WEATHER), count=st.integers(1, 2))
    def the_weather_turns_bad(self, storm: tuple[str, str, Json], count: int) -> None:
        kind, operation, more = storm
        self.box.fault(kind, operation=operation, count=count, **more)

    @rule()
    def the_weather_calms(self) -> None:
        self.box.clear_faults()

    # Owners and strangers

    @rule(place=st.integers(0, 5), act=st.sampled_from(["accept", "reject", "fail", "delete_by_hand"]))
    def an_owner_or_a_stranger_acts(self, place: int, act: str) -> None:
        for thing in self.world.alive()[place : place + 1]:
            if thing["id"].startswith("vpce-"):
                self._try(act, thing["id"])
            elif act != "accept":
                name = {"delete_by_hand": "delete"}.get(act, act)
                self._try(f"{name}_connection", thing["id"])

    @rule(k=st.sampled_from([1, 2]), act=st.sampled_from(["detach", "share_again", "expire_invitation"]))
    def an_owner_shares_or_unshares(self, k: int, act: str) -> None:
        self._try(act, share_arn(REGION, k))

    @rule(schemes=st.sampled_from([["SASL_IAM"], ["SASL_IAM", "SASL_SCRAM"], []]))
    def an_owner_switches_schemes(self, schemes: list[str]) -> None:
        self.box.change_cluster("orders", REGION, schemes=schemes)

    @rule(place=st.integers(0, 5), act=st.sampled_from(["cut", "restore"]))
    def an_owner_cuts_or_restores(self, place: int, act: str) -> None:
        for thing in self.world.alive()[place : place + 1]:
            self._try(act, thing["id"])

    def _try(self, act: str, key: str) -> None:
        with contextlib.suppress(ControlFailed):  # not in this state
            getattr(self.box, act)(key)

    # What must hold

    @invariant()
    def at_most_one_live_object_each(self) -> None:
        if hasattr(self, "world"):
            counts = Counter(thing["tags"]["postern:endpoint-id"] for thing in self.world.alive())
            assert all(count == 1 for count in counts.values()), counts

    @invariant()
    def nothing_is_forgotten_while_it_exists(self) -> None:
        if not hasattr(self, "world"):
            return
        forgotten = {
            str(pk) for pk in ReversePrivateEndpoint.objects.tombstones().values_list("pk", flat=True)
        }
        left = [thing for thing in self.world.alive() if thing["tags"]["postern:endpoint-id"] in forgotten]
        assert left == []

    @invariant()
    def claims_are_never_shared(self) -> None:
        if not hasattr(self, "world"):
            return
        for claim in Claim.objects.prefetch_related("endpoints__service"):
            holders = list(claim.endpoints.all())
            assert all(row.service.organization_id == claim.organization_id for row in holders)
            if claim.kind != ClaimKind.SERVICE_NAME:
                assert len(holders) <= 1, (claim, holders)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self._calm()
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def _calm(self) -> None:
        self.box.clear_faults()
        for _ in range(12):
            self.world.later(90)
        for row in self.rows():
            assert row.removal_requested_at is None, (row.status, row.reason, row.raw_error)
            assert row.status in SETTLED, (row.status, row.reason, row.raw_error)
        objects = Counter(thing["tags"]["postern:endpoint-id"] for thing in self.world.ours())
        attempts = {str(row.pk): row.attempts.filter(gone_at__isnull=True).count() for row in self.rows()}
        living = {key for key, count in attempts.items() if count}
        assert set(objects) == living, (objects, attempts)


def _weather(examples: int, steps: int, *, derandomize: bool) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=derandomize,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_the_engine_in_a_storm(box: Sandbox, db: None) -> None:
    Storms.box = box
    run_state_machine_as_test(Storms, settings=_weather(6, 25, derandomize=True))


@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_engine_in_many_storms(box: Sandbox, db: None) -> None:
    Storms.box = box
    run_state_machine_as_test(Storms, settings=_weather(40, 40, derandomize=False))
