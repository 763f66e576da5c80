"""Rows as files: CSV for spreadsheets, JSON for programs; written as they are read, never held as a whole."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Record = Mapping[str, Any]


def json_array(records: Iterable[Record]) -> Iterator[str]:
    """Yield one JSON array."""
    before = "[\n"
    for record in records:
        yield before + json.dumps(record, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield one JSON object a line."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False) + "\n"


def csv_lines(columns: Iterable[str], records: Iterable[Record]) -> Iterator[str]:
    """Yield a head and a line for each record, whose values stand in the order of the columns."""
    writer: Any = csv.writer(_Echo())
    yield writer.writerow(columns)
    for record in records:
        yield writer.writerow([_cell(value) for value in record.values()])


def iso(moment: datetime | None) -> str | None:
    """Return a moment in UTC with milliseconds, as the API writes it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Echo:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _cell(value: object) -> str:
    """Write a value so that no spreadsheet takes it for a formula; lists with a space between."""
    if isinstance(value, Mapping):
        text = json.dumps(value, ensure_ascii=False) if value else ""
    elif isinstance(value, list):
        text = " ".join(map(str, value))
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
