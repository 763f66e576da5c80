"""Deletions that fail are tried for ever, and told: on the page always, in the timeline within bounds."""

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.models import read_clock
from tests.engine.kinds import KINDS, Kind
from tests.engine.world import DAY, GRACE, World, codes, removed, told

EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.type)
REFUSED, TROUBLE = "delete_refused", "aws_trouble"


def days_of_refusals(world: World, days: int, *, tries: int = 3) -> None:
    """Let days pass, with so many tries in each."""
    for _ in range(days * tries):
        world.box.advance(DAY / tries)
        world.reconcile()


@EVERY
@pytest.mark.parametrize(("days", "tries"), [(9, 3), pytest.param(366, 1, marks=pytest.mark.full)])
def test_refusals_are_retried_for_ever_and_have_a_line_a_day(
    world: World, kind: Kind, days: int, tries: int
) -> None:
    row = world.make_of(kind.asked)
    fault = world.box.fault("error", operation=kind.delete, code="OperationNotPermitted", status=400)
    world.remove(row)
    world.reconcile()
    assert codes(row).count(REFUSED) == 1
    calls = world.box.count(operation=kind.delete)
    days_of_refusals(world, days, tries=tries)
    assert told(row)[0] == "Deleting"
    assert not row.is_removed
    assert world.box.count(operation=kind.delete) >= calls + tries * days
    assert codes(row).count(REFUSED) <= 1 + days
    assert codes(row).count(TROUBLE) <= 1 + days
    assert row.removal_trouble["tries"] == world.box.count(operation=kind.delete)
    world.box.clear_fault(fault)
    world.later(3600)
    world.later(GRACE)
    assert removed(row)
    assert row.removal_trouble == {}


def test_errors_that_take_turns_are_told_once_a_day_each(world: World) -> None:
    (kind, *_) = KINDS.values()
    row = world.make_of(kind.asked)
    world.remove(row)
    for n in range(8):
        code = ("OperationNotPermitted", "DependencyViolation")[n % 2]
        fault = world.box.fault("error", operation=kind.delete, code=code, status=400)
        world.box.advance(1000)
        world.reconcile()
        world.box.clear_fault(fault)
    assert codes(row).count(REFUSED) == 2


def test_a_delete_that_aws_accepts_and_does_not_carry_out_is_repeated_and_told_once_a_day(
    world: World,
) -> None:
    (kind, *_) = KINDS.values()
    row = world.make_of(kind.asked)
    world.remove(row)
    world.box.fault("rewrite", operation=kind.listing, set={"State": "available"})
    world.box.knobs(deleted_visible_seconds=30 * DAY)
    for _ in range(12):
        world.box.advance(70)
        world.observe()
        world.reconcile()
    assert world.box.count(operation=kind.delete) >= 6
    assert codes(row).count("delete_sent") == 2, "the first, and the first in vain"
    assert told(row)[0] == "Deleting"
    assert row.removal_trouble["tries"] >= 5


def test_the_page_says_since_when_how_often_and_when_next(world: World, client: Client) -> None:
    (kind, *_) = KINDS.values()
    row = world.make_of(kind.asked)
    world.box.fault("error", operation=kind.delete, code="OperationNotPermitted", status=400)
    world.remove(row)
    days_of_refusals(world, 1)
    row.refresh_from_db()
    assert row.due_at is not None
    assert row.due_at > read_clock().now
    assert row.removal_trouble["next"] == row.due_at.isoformat()
    client.force_login(world.user)
    page = client.get(reverse("endpoint", args=[row.service_id, row.pk])).text
    assert "Deleting it in AWS has not succeeded since" in page
    assert f"It was tried {row.removal_trouble['tries']} times in vain." in page
    assert "Next try: <time" in page
    assert "OperationNotPermitted" in page, "AWS's words, for operators"
