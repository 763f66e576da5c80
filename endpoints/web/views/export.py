"""The list of endpoints as a file, CSV or JSON: the same filters and order, every row, the API's names."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints.domain.specs import SPECS
from endpoints.exporting import Record, csv_lines, iso, json_array
from endpoints.models import Moment, ReadClock, ReversePrivateEndpoint
from endpoints.models.counting import with_pipe_counts
from endpoints.texts.custom_dns import NOT_SERVED
from endpoints.web.filters import LISTINGS_FAIL, Filters
from endpoints.web.found import find_service
from endpoints.web.http import PersonRequest
from endpoints.web.shown import Shown

_CHUNK = 500  # rows fetched at a time


def _parameter(name: str) -> Callable[[Shown], Any]:
    return lambda one: one.endpoint.parameters.get(name)


COLUMNS: dict[str, Callable[[Shown], Any]] = {
    "id": lambda one: str(one.endpoint.pk),
    "serviceId": lambda one: str(one.endpoint.service_id),
    "description": lambda one: one.endpoint.description,
    "type": lambda one: one.endpoint.type,
    "status": lambda one: one.status,
    **{name: _parameter(name) for spec in SPECS.values() for name in spec.fields},
    "endpointId": lambda one: one.endpoint.external_id or None,
    "dnsNames": lambda one: one.endpoint.dns_names,
    "privateDnsNames": lambda one: one.endpoint.private_dns_names,
    "customPrivateDnsNames": lambda one: one.custom_names,
    "customPrivateDnsState": lambda one: str(NOT_SERVED) if one.custom_names else None,
    "connectionString": lambda one: one.endpoint.connection_string or None,
    "region": lambda one: one.endpoint.region_id,
    "ownerAccount": lambda one: one.endpoint.owner_account or None,
    "requestedBy": lambda one: one.endpoint.created_by_name,
    "createdAt": lambda one: iso(one.endpoint.created_at),
    "statusSince": lambda one: iso(one.since),
    "deadline": lambda one: iso(one.deadline),
    "clickPipes": lambda one: one.endpoint.__dict__["uses"] + one.endpoint.__dict__["may"],
    "clickPipeSources": lambda one: [name for name in one.endpoint.pipe_sources.split(",") if name],
}
"""The fields of a row, under the API's names where it has them, and how they are read."""


@never_cache
@require_safe
def export_endpoints(request: PersonRequest, service_id: uuid.UUID, form: str) -> StreamingHttpResponse:
    """Send all endpoints of a service that match the filters, as they were at one moment.

    `form` is `csv` or `json`. Times are ISO 8601 in UTC.
    """
    if form not in _FORMS:
        raise Http404
    service = find_service(request, service_id, **LISTINGS_FAIL)
    filters = Filters.of(request.GET)
    mine = service.endpoints.live()
    found = filters.order(filters.narrow(mine, is_stale=bool(service.__dict__["listings_fail"])))
    rows = with_pipe_counts(found).select_related("region").annotate(read_at=ReadClock())
    write, kind = _FORMS[form]
    # One query by one cursor: what is written meanwhile neither hides a row nor shows one twice.
    response = StreamingHttpResponse(write(_records(rows.iterator(chunk_size=_CHUNK))), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="reverse-private-endpoints.{form}"'
    return response


def _records(rows: Iterator[ReversePrivateEndpoint]) -> Iterator[dict[str, Any]]:
    now: datetime | None = None
    for row in rows:
        now = now or Moment.of(row.read_at).now  # type: ignore[attr-defined]  # the same in every row
        one = Shown(row, now)
        yield {name: read(one) for name, read in COLUMNS.items()}


_FORMS: dict[str, tuple[Callable[[Iterable[Record]], Iterator[str]], str]] = {
    "csv": (partial(csv_lines, COLUMNS), "text/csv; charset=utf-8"),
    "json": (json_array, "application/json"),
}
