"""The bench of the control plane at tiny sizes: every part measures, and what it prints can be read."""

import json
import sys
from pathlib import Path
from subprocess import run as run_process

import pytest

from devtools.common import CHECKOUT
from tests.bench.control.__main__ import run
from tests.bench.control.part import Sizes
from tests.bench.control.parts import PARTS
from tests.bench.goals import Goal, conclude

TINY = Sizes(rounds=1, endpoints=4, people=2, workers=1, small=10, middle=20, large=30, changes=4, quiet=3)


@pytest.mark.timeout(420)
def test_every_part_measures_and_what_is_printed_can_be_read(
    transactional_db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goals = run(TINY, PARTS, tmp_path)
    code = conclude("control", goals)
    printed = capsys.readouterr().out
    assert all(f"{name}\n\n" in printed for name in PARTS)
    told = json.loads(printed.splitlines()[-1])
    assert told["bench"] == "control"
    assert set(told["goals"]) == {goal.name for goal in goals}
    assert told["met"] is (code == 0) is all(goal.is_met for goal in goals)
    seen = {name: figure["seen"] for name, figure in told["goals"].items()}
    assert seen["throughput_ratio"] > 0
    # Its create, and large shares, at this size, of describe-services, subnets, find, delete and listings.
    assert 2 <= seen["engine, calls per endpoint"] <= 15
    assert 0 < seen["delay to the row, p50, s"] < seen["delay to the row, p95, s"] < 30
    assert 0 < seen["delay to the open page, p50, s"] < 60
    assert seen["idle, % of a core for a worker"] > 0
    assert 10 < seen["idle, transactions a minute"] < 2_000
    assert [seen[f"describes a pass at {count} endpoints"] for count in (10, 20, 30)] == [1, 1, 1]


def test_a_goal_has_a_bound_above_or_below_or_none() -> None:
    assert Goal("enough", 0.6, least=0.6).is_met
    assert not Goal("too little", 0.59, least=0.6).is_met
    assert Goal("only told", 5.0).is_met


@pytest.mark.full
@pytest.mark.alone
@pytest.mark.timeout(3_600)
def test_the_bench_meets_its_goals_at_full_size() -> None:
    command = [sys.executable, "dev", "bench", "control"]
    done = run_process(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["met"]
