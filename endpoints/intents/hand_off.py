"""What may be asked of hand-off links: make one, take it back, and tell that it was opened."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.reasons import EventCode
from endpoints.intents.base import IntentRefused, require_role
from endpoints.models import Actor, Event, HandOff, Principal, ReversePrivateEndpoint, Role, read_clock

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
        audit.record(
            Action.HAND_OFF_REVOKED,
            by=actor,
            on=link,
            before={"revoked_at": None},
            after={"revoked_at": moment.real},
            reason=reason,
        )


@transaction.atomic
def hand_off_opened(*, link: HandOff) -> None:
    """Count an opening of a link's page, and tell it in the timeline, once an hour at most."""
    locked = HandOff.objects.select_for_update(of=("self",)).get(pk=link.pk)
    moment = read_clock()
    news = locked.last_opened_at is None or moment.real - locked.last_opened_at >= _TOLD_AGAIN_AFTER
    HandOff.objects.filter(pk=link.pk).update(opened=F("opened") + 1, last_opened_at=moment.real)
    if news:
        Event.line(
            link.endpoint, EventCode.HAND_OFF_OPENED, moment.now, params={"made_by": locked.created_by_name}
        ).save()
