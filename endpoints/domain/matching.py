"""The three-set match, pure: what carries our tags in AWS against what the rows say.

In both and equal; in the rows only (missing); in AWS only (nobody's); in both and different. What was made,
written or closed within the grace may be on its way: such a difference is not certain.
"""

import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from endpoints.domain.drift import Expected, changed
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs import Listed, Spec
from endpoints.domain.status import Status


class Finding(StrEnum):
    """How AWS and the rows can differ; `texts.orphans` makes sentences of them."""

    # A row whose object is not there
    MISSING = "missing"
    # In both
    STATE_DIFFERS = "state_differs"
    STATUS_DIFFERS = "status_differs"
    NAMES_DIFFER = "names_differ"
    TAGS_DIFFER = "tags_differ"
    SETUP_DIFFERS = "setup_differs"
    # An object that no row owns
    LATE_EFFECT = "late_effect"  # of a closed attempt; the next listing takes it back
    LEFT_OVER = "left_over"  # of a closed attempt, while its row works on a newer one
    SECOND_OBJECT = "second_object"  # of an attempt that has another object
    NEVER_ATTEMPTED = "never_attempted"  # its row never made an attempt of this generation
    ROW_UNKNOWN = "row_unknown"  # there is no such row, or not any more
    TAGS_UNREADABLE = "tags_unreadable"  # its tags name this installation, and no endpoint


UNOWNED = frozenset(
    {
        Finding.LATE_EFFECT,
        Finding.LEFT_OVER,
        Finding.SECOND_OBJECT,
        Finding.NEVER_ATTEMPTED,
        Finding.ROW_UNKNOWN,
        Finding.TAGS_UNREADABLE,
    }
)
"""The findings that are about an object which no row owns: an orphan."""

GOING = ("deleting", "deleted")
"""AWS's words, casefolded, for what is gone or about to be: it is nobody's and needs nothing."""


@dataclass(frozen=True)
class Told:
    """One attempt as the rows tell of it, with its row's status and names.

    `is_open`: its object is not known to be gone. `is_wanted`: nobody asked for its end, so that its object
    should be as the row says. `is_held`: a worker has the row now, or wrote it since the listing began.
    `written_at` is when row or attempt was last written (moved time). `gave_up`: the row failed of its own,
    whatever AWS says. `expected` is how the object should stand, `changed` what of it was known to differ.
    A row that should have an object and has no open attempt is told with generation 0.
    """

    endpoint_id: str
    generation: int
    listed: Listed
    spec: type[Spec]
    external_id: str
    is_open: bool
    is_wanted: bool
    is_held: bool
    written_at: datetime
    state: str = ""
    details: Details = field(default_factory=dict)
    status: Status = Status.UNKNOWN
    gave_up: bool = False
    names: frozenset[str] = frozenset()
    expected: Expected | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One difference: the attempt and the object, as far as there are both, and what each says.

    `is_certain`: nothing of it can be on its way any more; else a second look must agree.
    """

    code: Finding
    listed: Listed
    told: Told | None
    seen: Sighting | None
    is_certain: bool
    params: dict[str, str] = field(default_factory=dict)  # `row` and `aws`: what each says

    @property
    def external_id(self) -> str:
        """The object's id, or the one that the row knows."""
        return self.seen.external_id if self.seen else self.told.external_id if self.told else ""


@dataclass(frozen=True)
class Match:
    """What came of a match; every object and every open attempt stands in one place.

    `equal` counts attempts that agree with their object, or that have none and need none.
    """

    equal: int
    differences: tuple[Difference, ...]


def match(
    objects: Iterable[tuple[Listed, Sighting]],
    attempts: Iterable[Told],
    known_rows: Container[str],
    settled_before: datetime,
) -> Match:
    """Hold all objects of a region, from complete listings, against all attempts of its rows.

    `attempts` are the open ones, and the closed ones that an object's tags name; `known_rows` the ids of all
    rows that tags name. Nothing that was written or made after `settled_before` is certain.
    """
    told = _Rows(attempts, settled_before)
    found: list[Difference] = []
    owned: dict[tuple[str, int], Sighting] = {}
    rest: list[tuple[Listed, Sighting]] = []
    for listed, seen in objects:
        mine = told.by_external_id.get(seen.external_id)
        if mine is None:
            rest.append((listed, seen))
        else:
            owned[_key(mine)] = seen
    for listed, seen in rest:
        mine = told.by_key.get((seen.endpoint_id, seen.generation))
        if seen.state.casefold() in GOING:
            continue
        if mine is not None and mine.is_open and not mine.external_id and _key(mine) not in owned:
            owned[_key(mine)] = seen  # the next look for it adopts it
        else:
            found.append(_unowned(told, listed, seen, mine, known_rows))
    equal = 0
    for mine in told.open:
        difference = _compare(told, mine, owned.get(_key(mine)))
        equal += difference is None
        found += [] if difference is None else [difference]
    return Match(equal, tuple(found))


