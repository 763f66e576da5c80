"""SECURITY.md names the test that proves each promise: the tests are there, and everybody has one."""

import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parent.parent.parent / "SECURITY.md").read_text("utf-8")
ROOT = Path(__file__).resolve().parent.parent.parent
ATTACKERS = (
    "internet", "another organization", "viewer", "operator", "admin of a service", "owner of a data source",
    "AWS answers", "API key", "hand-off link", "laptop", "logs", "database", "staff",
)  # fmt: skip


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| who |")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_each_promise_names_a_test_that_is_there() -> None:
    assert len(rows()) > 18
    missing = []
    for row in rows():
        named = re.findall(r"`(tests/\S+?\.py)::(\w+)`", row[-1])
        assert named, f"no test proves: {row[1]}"
        for path, name in named:
            file = ROOT / path
            if not file.exists() or f"def {name}(" not in file.read_text("utf-8"):
                missing.append(f"{path}::{name}")
    assert not missing, missing


def test_everybody_who_could_attack_is_named() -> None:
    told = " ".join(row[0] for row in rows())
    assert [who for who in ATTACKERS if who not in told] == []


def test_it_says_how_to_report_and_what_is_not_defended() -> None:
    for heading in ("Reporting", "Supported versions", "What is not defended"):
        assert f"\n## {heading}\n" in PAGE
    assert "@" not in PAGE, "no address is invented"
