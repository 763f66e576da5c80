"""A pytest plug-in that writes how each test ended, with the kind of what it raised, to $MUTANT_OUTCOMES."""

import json
import os
from pathlib import Path

import pytest

ASSERTION, OTHER, PASSED = "assertion", "other", "passed"


def kind_of(error: BaseException) -> str:
    """Tell an assertion (or pytest.fail) from any other exception."""
    return ASSERTION if isinstance(error, AssertionError | pytest.fail.Exception) else OTHER


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Add a line for each phase of each test."""
    line = {"test": item.nodeid, "when": call.when, "ended": PASSED, "told": ""}
    if call.excinfo is not None:
        line["ended"] = kind_of(call.excinfo.value)
        line["told"] = call.excinfo.exconly().splitlines()[0][:200]
    with Path(os.environ["MUTANT_OUTCOMES"]).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
