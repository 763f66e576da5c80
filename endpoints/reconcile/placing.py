"""Choosing a network for an endpoint, and saving the exact request before anything is sent."""

from collections.abc import Mapping
from datetime import datetime

from endpoints import claims
from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import NoRoom, ProviderError, Unplaceable, UserError
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import Placement
from endpoints.domain.specs import Family
from endpoints.domain.status import Status
from endpoints.domain.timing import backoff_of
from endpoints.models import Attempt, Event, Network, quota_left
from endpoints.providers.base import Ownership
from endpoints.reconcile import breakers, quotas, record
from endpoints.reconcile.operators import check_account, operator_of
from endpoints.reconcile.rooms import by_role, facts_of, keep_rooms
from endpoints.reconcile.work import Work


def place(work: Work) -> datetime | None:
    """Choose a network and save the exact request; wait for room, or fail with the reason."""
    now = work.moment.now
    if work.networks and quotas.are_old(work.row.region, now):
        return _read_quotas(work)
    owner = Ownership(work.row.pk, work.row.generation)
    token = f"{work.row.pk.hex}-{work.row.generation}"
    try:
        network, placement = _choose(work, owner, token)
    except Unplaceable as why:
        return _not_placed(work, why.reason, why.params, _raw(why.__cause__))
    except NoRoom as full:
        return _wait_for_room(work, full)
    except UserError as error:
        return _not_placed(work, Reason.REFUSED_BY_AWS, {"code": error.raw_code}, _raw(error))
    with work.ending() as row:
        attempt = Attempt.objects.create(
            endpoint=row,
            generation=owner.generation,
            network=network,
            request=placement.request,
            token=token,
            created_at=now,
            private_dns_wanted=list(placement.private_names),
            private_dns_look_at=now if placement.private_names else None,
        )
        claims.use_up(row, now)  # a create against the share is saved
        params = {"network": network.vpc_id, "region": network.region_id}
        Event.line(row, EventCode.PLACED, now, attempt=attempt, params=params).save()
        if row.failures:
            row.failures = 0
            row.save(update_fields=["failures"])
    return now


def _read_quotas(work: Work) -> datetime:
    """Take a step for it: a step has few calls."""
    operator = operator_of(work.networks[0], work.installation)
    check_account(operator, work.row.region, work.moment.now)
    quotas.keep_quotas(work.row.region, operator, work.moment.now)
    return work.moment.now


def _raw(error: BaseException | None) -> str:
    """Return AWS's own words behind a failure, for operators; "" when it was not AWS that refused."""
    return f"{error.raw_code}: {error.raw_text}" if isinstance(error, ProviderError) else ""


def _not_placed(work: Work, reason: Reason, params: dict[str, str], raw: str) -> datetime:
    with work.lease.fenced() as row:
        known = {"account": row.region.account_id, **params}
        record.fail_without_object(row, reason, work.moment.now, **known)
        row.raw_error = raw
        row.failures = 0
        row.save()
    return work.moment.now


def _wait_for_room(work: Work, full: NoRoom) -> datetime:
    """Room is the operators' to make: the row waits, says where there is none, and looks again."""
    with work.lease.fenced() as row:
        row.failures += 1
        record.set_status(row, Status.PROVISIONING, Reason.NO_ROOM, work.moment.now, **full.params)
        row.save()
        return work.moment.now + backoff_of(row.failures)


def _choose(work: Work, owner: Ownership, token: str) -> tuple[Network, Placement]:
    """Return the first network in which the endpoint fits. Raises Unplaceable or NoRoom."""
    obstacle: Unplaceable | NoRoom = Unplaceable(Reason.NO_NETWORK, region=work.row.region_id)
    now = work.moment.now
    family = work.row.spec.family
    left = quota_left(work.row.region, family)
    left |= dict.fromkeys(breakers.full(work.networks, family, now), 0)
    for group in by_role(work.networks):
        operator = operator_of(group[0], work.installation)
        check_account(operator, work.row.region, now)
        facts = facts_of(group, left)
        try:
            placement = work.adapter.place(
                operator, work.row.spec, facts, owner, token, work.row.preparation, work.recent
            )
        except Unplaceable as why:
            obstacle = why
        except NoRoom as why:
            _keep(work, group, why.rooms, left)
            obstacle = why
        else:
            _keep(work, group, placement.rooms, left)
            return next(n for n in group if n.vpc_id == placement.vpc_id), placement
    work.recent.forget()  # what a person or an operator changes now is seen by the next try
    raise obstacle


def _keep(work: Work, group: list[Network], rooms: Mapping[str, SubnetRoom], left: Mapping[int, int]) -> None:
    """Keep the room that was seen on the way; networks at their quota were not looked at."""
    if work.row.spec.family is Family.RESOURCE:
        keep_rooms([network for network in group if left[network.pk] > 0], rooms, work.moment.now)
