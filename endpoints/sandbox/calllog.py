"""The log of every wire call, kept in memory and in the state file."""

from dataclasses import asdict, dataclass
from typing import Any

from endpoints.sandbox.faults.fault import mentions
from endpoints.sandbox.world.store import Store

KEPT = 50_000


@dataclass
class CallEntry:
    """One call. `at` is real time and `moved_at` moved time, both ISO 8601; `duration_ms` is real.

    `status` is 0 while the call is under way and when the connection was dropped. `effect` is whether it
    changed the world, `answered` whether the answer went out to a caller still there. `fault` names the
    kinds of the faults that hit it.
    """

    seq: int
    at: str
    moved_at: str
    service: str
    operation: str
    region: str
    account: str
    params: dict[str, Any]
    request_id: str
    status: int = 0
    error_code: str = ""
    error_message: str = ""
    fault: str = ""
    effect: bool = False
    answered: bool = False
    done: bool = False
    duration_ms: float = 0.0


class CallLog:
    """The newest calls by number. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries = {body["seq"]: CallEntry(**body) for body in store.load_calls()}
        self._last = max(self._entries, default=0)
        self._dirty: set[int] = set()

    def open(self, **known: Any) -> CallEntry:
        """Note a call that has arrived, and return its entry."""
        self._last += 1
        entry = CallEntry(seq=self._last, **known)
        self._entries[entry.seq] = entry
        if len(self._entries) > KEPT:
            self._forget(len(self._entries) - KEPT + KEPT // 10)
        return entry

    def touch(self, entry: CallEntry) -> None:
        """Note that an entry has changed, to be written with the next flush."""
        if entry.seq in self._entries:
            self._dirty.add(entry.seq)

    def pending(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the changed rows, and count them as written."""
        rows = [(seq, asdict(self._entries[seq])) for seq in sorted(self._dirty)]
        self._dirty.clear()
        return rows

    def clear(self) -> None:
        """Forget all calls; numbers go on, so that `since` stays good."""
        self._forget(len(self._entries))

    def restart(self) -> None:
        """Forget all calls after the store was emptied."""
        self._entries.clear()
        self._dirty.clear()

    def _forget(self, count: int) -> None:
        doomed = list(self._entries)[:count]
        for seq in doomed:
            del self._entries[seq]
            self._dirty.discard(seq)
        if doomed:
            self._store.forget_calls(doomed[-1])

    def find(self, query: dict[str, str]) -> list[CallEntry]:
        """Return the calls that match, oldest first. Raises ValueError for an unknown or malformed filter."""
        since, limit = _whole(query.pop("since", "0")), _whole(query.pop("limit", str(KEPT)))
        tag_key, tag_value = query.pop("tag_key", ""), query.pop("tag_value", "")
        mention = query.pop("mentions", "")
        for name in query:
            if name not in _FIELDS:
                raise ValueError(f"Calls have no filter {name!r}.")
        found = [
            entry
            for seq, entry in self._entries.items()
            if seq > since
            and all(_plain(getattr(entry, name)) == value for name, value in query.items())
            and (not (tag_key or tag_value) or _filters_by_tag(entry.params, tag_key, tag_value))
            and (not mention or mentions(entry.params, mention))
        ]
        return found[-limit:] if limit else []


_FIELDS = frozenset(
    {
        "service", "operation", "region", "account", "status", "error_code", "fault", "effect", "answered",
        "done", "request_id",
    }
)  # fmt: skip


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(text: str) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no whole number.") from error
    if value < 0:
        raise ValueError(f"{text!r} is less than 0.")
    return value


def _filters_by_tag(params: dict[str, Any], key: str, value: str) -> bool:
    """Whether a describe filters by a tag key, and by a value of it if one is given."""
    for item in params.get("Filters") or []:
        name, values = item.get("Name", ""), item.get("Values", [])
        by_name = name.startswith("tag:") and key in ("", name[4:])
        by_key = name == "tag-key" and key in values and not value
        if by_key or (by_name and (not value or value in values)):
            return True
    return False
