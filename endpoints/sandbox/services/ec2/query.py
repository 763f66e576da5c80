"""What all EC2 describes share: filters, ids and pages (aws.md §4)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.pages import BadToken, cut
from endpoints.sandbox.wire.errors import AwsError, invalid_value

T = TypeVar("T")
Reader = Callable[[T], str | Iterable[str]]

FILTER_VALUES_LIMIT = 200


def keep(
    call: Call,
    items: Iterable[T],
    readers: Mapping[str, Reader[T]],
    tags: Callable[[T], dict[str, str]] | None,
) -> list[T]:
    """Return the items that pass the call's `Filters`.

    `readers` tells for each filter name what an item shows there. Values of one filter are alternatives,
    filters add up; `*` and `?` are wildcards. Raises AwsError InvalidParameterValue for an unknown
    filter, FilterLimitExceeded for more than 200 values.
    """
    filters = call.params.get("Filters") or []
    if sum(len(item.get("Values", ())) for item in filters) > FILTER_VALUES_LIMIT:
        text = f"The maximum number of filter values specified on a single call is {FILTER_VALUES_LIMIT}"
        raise AwsError("FilterLimitExceeded", text)
    tests = [_test(item, readers, tags) for item in filters]
    return [item for item in items if all(test(item) for test in tests)]


def _test(
    wanted: dict[str, Any], readers: Mapping[str, Reader[T]], tags: Callable[[T], dict[str, str]] | None
) -> Callable[[T], bool]:
    name = wanted.get("Name", "")
    values = wanted.get("Values")
    if values is None:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' has no values")
    exact = {value for value in values if not _wild(value)}
    patterns = [_pattern(value) for value in values if _wild(value)]

    def passes(shown: str | Iterable[str]) -> bool:
        found = (shown,) if isinstance(shown, str) else shown
        return any(text in exact or any(p.fullmatch(text) for p in patterns) for text in found)

    if tags is not None and name.startswith("tag:"):
        key, read_tags = name[4:], tags
        return lambda item: key in read_tags(item) and passes(read_tags(item)[key])
    if tags is not None and name == "tag-key":
        return lambda item: passes(tags(item))
    if name not in readers:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return lambda item: passes(readers[name](item))


def _wild(value: str) -> bool:
    return "*" in value or "?" in value or "\\" in value


@lru_cache(256)
def _pattern(value: str) -> re.Pattern[str]:
    """Translate a filter value; a backslash takes the wildcard's meaning away, as EC2 documents."""
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    return re.compile("".join(_translated(part) for part in parts), re.DOTALL)


def _translated(part: str) -> str:
    if len(part) == 2:
        return re.escape(part[1])
    return {"*": ".*", "?": "."}.get(part, re.escape(part))


def by_ids(
    items: Sequence[T], wanted: Sequence[str] | None, read: Callable[[T], str], code: str, what: str
) -> list[T]:
    """Return the items with the wanted ids, or all when none are asked for.

    Raises AwsError with `code` for the whole call when one id is unknown.
    """
    if not wanted:
        return list(items)
    found = {read(item): item for item in items}
    for key in wanted:
        if key not in found:
            raise AwsError(code, f"The {what} '{key}' does not exist")
    asked = set(wanted)
    return [item for item in items if read(item) in asked]


def page(
    call: Call, items: Sequence[T], place: Callable[[T], str], least: int = 1, most: int = 1000
) -> tuple[list[T], str | None]:
    """Return one page of items, which are ordered by `place`, and the token of the next, or None.

    More than `most` is cut to it, as DescribeVpcEndpoints documents for 1000. Raises AwsError
    InvalidParameterValue below `least`, InvalidNextToken for a token that is not one of ours.
    """
    limit = min(call.world.knobs.page_size_limit, most)
    size = call.params.get("MaxResults", limit)
    if size < least:
        raise invalid_value(size, "MaxResults")
    try:
        return cut(call, items, place, min(size, limit), call.params.get("NextToken"))
    except BadToken as error:
        raise AwsError("InvalidNextToken", "The specified NextToken is not valid.") from error


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Spell tags as EC2 does."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
