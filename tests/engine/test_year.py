"""A simulated year: every grace, invitation, expiry and warning falls exactly when it should.

From November 2027 on, so that it holds the 29th of February and both changes of summer time of two
continents. `YEAR_SEED` replays a year; a failure names its seed.
"""

import os
from datetime import UTC, datetime, timedelta
from random import Random, SystemRandom

import pytest

from endpoints.models import Organization, ReversePrivateEndpoint, Service
from tests.engine.world import World
from tests.engine.year import Year
from tests.engine.year_book import DAY, GRACES, HOUR
from tests.engine.year_people import KINDS, People

BEGIN = datetime(2027, 11, 1, tzinfo=UTC)
END = datetime(2028, 11, 1, tzinfo=UTC)
SPECIAL = (
    datetime(2027, 11, 7, 6, tzinfo=UTC),  # America/New_York: 2 o'clock is 1 o'clock again
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2028, 3, 1, tzinfo=UTC),
    datetime(2028, 3, 12, 7, tzinfo=UTC),  # America/New_York: 2 o'clock is 3 o'clock
    datetime(2028, 3, 26, 1, tzinfo=UTC),  # Europe/Berlin: 2 o'clock is 3 o'clock
    datetime(2028, 10, 29, 1, tzinfo=UTC),  # Europe/Berlin: 3 o'clock is 2 o'clock again
)
DELAYS = {"pending_seconds": 15.0, "resource_pending_seconds": 15.0, "deleting_seconds": 25.0}


def live_through(world: World, seed: int, stories: int, *, troubles: int) -> Year:
    """Live through the year with so many endpoints and absences; return it after everything has ended."""
    dice = Random(seed)
    world.box.knobs(**DELAYS)
    Organization.objects.update(endpoint_limit=1000)
    Service.objects.update(endpoint_limit=1000)
    year = Year(world, dice, BEGIN)
    people = People(year)
    try:
        for number in range(stories):
            kind = KINDS[number % len(KINDS)]
            if number % 2:
                moment = BEGIN + dice.uniform(0.01, 0.97) * (END - BEGIN)
            else:  # something of it falls on a special moment or beside it
                moment = SPECIAL[number // 2 % len(SPECIAL)] - dice.uniform(0, 1) * dice.choice((1, 7)) * DAY
            people.ask_at(moment, kind, alone=number % len(KINDS) in (0, 7))
            if number % len(KINDS) == 0:  # nobody is there to warn it when four hours are left
                year.at(max(moment, BEGIN) + 18.5 * HOUR, lambda: year.be_away("workers", 3 * HOUR))
        for moment in SPECIAL:  # left to its deadline, so that a grace surely leads across
            people.ask_at(moment - dice.uniform(0.05, 0.95) * DAY, "waits", alone=True)
        for number in range(troubles):
            who, most = (("workers", 30 * HOUR), ("aws", 6 * HOUR))[number % 2]
            moment = BEGIN + dice.uniform(0.02, 0.95) * (END - BEGIN)
            year.at(moment, lambda who=who, most=most: year.be_away(who, dice.uniform(0.05, 1) * most))  # type: ignore[misc]
        year.run(END + timedelta(days=60), people.go_on)
    except Exception as error:
        error.add_note(f"At {year.now}, after {year.stops} stops. Replay it with YEAR_SEED={seed}.")
        raise
    return year


def everything_ended(year: Year) -> None:
    """What is left is Ready, or nothing, in the rows and in AWS."""
    left = list(ReversePrivateEndpoint.objects.live())
    assert {row.status for row in left} <= {"Ready"}
    things = year.things()
    assert set(things) == {(str(row.pk), str(row.generation)) for row in left}
    assert [page for page in year.book.pages.values() if page.left_at and not page.gone] == []
    for moment in SPECIAL:
        assert [since for since, until in year.book.graces if since < moment < until], moment


def chosen_seed(otherwise: int) -> int:
    """Return the seed that the environment asks for, or another."""
    return int(os.environ.get("YEAR_SEED", otherwise))


def test_a_year_in_short(world: World) -> None:
    year = live_through(world, chosen_seed(2028), len(KINDS), troubles=2)
    everything_ended(year)
    for hours in ("24", "4", "1"):
        assert sum(n for key, n in year.book.happened.items() if key[0] == "warned" and key[-1] == hours)
    cleaned = {key[1] for key in year.book.happened if key[0] == "cleaned up"}
    assert {"PendingAcceptance", "Failed"} <= cleaned
    assert year.book.happened["warned after being away",]


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_a_long_year(world: World) -> None:
    year = live_through(world, chosen_seed(SystemRandom().randrange(10**9)), 120, troubles=16)
    everything_ended(year)
    happened = year.book.happened
    warned = {key[1:] for key in happened if key[0] == "warned"}
    graced = {status for status, grace in GRACES.items() if grace}
    assert warned == {(status, hours) for status in graced for hours in ("24", "4", "1")}
    assert {key[1] for key in happened if key[0] == "cleaned up"} == set(GRACES)
    because = {key[1] for key in happened if key[0] == "because"}
    assert {
        "share_not_found", "invitation_expired", "service_not_found", "removed_outside", "failed_at_aws",
        "rejected_by_owner", "rejected_by_cluster_owner", "not_accepted_in_time", "available",
    } <= because  # fmt: skip
    assert happened["warned after being away",]
