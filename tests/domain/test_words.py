"""Statuses and their deadlines, states of AWS, DNS names by shape, and how long the engine waits."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import Reading, VpcEndpointServiceSpec
from endpoints.domain.status import FACTS, Status, deadline, from_vpc_endpoint_state
from endpoints.domain.timing import backoff, observe_every

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
REGIONAL = "vpce-0a1b-abcd1234.vpce-svc-0c2d.eu-central-1.vpce.amazonaws.com"
ZONAL = "vpce-0a1b-abcd1234-eu-central-1b.vpce-svc-0c2d.eu-central-1.vpce.amazonaws.com"
PRIVATE = "kafka.orders.example.com"


@pytest.mark.parametrize(
    ("status", "days"),
    [
        (Status.UNKNOWN, None),
        (Status.PROVISIONING, None),
        (Status.PENDING_ACCEPTANCE, 1),
        (Status.READY, None),
        (Status.REJECTED, 1),
        (Status.EXPIRED, 0),
        (Status.FAILED, 7),
        (Status.DELETING, None),
    ],
)
def test_every_status_has_its_deadline(status: Status, days: int | None) -> None:
    expected = None if days is None else SINCE + timedelta(days=days)
    assert deadline(status, SINCE) == expected


def test_every_status_has_its_facts_and_only_what_ended_badly_may_be_retried() -> None:
    assert set(FACTS) == set(Status)
    assert {s for s in Status if FACTS[s].retryable} == {Status.REJECTED, Status.EXPIRED, Status.FAILED}
    assert {s for s in Status if FACTS[s].in_motion} == {Status.PROVISIONING, Status.DELETING}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("PendingAcceptance", Status.PENDING_ACCEPTANCE),
        ("Pending", Status.PROVISIONING),
        ("Available", Status.READY),
        ("Partial", Status.PROVISIONING),
        ("Rejected", Status.REJECTED),
        ("Expired", Status.EXPIRED),
        ("Failed", Status.FAILED),
        ("Deleting", Status.DELETING),
        ("rebooting", Status.UNKNOWN),
        ("", Status.UNKNOWN),
    ],
)
def test_states_of_aws_are_read_in_any_letter_case(state: str, status: Status) -> None:
    for spelling in (state, state.lower(), state.upper(), state[:1].lower() + state[1:]):
        assert from_vpc_endpoint_state(spelling) is status


def test_dns_names_are_told_apart_by_shape_in_any_order() -> None:
    for names in ([REGIONAL, ZONAL, PRIVATE], [PRIVATE, ZONAL, REGIONAL]):
        found = sort_interface_names(names)
        assert (found.regional, found.zonal, found.private) == ((REGIONAL,), (ZONAL,), (PRIVATE,))
    assert sort_interface_names([]).regional == ()


def test_a_name_that_only_looks_like_one_of_aws_is_private() -> None:
    for name in (
        f"{REGIONAL}.example.com",
        f"x.{REGIONAL}",
        REGIONAL.replace("vpce-svc", "svc"),
        "*.a.example",
    ):
        assert sort_interface_names([name]).private == (name,)


def _seen(state: str, **more: object) -> Sighting:
    return Sighting("vpce-1", state, "e", 1, (PRIVATE, ZONAL, REGIONAL), **more)  # type: ignore[arg-type]


def read_interface(seen: Sighting, before: Status) -> Reading:
    return VpcEndpointServiceSpec.read(seen, {}, before)


def test_names_are_published_at_ready_only_and_private_ones_only_when_on() -> None:
    ready = read_interface(_seen("available"), Status.PROVISIONING)
    assert (ready.dns_names, ready.private_dns_names) == ((REGIONAL, ZONAL), ())
    on = read_interface(_seen("available", private_dns_enabled=True), Status.READY)
    assert on.private_dns_names == (PRIVATE,)
    for state in ("pending", "pendingAcceptance", "rejected", "failed", "deleting", "odd"):
        reading = read_interface(_seen(state), Status.PENDING_ACCEPTANCE)
        assert (reading.dns_names, reading.private_dns_names) == ((), ())


@pytest.mark.parametrize(
    ("before", "status", "reason"),
    [
        (Status.READY, Status.READY, Reason.MODIFYING),
        (Status.PENDING_ACCEPTANCE, Status.PROVISIONING, Reason.CONNECTING),
        (Status.PROVISIONING, Status.PROVISIONING, Reason.CREATING),
    ],
)
def test_pending_means_what_came_before_it(before: Status, status: Status, reason: Reason) -> None:
    reading = read_interface(_seen("pending"), before)
    assert (reading.status, reading.reason) == (status, reason)
    assert bool(reading.dns_names) == (status is Status.READY)


def test_any_difference_in_a_sighting_changes_its_digest() -> None:
    plain = _seen("available")
    others = [
        _seen("pending"),
        _seen("available", error_code="x"),
        _seen("available", private_dns_enabled=True),
    ]
    assert len({plain.digest, *(other.digest for other in others)}) == 4
    assert _seen("available").digest == plain.digest


@settings(deadline=None, database=None)
@given(st.integers(1, 10_000), st.integers())
def test_waits_after_failures_lie_between_half_and_whole_of_a_doubling_most(failures: int, seed: int) -> None:
    most = min(timedelta(minutes=15), timedelta(seconds=10) * 2 ** min(failures - 1, 20))
    assert most / 2 <= backoff(failures, random.Random(seed)) <= most


def test_waits_differ_so_that_rows_do_not_come_back_together() -> None:
    dice = random.Random(1)
    assert len({backoff(3, dice) for _ in range(20)}) == 20


def test_listings_come_as_often_as_the_liveliest_endpoint_needs() -> None:
    quiet = {Status.READY, Status.FAILED}
    assert observe_every(quiet, in_motion=False) == timedelta(minutes=5)
    assert observe_every(set(), in_motion=False) == timedelta(minutes=5)
    assert observe_every(quiet | {Status.PENDING_ACCEPTANCE}, in_motion=False) == timedelta(minutes=1)
    assert observe_every(quiet | {Status.PENDING_ACCEPTANCE}, in_motion=True) == timedelta(seconds=2)
