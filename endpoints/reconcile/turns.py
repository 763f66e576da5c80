"""Waiting for AWS's rates: a token for each call, taken under the bucket's lock by all workers on all hosts.

Who finds none, or others before it, gets a turn and comes again when the token should be there. Rows that
are held by a worker at this moment do not stand in anybody's way: a killed one would, until its lease ends.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from endpoints.domain.rates import RATES, Api, Rate, calls_for
from endpoints.models import Moment, RateBucket, Region, ReversePrivateEndpoint, Turn

_SOONEST = timedelta(milliseconds=20)  # so that a rounded wait never makes a row due again at once


def rate_of(api: Api) -> Rate | None:
    """Return the rate of an API; None where the setting wants none."""
    return RATES[api].times(settings.AWS_RATE_FACTOR) if settings.AWS_RATE_FACTOR else None


def take_turn(
    row: ReversePrivateEndpoint, api: Api, moment: Moment, *, first: bool = False
) -> datetime | None:
    """Take the token for a row's call; None when it may go now, else when to come again.

    `first`: before all who wait, for a call that is repeated because its first answer is missing.
    """
    rate = rate_of(api)
    return None if rate is None else _take(row, api, rate, moment, first=first)


@transaction.atomic
def _take(
    row: ReversePrivateEndpoint, api: Api, rate: Rate, moment: Moment, *, first: bool
) -> datetime | None:
    bucket = _locked(row.region, api, rate, moment.now)
    level = bucket.level = bucket.level.filled(rate, moment.now)
    turn = Turn.objects.filter(endpoint=row, bucket=bucket).first()
    free = Q(endpoint__lease_until__isnull=True) | Q(endpoint__lease_until__lte=moment.real)
    ahead = Turn.objects.filter(bucket=bucket) if turn is None else Turn.objects.before(turn)
    in_the_way = 0 if first else calls_for(ahead.filter(free).exclude(endpoint=row).count(), rate)
    if level.grants(in_the_way + 1):
        bucket.level = level.less(1, rate)
        bucket.served = max(bucket.served, turn.number if turn else 0)
        bucket.save()
        Turn.objects.filter(endpoint=row).delete()
        _wake_head(bucket.pk, moment.now + max(bucket.level.wait(1, rate, moment.now), _SOONEST))
        return None
    bucket.save()
    if turn is None:
        turn = _line_up(row, bucket, moment.now, first=first)
    place = Turn.objects.before(turn).count() + 1
    wait = bucket.level.wait(calls_for(place, rate), rate, moment.now)
    return moment.now + max(wait, _SOONEST)


def calls_left(region: Region, api: Api, most: int, moment: Moment) -> int:
    """Return how many calls, up to `most`, could go now before anybody who waits; nothing is taken."""
    rate = rate_of(api)
    if rate is None:
        return most
    key = {"account_id": region.account_id, "region": region.pk, "api": api}
    bucket = RateBucket.objects.filter(**key).first()
    if bucket is None:
        return min(most, int(rate.size))
    return 0 if bucket.turns.exists() else bucket.level.filled(rate, moment.now).whole(most)


@transaction.atomic
def take_several(region: Region, api: Api, most: int, moment: Moment) -> int:
    """Take up to so many tokens while nobody waits for one; return how many."""
    rate = rate_of(api)
    if rate is None:
        return most
    bucket = _locked(region, api, rate, moment.now)
    level = bucket.level.filled(rate, moment.now)
    granted = 0 if bucket.turns.exists() else level.whole(most)
    bucket.level = level.less(granted, rate) if granted else level
    bucket.save()
    return granted


def spend(region: Region, api: Api, calls: int, moment: Moment) -> datetime | None:
    """Take tokens for calls that nobody queues for; None when they may go, else when to come again."""
    rate = rate_of(api)
    if rate is None:
        return None
    with transaction.atomic():
        bucket = _locked(region, api, rate, moment.now)
        level = bucket.level.filled(rate, moment.now)
        granted = level.grants(calls)
        bucket.level = level.less(calls, rate) if granted else level
        bucket.save()
    return None if granted else moment.now + max(level.wait(calls, rate, moment.now), _SOONEST)


@transaction.atomic
def slow_down(region: Region, api: Api, now: datetime) -> None:
    """Empty a bucket, and fill it slowly for a while: AWS throttled a call of its API."""
    rate = rate_of(api)
    if rate is not None:
        bucket = _locked(region, api, rate, now)
        bucket.level = bucket.level.filled(rate, now).throttled(now)
        bucket.save()


@transaction.atomic
def leave_queue(row: ReversePrivateEndpoint, now: datetime) -> None:
    """Give up a row's turn, if it has one: it wants something else by now. The next may come sooner."""
    turn = Turn.objects.filter(endpoint=row).first()
    if turn is not None:
        turn.delete()
        _wake_head(turn.bucket_id, now)


def _locked(region: Region, api: Api, rate: Rate, now: datetime) -> RateBucket:
    key = {"account_id": region.account_id, "region": region.pk, "api": api}
    known = RateBucket.objects.select_for_update().filter(**key)
    bucket = known.first()
    if bucket is None:
        full = RateBucket(**key, tokens=rate.size, filled_at=now)
        RateBucket.objects.bulk_create([full], ignore_conflicts=True)
        bucket = known.get()
    return bucket


def _line_up(row: ReversePrivateEndpoint, bucket: RateBucket, now: datetime, *, first: bool) -> Turn:
    mine = Turn.objects.filter(bucket=bucket, service=row.service_id)
    last = mine.aggregate(last=Max("number"))["last"] or 0
    number = bucket.served if first else max(bucket.served, last) + 1
    turn, _ = Turn.objects.update_or_create(
        endpoint=row,
        defaults={"bucket": bucket, "service_id": row.service_id, "number": number, "asked_at": now},
    )
    return turn


def _wake_head(bucket_id: int, due_at: datetime) -> None:
    """Let the first of a queue come at a moment; by its own count it may come later.

    Whoever has the row locked is at work on it: nobody waits for that while a bucket is held.
    """
    head = Turn.objects.filter(bucket=bucket_id).order_by("number", "pk").first()
    if head is not None:
        rows = ReversePrivateEndpoint.objects.filter(pk=head.endpoint_id, due_at__gt=due_at)
        free = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
        ReversePrivateEndpoint.objects.filter(pk__in=list(free)).update(due_at=due_at)
