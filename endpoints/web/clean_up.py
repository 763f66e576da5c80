"""The clean-up list of a tombstone: what stays in the owner's AWS account, and what of it is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from endpoints import texts
from endpoints.models import ReversePrivateEndpoint


@dataclass(frozen=True)
class Ticked:
    """One item as it is shown; `by` and `at` say who ticked it and when, "" and None if nobody did."""

    item: texts.Leftover
    where: str
    by: str = ""
    at: datetime | None = None


def items_of(endpoint: ReversePrivateEndpoint) -> tuple[texts.Leftover, ...]:
    """Return what is to be cleaned up after a tombstone; nothing where nothing was ever made in AWS."""
    return texts.CLEAN_UP[endpoint.type] if endpoint.is_removed and endpoint.external_id else ()


def list_of(endpoint: ReversePrivateEndpoint) -> list[Ticked]:
    """Return the items with who ticked them."""
    return [_ticked(endpoint, item) for item in items_of(endpoint)]


def open_items(endpoint: ReversePrivateEndpoint) -> int:
    """Return how many items nobody has ticked yet."""
    return sum(item.key not in endpoint.cleaned_up for item in items_of(endpoint))


def _ticked(endpoint: ReversePrivateEndpoint, item: texts.Leftover) -> Ticked:
    where = texts.clean_up_where(endpoint, item)
    kept: dict[str, Any] | None = endpoint.cleaned_up.get(item.key)
    return (
        Ticked(item, where, kept["by"], datetime.fromisoformat(kept["at"])) if kept else Ticked(item, where)
    )
