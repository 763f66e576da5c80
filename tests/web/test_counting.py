"""What the list's own SQL counts, and the sources that are kept for its filter, against the plain way."""

import random

from endpoints import intents
from endpoints.domain.pipes import parse_addresses
from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.intents import WantedPipe
from endpoints.models import ReversePrivateEndpoint, affected_by, read_clock
from endpoints.models.counting import CountedLive, with_pipe_counts
from endpoints.reconcile.record import publish, set_status
from tests.people import Cast, make_endpoint, make_pipe

NAMES = ["a.example.com", "*.example.com", "b.example.com", "c.other.example.com", "*.other.example.com"]


def check(cast: Cast) -> None:
    """Compare the counts and the kept sources of every endpoint with what `affected_by` finds."""
    rows = list(with_pipe_counts(ReversePrivateEndpoint.objects.all()))
    affected = affected_by(rows)
    for row in rows:
        found = affected[row.pk]
        counted = (row.__dict__["uses"], row.__dict__["may"])
        assert counted == (len(found.uses), len(found.may)), row.description
        sources = {pipe.source for pipe in [*found.uses, *found.may]}
        assert row.pipe_sources == ",".join(sorted(sources)), row.description


def test_counts_and_sources_are_those_that_a_removal_would_name(cast: Cast) -> None:
    dice = random.Random(4)
    for service in (cast.service, cast.other_service):
        rows = [
            make_endpoint(
                service,
                description=f"{number}",
                dns_names=dice.sample(NAMES, dice.randint(0, 2)),
                private_dns_names=dice.sample(NAMES, dice.randint(0, 2)),
            )
            for number in range(6)
        ]
        for number in range(8):
            host = dice.choice(["a.example.com", "x.example.com", "c.other.example.com", "nowhere.example"])
            uses = dice.sample(rows, dice.randint(0, 2))
            source = dice.choice(list(Source))
            make_pipe(service, *uses, name=f"{number}", address=f"{host}:5432", source=source)
    check(cast)


def record(cast: Cast, name: str, address: str, source: Source, *uses: ReversePrivateEndpoint) -> WantedPipe:
    return WantedPipe(
        name, source, address, parse_addresses("address", address, source), tuple(one.pk for one in uses)
    )


def test_recording_and_removing_a_clickpipe_keeps_the_sources(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service, dns_names=["a.example.com"])
    kafka = record(cast, "kafka", "a.example.com:9092", Source.KAFKA, endpoint)
    pipe = intents.record_pipe(service=cast.service, wanted=kafka, by=cast.operator)
    by_host = record(cast, "mysql", "a.example.com:3306", Source.MYSQL)
    intents.record_pipe(service=cast.service, wanted=by_host, by=cast.operator)
    endpoint.refresh_from_db()
    assert endpoint.pipe_sources == "Kafka,MySQL"
    intents.remove_pipe(pipe=pipe, by=cast.operator)
    endpoint.refresh_from_db()
    assert endpoint.pipe_sources == "MySQL"
    check(cast)


def test_names_that_come_and_go_keep_the_sources(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING, dns_names=[])
    make_pipe(cast.service, address="db.a.example.com:5432", source=Source.POSTGRES)
    publish(endpoint, ["*.a.example.com"], [])
    endpoint.save()
    assert endpoint.pipe_sources == "Postgres"
    check(cast)
    set_status(endpoint, Status.FAILED, Reason.SERVICE_NOT_FOUND, read_clock().now)
    endpoint.save()
    assert endpoint.pipe_sources == ""
    check(cast)


def test_the_bounded_counters_count_what_they_say(cast: Cast) -> None:
    for status in (Status.READY, Status.FAILED, Status.FAILED, Status.PENDING_ACCEPTANCE, Status.DELETING):
        make_endpoint(cast.service, status)
    make_endpoint(cast.other_service, Status.READY)
    key = cast.service.pk
    counted = {
        "all": CountedLive(key),
        "failed": CountedLive.shown_as(key, (Status.FAILED, Status.EXPIRED)),
        "day": CountedLive.removed_within(key, 86_400),
        "week": CountedLive.removed_within(key, 8 * 86_400),
    }
    row = ReversePrivateEndpoint.objects.annotate(**counted).first()
    assert row is not None
    assert {name: row.__dict__[name] for name in counted} == {"all": 5, "failed": 2, "day": 1, "week": 3}
