"""Choosing a network for an endpoint, and saving the exact request before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from endpoints import claims
from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import NoRoom, ProviderError, Unplaceable, UserError
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import Placement
from endpoints.domain.specs import Family
from endpoints.domain.status import Status
from endpoints.domain.timing import backoff_of
from endpoints.models import Attempt, Event, Network, ReversePrivateEndpoint
from endpoints.providers.base import Ownership
from endpoints.reconcile import quotas, record
from endpoints.reconcile.operators import check_account, operator_of
from endpoints.reconcile.rooms import by_role, facts_of, keep_rooms
from endpoints.reconcile.work import Work


@dataclass(frozen=True)
class Place:
    """Where an endpoint fits: its network, the exact request for it, and the attempt's token."""

    network: Network
    placement: Placement
    token: str

    def attempt(self, row: ReversePrivateEndpoint, now: datetime) -> Attempt:
        """Return the attempt at it, unsaved."""
        names = list(self.placement.private_names)
        return Attempt(
            endpoint=row,
            generation=row.generation,
            network=self.network,
            request=self.placement.request,
            token=self.token,
            created_at=now,
            private_dns_wanted=names,
            private_dns_look_at=now if names else None,
        )

    def line(self, row: ReversePrivateEndpoint, attempt: Attempt, now: datetime) -> Event:
        """Return the line that tells it, unsaved."""
        params = {"network": self.network.vpc_id, "region": self.network.region_id}
        return Event.line(row, EventCode.PLACED, now, attempt=attempt, params=params)


def find_place(work: Work) -> Place | datetime:
    """Choose a network; else return when to look again: the row waits for room, or failed with the reason."""
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
    return Place(network, placement, token)


def save_place(work: Work, found: Place) -> datetime:
    """Save the exact request, which is then sent by a step of its own."""
    now = work.moment.now
    with work.ending() as row:
        attempt = found.attempt(row, now)
        attempt.save()
        claims.use_up(row, now)  # a create against the share is saved
        found.line(row, attempt, now).save()
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
    left = work.left
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
