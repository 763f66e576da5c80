"""ClickPipes as Postern records them: what they read, and through which endpoints. No data is moved here."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.domain.cloud_pipes import PipeState, of_the_console
from endpoints.domain.pipes import names_that_answer
from endpoints.domain.types import Source
from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.tenancy import Service

if TYPE_CHECKING:
    from endpoints.models.access import Principal


class ClickPipeQuerySet(models.QuerySet["ClickPipe"]):
    """ClickPipes, starting from the person or from the endpoints they depend on."""

    def visible_to(self, principal: "Principal") -> "ClickPipeQuerySet":
        """Those of the services on which the principal has any role."""
        return self.filter(service__in=Service.objects.visible_to(principal))

    def live(self) -> "ClickPipeQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def touching(self, endpoints: Iterable[ReversePrivateEndpoint]) -> "ClickPipeQuerySet":
        """Live ones that name any of these endpoints by id, or reach a host that any of them answers."""
        return self.live().filter(Touches(endpoints))


class Touches(models.Func):
    """Whether a ClickPipe names any of some endpoints by id, or reaches a host that any of them answers.

    In SQL: each request for a removal asks it, and the ORM takes longer to write it than to do all the rest.
    """

    output_field = models.BooleanField()

    _BY_ID = """endpoints_clickpipe.id IN (
        SELECT clickpipe_id FROM endpoints_clickpipe_endpoints WHERE reverseprivateendpoint_id = ANY(%s)
    )"""
    _BY_HOST = """endpoints_clickpipe.service_id = %s
        AND endpoints_clickpipe.reached_names && %s::varchar[]"""

    def __init__(self, endpoints: Iterable[ReversePrivateEndpoint]) -> None:
        super().__init__()
        known = list(endpoints)
        self.keys = [endpoint.pk for endpoint in known]
        self.names: dict[uuid.UUID, set[str]] = {}
        for endpoint in known:
            self.names.setdefault(endpoint.service_id, set()).update(endpoint.answered_names)

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return the condition on the table of ClickPipes, which must not be renamed in its query."""
        hosts = [(service, sorted(names)) for service, names in self.names.items() if names]
        sql = " OR ".join([self._BY_ID, *(f"({self._BY_HOST})" for _ in hosts)])
        return f"({sql})", [self.keys, *(value for host in hosts for value in host)]


