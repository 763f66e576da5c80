"""What may be asked of hand-off links: make one, take it back, and tell that it was opened."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.reasons import EventCode
from endpoints.intents.base import IntentRefused, require_role
from endpoints.models import (
    Actor,
    AuditEntry,
    Event,
    HandOff,
    Principal,
    ReversePrivateEndpoint,
    Role,
    read_clock,
)
from endpoints.models.access import SOMEBODY

LASTS_DAYS = (1, 7, 30)
"""For how many days a link may be made."""

_TOLD_AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def make_hand_off(*, endpoint: ReversePrivateEndpoint, days: int, by: Principal) -> HandOff:
    """Make a link to one endpoint that shows it read-only for so many days, one of LASTS_DAYS.

    Raises PermissionDenied, IntentRefused(`hand_off_days`; `being_removed`: nobody is to do anything for it).
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    if endpoint.removal_requested_at is not None:
        raise IntentRefused("being_removed")
    if days not in LASTS_DAYS:
        raise IntentRefused("hand_off_days", "days")
    moment = read_clock()
    actor = Actor.of(by)
    link = HandOff.objects.create(
        endpoint=endpoint,
        created_at=moment.real,
        created_by=actor.user,
        created_by_name=actor.name,
        expires_at=moment.real + timedelta(days=days),
    )
    Event.line(
        endpoint, EventCode.HAND_OFF_MADE, moment.now, actor=actor.name, params={"days": str(days)}
    ).save()
    made = {"link": str(link.pk), "days": days, "expires_at": link.expires_at}
    audit.record(Action.HAND_OFF_MADE, by=actor, on=endpoint, after=made)
    return link


@transaction.atomic
def revoke_hand_off(*, link: HandOff, by: Principal) -> HandOff:
    """Close a link before its time. Raises PermissionDenied."""
    require_role(by, link.endpoint.service, Role.OPERATOR)
    close_link(link, Actor.of(by))
    link.refresh_from_db()
    return link


def close_link(link: HandOff, actor: Actor, reason: str = "") -> None:
    """Close a link that is not closed yet."""
    moment = read_clock()
    if HandOff.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=moment.real):
        Event.line(link.endpoint, EventCode.HAND_OFF_REVOKED, moment.now, actor=actor.name).save()
        closed = {"link": str(link.pk), "made_by": link.created_by_name, "revoked_at": moment.real}
        audit.record(Action.HAND_OFF_REVOKED, by=actor, on=link.endpoint, after=closed, reason=reason)


@transaction.atomic
def hand_off_opened(*, link: HandOff, by: Principal | None = None) -> None:
    """Count an opening of a link's page; timeline and audit tell it once an hour for each address at most.

    `by` is who opened it, None for somebody who is not signed in.
    """
    locked = HandOff.objects.select_for_update(of=("self",)).get(pk=link.pk)
    moment = read_clock()
    HandOff.objects.filter(pk=link.pk).update(opened=F("opened") + 1, last_opened_at=moment.real)
    if _told_lately(link):
        return
    actor = SOMEBODY if by is None else Actor.of(by)
    told = {"made_by": locked.created_by_name}
    Event.line(link.endpoint, EventCode.HAND_OFF_OPENED, moment.now, actor=actor.name, params=told).save()
    audit.record(Action.HAND_OFF_VIEWED, by=actor, on=link.endpoint, after={"link": str(link.pk), **told})


def _told_lately(link: HandOff) -> bool:
    """Say whether the last hour has an entry of this link having been opened from the present address."""
    here = AuditEntry.objects.filter(
        object_kind=ReversePrivateEndpoint._meta.model_name,
        object_id=str(link.endpoint_id),
        at__gt=Now() - _TOLD_AGAIN_AFTER,
        action=Action.HAND_OFF_VIEWED,
        after__link=str(link.pk),
        address=audit.client_address(),
    )
    return here.exists()
