"""What may be asked of API keys: issue one, rotate it, change its name and end, disable it.

Admins of a service manage its keys, admins of an organization those of the whole organization too; staff and
the operators' commands all. So nobody gives a key more than they may do themselves. A key manages no keys. A
secret is returned once, to whoever asked, and is kept nowhere: of it there is only the SHA-256.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.keys import NAME_MAX, OVERLAPS, day_choices
from endpoints.intents.base import IntentRefused, actor_of, lock
from endpoints.intents.roles import Place, require_manager
from endpoints.models import Actor, ApiKey, Asker, Organization, Role, Service, read_clock

_SAID = ("name", "role", "organization", "service", "expires_at")


class Keep:
    """Stands for an end that stays as it is; None would be no end."""


KEEP = Keep()


def place_of_key(key: ApiKey) -> Place:
    """Return where a key is good: on one service, or on all of an organization."""
    return key.service or key.organization


def check_key_name(name: str) -> str:
    """Return the name of a key as it is kept. Raises IntentRefused at `name`."""
    said = name.strip()
    if not said:
        raise IntentRefused("required", "name")
    if not said.isprintable():
        raise IntentRefused("unprintable", "name")
    if len(said) > NAME_MAX:
        raise IntentRefused("too_long", "name", maximum=str(NAME_MAX), length=str(len(said)))
    return said


@transaction.atomic
def issue_key(
    *, place: Place, name: str, role: str, days: int | None, by: Asker, form_key: uuid.UUID | None = None
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret; `days` None means without an end.

    Raises PermissionDenied, IntentRefused at `name`, `role` or `days`, or (`key_issued_before`) where a form
    that made a key comes once more.
    """
    require_manager(by, place)
    if role not in Role.values:
        raise IntentRefused("unknown_role", "role")
    real = read_clock().real
    values: dict[str, Any] = {"name": check_key_name(name), "expires_at": _end_after(days, real)}
    if form_key is not None:
        lock(form_key)
        if ApiKey.objects.filter(form_key=form_key).exists():
            raise IntentRefused("key_issued_before")
    key, secret = ApiKey.issue(
        organization=place if isinstance(place, Organization) else place.organization,
        service=place if isinstance(place, Service) else None,
        role=role,
        created_by=_person(by),
        form_key=form_key,
        **values,
    )
    audit.record(Action.KEY_ISSUED, by=actor_of(by), on=key, after=audit.columns(key, *_SAID))
    return key, secret


@transaction.atomic
def rotate_key(*, key: ApiKey, overlap: str, days: int | None, by: Asker) -> tuple[ApiKey, str]:
    """Make the successor of a key, with the same name, scope and role, and return it with its secret.

    The old key goes on for `overlap`, a name of OVERLAPS, but never beyond its own end. Raises
    PermissionDenied, IntentRefused at `overlap` or `days`, or (`key_rotated`, `key_ended`) where there is
    nothing to rotate: it has a successor already, or does not get in any more.
    """
    locked = _locked(key)
    require_manager(by, place_of_key(locked))
    if overlap not in OVERLAPS:
        raise IntentRefused("no_choice", "overlap")
    real = read_clock().real
    _require_open(locked, real)
    successor, secret = ApiKey.issue(
        organization=locked.organization,
        service=locked.service,
        role=locked.role,
        name=locked.name,
        created_by=_person(by),
        expires_at=_end_after(days, real),
    )
    before = _told(locked)
    ends = real + OVERLAPS[overlap]
    locked.expires_at = min(ends, locked.expires_at or ends)
    locked.successor = successor
    locked.save(update_fields=["expires_at", "successor"])
    after = _told(locked) | {"successor_expires_at": successor.expires_at}
    audit.record(Action.KEY_ROTATED, by=actor_of(by), on=locked, before=before, after=after)
    return successor, secret


@transaction.atomic
def change_key(*, key: ApiKey, name: str, by: Asker, days: int | Keep | None = KEEP) -> ApiKey:
    """Give a key another name and, unless `days` is KEEP, another end, counted from now.

    Raises PermissionDenied, IntentRefused at `name` or `days`, or (`key_rotated`, `key_ended`) where the end
    of a key that is over, or is soon by a rotation, would be moved.
    """
    locked = _locked(key)
    require_manager(by, place_of_key(locked))
    before = audit.columns(locked, "name", "expires_at")
    locked.name = check_key_name(name)
    if not isinstance(days, Keep):
        real = read_clock().real
        _require_open(locked, real)
        locked.expires_at = _end_after(days, real)
    after = audit.columns(locked, "name", "expires_at")
    if after != before:
        locked.save(update_fields=["name", "expires_at"])
        audit.record(Action.KEY_CHANGED, by=actor_of(by), on=locked, before=before, after=after)
    return locked


@transaction.atomic
def disable_key(*, key: ApiKey, by: Asker) -> ApiKey:
    """Let nothing in with a key from now on; asking again changes nothing. Raises PermissionDenied."""
    locked = _locked(key)
    require_manager(by, place_of_key(locked))
    if locked.disabled_at is None:
        locked.disabled_at = read_clock().real
        locked.save(update_fields=["disabled_at"])
        after = {"disabled_at": locked.disabled_at}
        audit.record(
            Action.KEY_DISABLED, by=actor_of(by), on=locked, before={"disabled_at": None}, after=after
        )
    return locked


def _locked(key: ApiKey) -> ApiKey:
    rows = ApiKey.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("service", "organization", "created_by", "successor").get(pk=key.pk)


def _require_open(key: ApiKey, real: datetime) -> None:
    if key.successor_id is not None:
        raise IntentRefused("key_rotated")
    if not key.is_in_use(real):
        raise IntentRefused("key_ended")


def _told(key: ApiKey) -> dict[str, Any]:
    successor = key.successor.key_id if key.successor else None
    return {"expires_at": key.expires_at, "successor": successor}


def _end_after(days: int | None, real: datetime) -> datetime | None:
    most = settings.API_KEY_MAX_DAYS
    if days is None:
        if most:
            raise IntentRefused("key_without_end", "days", maximum=str(most))
        return None
    if not 1 <= days <= (most or 36_500):
        raise IntentRefused("key_days", "days", maximum=str(most or 36_500))
    return real + timedelta(days=days)


def _person(by: Asker) -> Any:
    return None if isinstance(by, Actor | ApiKey) else by


def default_days(wanted: int) -> int:
    """Return so many days, or as many as the installation allows."""
    return min(wanted, settings.API_KEY_MAX_DAYS or wanted)


def days_to_choose() -> list[int | None]:
    """Return for how many days a key may be issued here."""
    return list(day_choices(settings.API_KEY_MAX_DAYS))
