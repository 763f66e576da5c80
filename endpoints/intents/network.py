"""What staff may ask of the installation: regions, networks, pauses, and whether all is right in AWS."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.db import models, transaction
from django_q.tasks import async_task

from endpoints.audit import columns, record
from endpoints.domain.actions import Action
from endpoints.intents.base import IntentRefused, actor_of, require_staff, wake_pulse
from endpoints.models import Asker, Installation, Network, Region, read_clock

VERIFY_AGAIN = timedelta(minutes=2)
"""After so long without a result, a look may be asked for again (moved time)."""

_PLACE = ("region", "vpc_id")
_OPEN = ("subnet_ids", "security_group_ids", "role_arn", "draining", "writes_paused")
_INSTALLATION = ("writes_paused", "plan_only")


@transaction.atomic
def add_network(*, network: Network, by: Asker) -> Network:
    """Save a new network. Raises PermissionDenied for anybody but staff, ValidationError."""
    require_staff(by)
    network.full_clean()
    network.save(force_insert=True)
    record(Action.NETWORK_CREATED, by=by, on=network, after=columns(network, *_PLACE, *_OPEN))
    wake_pulse()
    return network


@transaction.atomic
def change_network(*, network: Network, by: Asker, reason: str = "") -> Network:
    """Write what is open of a network as it stands in `network`; region and VPC never change.

    Raises PermissionDenied for anybody but staff, ValidationError.
    """
    require_staff(by)
    locked = Network.objects.select_for_update().get(pk=network.pk)
    before = columns(locked, *_OPEN)
    for name in _OPEN:
        setattr(locked, name, getattr(network, name))
    locked.full_clean()
    if columns(locked, *_OPEN) != before:
        locked.save(update_fields=_OPEN)
        after = columns(locked, *_OPEN)
        record(Action.NETWORK_CHANGED, by=by, on=locked, before=before, after=after, reason=reason)
        wake_pulse()
    return locked


@transaction.atomic
def pause_networks(*, networks: Iterable[Network], paused: bool, by: Asker, reason: str = "") -> int:
    """Pause the AWS writes of networks, or let them go on; return how many changed.

    Raises PermissionDenied for anybody but staff.
    """
    require_staff(by)
    wanted = Network.objects.filter(pk__in=[network.pk for network in networks])
    others = wanted.exclude(writes_paused=paused).order_by("pk")
    changed = 0
    for network in others:
        network.writes_paused = paused
        change_network(network=network, by=by, reason=reason)
        changed += 1
    return changed


@transaction.atomic
def remove_network(*, network: Network, by: Asker) -> None:
    """Forget a network in which nothing was made, or of which nothing is kept any more.

    Raises PermissionDenied for anybody but staff, IntentRefused: `network_in_use`, `network_has_history`.
    """
    require_staff(by)
    locked = Network.objects.select_for_update().get(pk=network.pk)
    check_network_is_unused(locked)
    record(Action.NETWORK_REMOVED, by=by, on=locked, before=columns(locked, *_PLACE, *_OPEN))
    locked.delete()


def check_network_is_unused(network: Network) -> None:
    """Raise IntentRefused while endpoints live in a network, or attempts of removed ones are kept."""
    opened = network.attempts.filter(gone_at__isnull=True).count()
    if opened:
        raise IntentRefused("network_in_use", count=str(opened))
    if network.attempts.exists():
        raise IntentRefused("network_has_history")


@transaction.atomic
def request_verification(*, network: Network, by: Asker) -> bool:
    """Have a network looked at in AWS; say whether it will be, or False while a look is under way.

    Raises PermissionDenied for anybody but staff.
    """
    require_staff(by)
    locked = Network.objects.select_for_update().get(pk=network.pk)
    now = read_clock().now
    asked_at = locked.verify_requested_at
    if locked.is_being_verified and asked_at is not None and asked_at <= now < asked_at + VERIFY_AGAIN:
        return False
    locked.verify_requested_at, locked.verify_requested_by = now, actor_of(by).name
    locked.save(update_fields=["verify_requested_at", "verify_requested_by"])
    record(Action.NETWORK_VERIFIED, by=by, on=locked)
    transaction.on_commit(partial(async_task, "endpoints.tasks.verify_network", locked.pk), robust=True)
    return True


@transaction.atomic
def save_region(*, region: Region, by: Asker) -> Region:
    """Save a new region, or its queue of AWS's messages: the engine writes all else at the same time.

    Raises PermissionDenied for anybody but staff, ValidationError.
    """
    require_staff(by)
    known = Region.objects.select_for_update().filter(pk=region.pk).first()
    if known is None:
        region.full_clean()
        region.save(force_insert=True)
        record(Action.REGION_CHANGED, by=by, on=region, after=columns(region, "name", "push_queue_url"))
        return region
    before = columns(known, "push_queue_url")
    known.push_queue_url = region.push_queue_url
    known.full_clean()
    _save_changed(known, ("push_queue_url",), before, Action.REGION_CHANGED, by)
    return known


@transaction.atomic
def remove_region(*, region: Region, by: Asker) -> None:
    """Forget a region in which there is nothing.

    Raises PermissionDenied for anybody but staff, IntentRefused: `region_in_use`.
    """
    require_staff(by)
    locked = Region.objects.select_for_update().get(pk=region.pk)
    check_region_is_unused(locked)
    record(Action.REGION_CHANGED, by=by, on=locked, before=columns(locked, "name", "push_queue_url"))
    locked.delete()


def check_region_is_unused(region: Region) -> None:
    """Raise IntentRefused while a region has networks, endpoints or orphans, those that ended too."""
    if region.networks.exists() or region.endpoints.exists() or region.orphans.exists():
        raise IntentRefused("region_in_use")


@transaction.atomic
def change_installation(*, writes_paused: bool, plan_only: bool, by: Asker) -> None:
    """Pause all AWS writes or not, and only plan or not. Raises PermissionDenied for anybody but staff."""
    require_staff(by)
    known = Installation.objects.select_for_update().get()
    before = columns(known, *_INSTALLATION)
    known.writes_paused, known.plan_only = writes_paused, plan_only
    _save_changed(known, _INSTALLATION, before, Action.INSTALLATION_CHANGED, by)


def _save_changed(
    row: models.Model, names: tuple[str, ...], before: dict[str, object], action: Action, by: Asker
) -> None:
    after = columns(row, *names)
    if after != before:
        row.save(update_fields=names)
        record(action, by=by, on=row, before=before, after=after)
