"""From whatever somebody holds in their hands to the endpoint it belongs to."""

import re
import uuid

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from endpoints.domain.pipes import names_that_answer
from endpoints.models import ReversePrivateEndpoint

_START_OF_ID = re.compile(r"[0-9a-f-]{4,36}")


def find(text: str) -> list[ReversePrivateEndpoint]:
    """Return the endpoints and tombstones that a text names, live ones first; none, one or several.

    It may be the endpoint's own id or its beginning, an AWS id or ARN of any attempt, a DNS name of now or
    of former times (with a port, if need be), or the id of an AWS request. The first kind that fits counts.
    """
    wanted = text.strip()
    if not wanted or "\0" in wanted:
        return []
    rows = ReversePrivateEndpoint.objects.select_related(
        "service__organization", "region", "created_by", "breaker"
    ).order_by("removed_at", "created_at", "pk")
    for kind in (_by_id, _by_external_id, _by_name, _by_request, _by_start_of_id):
        condition = kind(wanted)
        found = _matching(rows, condition) if condition is not None else []
        if found:
            return sorted(found, key=lambda row: row.is_removed)
    return []


def _matching(rows: "QuerySet[ReversePrivateEndpoint]", condition: Q) -> list[ReversePrivateEndpoint]:
    named = rows.annotate(id_text=Cast("pk", CharField())).filter(condition)
    return list(rows.filter(pk__in=named.values("pk")))


def _by_id(wanted: str) -> Q | None:
    try:
        return Q(pk=uuid.UUID(wanted))
    except ValueError:
        return None


def _by_external_id(wanted: str) -> Q | None:
    return Q(external_id=wanted) | Q(attempts__external_id=wanted)


def _by_name(wanted: str) -> Q | None:
    host = re.sub(r":\d{1,5}$", "", wanted).rstrip(".").lower()
    if "." not in host:
        return None
    names = list(names_that_answer(host))
    answers = Q(dns_names__has_any_keys=names) | Q(private_dns_names__has_any_keys=names)
    return answers | Q(former_names__has_any_keys=names)


def _by_request(wanted: str) -> Q | None:
    return Q(events__aws_request_id=wanted)


def _by_start_of_id(wanted: str) -> Q | None:
    start = wanted.lower()
    return Q(id_text__startswith=start) if _START_OF_ID.fullmatch(start) else None
