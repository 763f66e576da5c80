"""Reading one region: all listings with all pages, and the details that listings do not tell."""

import logging
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from endpoints.domain.errors import ProviderError
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs import SPECS, Listed
from endpoints.domain.timing import DETAILS_EVERY, LISTED_AFTER
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Attempt,
    Installation,
    Moment,
    Network,
    Region,
    ReversePrivateEndpoint,
    read_clock,
)
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.providers.base import Adapter, Operator, Ownership
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile.leases import renew_region
from endpoints.reconcile.operators import check_account, operator_of
from endpoints.reconcile.private_names import look_at_private_names
from endpoints.reconcile.rooms import look_at_rooms

log = logging.getLogger(__name__)

GONE_STATES = ("deleted", "deleting")
_BY_TAGS = (Listed.ENDPOINTS,)  # listings that show only what carries our tags
DETAILS_SHARE = 0.5  # of a task's time that may be over when the next page of details is read
_PAGE = 1000  # sightings after which the region's lease is renewed

Key = tuple[str, int]
"""Whose an object is: endpoint id and generation, as its tags say."""


@dataclass(frozen=True)
class Listing:
    """Everything of ours in a region, and when the reading of it began.

    `failed` are the listings that did not end well, with why: nothing follows from them. `details` are by
    external id; `unread` are those whose details were wanted and could not be read, with why; for those of
    `postponed` there was no time, and the next listing goes on with them. A thorough one also read what may
    change although nothing moves, and looked at owners' private names. `unwanted` are the listings that
    nobody needs. `role_arn` is the role that read.
    """

    began: Moment
    seen: dict[Key, Sighting] = field(default_factory=dict)
    complete: set[Listed] = field(default_factory=set)
    failed: dict[Listed, ProviderError] = field(default_factory=dict)
    details: dict[str, Details] = field(default_factory=dict)
    unread: dict[str, ProviderError] = field(default_factory=dict)
    postponed: set[str] = field(default_factory=set)
    unwanted: set[Listed] = field(default_factory=set)
    is_thorough: bool = False
    role_arn: str = ""


def read_region(region: Region, token: uuid.UUID) -> Listing:
    """Read all pages of all listings. Raises ProviderError when the account cannot be made sure of."""
    began, stop_at = read_clock(), time.monotonic() + DETAILS_SHARE * settings.TASK_TIMEOUT_SECONDS
    operator = operator_in(region)
    check_account(operator, region, began.now)
    is_thorough = region.details_at is None or began.now - region.details_at >= DETAILS_EVERY
    listing = Listing(began, is_thorough=is_thorough, role_arn=operator.role_arn)
    for listed in Listed:
        if not _is_wanted(region, listed, began.now):
            listing.unwanted.add(listed)
        else:
            _read_listing(listing, operator, region, token, listed, _known_ids(region, listed))
    ours = open_attempts(region, Listed).values_list("endpoint_id", "generation")
    if any((str(endpoint_id), generation) not in listing.seen for endpoint_id, generation in ours):
        check_account(operator, region, began.now, afresh=True)
    _read_details(listing, operator, region, token, stop_at)
    if is_thorough:
        look_at_private_names(region, operator, token, began.now)
    if region.wants_rooms:
        look_at_rooms(region, token, began.now)
    return listing


def open_attempts(region: Region, listed: Iterable[Listed]) -> QuerySet[Attempt]:
    """Return the attempts of some listings that may have an object in the region."""
    sent = Q(in_doubt=True) | ~Q(external_id="")
    return Attempt.objects.filter(
        sent, network__region=region, gone_at__isnull=True, endpoint__type__in=types_in(*listed)
    )


def types_in(*listed: Listed) -> list[str]:
    """Return the endpoint types whose objects some listings show."""
    return [kind.value for kind, spec in SPECS.items() if spec.listed in listed]


def operator_in(region: Region) -> Operator:
    """Return the region's operator: all networks of a region share one account."""
    network = observing_network(region)
    if network is None:
        raise ProviderError("DescribeVpcEndpoints", "NoNetwork", f"No network in {region.pk}.")
    return operator_of(network, Installation.get())


def observing_network(region: Region) -> Network | None:
    """Return the network in whose role a region is listed; None when the region has none."""
    return Network.objects.filter(region=region).order_by("draining", "pk").first()


def was_wanted(region: Region, listed: Listed) -> bool:
    """Say whether anybody ever asked for what a listing shows: else its service may not be allowed to us."""
    return listed is Listed.ENDPOINTS or _rows_of(region, listed).exists()