class ClickPipe(models.Model):
    """One ClickPipe of a service: its source, its address, and the endpoints it names by id.

    `address` is `host:port`, or a list of them with commas, as it was given; `hosts` are its host names in
    lower case, and `reached_names` those and the wildcards that cover them, for matching in one query.
    `definition` is what the API was told of it (`domain/cloud_pipes.py`), empty for one of the console;
    `request_digest` tells repeated requests (`api/retries.py`), and `state` is what was last asked for:
    Postern runs no ClickPipes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="pipes", editable=False)
    name = models.CharField(_("name"), max_length=255, editable=False)
    source = models.CharField(
        _("source"), max_length=20, choices=[(s.value, s.value) for s in Source], editable=False
    )
    address = models.TextField(_("address"), editable=False)
    hosts = ArrayField(models.CharField(max_length=255), default=list, editable=False)
    reached_names = ArrayField(models.CharField(max_length=260), default=list, editable=False)
    endpoints = models.ManyToManyField(ReversePrivateEndpoint, related_name="pipes", editable=False)
    definition: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, editable=False
    )
    state = models.CharField(_("state"), max_length=20, default=PipeState.RUNNING, editable=False)
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    updated_at = models.DateTimeField(_("updated at"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_by_name = models.CharField(_("created by"), max_length=300, editable=False)
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)
    removed_by = models.CharField(_("removed by"), max_length=300, blank=True, editable=False)

    objects = ClickPipeQuerySet.as_manager()

    class Meta:
        verbose_name = _("ClickPipe")
        verbose_name_plural = _("ClickPipes")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=[s.value for s in Source]), name="pipe_known_source"
            ),
            models.UniqueConstraint(
                fields=["service", "name"], condition=Q(removed_at__isnull=True), name="pipe_name_in_service"
            ),
        ]
        indexes = [
            models.Index(
                fields=["service", "name", "id"], name="pipe_live", condition=Q(removed_at__isnull=True)
            ),
            GinIndex(fields=["reached_names"], name="pipe_reached_names"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_definition(self) -> dict[str, Any]:
        """What the API was told of it, or what follows from the address that the console recorded."""
        if self.definition:
            return self.definition
        definition = of_the_console(Source(self.source), self.address)
        named = [str(endpoint.pk) for endpoint in self.endpoints.all()]
        if named and self.source == Source.KAFKA:
            definition["source"]["kafka"]["reversePrivateEndpointIds"] = named
        return definition

    def reach(self, address: str, hosts: Iterable[str]) -> None:
        """Set the address and what is derived from it; the caller saves."""
        self.address = address
        self.hosts = list(dict.fromkeys(hosts))
        self.reached_names = list(
            dict.fromkeys(name for host in self.hosts for name in names_that_answer(host))
        )


@dataclass
class Affected:
    """What depends on one endpoint: ClickPipes that use it by id, and those that reach one of its names."""

    uses: list[ClickPipe] = field(default_factory=list)
    may: list[ClickPipe] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.uses or self.may)

    def __len__(self) -> int:
        return len(self.uses) + len(self.may)


def affected_by(endpoints: Iterable[ReversePrivateEndpoint]) -> dict[uuid.UUID, Affected]:
    """Return what depends on each endpoint, by its id (two queries for any number)."""
    known = list(endpoints)
    found = {endpoint.pk: Affected() for endpoint in known}
    if not known:
        return found
    for pipe in ClickPipe.objects.touching(known).prefetch_related(
        models.Prefetch("endpoints", ReversePrivateEndpoint.objects.only("pk"), to_attr="named_endpoints")
    ):
        named = {endpoint.pk for endpoint in pipe.named_endpoints}  # type: ignore[attr-defined]
        for endpoint in known:
            if endpoint.pk in named:
                found[endpoint.pk].uses.append(pipe)
            elif endpoint.service_id == pipe.service_id and endpoint.answered_names & set(pipe.reached_names):
                found[endpoint.pk].may.append(pipe)
    return found


_IS_ANY_LIVE = "SELECT EXISTS (SELECT FROM endpoints_clickpipe WHERE removed_at IS NULL AND {})"


def is_depended_on(endpoint: ReversePrivateEndpoint) -> bool:
    """Say whether any ClickPipe depends on an endpoint (one query in plain SQL)."""
    sql, values = Touches([endpoint]).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(_IS_ANY_LIVE.format(sql), values)
        return bool(cursor.fetchone()[0])


def sources_of(endpoint: ReversePrivateEndpoint) -> str:
    """Return an endpoint's `pipe_sources` as they are now (one query)."""
    sources = ClickPipe.objects.touching([endpoint]).order_by().values_list("source", flat=True)
    return ",".join(sorted(set(sources)))


def sources_of_all(endpoints: Iterable[ReversePrivateEndpoint]) -> dict[ReversePrivateEndpoint, str]:
    """Return the same of many endpoints (two queries for any number)."""
    known = list(endpoints)
    affected = affected_by(known)
    return {
        one: ",".join(sorted({pipe.source for pipe in (*affected[one.pk].uses, *affected[one.pk].may)}))
        for one in known
    }


@transaction.atomic
def note_sources(pipe: ClickPipe, *others: ReversePrivateEndpoint) -> None:
    """Keep `pipe_sources` of the endpoints that a ClickPipe names or reaches, and of others that it did."""
    mine = ReversePrivateEndpoint.objects.filter(service=pipe.service_id)
    keys = {*pipe.endpoints.values_list("pk", flat=True), *(other.pk for other in others)}
    keys |= {*mine.answering(pipe.reached_names).values_list("pk", flat=True)}
    rows = mine.filter(pk__in=keys).select_for_update(of=("self",), no_key=True)
    for endpoint in rows.order_by("pk"):  # locked: its names cannot change meanwhile
        sources = sources_of(endpoint)
        if sources != endpoint.pipe_sources:
            mine.filter(pk=endpoint.pk).update(pipe_sources=sources)


def endpoints_of(pipes: Iterable[ClickPipe]) -> dict[uuid.UUID, list[ReversePrivateEndpoint]]:
    """Return the endpoints that carry each ClickPipe, by its id: those it names, else those that answer it.

    One that names none is matched by host among the live endpoints of its service.
    """
    known = list(pipes)
    models.prefetch_related_objects(known, "endpoints__region")
    carried = {pipe.pk: list(pipe.endpoints.all()) for pipe in known}
    unnamed = [pipe for pipe in known if not carried[pipe.pk]]
    if unnamed:
        names = sorted({name for pipe in unnamed for name in pipe.reached_names})
        services = {pipe.service_id for pipe in unnamed}
        answering = ReversePrivateEndpoint.objects.live().filter(service__in=services).answering(names)
        for endpoint in answering.select_related("region"):
            for pipe in unnamed:
                if pipe.service_id == endpoint.service_id and endpoint.answered_names & set(
                    pipe.reached_names
                ):
                    carried[pipe.pk].append(endpoint)
    return carried
