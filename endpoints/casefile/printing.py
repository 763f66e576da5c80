"""A case as text for people: the main things first, then everything, wrapped to the width of a mail."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from endpoints.casefile.gathering import Case
from endpoints.domain.custom_dns import custom_names

WIDTH = 100
_INDENT = "  "
_SHORT = 80  # characters of JSON that stand on one line


def lines(case: Case) -> Iterator[str]:
    """Yield the lines of a case."""
    yield from _summary(case)
    yield from _part("Claims", case["claims"], "kind", "key")
    yield from _part("ClickPipes", case["pipes"], "depends", "name", "address")
    yield from _part("Attempts", case["attempts"], "generation", "state", "external_id")
    yield from _heading("Work")
    yield from _fields(case["work"])
    yield from _part("Replacements", case["replacements"], "requested_at", "old", "new")
    yield from _part("Hand-off links", case["hand_offs"], "created_at", "created_by_name")
    yield from _part("Orphans", case["orphans"], "external_id", "why_text")
    yield from _timeline(case["events"])
    yield from _heading("Region")
    yield from _fields(case["region"])
    yield from _heading("All columns of the row")
    yield from _fields(case["row"])


def _summary(case: Case) -> Iterator[str]:
    status, owner, row = case["status"], case["owner"], case["row"]
    yield from _wrapped(f"Endpoint {case['id']}: {case['description']}", "")
    yield f"As of {case['as_of']}; all times are UTC."
    yield ""
    yield from _fields(
        {
            "Organization": f"{owner['organization']} ({owner['organization_id']})",
            "Service": f"{owner['service']} ({owner['service_id']})",
            "Type": f"{case['type']} in {row['region']}",
            "Parameters": row["parameters"],
            "Requested": f"{row['created_at']} by {row['created_by_name']}",
            "Status": f"{status['shown']} since {status['since']} (reason {row['reason']})",
            "What": status["what"],
            "Who must act": status["who_must_act"],
            "Next step": status["next_step"],
            "Deadline": status["deadline"],
            "Removal": _removal(case),
            "AWS ID": row["external_id"],
            "DNS names": ", ".join([*row["dns_names"], *row["private_dns_names"]]),
            "Custom names (recorded, not served)": ", ".join(map(str, custom_names(row["custom_dns"]))),
            "Former names": ", ".join(row["former_names"]),
            "Brokers": row["connection_string"],
            "AWS's words": row["raw_error"],
        }
    )


def _removal(case: Case) -> str:
    row = case["row"]
    if not row["removal_requested_at"]:
        return ""
    gone = f"; gone {row['removed_at']}" if row["removed_at"] else ""
    asked = f"{row['removal_requested_at']} by {row['removal_requested_by']}"
    return f"{asked} ({case['status']['removal']}){gone}"


def _part(title: str, items: list[dict[str, Any]], *first: str) -> Iterator[str]:
    """Yield a list of rows: one line each with what matters most, and all columns below it."""
    yield from _heading(title)
    if not items:
        yield f"{_INDENT}none"
    for item in items:
        said = [str(item[name]) for name in first if item.get(name) not in (None, "")]
        yield from _wrapped("- " + ", ".join(said), _INDENT)
        yield from _fields({k: v for k, v in item.items() if k not in first}, _INDENT * 2)


def _timeline(events: list[dict[str, Any]]) -> Iterator[str]:
    yield from _heading("Timeline")
    for event in events:
        who = f" [{event['actor']}]" if event["actor"] else ""
        yield from _wrapped(f"{event['at']}  {event['text']} ({event['code']}){who}", _INDENT)
        more = {
            "event": event["id"],
            "attempt": event["generation"],
            "operation": event["operation"],
            "AWS request": event["aws_request_id"],
            "AWS's words": event["raw"],
            "params": event["params"],
        }
        yield from _fields(more, _INDENT * 3)


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield title


def _fields(fields: Mapping[str, Any], indent: str = _INDENT) -> Iterator[str]:
    """Yield what has a value, its name before it."""
    for name, value in fields.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        if isinstance(value, dict | list) and len(short := json.dumps(value, ensure_ascii=False)) <= _SHORT:
            yield from _wrapped(f"{name}: {short}", indent)
        elif isinstance(value, dict | list):
            text = json.dumps(value, ensure_ascii=False, indent=2)
            yield f"{indent}{name}:"
            yield from (f"{indent}{_INDENT}{line}" for line in text.splitlines())
        else:
            yield from _wrapped(f"{name}: {value}", indent)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """Yield a text in lines that fit; a long word such as a name stays whole, to be copied."""
    for paragraph in text.splitlines() or [""]:
        yield from textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent + _INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