def _is_wanted(region: Region, listed: Listed, now: datetime) -> bool:
    """Say whether a listing may show anything of ours: late effects of what was removed lately, too."""
    lately = Q(removed_at__isnull=True) | Q(removed_at__gt=now - LISTED_AFTER)
    return listed is Listed.ENDPOINTS or _rows_of(region, listed).filter(lately).exists()


def _rows_of(region: Region, listed: Listed) -> EndpointQuerySet:
    return ReversePrivateEndpoint.objects.filter(region=region, type__in=types_in(listed))


def _read_listing(
    listing: Listing,
    operator: Operator,
    region: Region,
    token: uuid.UUID,
    listed: Listed,
    known: Mapping[str, Key],
) -> None:
    seen: dict[Key, Sighting] = {}
    try:
        for sighting in adapter_of(listed).list_owned(operator, recall):
            # Tags can be changed by hand: an object that a row knows by its id is that row's.
            key = known.get(sighting.external_id, (sighting.endpoint_id, sighting.generation))
            if key not in seen or _comes_before(sighting, seen[key], known):
                seen[key] = sighting
            if len(seen) % _PAGE == 0:
                renew_region(region.pk, token)
        # Tags can be taken away by hand: such an object is in no listing by tags, lives on, and costs money.
        missing = [external_id for external_id, key in known.items() if key not in seen]
        for start in range(0, len(missing) if listed in _BY_TAGS else 0, _PAGE):
            found = adapter_of(listed).look_up(operator, missing[start : start + _PAGE])
            seen.update((known[external_id], sighting) for external_id, sighting in found.items())
            renew_region(region.pk, token)
    except ProviderError as error:
        listing.failed[listed] = error  # half a listing is none
        return
    listing.seen.update(seen)
    listing.complete.add(listed)
    renew_region(region.pk, token)


def _comes_before(new: Sighting, old: Sighting, known: Mapping[str, Key]) -> bool:
    """Say which of two objects of one attempt counts: a dying one never hides a living one."""
    if old.state.casefold() in GONE_STATES:
        return True
    return new.external_id in known and new.state.casefold() not in GONE_STATES


def _known_ids(region: Region, listed: Listed) -> dict[str, Key]:
    """Return the ids of the objects that open attempts have, with whose they are."""
    attempts = open_attempts(region, [listed]).exclude(external_id="")
    return {
        external_id: (str(endpoint), generation)
        for external_id, endpoint, generation in attempts.values_list(
            "external_id", "endpoint_id", "generation"
        )
    }


def adapter_of(listed: Listed) -> Adapter:
    """Return one of the adapters that share a listing."""
    return next(ADAPTERS[kind] for kind, spec in SPECS.items() if spec.listed is listed)


def recall(external_ids: Sequence[str]) -> Mapping[str, Ownership]:
    """Return whose external ids are, as far as rows know."""
    known = Attempt.objects.filter(external_id__in=external_ids)
    return {attempt.external_id: Ownership(attempt.endpoint_id, attempt.generation) for attempt in known}


def _read_details(
    listing: Listing, operator: Operator, region: Region, token: uuid.UUID, stop_at: float
) -> None:
    """Read what is wanted until monotonic `stop_at`, one page at least: who times out leaves nothing."""
    wanted: dict[EndpointType, list[Sighting]] = {}
    attempts = open_attempts(region, listing.complete).filter(endpoint__removal_requested_at__isnull=True)
    columns = ("endpoint_id", "generation", "seen_digest", "details", "endpoint__type")
    for attempt in attempts.select_related("endpoint").only(*columns).order_by("pk"):
        sighting = listing.seen.get((str(attempt.endpoint_id), attempt.generation))
        if sighting is None:
            continue
        kind = EndpointType(attempt.endpoint.type)
        spec = SPECS[kind]
        changed = attempt.seen_digest != sighting.digest
        moving = spec.wants_details(sighting, {} if changed else attempt.details)
        if moving or (listing.is_thorough and spec.may_change(sighting, attempt.details)):
            wanted.setdefault(kind, []).append(sighting)
    for kind, sightings in wanted.items():
        page = ADAPTERS[kind].details_page
        for start in range(0, len(sightings), page):
            if time.monotonic() >= stop_at and (listing.details or listing.unread):
                listing.postponed.update(sighting.external_id for sighting in sightings[start:])
                break
            _read_details_of(listing, operator, kind, sightings[start : start + page])
            renew_region(region.pk, token)


def _read_details_of(
    listing: Listing, operator: Operator, kind: EndpointType, sightings: list[Sighting]
) -> None:
    try:
        listing.details.update(ADAPTERS[kind].read_details(operator, sightings))
    except ProviderError as error:
        log.warning("Details of %s in %s could not be read: %s", kind, operator.region, error)
        listing.unread.update((sighting.external_id, error) for sighting in sightings)
