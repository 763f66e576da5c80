"""Pages with opaque tokens, for every service whose lists have them."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from endpoints.sandbox.operations import Call

T = TypeVar("T")
_PAGING = frozenset({"nexttoken", "maxresults"})


class BadToken(Exception):
    """A token that is not one of ours, or belongs to another question."""


def cut(
    call: Call, items: Sequence[T], place: Callable[[T], str], size: int, token: str | None
) -> tuple[list[T], str | None]:
    """Return one page of items, which are ordered by `place`, and the token of the next, or None.

    The token is opaque, bound to the operation, the caller, the Region and the other parameters, and stays
    good while items come and go. Raises BadToken.
    """
    if token:
        after = _read(call, token)
        items = [item for item in items if place(item) > after]
    chosen = list(items[:size])
    return chosen, token_after(call, place(chosen[-1])) if len(items) > size else None


def json_page(
    call: Call, items: Sequence[T], place: Callable[[T], str], most: int
) -> tuple[list[T], str | None]:
    """Return a page as `cut` does for `maxResults` and `nextToken`, of at most `most` items."""
    most = min(most, call.world.knobs.page_size_limit)
    size = min(call.params.get("maxResults", most), most)
    return cut(call, items, place, size, call.params.get("nextToken"))


def token_after(call: Call, place: str) -> str:
    """Return the token of the page that begins after a place."""
    return base64.urlsafe_b64encode(f"{_binding(call)}/{place}".encode()).decode()


def _binding(call: Call) -> str:
    asked = {name: value for name, value in call.params.items() if name.lower() not in _PAGING}
    text = json.dumps([call.operation, call.account, call.region, asked], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(call: Call, token: str) -> str:
    try:
        binding, _, after = base64.b64decode(token, b"-_", validate=True).decode().partition("/")
    except (binascii.Error, ValueError):
        binding, after = "", ""
    if binding != _binding(call):
        raise BadToken(token)
    return after
