"""How replacements are shown: the progress on both endpoints' pages, and the plan before it begins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q

from endpoints.domain.custom_dns import custom_names
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.intents import IntentRefused, Move, Wanted, mode_of, planned_moves
from endpoints.models import Affected, Replacement, ReplacementMode, ReversePrivateEndpoint, affected_by
from endpoints.models.pace import usual_time_to_ready, usual_time_to_remove
from endpoints.texts import refusal_text
from endpoints.texts import replacing as words
from endpoints.texts.pace import duration_text

SHOWN_MOST = 2
"""So many replacements on one endpoint's page: how it came, and how it goes."""

_BROKEN = (Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.UNKNOWN)


@dataclass(frozen=True)
class Step:
    """One step and where it stands: `done`, `now`, `todo`, or `ended` for one that never comes."""

    text: str
    state: str


@dataclass(frozen=True)
class Progress:
    """One replacement as the page of either endpoint shows it at the moment `now` (moved time)."""

    replacement: Replacement
    now: datetime
    may_stop: bool
    steps: list[Step] = field(default_factory=list)
    problem: str = ""
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Whether no further step comes."""
        return self.replacement.finished_at is not None

    @property
    def outcome(self) -> str:
        """How it ended well, or by whom it was stopped; "" otherwise."""
        return words.outcome_text(self.replacement)


def replacements_of(endpoint: ReversePrivateEndpoint, now: datetime, *, operates: bool) -> list[Progress]:
    """Return the newest replacements that an endpoint took part in, as old or as new one."""
    found = Replacement.objects.filter(Q(old=endpoint) | Q(new=endpoint)).order_by("-requested_at")
    with_both = found.select_related("old__service", "old__region", "new__region")
    return [progress_of(replacement, now, operates=operates) for replacement in with_both[:SHOWN_MOST]]


def progress_of(replacement: Replacement, now: datetime, *, operates: bool) -> Progress:
    """Return how far a replacement got, and what keeps it from going on."""
    is_over = replacement.finished_at is not None
    problem, note = _ended(replacement) if is_over else _hindrance(replacement, now)
    return Progress(
        replacement,
        now,
        may_stop=operates and not is_over and replacement.new is not None,
        steps=list(_steps(replacement, now)),
        problem=problem,
        note=note,
    )


def _steps(replacement: Replacement, now: datetime) -> Iterator[Step]:
    old, new = replacement.old, replacement.new
    asked, moved = new is not None, replacement.moved_at is not None
    ready = moved or (new is not None and new.shown_status(now) == Status.READY)
    going, gone = old.removal_requested_at is not None, old.is_removed
    together = replacement.mode == ReplacementMode.TOGETHER
    done = (asked, ready, moved, gone) if together else (going, gone, asked, ready, moved)
    next_is = "now" if replacement.finished_at is None or moved else "ended"
    for text, is_done in zip(words.STEPS[replacement.mode], done, strict=True):
        yield Step(str(text), "done" if is_done else next_is)
        if not is_done and next_is == "now":
            next_is = "todo"


def _ended(replacement: Replacement) -> tuple[str, str]:
    if not replacement.problem:
        return "", ""
    return refusal_text(replacement.problem, replacement.problem_params), str(words.ONCE_MORE)


def _hindrance(replacement: Replacement, now: datetime) -> tuple[str, str]:
    """What keeps an unfinished one from going on, and what else to know."""
    old, new = replacement.old, replacement.new
    together = replacement.mode == ReplacementMode.TOGETHER
    note = str(words.OLD_IS_GONE) if together and old.removal_requested_at is not None else ""
    if new is None:
        return "", note
    status = new.shown_status(now)
    if status in _BROKEN:
        return str(words.NOT_READY), note
    if status == Status.PENDING_ACCEPTANCE:
        return str(words.PENDING), note
    if status != Status.READY:
        return "", note
    moves = planned_moves(old, EndpointType(new.type), new)
    unfit = [move.pipe.name for move in moves if not move.fits]
    unknown = [move.pipe.name for move in moves if move.address is None and move.fits]
    said = [words.other_source(unfit)] if unfit else []
    said += [words.no_address(unknown)] if unknown else []
    return " ".join(said), note


@dataclass(frozen=True)
class Plan:
    """What a replacement would do, before it is asked for."""

    mode: ReplacementMode
    moves: list[Move]
    affected: Affected
    is_going: bool
    needs_share: bool
    passes_names_on: bool
    custom_names: tuple[str, ...]
    removal: timedelta | None
    creation: timedelta | None

    @property
    def how(self) -> str:
        """What to expect."""
        return str(words.HOW[self.mode])

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in their order."""
        return tuple(map(str, words.STEPS[self.mode]))

    @property
    def has_gap(self) -> bool:
        """Whether the old one goes before the new one comes."""
        return self.mode == ReplacementMode.ONE_AFTER_OTHER

    @property
    def removes_first(self) -> bool:
        """Whether asking for it asks for a removal that ClickPipes depend on: an admin's, and confirmed."""
        return self.has_gap and not self.is_going and bool(self.affected)

    @property
    def gap(self) -> str:
        """How long ClickPipes will have no connection, "" while too little is known."""
        if self.removal is None or self.creation is None:
            return ""
        return duration_text(self.removal + self.creation)

    @property
    def gap_parts(self) -> tuple[str, str]:
        """The two parts of it: until the old one is gone, and until the new one is Ready."""
        return tuple(duration_text(part or timedelta(0)) for part in (self.removal, self.creation))  # type: ignore[return-value]


def plan_of(old: ReversePrivateEndpoint, wanted: Wanted | None = None) -> Plan:
    """Return the plan for what is wanted, None for an endpoint like the old one.

    Raises IntentRefused as `mode_of` does, for what is wanted.
    """
    like_it = Wanted(spec=old.spec, description=old.description)
    needs_share = False
    try:
        mode = mode_of(old, wanted or like_it)
    except IntentRefused:
        if wanted is not None:
            raise
        mode, needs_share = ReplacementMode.TOGETHER, True
    kind = (wanted or like_it).spec.type
    has_gap = mode is ReplacementMode.ONE_AFTER_OTHER
    moves = planned_moves(old, kind)
    if has_gap and kind is EndpointType.MSK_MULTI_VPC:
        # The brokers are the cluster's, and the same for every connection of a scheme.
        moves = [replace(move, address=move.pipe.address) for move in moves]
    return Plan(
        mode=mode,
        moves=moves,
        affected=affected_by([old])[old.pk],
        is_going=old.removal_requested_at is not None,
        needs_share=needs_share,
        passes_names_on=bool(old.private_dns_names) and old.type == EndpointType.VPC_ENDPOINT_SERVICE,
        custom_names=tuple(map(str, custom_names(old.custom_dns))),
        removal=usual_time_to_remove(old) if has_gap else None,
        creation=usual_time_to_ready(kind) if has_gap else None,
    )


def may_be_replaced(
    endpoint: ReversePrivateEndpoint, affected: Affected, replacements: Iterable[Progress]
) -> bool:
    """Say whether there is something to replace: a live endpoint, or a tombstone that ClickPipes name.

    None of a replacement that is under way: that is stopped first.
    """
    return (not endpoint.is_removed or bool(affected)) and all(each.is_over for each in replacements)


def unfinished(endpoint: ReversePrivateEndpoint) -> Replacement | None:
    """Return the replacement under way in which an endpoint is the old one."""
    of_it = endpoint.replaced_by.select_related("old__service", "old__region", "new__region")
    return of_it.filter(finished_at__isnull=True).first()
