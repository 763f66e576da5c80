"""The three-set match: every object and every attempt in one place, and each difference under its name."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.drift import Expected
from endpoints.domain.matching import UNOWNED, Finding, Match, Told, match
from endpoints.domain.sighting import Setup, Sighting
from endpoints.domain.specs import Listed, VpcEndpointServiceSpec
from endpoints.domain.status import Status

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SETTLED_BEFORE = NOW - timedelta(minutes=5)
LONG_AGO = NOW - timedelta(days=9)
NAME = "vpce-1-abcdefgh.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
STATES = ("available", "pendingAcceptance", "pending", "failed", "rejected", "deleting", "deleted", "odd")
STATUSES = (Status.READY, Status.PENDING_ACCEPTANCE, Status.PROVISIONING, Status.FAILED)


def row_id(n: int) -> str:
    return str(uuid.UUID(int=n))


def told(n: int = 1, generation: int = 1, **changes: object) -> Told:
    """Return an open attempt of row n that is Ready, as written long ago."""
    return replace(
        Told(
            endpoint_id=row_id(n),
            generation=generation,
            listed=Listed.ENDPOINTS,
            spec=VpcEndpointServiceSpec,
            external_id=f"vpce-{n}-{generation}",
            is_open=True,
            is_wanted=True,
            is_held=False,
            written_at=LONG_AGO,
            state="available",
            status=Status.READY,
        ),
        **changes,  # type: ignore[arg-type]
    )


def seen(n: int = 1, generation: int = 1, **changes: object) -> Sighting:
    """Return the object of an attempt as AWS shows it."""
    made = Sighting(f"vpce-{n}-{generation}", "available", row_id(n), generation, made_at=LONG_AGO)
    return replace(made, **changes)  # type: ignore[arg-type]


def held(objects: list[Sighting], attempts: list[Told], rows: int = 9) -> Match:
    known = {row_id(n) for n in range(rows)}
    return match(((Listed.ENDPOINTS, one) for one in objects), attempts, known, SETTLED_BEFORE)


def codes(found: Match) -> list[Finding]:
    return [difference.code for difference in found.differences]


# --- one difference each ---------------------------------------------------------------------------------


def test_a_row_and_its_object_that_agree_are_equal() -> None:
    assert held([seen()], [told()]) == Match(1, ())


@pytest.mark.parametrize("objects", [[], [seen(state="deleted")]])
def test_a_row_without_its_object_misses_it(objects: list[Sighting]) -> None:
    assert codes(held(objects, [told()])) == [Finding.MISSING]


def test_a_row_that_should_have_an_object_and_no_attempt_of_it_misses_it() -> None:
    assert codes(held([], [told(generation=0)])) == [Finding.MISSING]


@pytest.mark.parametrize("objects", [[], [seen()], [seen(state="deleting")], [seen(state="failed")]])
def test_whose_end_is_wanted_needs_nothing(objects: list[Sighting]) -> None:
    assert held(objects, [told(is_wanted=False)]).differences == ()


def test_a_create_without_an_answer_is_on_its_way_whether_there_is_an_object_or_not() -> None:
    doubtful = told(external_id="", state="", status=Status.PROVISIONING)
    assert held([], [doubtful]) == Match(1, ())
    assert held([seen(external_id="vpce-new")], [doubtful]) == Match(1, ())


@pytest.mark.parametrize(
    ("sighting", "attempt", "code", "params"),
    [
        (seen(state="Rejected"), told(), Finding.STATE_DIFFERS, {"row": "available", "aws": "rejected"}),
        (seen(), told(status=Status.FAILED), Finding.STATUS_DIFFERS, {"row": "Failed", "aws": "Ready"}),
        (
            seen(dns_names=(NAME,)),
            told(names=frozenset({"old.test"})),
            Finding.NAMES_DIFFER,
            {"row": "old.test", "aws": NAME},
        ),
        (seen(is_ours=False), told(), Finding.TAGS_DIFFER, {"row": f"{row_id(1)} #1", "aws": "-"}),
        (seen(generation=0), told(), Finding.MISSING, {}),
    ],
)
def test_what_differs_is_told_with_both_sides(
    sighting: Sighting, attempt: Told, code: Finding, params: dict[str, str]
) -> None:
    if code is Finding.MISSING:  # another object altogether
        sighting = replace(sighting, external_id="vpce-other")
    found = held([sighting], [attempt]).differences[-1]
    assert (found.code, found.params) == (code, params)


def test_tags_that_name_another_endpoint_are_told_by_whom() -> None:
    found = held([replace(seen(), endpoint_id="x", generation=3)], [told()]).differences
    assert [(one.code, one.params["aws"]) for one in found] == [(Finding.TAGS_DIFFER, "x #3")]


def test_what_somebody_else_changed_in_aws_is_told_by_name() -> None:
    expected = Expected(row_id(1), 1, subnets=frozenset({"subnet-1"}))
    moved = seen(setup=Setup(subnets=("subnet-2",)))
    (found,) = held([moved], [told(expected=expected)]).differences
    assert (found.code, found.params) == (Finding.SETUP_DIFFERS, {"row": "", "aws": "subnets"})
    asked_for = seen(setup=Setup(subnets=("subnet-1",)))
    assert held([asked_for], [told(expected=expected)]).differences == ()


def test_a_row_that_gave_up_says_so_whatever_aws_says() -> None:
    assert held([seen()], [told(status=Status.FAILED, gave_up=True)]).differences == ()


@pytest.mark.parametrize(
    ("attempts", "sighting", "code"),
    [
        ([told(is_open=False)], seen(), Finding.LATE_EFFECT),
        ([told(is_open=False), told(generation=2, external_id="")], seen(), Finding.LEFT_OVER),
        ([], seen(generation=4), Finding.NEVER_ATTEMPTED),
        ([], seen(n=77), Finding.ROW_UNKNOWN),
        ([], replace(seen(), endpoint_id=""), Finding.TAGS_UNREADABLE),
        ([], replace(seen(), endpoint_id="not-a-uuid"), Finding.TAGS_UNREADABLE),
        ([], replace(seen(), generation=0), Finding.TAGS_UNREADABLE),
    ],
)
def test_an_object_that_no_row_owns_is_told_with_the_reason(
    attempts: list[Told], sighting: Sighting, code: Finding
) -> None:
    found = held([sighting], attempts).differences
    assert [one.code for one in found] == [code]
    assert found[0].external_id == sighting.external_id
    assert held([replace(sighting, state="deleting")], attempts).differences == ()


@pytest.mark.parametrize("doubtful", [False, True])
def test_of_two_objects_for_one_attempt_one_is_nobodys(doubtful: bool) -> None:
    attempt = told(external_id="", state="", status=Status.PROVISIONING) if doubtful else told()
    twin = seen(external_id="vpce-twin")
    for objects in ([seen(), twin], [twin, seen()]):
        assert codes(held(objects, [attempt])) == [Finding.SECOND_OBJECT]


# --- what is certain -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objects", "attempt"),
    [([], told()), ([seen(state="rejected")], told()), ([seen()], told(is_open=False))],
)
def test_nothing_is_certain_of_a_row_that_was_just_written_or_is_held(
    objects: list[Sighting], attempt: Told
) -> None:
    def certain(one: Told) -> bool:
        (difference,) = held(objects, [one]).differences
        return difference.is_certain

    assert certain(attempt)
    assert certain(replace(attempt, written_at=SETTLED_BEFORE))
    assert not certain(replace(attempt, written_at=SETTLED_BEFORE + timedelta(seconds=1)))
    assert not certain(replace(attempt, is_held=True))


@pytest.mark.parametrize(
    ("made_at", "certain"), [(LONG_AGO, True), (SETTLED_BEFORE, True), (NOW, False), (None, False)]
)
def test_an_object_that_is_new_or_of_unknown_age_needs_a_second_look(
    made_at: datetime | None, certain: bool
) -> None:
    (difference,) = held([seen(n=77, made_at=made_at)], []).differences
    assert difference.is_certain is certain


# --- properties ------------------------------------------------------------------------------------------

attempts_of_rows = st.lists(
    st.builds(
        told,
        n=st.integers(1, 4),
        generation=st.integers(1, 3),
        is_open=st.booleans(),
        is_wanted=st.booleans(),
        is_held=st.booleans(),
        written_at=st.sampled_from([LONG_AGO, NOW]),
        state=st.sampled_from([state.casefold() for state in STATES]),
        status=st.sampled_from(STATUSES),
    ),
    max_size=6,
    unique_by=lambda one: (one.endpoint_id, one.generation),
)
objects_in_aws = st.lists(
    st.builds(
        seen,
        n=st.integers(1, 5),
        generation=st.integers(0, 4),
        state=st.sampled_from(STATES),
        made_at=st.sampled_from([LONG_AGO, NOW, None]),
        is_ours=st.booleans(),
        external_id=st.sampled_from([f"vpce-{n}-{g}" for n in range(1, 5) for g in range(4)]),
    ),
    max_size=8,
    unique_by=lambda one: one.external_id,
)


@given(objects_in_aws, attempts_of_rows)
def test_every_object_and_every_open_attempt_stands_in_one_place(
    objects: list[Sighting], attempts: list[Told]
) -> None:
    found = held(objects, attempts)
    opened = [one for one in attempts if one.is_open]
    of_rows = [d.told for d in found.differences if d.code not in UNOWNED]
    assert found.equal + len(of_rows) == len(opened)
    assert len({id(one) for one in of_rows}) == len(of_rows)
    orphans = [d.seen for d in found.differences if d.code in UNOWNED]
    assert len({one.external_id for one in orphans if one}) == len(orphans)
    owners = {one.external_id for one in opened if one.external_id}
    for orphan in orphans:
        assert orphan is not None
        assert orphan.external_id not in owners
        assert orphan.state not in ("deleting", "deleted")
    for alive in objects:
        if alive.state not in ("deleting", "deleted"):
            assert (alive.external_id in owners) != (alive in orphans)


@given(objects_in_aws, attempts_of_rows, st.randoms())
def test_order_makes_no_difference(objects: list[Sighting], attempts: list[Told], dice: object) -> None:
    def told_apart(found: Match) -> list[tuple[str, str, bool]]:
        return sorted((d.code, d.external_id, d.is_certain) for d in found.differences)

    before = told_apart(held(objects, attempts))
    dice.shuffle(objects)  # type: ignore[attr-defined]
    dice.shuffle(attempts)  # type: ignore[attr-defined]
    assert told_apart(held(objects, attempts)) == before


@given(st.integers(0, 8), st.data())
def test_a_world_in_order_differs_in_nothing_and_each_loss_is_told(size: int, data: st.DataObject) -> None:
    attempts = [told(n) for n in range(size)]
    objects = [seen(n) for n in range(size)]
    assert held(objects, attempts) == Match(size, ())
    lost = data.draw(st.sets(st.integers(0, 8)))
    kept = [one for n, one in enumerate(objects) if n not in lost]
    missing = held(kept, attempts).differences
    gone = {one.external_id for n, one in enumerate(attempts) if n in lost}
    assert {(d.code, d.external_id) for d in missing} == {(Finding.MISSING, key) for key in gone}
    forgotten = [one for n, one in enumerate(attempts) if n not in lost]
    left = held(objects, forgotten).differences
    assert {(d.code, d.external_id) for d in left} == {(Finding.NEVER_ATTEMPTED, key) for key in gone}
