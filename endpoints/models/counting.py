"""Counts beside the rows of a list, in the list's own query.

Written in SQL: built by the ORM, these columns alone cost more than all the rows. The tables' names are
Django's; `test_counting.py` compares what is counted with `affected_by` and with plain queries.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Subquery

from endpoints.models.installation import MovedClock

if TYPE_CHECKING:
    from endpoints.models.endpoint import EndpointQuerySet

EXACT_TO = 1_000
"""Counts are exact up to this number; a greater one only says that there are more."""

_ENDPOINT = "endpoints_reverseprivateendpoint"
_NAMED = "endpoints_clickpipe_endpoints"
_PIPE = "endpoints_clickpipe"

_USES = f"""(
    SELECT count(*) FROM {_NAMED} named JOIN {_PIPE} pipe ON pipe.id = named.clickpipe_id
    WHERE named.reverseprivateendpoint_id = {_ENDPOINT}.id AND pipe.removed_at IS NULL
)"""  # noqa: S608 - names of tables only

# "Not distinct" is "equal" in words for which PostgreSQL takes no index: beside that of the names, the one of
# all ClickPipes of a service only costs. They may be a hundred thousand.
_MAY = f"""(
    SELECT count(*) FROM {_PIPE} pipe
    WHERE pipe.reached_names && ARRAY(
            SELECT lower(name) FROM jsonb_array_elements_text(
                {_ENDPOINT}.dns_names || {_ENDPOINT}.private_dns_names
            ) answered(name)
        )::varchar[]
        AND pipe.service_id IS NOT DISTINCT FROM {_ENDPOINT}.service_id
        AND pipe.removed_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM {_NAMED} named
            WHERE named.clickpipe_id = pipe.id AND named.reverseprivateendpoint_id = {_ENDPOINT}.id
        )
)"""  # noqa: S608 - names of tables only


class Counted(Subquery):
    """The number of rows of a query, as one column."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


def counted(endpoints: "EndpointQuerySet", limit: int = EXACT_TO + 1) -> Counted:
    """Return how many endpoints there are, looking at no more than `limit` of them."""
    return Counted(endpoints.order_by().values("pk")[:limit])


class CountedLive(models.Func):
    """How many live endpoints a service has, all or some of them, looking at no more than EXACT_TO + 1."""

    output_field = models.IntegerField()

    def __init__(self, service_id: uuid.UUID, condition: str = "", values: Iterable[object] = ()) -> None:
        super().__init__()
        self.service_id, self.condition, self.values = service_id, condition, list(values)

    @classmethod
    def shown_as(cls, service_id: uuid.UUID, statuses: Iterable[str]) -> "CountedLive":
        """Return how many have one of these in the column `shown`."""
        return cls(service_id, "AND shown = ANY(%s)", [list(map(str, statuses))])

    @classmethod
    def removed_within(cls, service_id: uuid.UUID, seconds: float) -> "CountedLive":
        """Return how many cleanup may remove within so many seconds (moved time)."""
        clock, values = MovedClock().as_sql()
        return cls(service_id, f"AND deadline_at <= {clock} + %s * interval '1 second'", [*values, seconds])

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return a bounded count; the partial indexes of lists answer it."""
        sql = (
            f"(SELECT count(*) FROM (SELECT 1 FROM {_ENDPOINT} counted WHERE service_id = %s"  # noqa: S608 - ours
            f" AND removed_at IS NULL {self.condition} LIMIT {EXACT_TO + 1}) bounded)"
        )
        return sql, [self.service_id, *self.values]


def with_pipe_counts(endpoints: "EndpointQuerySet") -> "EndpointQuerySet":
    """Return the same endpoints, each with `uses` and `may`: how many ClickPipes `affected_by` lists."""
    counts = {"uses": _USES, "may": _MAY}
    return endpoints.annotate(
        **{
            name: models.Func(template=sql, output_field=models.IntegerField())
            for name, sql in counts.items()
        }
    )
