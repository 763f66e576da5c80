"""Who runs in two lanes of `./dev test`, and what stays together in one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import checks, lanes
from tests.environment import CHECKOUT


@pytest.mark.parametrize("arguments", [[], ["-q"], ["-x", "--durations=9"]])
def test_all_tests_run_in_two_lanes(arguments: list[str]) -> None:
    ((_, command),) = checks.test_steps(False, arguments)
    assert {"devtools.lanes", "-n"} <= set(command)


def test_what_measures_runs_after_the_lanes_and_alone() -> None:
    (_, tests), (_, figures) = checks.test_steps(True, ["-q"])
    assert {"devtools.lanes", "-n", "not alone", "-q"} <= set(tests)
    assert {"alone", "-q"} <= set(figures)
    assert not {"devtools.lanes", "-n"} & set(figures)


@pytest.mark.parametrize("arguments", [["tests/web", "-q"], ["-k", "kill"], ["--pdb"]])
def test_chosen_tests_run_in_one_process(arguments: list[str]) -> None:
    for full in (False, True):
        ((_, command),) = checks.test_steps(full, arguments)
        assert not {"devtools.lanes", "-n"} & set(command)


def test_a_file_stays_together_and_so_do_the_browser_tests_which_share_a_house() -> None:
    tests = ["tests/browser/test_life.py::a", "tests/browser/test_access.py::b[x::y]"]
    assert {lanes.part_of(test) for test in tests} == {"tests/browser/"}
    assert lanes.part_of("tests/web/test_list.py::a[b::c]") == "tests/web/test_list.py"


def test_the_long_matrix_of_kills_is_dealt_test_by_test() -> None:
    first, second = "tests/kill/test_matrix.py::a[b::c]", "tests/kill/test_matrix.py::a[b::d]"
    assert lanes.part_of(first) != lanes.part_of(second)


def test_what_takes_longest_has_the_first_turns() -> None:
    for place in (*lanes.WHOLE, *lanes.SINGLE, *lanes.LONG):
        assert (CHECKOUT / place).exists()
    tests = ["tests/admin/test_admin.py::a", "tests/kill/test_sample.py::a", "tests/browser/test_life.py::a"]
    assert sorted(tests, key=lanes.turn_of) == tests[::-1]


def test_two_lanes_count_every_test_once_in_the_closing_line(tmp_path: Path) -> None:
    """And tell above it how long all took, and what was measured in either lane."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_terminal_summary\n")
    for name in ("one", "two", "three"):
        test = "def test_it(record_property): record_property('real seconds', '{}')\ndef test_more(): {}\n"
        body = test.format(f"{name} was quick", "assert 0" if name == "two" else "pass")
        (tmp_path / f"test_{name}.py").write_text(body)
    (_, lanes_of_all), _ = checks.test_steps(True, [])
    command = [*lanes_of_all, "-c", CHECKOUT / "pyproject.toml", tmp_path]
    env = os.environ | {checks.BEGAN: "0"}
    done = subprocess.run(
        [sys.executable, *map(str, command[1:])], cwd=CHECKOUT, env=env, capture_output=True, text=True
    )
    lines = done.stdout.rstrip().splitlines()
    assert done.returncode == 1, done.stdout + done.stderr
    assert " 1 failed, 5 passed in " in lines[-1]
    assert [line for line in lines if line.startswith("./dev test took ")]
    assert {f"test_it: {name} was quick" for name in ("one", "two", "three")} <= set(lines)
