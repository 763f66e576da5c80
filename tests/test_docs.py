"""What the documents point at is there, and decisions have numbers of their own."""

import re
from pathlib import Path

import pytest

from tests.environment import CHECKOUT

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
DECISIONS = sorted((CHECKOUT / "docs" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_the_files_that_a_document_points_at_are_there(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_a_decision_has_a_number_of_its_own_and_is_pointed_at_by_it() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    headings = [path.read_text("utf-8").partition(". ")[0] for path in DECISIONS]
    assert headings == [f"# {number}" for number in numbers]
    for document in DOCUMENTS:
        for said, file in re.findall(r"\[decision (\d+)\]\(\S*?(\d{4})-", document.read_text("utf-8")):
            assert int(said) == int(file), document
