"""The clean-up list of a tombstone: what stays in the owner's AWS account, and what of it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from endpoints.domain.commands import COMMANDS
from endpoints.models import Claim, ReversePrivateEndpoint, User
from endpoints.texts.guides import Told, filled_for, left_behind_of

STILL_USED_MOST = 5


@dataclass(frozen=True)
class Item:
    """One thing to clean up; `by` and `at` say who ticked it and when, "" and None if nobody did."""

    told: Told
    by: str = ""
    at: datetime | None = None


def left_something(tombstones: Iterable[ReversePrivateEndpoint]) -> set[object]:
    """Return the ids of those for which something was made or used up; nothing is left of the others.

    At most one query.
    """
    known = [endpoint for endpoint in tombstones if endpoint.is_removed]
    found: set[object] = {endpoint.pk for endpoint in known if endpoint.external_id}
    unmade = {held.key: e.pk for e in known if e.pk not in found for held in e.spec.held()}
    if unmade:
        used_up = Claim.objects.filter(key__in=unmade, used_up_at__isnull=False)
        found |= {unmade[key] for key in used_up.values_list("key", flat=True)}
    return found


def keys_of(endpoint: ReversePrivateEndpoint) -> tuple[str, ...]:
    """Return the keys of an endpoint's items, for one that left something."""
    spec = endpoint.spec
    return tuple(COMMANDS[spec.type](spec, filled_for(endpoint)).clean_up())


def open_items(endpoint: ReversePrivateEndpoint) -> int:
    """Return how many items nobody has ticked yet."""
    return sum(key not in endpoint.cleaned_up for key in keys_of(endpoint))


def items_of(endpoint: ReversePrivateEndpoint) -> list[Item]:
    """Return what is to be cleaned up after a tombstone; nothing where nothing was ever made in AWS."""
    if not left_something([endpoint]):
        return []
    return [_item(told, endpoint.cleaned_up.get(told.key)) for told in left_behind_of(endpoint)]


def still_used_by(endpoint: ReversePrivateEndpoint, user: User) -> list[ReversePrivateEndpoint]:
    """Return live endpoints, of those that the person may see, that lead to the same source as a tombstone.

    The same cluster, endpoint service or resource configuration, as it was written.
    """
    name = endpoint.spec.fields[0]
    of_source = {"type": endpoint.type, f"parameters__{name}": endpoint.parameters[name]}
    others = ReversePrivateEndpoint.objects.visible_to(user).live().filter(**of_source)
    return list(others.order_by("description", "pk")[:STILL_USED_MOST])


def _item(told: Told, kept: dict[str, Any] | None) -> Item:
    return Item(told) if kept is None else Item(told, kept["by"], datetime.fromisoformat(kept["at"]))
