"""Putting a new endpoint in an old one's place: asked for here, carried out step by step by the engine."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from endpoints.domain.pipes import Address, names_that_answer, parse_addresses
from endpoints.domain.reasons import EventCode
from endpoints.domain.specs import HeldKind, parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.intents.base import IntentRefused, require_role, wake
from endpoints.intents.endpoint import Wanted, request_endpoint, request_removal
from endpoints.models import (
    Actor,
    Claim,
    ClickPipe,
    Event,
    Principal,
    Replacement,
    ReplacementMode,
    ReversePrivateEndpoint,
    Role,
    read_clock,
)


def mode_of(old: ReversePrivateEndpoint, wanted: Wanted) -> ReplacementMode:
    """Say whether both may exist at once: not when the new one claims what only one may hold.

    Raises IntentRefused(`share_taken`) for the old one's share, once it is used up.
    """
    mine = {held.key: held for held in old.spec.held() if not held.shared}
    same = [mine[held.key] for held in wanted.spec.held() if held.key in mine]
    if not same:
        return ReplacementMode.TOGETHER
    for held in same:
        used_up = Claim.objects.filter(kind=held.kind.value, key=held.key, used_up_at__isnull=False).exists()
        if held.kind is HeldKind.RESOURCE_SHARE and used_up:
            raise IntentRefused(held.refusal, held.field, is_conflict=True)
    return ReplacementMode.ONE_AFTER_OTHER


@transaction.atomic
def request_replacement(
    *, old: ReversePrivateEndpoint, wanted: Wanted, by: Principal, form_key: uuid.UUID | None = None
) -> Replacement:
    """Ask for a new endpoint that takes the place of `old`, of the same service.

    Raises PermissionDenied, and IntentRefused: `being_removed`, `being_replaced`, or what `request_endpoint`
    raises. One after the other begins with the removal, with the roles that a removal needs.
    """
    require_role(by, old.service, Role.OPERATOR)
    locked = ReversePrivateEndpoint.objects.select_for_update(of=("self",)).get(pk=old.pk)
    if locked.removal_requested_at is not None:
        raise IntentRefused("being_removed")
    mode = mode_of(locked, wanted)
    actor = Actor.of(by)
    now = read_clock().now
    try:
        with transaction.atomic():
            replacement = Replacement.objects.create(
                old=locked,
                mode=mode,
                type=wanted.spec.type,
                parameters=wanted.spec.parameters(),
                description=wanted.description,
                requested_at=now,
                requested_by=actor.user,
                requested_by_name=actor.name,
            )
    except IntegrityError:
        raise IntentRefused("being_replaced") from None
    Event.line(
        locked, EventCode.REPLACEMENT_ASKED, now, actor=actor.name, params={"description": wanted.description}
    ).save()
    if mode is ReplacementMode.TOGETHER:
        replacement.new = request_endpoint(service=old.service, wanted=wanted, by=by, form_key=form_key)
        replacement.save(update_fields=["new"])
    else:
        request_removal(endpoint=locked, by=by)
    return replacement


@transaction.atomic
def advance_replacement(replacement_id: uuid.UUID) -> bool:
    """Take the one step of a replacement that is due, if any; say whether there was one. For the engine."""
    replacement = (
        Replacement.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("old__service", "new", "requested_by")
        .filter(pk=replacement_id, finished_at__isnull=True)
        .first()
    )
    if replacement is None:
        return False
    if replacement.new is None:
        return replacement.old.is_removed and _create(replacement)
    if replacement.new.removal_requested_at is not None:
        return _end(replacement, problem="new_one_removed")
    if (
        replacement.new.status == Status.READY
        and replacement.new.observed_generation == replacement.new.generation
    ):
        return _move(replacement)
    return False


def _create(replacement: Replacement) -> bool:
    spec = parse_spec(EndpointType(replacement.type), replacement.parameters)
    wanted = Wanted(spec=spec, description=replacement.description)
    by = replacement.requested_by
    if by is None or not by.is_active:
        return _end(replacement, problem="nobody_to_create")
    try:
        with transaction.atomic():
            replacement.new = request_endpoint(service=replacement.old.service, wanted=wanted, by=by)
    except PermissionDenied:
        return _end(replacement, problem="nobody_to_create")
    except IntentRefused as refused:
        return _end(replacement, problem=refused.code, **refused.params)
    replacement.save(update_fields=["new"])
    return True


def _move(replacement: Replacement) -> bool:
    old, new = replacement.old, replacement.new
    assert new is not None
    now = read_clock().now
    moved = [
        pipe.name for pipe in ClickPipe.objects.touching([old]).order_by("name") if _move_pipe(pipe, old, new)
    ]
    replacement.moved_at = now
    actor = replacement.requested_by_name
    Event.line(
        new, EventCode.PIPES_MOVED, now, actor=actor, params={"pipes": moved, "from": old.description}
    ).save()
    if old.removal_requested_at is None:
        Event.line(
            old, EventCode.REPLACED, now, actor=actor, params={"pipes": moved, "description": new.description}
        ).save()
        by = replacement.requested_by
        try:
            if by is None or not by.is_active:
                raise PermissionDenied
            with transaction.atomic():
                request_removal(endpoint=old, by=by)
        except PermissionDenied:
            return _end(replacement, problem="nobody_to_remove")
    return _end(replacement)


def _move_pipe(pipe: ClickPipe, old: ReversePrivateEndpoint, new: ReversePrivateEndpoint) -> bool:
    named = pipe.endpoints.filter(pk=old.pk).exists()
    if named:
        pipe.endpoints.remove(old)
        pipe.endpoints.add(new)
    address = moved_address(pipe, old, new)
    if address != pipe.address:
        hosts = [found.host for found in parse_addresses("address", address, Source(pipe.source))]
        pipe.reach(address, hosts)
        pipe.save(update_fields=["address", "hosts", "reached_names"])
        return True
    return named


def moved_address(pipe: ClickPipe, old: ReversePrivateEndpoint, new: ReversePrivateEndpoint) -> str:
    """Return a ClickPipe's address with what only `old` answers replaced by a host that `new` answers."""
    addresses = parse_addresses("address", pipe.address, Source(pipe.source))
    lost = [a for a in addresses if _answers(old, a.host) and not _answers(new, a.host)]
    if not lost:
        return pipe.address
    if new.connection_string and Source(pipe.source) is Source.KAFKA:
        return new.connection_string
    hosts = [name for name in [*new.dns_names, *new.private_dns_names] if not str(name).startswith("*")]
    if not hosts:
        return pipe.address
    moved = (Address(str(hosts[0]).lower(), a.port) if a in lost else a for a in addresses)
    return ",".join(dict.fromkeys(map(str, moved)))


def _answers(endpoint: ReversePrivateEndpoint, host: str) -> bool:
    return bool(endpoint.answered_names & set(names_that_answer(host)))


def _end(replacement: Replacement, problem: str = "", **params: str) -> bool:
    replacement.finished_at = read_clock().now
    replacement.problem, replacement.problem_params = problem, params
    replacement.save()
    if not problem:
        wake()
    return True