class _Rows:
    """The attempts by what they can be found by."""

    def __init__(self, attempts: Iterable[Told], settled_before: datetime) -> None:
        known = list(attempts)
        self.settled_before = settled_before
        self.open = [one for one in known if one.is_open]
        self.by_key = {_key(one): one for one in known if one.generation}
        self.by_external_id = {
            one.external_id: one for one in self.open if one.external_id and one.generation
        }
        self.busy = {one.endpoint_id for one in self.open if one.generation}

    def is_settled(self, mine: Told) -> bool:
        """Say whether nothing that was done to a row can still be on its way."""
        return not mine.is_held and mine.written_at <= self.settled_before

    def difference(
        self, code: Finding, mine: Told, seen: Sighting | None, row: str = "", aws: str = ""
    ) -> Difference:
        """Return a difference of an attempt: what its row says, and what AWS says."""
        params = {"row": row, "aws": aws} if row or aws else {}
        return Difference(code, mine.listed, mine, seen, self.is_settled(mine), params)


def _key(one: Told) -> tuple[str, int]:
    return one.endpoint_id, one.generation


def _compare(rows: _Rows, mine: Told, seen: Sighting | None) -> Difference | None:
    """Hold an open attempt against its object; None when they agree, or when its end is wanted anyway."""
    if not mine.is_wanted:
        return None
    if seen is None or seen.state.casefold() == "deleted":
        return rows.difference(Finding.MISSING, mine, seen) if mine.external_id else None
    if not mine.external_id:
        return None  # it is found by its tags, and its row does not know yet
    if not seen.is_ours or (seen.endpoint_id, seen.generation) != _key(mine):
        said = f"{seen.endpoint_id or '?'} #{seen.generation}" if seen.is_ours else "-"
        return rows.difference(
            Finding.TAGS_DIFFER, mine, seen, f"{mine.endpoint_id} #{mine.generation}", said
        )
    state = seen.state.casefold()
    if state != mine.state:
        return rows.difference(Finding.STATE_DIFFERS, mine, seen, mine.state, state)
    return _compare_reading(rows, mine, seen)


def _compare_reading(rows: _Rows, mine: Told, seen: Sighting) -> Difference | None:
    reading = mine.spec.read(seen, mine.details, mine.status)
    if reading.status is not mine.status and not mine.gave_up:
        return rows.difference(Finding.STATUS_DIFFERS, mine, seen, mine.status, reading.status)
    names = {name.lower() for name in (*reading.dns_names, *reading.private_dns_names)}
    if mine.status is Status.READY and names != mine.names:
        only_row, only_aws = _listed(mine.names - names), _listed(names - mine.names)
        return rows.difference(Finding.NAMES_DIFFER, mine, seen, only_row, only_aws)
    changes = changed(seen, mine.expected, mine.changed) if mine.expected else []
    return rows.difference(Finding.SETUP_DIFFERS, mine, seen, aws=", ".join(changes)) if changes else None


def _unowned(
    rows: _Rows, listed: Listed, seen: Sighting, mine: Told | None, known_rows: Container[str]
) -> Difference:
    """Say why no row owns an object."""
    is_settled = seen.made_at is not None and seen.made_at <= rows.settled_before
    if mine is not None:
        is_settled = is_settled and rows.is_settled(mine)
    return Difference(_why(rows, seen, mine, known_rows), listed, mine, seen, is_settled)


def _why(rows: _Rows, seen: Sighting, mine: Told | None, known_rows: Container[str]) -> Finding:
    if mine is not None and mine.is_open:
        return Finding.SECOND_OBJECT
    if mine is not None:
        return Finding.LEFT_OVER if mine.endpoint_id in rows.busy else Finding.LATE_EFFECT
    if not _is_readable(seen):
        return Finding.TAGS_UNREADABLE
    return Finding.NEVER_ATTEMPTED if seen.endpoint_id in known_rows else Finding.ROW_UNKNOWN


def _is_readable(seen: Sighting) -> bool:
    try:
        return str(uuid.UUID(seen.endpoint_id)) == seen.endpoint_id and seen.generation > 0
    except ValueError:
        return False


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
