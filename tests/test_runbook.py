"""The runbook has one heading for each code that people meet, and none for anything else."""

import re
from pathlib import Path

import pytest

from endpoints.domain.matching import Finding
from endpoints.domain.reasons import EventCode, Reason

RUNBOOK = Path(__file__).resolve().parent.parent / "docs" / "runbook.md"
CODES = sorted({code.value for kind in (EventCode, Reason, Finding) for code in kind})
_LINK = re.compile(r"\]\(#([\w-]+)\)|`([a-z]+(?:_[a-z]+)+)`")


def sections() -> list[tuple[str, list[str]]]:
    """Return the headings of the third level, each with its lines of text."""
    _, *parts = re.split(r"(?m)^### ", RUNBOOK.read_text("utf-8"))
    found = []
    for part in parts:
        heading, _, text = part.partition("\n")
        found.append((heading, [line for line in text.partition("\n#")[0].splitlines() if line.strip()]))
    return found


def test_every_event_reason_has_its_heading_and_no_heading_is_left_over() -> None:
    assert sorted(heading for heading, _ in sections()) == CODES


@pytest.mark.parametrize(("code", "lines"), sections(), ids=[heading for heading, _ in sections()])
def test_each_says_in_two_to_five_lines_what_it_means_and_what_to_do(code: str, lines: list[str]) -> None:
    assert 2 <= len(lines) <= 5, lines
    assert not lines[0].startswith("Do"), "what it means comes first"
    assert any(re.match("Do[:,] ", line) for line in lines), "nobody learns what to do"


def test_codes_that_the_runbook_mentions_exist() -> None:
    mentioned = {next(filter(None, found)) for found in _LINK.findall(RUNBOOK.read_text("utf-8"))}
    assert mentioned <= set(CODES)
