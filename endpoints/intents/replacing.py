"""Putting a new endpoint in an old one's place: asked for here, carried out step by step by the engine."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.custom_dns import FIELD
from endpoints.domain.reasons import EventCode
from endpoints.domain.specs import HeldKind, parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.intents.base import IntentRefused, lock, lock_pipes, require_role, wake
from endpoints.intents.endpoint import Wanted, remove_replaced, request_endpoint, request_removal
from endpoints.intents.moving import carry_out, planned_moves
from endpoints.models import (
    Actor,
    Claim,
    Event,
    Replacement,
    ReplacementMode,
    ReversePrivateEndpoint,
    Role,
    User,
    read_clock,
)


def mode_of(old: ReversePrivateEndpoint, wanted: Wanted) -> ReplacementMode:
    """Say whether both may exist at once: not when the new one claims what the old one alone may hold.

    Raises IntentRefused(`share_taken`) for a share that is used up.
    """
    wants = [held for held in wanted.spec.held() if not held.shared]
    for held in wants:
        known = Claim.objects.filter(kind=held.kind.value, key=held.key)
        if held.kind is HeldKind.RESOURCE_SHARE and known.filter(used_up_at__isnull=False).exists():
            raise IntentRefused(held.refusal, held.field, is_conflict=True)
        if known.filter(endpoints=old).exists():
            return ReplacementMode.ONE_AFTER_OTHER
    return ReplacementMode.TOGETHER


@transaction.atomic
def request_replacement(
    *,
    old: ReversePrivateEndpoint,
    wanted: Wanted,
    by: User,
    typed: str | None = None,
    form_key: uuid.UUID | None = None,
) -> Replacement:
    """Ask for a new endpoint that takes the place of `old`, of the same service; removed ones too.

    The same `form_key` again returns the same row. Raises PermissionDenied, and IntentRefused:
    `being_replaced`, `taking_a_place`, `type_unfit`, or what `request_endpoint` raises. One after the other
    begins with the removal, with the role and the typed description that a removal needs.
    """
    require_role(by, old.service, Role.OPERATOR)
    if form_key is not None:
        lock(form_key)
        earlier = Replacement.objects.filter(form_key=form_key, old=old).first()
        if earlier is not None:
            return earlier
        if Replacement.objects.filter(form_key=form_key).exists():
            form_key = None
    # Locked first: a ClickPipe that is being recorded for it waits, and then finds it going, or is moved.
    rows = ReversePrivateEndpoint.objects.select_for_update(of=("self",))
    locked = rows.select_related("service").get(pk=old.pk)
    if Replacement.objects.filter(new=locked, finished_at__isnull=True).exists():
        raise IntentRefused("taking_a_place")
    unfit = [move.pipe.name for move in planned_moves(locked, wanted.spec.type) if not move.fits]
    if unfit:
        raise IntentRefused("type_unfit", "type", pipes=", ".join(unfit))
    mode = mode_of(locked, wanted)
    replacement = _begin(locked, wanted, mode, by, form_key)
    if mode is ReplacementMode.TOGETHER:
        replacement.new = request_endpoint(service=old.service, wanted=wanted, by=by)
        replacement.save(update_fields=["new"])
    elif locked.removal_requested_at is None:
        request_removal(endpoint=locked, by=by, typed=typed)
    return replacement


def _begin(
    old: ReversePrivateEndpoint, wanted: Wanted, mode: ReplacementMode, by: User, form_key: uuid.UUID | None
) -> Replacement:
    now = read_clock().now
    try:
        with transaction.atomic():
            replacement = Replacement.objects.create(
                old=old,
                mode=mode,
                type=wanted.spec.type,
                parameters=wanted.spec.parameters(),
                description=wanted.description,
                form_key=form_key,
                requested_at=now,
                requested_by=by,
                requested_by_name=Actor.of(by).name,
            )
    except IntegrityError:
        raise IntentRefused("being_replaced") from None
    Event.line(
        old, EventCode.REPLACEMENT_ASKED, now, actor=by.email, params={"description": wanted.description}
    ).save()
    names = ("type", "description", "parameters")
    before, after = audit.columns(old, *names), audit.columns(replacement, "mode", *names)
    before, after = before | {FIELD: old.custom_dns}, after | {FIELD: []}  # the old one holds them to its end
    audit.record(Action.REPLACEMENT_REQUESTED, by=by, on=old, before=before, after=after)
    return replacement


@transaction.atomic
def stop_replacement(*, replacement: Replacement, by: User) -> Replacement:
    """Stop before the ClickPipes are moved; both endpoints stay as they are, the new one too.

    Asking again changes nothing. Raises PermissionDenied, IntentRefused(`cannot_stop`) while the old one is
    being removed to make room: nothing brings it back.
    """
    require_role(by, replacement.old.service, Role.OPERATOR)
    locked = Replacement.objects.select_for_update(of=("self",)).get(pk=replacement.pk)
    if locked.finished_at is not None:
        return locked
    if locked.new is None:
        raise IntentRefused("cannot_stop")
    now = read_clock().now
    locked.finished_at = now
    locked.stopped_by_name = by.email
    locked.save(update_fields=["finished_at", "stopped_by_name"])
    for endpoint in (locked.old, locked.new):
        Event.line(endpoint, EventCode.REPLACEMENT_STOPPED, now, actor=by.email).save()
    audit.record(
        Action.REPLACEMENT_STOPPED,
        by=by,
        on=locked.old,
        place=replacement.old.service,
        before={"replacement": locked.new.description},
    )
    return locked


@transaction.atomic
def advance_replacement(replacement_id: uuid.UUID) -> bool:
    """Take the one step of a replacement that is due, if any; say whether there was one. For the engine.

    Each step is one transaction on locked rows, and what is due is read from the rows alone: it may be
    asked any number of times, by any number of workers.
    """
    replacement = (
        Replacement.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("requested_by", "old")
        .filter(pk=replacement_id, finished_at__isnull=True)
        .first()
    )
    if replacement is None:
        return False
    lock_pipes(replacement.old.service_id)
    old, new = _locked_endpoints(replacement)
    if new is None:
        return old.is_removed and _create(replacement, old)
    if new.removal_requested_at is not None:
        return _end(replacement, problem="new_one_removed")
    # As it is shown: neither an old reading nor one from before a retry takes anything away from the old one.
    if new.shown_status(read_clock().now) != Status.READY:
        return False
    return _move(replacement, old, new)


def _locked_endpoints(
    replacement: Replacement,
) -> tuple[ReversePrivateEndpoint, ReversePrivateEndpoint | None]:
    # `no_key`: whoever removes a ClickPipe holds its row and writes a line of its endpoints' timelines.
    rows = (
        ReversePrivateEndpoint.objects.select_for_update(of=("self",), no_key=True)
        .select_related("service", "region")
        .filter(pk__in=filter(None, (replacement.old_id, replacement.new_id)))
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    return found[replacement.old_id], found[replacement.new_id] if replacement.new_id else None


def _create(replacement: Replacement, old: ReversePrivateEndpoint) -> bool:
    spec = parse_spec(EndpointType(replacement.type), replacement.parameters)
    wanted = Wanted(spec=spec, description=replacement.description)
    by = replacement.requested_by
    try:
        with transaction.atomic():
            replacement.new = request_endpoint(
                service=old.service, wanted=wanted, by=_still_active(by), has_place=True
            )
    except PermissionDenied:
        return _end(replacement, problem="nobody_to_create")
    except IntentRefused as refused:
        return _end(replacement, problem=refused.code, **refused.params)
    replacement.save(update_fields=["new"])
    return True


def _move(replacement: Replacement, old: ReversePrivateEndpoint, new: ReversePrivateEndpoint) -> bool:
    """Move all ClickPipes and ask for the removal of the old one, or nothing at all."""
    moves = planned_moves(old, EndpointType(new.type), new, for_update=True)
    if any(move.address is None or not move.fits for move in moves):
        return False  # the page says which; it goes on once the names are known, or the ClickPipe is gone
    try:
        person = _still_active(replacement.requested_by)
        require_role(person, old.service, Role.OPERATOR)
    except PermissionDenied:
        return _end(replacement, problem="nobody_to_move")
    now = read_clock().now
    actor = Actor.of(person)
    replacement.moves = [carry_out(move, old, new) for move in moves]
    replacement.moved_at = now
    names = [move.pipe.name for move in moves]
    Event.line(
        new, EventCode.PIPES_MOVED, now, actor=actor.name, params={"pipes": names, "from": old.description}
    ).save()
    Event.line(old, EventCode.REPLACED, now, actor=actor.name, params={"description": new.description}).save()
    moved = {move["name"]: (move["from"], move["to"]) for move in replacement.moves}
    audit.record(
        Action.REPLACEMENT_DONE,
        by=actor,
        on=old,
        before={"clickpipes": {name: before for name, (before, _) in moved.items()}},
        after={"clickpipes": {name: to for name, (_, to) in moved.items()}, "replacement": new.description},
    )
    remove_replaced(old, actor)
    return _end(replacement)


def _still_active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise PermissionDenied
    return user


def _end(replacement: Replacement, problem: str = "", **params: str) -> bool:
    replacement.finished_at = read_clock().now
    replacement.problem, replacement.problem_params = problem, params
    replacement.save()
    wake()
    return True
