"""The bench of the API at a tiny size: a web server answers both rivals alike, and figures can be read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.common import CHECKOUT
from tests.bench.api.__main__ import Sizes, run
from tests.bench.goals import conclude


@pytest.mark.django_db(transaction=True, available_apps=None)
def test_both_rivals_are_measured_and_what_is_printed_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goals = run(Sizes(rows=12, clients=3, rounds=1, gets=30, lists=9), tmp_path)
    code = conclude("api", goals)
    printed = capsys.readouterr().out
    assert "requests a second" in printed
    told = json.loads(printed.splitlines()[-1])
    assert told["bench"] == "api"
    assert told["met"] is (code == 0)
    assert told["goals"]["get / view"]["least"] == 0.5
    assert all(goal.seen > 0 for goal in goals)


@pytest.mark.full
@pytest.mark.alone
@pytest.mark.timeout(1_200)
def test_the_bench_meets_its_goals_at_full_size() -> None:
    command = [sys.executable, "dev", "bench", "api"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["met"]
