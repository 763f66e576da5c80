"""What may be asked of a ClickPipe: record, remove, keep and forget what was typed."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from endpoints import intents
from endpoints.domain.reasons import EventCode
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.intents import IntentRefused, WantedPipe
from endpoints.models import ClickPipe, Event, PipeDraft, ReversePrivateEndpoint, User
from tests.engine.test_claims import in_parallel
from tests.people import REGIONAL_NAME, Cast, introduce, make_endpoint

ADDRESS = f"{REGIONAL_NAME}:5432"


def wanted(
    *endpoints: ReversePrivateEndpoint,
    address: str = ADDRESS,
    name: str = "orders",
    source: Source = Source.POSTGRES,
) -> WantedPipe:
    ids = tuple(endpoint.pk for endpoint in endpoints)
    checked, errors = intents.check_pipe(source, {"name": name, "address": address}, ids)
    assert checked is not None, errors
    return checked


def record(cast: Cast, what: WantedPipe, by: User | None = None, **options: Any) -> ClickPipe:
    return intents.record_pipe(service=cast.service, wanted=what, by=by or cast.operator, **options)


def refusal(cast: Cast, what: WantedPipe) -> tuple[str, str]:
    with pytest.raises(IntentRefused) as refused:
        record(cast, what)
    return refused.value.field, refused.value.code


def test_a_clickpipe_names_its_endpoint_and_records_its_host(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    pipe = record(cast, wanted(endpoint, address=f"{REGIONAL_NAME.upper()}:5432"))
    pipe.refresh_from_db()
    assert (pipe.address, pipe.hosts) == (ADDRESS, [REGIONAL_NAME])
    assert f"*.{REGIONAL_NAME.partition('.')[2]}" in pipe.reached_names
    assert list(pipe.endpoints.all()) == [endpoint]
    assert (pipe.created_by, pipe.created_by_name) == (cast.operator, "operator@example.com")
    event = Event.objects.get(endpoint=endpoint)
    assert (event.code, event.params, event.actor) == (
        EventCode.PIPE_ADDED,
        {"pipe": "orders"},
        "operator@example.com",
    )


def test_both_fields_are_checked_at_once() -> None:
    checked, errors = intents.check_pipe(Source.POSTGRES, {"name": " ", "address": "db"})
    assert checked is None
    assert [(error.field, error.code) for error in errors] == [("name", "required"), ("address", "no_port")]


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_viewers_and_strangers_record_and_remove_nothing(cast: Cast, who: str) -> None:
    pipe = record(cast, wanted(make_endpoint(cast.service)))
    nobody = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        record(cast, wanted(name="other"), by=nobody)
    with pytest.raises(PermissionDenied):
        intents.remove_pipe(pipe=pipe, by=nobody)
    with pytest.raises(PermissionDenied):
        intents.keep_draft(service=cast.service, source=Source.KAFKA, by=nobody, way="host")
    assert ClickPipe.objects.live().count() == 1
    assert not PipeDraft.objects.exists()


def test_endpoints_of_others_of_another_kind_or_on_their_way_out_are_refused(cast: Cast) -> None:
    going = make_endpoint(cast.service, Status.DELETING)
    theirs = make_endpoint(cast.other_service)
    cluster = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC)
    ready = make_endpoint(cast.service)
    for endpoints in ([going], [theirs], [cluster], [ready, going]):
        assert refusal(cast, wanted(*endpoints)) == ("endpoint", "endpoint_not_usable")
    assert not ClickPipe.objects.exists()
    record(cast, wanted(cluster, source=Source.KAFKA))


def test_a_named_endpoint_must_answer_the_host_where_its_names_are_known(cast: Cast) -> None:
    named = make_endpoint(cast.service, private_dns_names=["*.kafka.example.com"])
    assert refusal(cast, wanted(named, address="db.example.com:1")) == ("address", "not_its_name")
    record(cast, wanted(named, address="b-1.kafka.example.com:1"))
    assert refusal(cast, wanted(named, address="b.1.kafka.example.com:1")) == ("address", "not_its_name")
    silent = make_endpoint(cast.service, dns_names=[])
    record(cast, wanted(silent, address="db.example.com:1", name="silent"))


def test_without_an_endpoint_every_host_must_be_answered_by_one_that_leads_to_the_source(cast: Cast) -> None:
    def by_host(address: str, source: Source = Source.KAFKA) -> WantedPipe:
        return wanted(address=address, source=source, name=str(uuid.uuid4()))

    no_answer = ("address", "no_endpoint_answers")
    make_endpoint(cast.service, dns_names=[], private_dns_names=["*.kafka.example.com"])
    make_endpoint(cast.service, dns_names=["b-9.example.com"])
    make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC, dns_names=["b-1.msk.example.com"])
    make_endpoint(cast.service, Status.DELETING, dns_names=["gone.example.com"])
    make_endpoint(cast.other_service, dns_names=["theirs.example.com"])
    pipe = record(cast, by_host("b-1.kafka.example.com:9092,b-9.example.com:9092,b-1.msk.example.com:14001"))
    assert not pipe.endpoints.exists()
    assert refusal(cast, by_host("b-1.kafka.example.com:1,kafka.example.com:1")) == no_answer
    assert refusal(cast, by_host("b-1.msk.example.com:1", Source.POSTGRES)) == no_answer
    assert refusal(cast, by_host("gone.example.com:1")) == no_answer
    assert refusal(cast, by_host("theirs.example.com:1")) == no_answer


def test_a_name_is_taken_until_its_clickpipe_is_removed(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    first = record(cast, wanted(endpoint))
    assert refusal(cast, wanted(endpoint)) == ("name", "pipe_name_taken")
    intents.remove_pipe(pipe=first, by=cast.operator)
    assert record(cast, wanted(endpoint)).pk != first.pk


def test_removal_is_told_once_and_keeps_the_first_remover(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    pipe = record(cast, wanted(endpoint))
    intents.remove_pipe(pipe=pipe, by=cast.operator)
    gone = intents.remove_pipe(pipe=pipe, by=cast.admin)
    assert gone.removed_by == "operator@example.com"
    assert Event.objects.filter(endpoint=endpoint, code=EventCode.PIPE_REMOVED).count() == 1


def test_the_same_form_makes_one_clickpipe_and_says_nothing_elsewhere(cast: Cast) -> None:
    key = uuid.uuid4()
    endpoint = make_endpoint(cast.service)
    first = record(cast, wanted(endpoint), form_key=key)
    assert record(cast, wanted(endpoint), form_key=key).pk == first.pk
    make_endpoint(cast.other_service)
    elsewhere = intents.record_pipe(
        service=cast.other_service, wanted=wanted(), by=cast.stranger, form_key=key
    )
    assert elsewhere.pk != first.pk
    intents.remove_pipe(pipe=first, by=cast.operator)
    assert record(cast, wanted(endpoint), form_key=key).pk != first.pk, "not one that is removed"


def test_drafts_stand_beside_each_other_and_go_with_their_clickpipe(cast: Cast) -> None:
    def keep(by: User, source: Source = Source.POSTGRES, **typed: Any) -> PipeDraft | None:
        return intents.keep_draft(service=cast.service, source=source, by=by, **typed)

    keep(cast.operator, pipe={"name": "a\0", "port": "1"}, way="endpoint")
    draft = keep(cast.operator, pipe={"port": "2", "address": "x" * 20_000})
    keep(cast.operator, Source.MYSQL)
    keep(cast.admin)
    assert draft is not None
    draft.refresh_from_db()
    assert draft.data["way"] == "endpoint"
    assert {name: text[:2] for name, text in draft.data["pipe"].items()} == {
        "name": "a\ufffd",
        "port": "2",
        "address": "xx",
    }
    record(cast, wanted(make_endpoint(cast.service)))
    left = set(PipeDraft.objects.values_list("user__email", "source"))
    assert left == {("operator@example.com", "MySQL"), ("admin@example.com", "Postgres")}


def test_a_late_check_of_a_field_brings_no_draft_back(cast: Cast) -> None:
    key = uuid.uuid4()
    record(cast, wanted(make_endpoint(cast.service)), form_key=key)
    late = intents.keep_draft(
        service=cast.service, source=Source.POSTGRES, by=cast.operator, form_key=key, pipe={"name": "x"}
    )
    assert late is None
    assert not PipeDraft.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_id", [True, False])
def test_of_a_removal_and_a_clickpipe_at_once_the_later_one_knows_of_the_other(by_id: bool) -> None:
    cast = introduce()
    for number in range(8):
        endpoint = make_endpoint(cast.service, dns_names=[f"db-{number}.example.com"])
        address = f"db-{number}.example.com:5432"
        what = wanted(*([endpoint] if by_id else []), address=address, name=f"pipe {number}")
        made, removed = in_parallel(
            [
                lambda what=what: record(cast, what),  # type: ignore[misc]
                lambda row=endpoint: intents.request_removal(endpoint=row, by=cast.operator),  # type: ignore[misc]
            ]
        )
        if isinstance(made, ClickPipe):
            assert isinstance(removed, PermissionDenied), "an operator removes nothing that is used"
        else:
            assert isinstance(made, IntentRefused), made
            assert isinstance(removed, ReversePrivateEndpoint), removed


@pytest.mark.django_db(transaction=True)
def test_one_form_posted_many_times_at_once_makes_one_clickpipe() -> None:
    cast = introduce()
    endpoint = make_endpoint(cast.service)
    key = uuid.uuid4()
    made = in_parallel([lambda: record(cast, wanted(endpoint), form_key=key)] * 6)
    assert len({pipe.pk for pipe in made if isinstance(pipe, ClickPipe)}) == 1, made
    assert all(isinstance(pipe, ClickPipe) for pipe in made)
    assert ClickPipe.objects.count() == 1
