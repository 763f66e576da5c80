"""Setting a ClickPipe up: the address that its endpoint answers, and a name."""

import uuid
from typing import Any

import pytest
from django.test import Client

from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe
from tests.people import REGIONAL_NAME, ZONAL_NAME, Cast, make_endpoint, make_pipe
from tests.web.test_wizard import at, draft_of

pytestmark = pytest.mark.django_db

STRING = "b-1.msk.example.com:14001,b-2.msk.example.com:14002"


def test_the_names_of_an_endpoint_are_offered_the_whole_one_first(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(
        cast.service,
        dns_names=[ZONAL_NAME, REGIONAL_NAME],
        private_dns_names=["db.example.com", "*.kafka.example.com"],
    )
    shown = operator.get(at(endpoint)).text
    assert f'value="{REGIONAL_NAME}" id="id_host_1" checked' in shown
    order = [shown.index(f'value="{name}"') for name in (REGIONAL_NAME, "db.example.com", ZONAL_NAME)]
    assert order == sorted(order)
    assert 'value="*.kafka' not in shown, "a wildcard is no host"
    assert "<code>*.kafka.example.com</code>" in shown


def test_a_wildcards_name_is_typed_as_another_address(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, dns_names=[], private_dns_names=["*.kafka.example.com"])
    sent = {"host": "other", "port": "junk", "name": "brokers"}
    hosts = "b-1.kafka.example.com:9092, B-2.kafka.example.com:9092"
    done = operator.post(at(endpoint, Source.KAFKA), {**sent, "address": hosts})
    assert done.status_code == 303
    pipe = ClickPipe.objects.get()
    assert pipe.address == "b-1.kafka.example.com:9092,b-2.kafka.example.com:9092"
    wrong = operator.post(at(endpoint, Source.KAFKA), {**sent, "address": "b-1.example.com:9092"})
    assert wrong.status_code == 422
    assert (
        "This endpoint does not answer b-1.example.com." in wrong.text.partition('id="id_address_error"')[2]
    )


def test_one_host_only_but_for_kafka(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, dns_names=["a.example.com", "b.example.com"])
    hosts = {"host": "other", "address": "a.example.com:1,b.example.com:1", "name": "two"}
    answer = operator.post(at(endpoint, Source.MONGODB), hosts)
    assert answer.status_code == 422
    assert "Only Kafka has a list" in answer.text
    assert operator.post(at(endpoint, Source.KAFKA), hosts).status_code == 303


def test_msks_own_string_is_used_as_it_is(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(
        cast.service,
        type=EndpointType.MSK_MULTI_VPC,
        dns_names=[],
        private_dns_names=["b-1.msk.example.com", "b-2.msk.example.com"],
        connection_string=STRING,
    )
    shown = operator.get(at(endpoint, Source.KAFKA)).text
    assert 'value="string" id="id_host_string" checked' in shown
    assert STRING in shown
    done = operator.post(at(endpoint, Source.KAFKA), {"host": "string", "port": "x", "name": "msk"})
    assert done.status_code == 303
    assert ClickPipe.objects.get().address == STRING


def test_names_that_aws_does_not_tell_are_typed(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, dns_names=[])
    shown = operator.get(at(endpoint)).text
    assert '<input type="hidden" name="host" value="other">' in shown
    done = operator.post(at(endpoint), {"host": "other", "address": "db.example.com:5432", "name": "x"})
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"port": "99999"}, "port", "A port is a number from 1 to 65535."),
        ({"port": ""}, "port", "Enter a value."),
        ({"host": "elsewhere.example.com"}, "host", "Choose one."),
        ({"host": ""}, "host", "Choose one."),
        ({"host": "string"}, "host", "Choose one."),
        ({"host": "other", "address": "db.example.com"}, "address", "Add the port after the host name"),
        ({"host": "other", "address": "db.example.com:1"}, "address", "does not answer db.example.com"),
        ({"name": " "}, "name", "Enter a value."),
        ({"name": "x" * 256}, "name", "At most 255 characters"),
        ({"name": "\ufffd"}, "name", "was not sent as UTF-8"),
        ({"name": "taken"}, "name", "A ClickPipe of this service has this name already."),
    ],
)
def test_wrong_input_is_told_at_its_field(
    cast: Cast, operator: Client, sent: dict[str, Any], field: str, said: str
) -> None:
    make_pipe(cast.service, name="taken")
    endpoint = make_endpoint(cast.service)
    good = {"host": REGIONAL_NAME, "port": "5432", "name": "<orders>"}
    answer = operator.post(at(endpoint), good | sent)
    assert answer.status_code == 422
    assert said in answer.text.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert f'href="#id_{field}"' in answer.text
    assert "1 error: Set up a ClickPipe" in answer.text
    assert 'role="alert" tabindex="-1" data-focus' in answer.text
    assert "&lt;orders&gt;" in answer.text or field == "name"
    assert ClickPipe.objects.count() == 1


def test_the_same_form_twice_makes_one_clickpipe(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    sent = {"host": REGIONAL_NAME, "port": "5432", "name": "orders", "form_key": str(uuid.uuid4())}
    first, second = operator.post(at(endpoint), sent), operator.post(at(endpoint), sent)
    assert first["Location"] == second["Location"]
    assert ClickPipe.objects.count() == 1
    assert "sent" not in draft_of(cast), "the second post leaves no draft behind"
    assert draft_of(cast) == {}


def test_another_tabs_form_that_says_something_else_is_not_taken_for_the_same(
    cast: Cast, operator: Client
) -> None:
    endpoint = make_endpoint(cast.service)
    sent = {"host": REGIONAL_NAME, "port": "5432", "name": "orders", "form_key": str(uuid.uuid4())}
    assert operator.post(at(endpoint), sent).status_code == 303
    other = operator.post(at(endpoint), sent | {"name": "customers"})
    assert other.status_code == 422
    assert "A ClickPipe was already created from this form: orders." in other.text
    assert draft_of(cast)["pipe"]["name"] == "customers", "what was typed is kept"
    key = draft_of(cast)["pipe"]["form_key"]
    assert key != sent["form_key"]
    assert f'value="{key}"' in other.text
    assert operator.post(at(endpoint), sent | {"name": "customers", "form_key": key}).status_code == 303
    assert set(ClickPipe.objects.values_list("name", flat=True)) == {"orders", "customers"}
