"""`./dev bench pages`: what the list of endpoints costs, against Django admin, a plain view and its own size.

Prints a table and then one line of JSON; ends with 1 if a goal is missed. Everything is made anew in a
database of its own; the rivals take turns, so that a busy moment hits all of them.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path

import tests.environment  # noqa: F401 - the settings' environment, before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from endpoints.models import Service, User  # noqa: E402
from tests.bench.crowd import make_crowd  # noqa: E402
from tests.bench.goals import Goal, conclude  # noqa: E402
from tests.bench.measure import Browser, medians, table  # noqa: E402
from tests.bench.own import own_database  # noqa: E402
from tests.people import Cast, introduce  # noqa: E402

FILTERED = "status=Ready&sort=-since"
COMBINATIONS = (
    "",
    FILTERED,
    "status=needs-action&sort=deadline",
    "status=removed-soon&sort=-deadline",
    "status=Failed&sort=by&per=25",
    "status=Ready&type=VPC_RESOURCE&by=person-1%40example.com&sort=description",
    "type=VPC_RESOURCE&region=eu-west-1&sort=-status",
    "type=MSK_MULTI_VPC&sort=-description",
    "owner=400000000003&sort=since&per=25",
    "by=person-3%40example.com&sort=type",
    "source=Kafka&sort=description",
    "source=MongoDB&sort=-since&per=25",
    "source=none&status=Ready&sort=status",
    "region=eu-west-1&sort=by&page=3",
    "sort=created&page=20",
    "region=ap-south-1&sort=created",
)
"""Filters and orders of which both sizes show as many rows: a page full, or none. Free text is apart."""

QUERIES_MOST, POLL_MOST = 6, 1
SESSION_AND_USER = 2


TEMPLATES = [
    {
        **settings.TEMPLATES[0],
        "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).with_name("templates")],
    }
]
"""The settings' templates, and those of the rivals."""


@dataclass(frozen=True)
class Sizes:
    """How many endpoints, and how many rounds."""

    rows: int = 10_000
    small: int = 1_000
    large: int = 100_000
    rounds: int = 20


@contextmanager
def _stage() -> Iterator[Cast]:
    """Make a database of its own, with the people of the tests and the rivals in it."""
    with own_database(), override_settings(ROOT_URLCONF="tests.bench.rivals", TEMPLATES=TEMPLATES):
        yield introduce()


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def rivals_of(service: Service) -> dict[str, str]:
    """Return the addresses of the list, of the plain view and of Django admin's changelist: same rows."""
    return {
        "list": f"/services/{service.pk}/endpoints/?{FILTERED}",
        "plain": f"/bench/{service.pk}/?{FILTERED}",
        "admin": "/bench/admin/endpoints/reverseprivateendpoint/?shown__exact=Ready&o=-7",
    }


def by_size(browser: Browser, small: Service, large: Service, rounds: int) -> dict[str, tuple[float, float]]:
    """Return the medians of each combination in the small and in the large service."""
    found = {}
    for query in COMBINATIONS:
        addresses = {service.name: f"/services/{service.pk}/endpoints/?{query}" for service in (small, large)}
        shown = {browser.ask(address)[1].count('<tr id="endpoint-') for address in addresses.values()}
        assert len(shown) == 1, f"pages of different lengths cannot be compared: {query} {shown}"
        took = medians(browser, addresses, rounds)
        found[query or "no filter"] = (took[small.name], took[large.name])
    return found


def count_queries(browser: Browser, service: Service) -> tuple[int, int]:
    """Return the queries of the list, and of its unchanged poll beyond session and user."""
    address = f"/services/{service.pk}/endpoints/?status=Provisioning&sort=-since"
    browser.ask(address)
    _, queries = browser.queries(address)
    _, page = browser.ask(address)
    (polled,) = re.findall(r'id="live" class="stack" hx-get="([^"]+)"', page)
    status, of_poll = browser.queries(unescape(polled), HX_Request="true")
    assert status == 204, status
    return queries, of_poll - SESSION_AND_USER


def run(sizes: Sizes) -> list[Goal]:
    """Measure everything, print the table, return the goals."""
    with _stage() as cast:
        User.objects.filter(pk=cast.admin.pk).update(is_staff=True)
        browser = Browser(cast.admin)
        service = make_crowd(cast.organization, "rows", sizes.rows)
        _settle()
        rivals = medians(browser, rivals_of(service), sizes.rounds)
        queries, poll = count_queries(browser, service)
        small = make_crowd(cast.organization, "small", sizes.small)
        large = make_crowd(cast.organization, "large", sizes.large)
        _settle()
        sides = by_size(browser, small, large, max(3, sizes.rounds // 2))
    growth = {name: large / small for name, (small, large) in sides.items()}
    worst = max(growth, key=growth.__getitem__)
    print(f"{sizes.rows:,} endpoints in one service, {FILTERED}, 50 rows; medians in milliseconds\n")
    print(table([("", "ms"), *((name, f"{ms:.1f}") for name, ms in rivals.items())]))
    print()
    heads = ("filters and order", f"{sizes.small:,}", f"{sizes.large:,}", "times")
    print(
        table(
            [
                heads,
                *((name, f"{a:.1f}", f"{b:.1f}", f"{growth[name]:.2f}") for name, (a, b) in sides.items()),
            ]
        )
    )
    print()
    return [
        Goal("list / admin", rivals["list"] / rivals["admin"], 0.25),
        Goal("list / plain view", rivals["list"] / rivals["plain"], 2.0),
        Goal("large / small", growth[worst], 1.3, worst),
        Goal("queries of the list", queries, QUERIES_MOST),
        Goal("queries of an unchanged poll beyond session and user", poll, POLL_MOST),
    ]


def main(arguments: list[str]) -> int:
    """Run the bench; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev bench pages", description=__doc__)
    usual = Sizes()
    for name, value in asdict(usual).items():
        parser.add_argument(f"--{name}", type=int, default=value, help="(default: %(default)s)")
    goals = run(Sizes(**vars(parser.parse_args(arguments))))
    return conclude("pages", goals)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
