"""The bench of the pages: its rivals show the same rows, and its figures of queries hold at any size."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings

from devtools.common import CHECKOUT
from endpoints.models import Service, User, affected_by
from endpoints.models.counting import with_pipe_counts
from tests.bench.crowd import SPREAD, make_crowd
from tests.bench.goals import Goal
from tests.bench.measure import Browser, medians, table
from tests.bench.pages import (
    COMBINATIONS,
    POLL_MOST,
    QUERIES_MOST,
    TEMPLATES,
    count_queries,
    rivals_of,
)
from tests.people import Cast


@pytest.fixture
def crowd(cast: Cast) -> Service:
    return make_crowd(cast.organization, "crowd", 400)


@pytest.fixture
def browser(cast: Cast) -> Iterator[Browser]:
    # A web server gives the connection back after a request, and with it the transaction of a test.
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    User.objects.filter(pk=cast.admin.pk).update(is_staff=True)
    yield Browser(cast.admin)
    for signal in around:
        signal.connect(close_old_connections)


def test_the_list_takes_six_queries_and_an_unchanged_poll_one(crowd: Service, browser: Browser) -> None:
    queries, poll = count_queries(browser, crowd)
    assert queries <= QUERIES_MOST
    assert poll <= POLL_MOST
    for query in COMBINATIONS:
        _, queries = browser.queries(f"/services/{crowd.pk}/endpoints/?{query}")
        assert queries <= QUERIES_MOST, query


def test_all_rivals_show_the_same_rows(crowd: Service, browser: Browser) -> None:
    with override_settings(ROOT_URLCONF="tests.bench.rivals", TEMPLATES=TEMPLATES):
        shown = {}
        for name, address in rivals_of(crowd).items():
            status, page = browser.ask(address)
            assert status == 200
            shown[name] = re.findall(r"[a-z]+-[a-z]+-[a-z]+-\d+(?=</a></t|</td)", page)
        assert len(shown["list"]) == 50
        assert shown["list"] == shown["plain"] == shown["admin"]
        assert set(medians(browser, rivals_of(crowd), 2)) == set(shown)


def test_a_crowd_is_of_every_kind_and_true_to_its_clickpipes(crowd: Service) -> None:
    rows = list(with_pipe_counts(crowd.endpoints.live()))
    assert {row.shown for row in rows} == set(SPREAD)
    affected = affected_by(rows)
    for row in rows:
        found = affected[row.pk]
        assert (row.__dict__["uses"], row.__dict__["may"]) == (len(found.uses), len(found.may))
        assert row.pipe_sources == ",".join(sorted({pipe.source for pipe in [*found.uses, *found.may]}))


def test_a_goal_is_met_or_missed_and_told() -> None:
    assert Goal("at most", 2.0, 2.0).is_met
    assert not Goal("too much", 2.01, 2.0).is_met
    assert table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc   d"


@pytest.mark.full
@pytest.mark.alone
@pytest.mark.timeout(1_200)
def test_the_bench_meets_its_goals_at_full_size() -> None:
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "tests.bench.pages"]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["met"]
