"""What depends on an endpoint, and what carries a ClickPipe: the queries against the rule, plainly read."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endpoints.domain.types import Source
from endpoints.models import (
    ClickPipe,
    Organization,
    ReversePrivateEndpoint,
    Service,
    affected_by,
    endpoints_of,
    read_clock,
)
from endpoints.reconcile.record import publish
from tests.people import make_endpoint, make_pipe, make_service, make_tombstone

HOSTS = ("db.shop.test", "kafka.shop.test", "a.b.shop.test", "shop.test", "db.bank.test", "test")
NAMES = (*HOSTS, "*.shop.test", "*.b.shop.test", "*.bank.test", "*.test")


def spelled(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A name in any letter case."""
    return st.sampled_from(names).flatmap(lambda name: st.sampled_from([name, name.upper(), name.title()]))


@dataclass(frozen=True)
class End:
    """An endpoint to make: of which service, its names, and whether it is a tombstone."""

    service: int
    public: list[str]
    private: list[str]
    is_gone: bool


@dataclass(frozen=True)
class Pipe:
    """A ClickPipe to make: of which service, its hosts, which endpoints of it to name, whether removed."""

    service: int
    hosts: list[str]
    uses: list[int]
    is_gone: bool


ENDS = st.lists(
    st.builds(
        End,
        service=st.integers(0, 2),
        public=st.lists(spelled(NAMES), max_size=2),
        private=st.lists(spelled(NAMES), max_size=2),
        is_gone=st.booleans(),
    ),
    max_size=5,
)
PIPES = st.lists(
    st.builds(
        Pipe,
        service=st.integers(0, 2),
        hosts=st.lists(spelled(HOSTS), min_size=1, max_size=3),
        uses=st.lists(st.integers(0, 4), max_size=2),
        is_gone=st.sampled_from([False, False, True]),
    ),
    max_size=6,
)


def answers(name: str, host: str) -> bool:
    """The rule, plainly: the same name, or a wildcard in the place of the first label."""
    name, host = name.lower(), host.lower()
    if name.startswith("*."):
        return host.split(".", 1)[1:] == [name[2:]]
    return name == host


class Place:
    """The rows of one example, and what the plain reading of the rule says of them."""

    def __init__(self, services: list[Service], ends: list[End], pipes: list[Pipe]) -> None:
        self.ends = [(end, self._end(services[end.service], end)) for end in ends]
        self.pipes: list[tuple[Pipe, ClickPipe, list[ReversePrivateEndpoint]]] = []
        for pipe in pipes:
            mine = [row for end, row in self.ends if end.service == pipe.service]
            uses = [mine[place] for place in dict.fromkeys(pipe.uses) if place < len(mine)]
            address = ",".join(f"{host}:9092" for host in pipe.hosts)
            removed_at = read_clock().now if pipe.is_gone else None
            row = make_pipe(
                services[pipe.service], *uses, address=address, source=Source.KAFKA, removed_at=removed_at
            )
            self.pipes.append((pipe, row, uses))

    @staticmethod
    def _end(service: Service, end: End) -> ReversePrivateEndpoint:
        row = make_tombstone(service) if end.is_gone else make_endpoint(service)
        publish(row, end.public, end.private)
        row.save()
        return row

    def reaches(self, pipe: Pipe, end: End) -> bool:
        """Say whether one of the ClickPipe's hosts is answered by the endpoint, of the same service."""
        names = [*end.public, *end.private]
        return pipe.service == end.service and any(answers(n, h) for n in names for h in pipe.hosts)

    def depends(self, end: End, row: ReversePrivateEndpoint) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Return which ClickPipes use an endpoint, and which others may be affected."""
        live = [each for each in self.pipes if not each[0].is_gone]
        uses = {pipe.pk for _, pipe, named in live if row in named}
        return uses, {pipe.pk for asked, pipe, _ in live if self.reaches(asked, end)} - uses

    def carries(self, asked: Pipe, named: list[ReversePrivateEndpoint]) -> set[uuid.UUID]:
        """Return the endpoints that carry a ClickPipe."""
        if named:
            return {row.pk for row in named}
        return {row.pk for end, row in self.ends if not end.is_gone and self.reaches(asked, end)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=ENDS, pipes=PIPES)
def test_dependence_is_what_the_rule_says_and_stays_within_the_service(
    db: None, ends: list[End], pipes: list[Pipe]
) -> None:
    with transaction.atomic():
        organization = Organization.objects.create(name="Example Shop")
        stranger = Organization.objects.create(name="Example Bank")
        services = [make_service(organization), make_service(organization, "beside"), make_service(stranger)]
        place = Place(services, ends, pipes)
        _check_affected(place)
        _check_touching(place)
        _check_carried(place)
        transaction.set_rollback(True)


def _check_affected(place: Place) -> None:
    found = affected_by([row for _, row in place.ends])
    for end, row in place.ends:
        uses, may = found[row.pk].uses, found[row.pk].may
        assert ({pipe.pk for pipe in uses}, {pipe.pk for pipe in may}) == place.depends(end, row)
        assert {pipe.service_id for pipe in [*uses, *may]} <= {row.service_id}
        assert len(found[row.pk]) == len({pipe.pk for pipe in [*uses, *may]}), "each is named once"


def _check_touching(place: Place) -> None:
    rows = [row for _, row in place.ends]
    expected: set[Any] = set()
    for end, row in place.ends:
        expected |= set.union(*place.depends(end, row))
    touching = list(ClickPipe.objects.touching(rows).values_list("pk", flat=True))
    assert sorted(touching) == sorted(expected)


def _check_carried(place: Place) -> None:
    carried = endpoints_of([pipe for _, pipe, _ in place.pipes])
    for asked, pipe, named in place.pipes:
        found = carried[pipe.pk]
        assert {row.pk for row in found} == place.carries(asked, named)
        assert {row.service_id for row in found} <= {pipe.service_id}
        assert len(found) == len({row.pk for row in found})
