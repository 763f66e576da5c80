"""What people read of a refusal: our own sentences, in English, whatever was wrong."""

import json
from typing import Any

import pytest

from endpoints.domain.reasons import Reason
from endpoints.models import ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, Caller, CallerFor, row
from tests.api.test_pipes import KAFKA

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

HOST = "Add the port after the host name: host.example.com"


@pytest.fixture
def pipes(caller_for: CallerFor, service: Service) -> Caller:
    caller = caller_for(service)
    caller.collection = caller.collection.replace("clickpipesReversePrivateEndpoints", "clickpipes")
    return caller


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("name", "", "name: Enter a value."),
        ("name", 5, "name: This must be text."),
        ("name", "x" * 256, "name: At most 255 characters are allowed."),
        ("source", {}, "source: Give exactly one of kafka, postgres, mysql and mongodb."),
        ("source", [], "source: This must be an object."),
        ("source.kafka.brokers", "b-1.example.com", f"source.kafka.brokers: {HOST}:9092"),
        ("source.kafka.format", "CSV", "source.kafka.format: Send 'JSONEachRow', 'Avro', "),
        ("source.kafka.exactlyOnce", "yes", "source.kafka.exactlyOnce: This must be true or false."),
        ("source.kafka.topics", "a\0", "source.kafka.topics: Remove the NUL character."),
        ("source.kafka.reversePrivateEndpointIds", 5, "reversePrivateEndpointIds: This must be a list."),
        ("source.kafka.reversePrivateEndpointIds", [5], "Ids.0: This must be text."),
        ("source.kafka.reversePrivateEndpointIds", ["1"], "Ids.0: This is no id of an endpoint."),
        ("scaling", {"replicas": 41}, "scaling.replicas: Send 40 or less."),
        ("scaling", {"replicas": 0}, "scaling.replicas: Send 1 or more."),
        ("scaling", {"replicas": 1.5}, "scaling.replicas: This must be a whole number."),
        ("scaling", {"replicaMemoryGb": "1"}, "scaling.replicaMemoryGb: This must be a number."),
        ("settings", {"": 1}, "settings.'': The name must not be empty."),
        ("settings", {"x" * 256: 1}, f"settings.{'x' * 60}: At most 255 characters are allowed."),
        ("settings", {"a\0": 1}, "Remove the NUL character."),
        ("settings", {"a": []}, "settings.a: Give a text, a number or a truth value."),
    ],
)
def test_a_clickpipe_is_refused_in_our_words(pipes: Caller, path: str, value: object, said: str) -> None:
    body = json.loads(json.dumps(KAFKA))
    place = body
    *before, last = path.split(".")
    for name in before:
        place = place[name]
    place[last] = value
    error = pipes.error("POST", body=body, status=400)
    assert said in error
    assert "[key]" not in error
    assert "Value error" not in error
    assert "should" not in error, "pydantic's own words"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("timeout=301", "timeout: Send 300 or less."),
        ("timeout=x", "timeout: This must be a whole number."),
        ("status=ready", "status: Send 'Unknown', "),
    ],
)
def test_a_wait_is_refused_in_our_words(caller: Caller, query: str, said: str) -> None:
    made = row(caller.create()).pk
    assert said in caller.error("GET", f"/{made}/wait?{query}", status=400)


def test_a_name_is_refused_with_all_that_it_may_have(caller: Caller) -> None:
    error = caller.error(
        "POST", body=BODY | {"customPrivateDnsMappings": [{"privateDnsName": "A.b"}]}, status=400
    )
    assert "of a-z, 0-9, - and _, no dot at its end" in error
    caller.create(customPrivateDnsMappings=[{"privateDnsName": "_a.b_c"}])


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "no-such-charset"])
def test_another_charset_is_named_as_what_is_wrong(caller: Caller, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    error = caller.error("POST", body=BODY, content_type=content_type, status=400)
    assert error == "BAD_REQUEST: send the JSON in UTF-8: its Content-Type names another charset"


def test_everything_is_said_in_english(caller: Caller) -> None:
    korean = {"headers": {"Accept-Language": "ko"}}
    made = row(caller.create()).pk
    wrong = {"description": "", "type": "NONE"}
    texts: list[Any] = [
        caller.error("POST", body=BODY | wrong, status=400, **korean),
        caller.error("POST", body=b"{", status=400, **korean),
        caller.error("GET", f"/{made}/wait?timeout=0", status=408, **korean),
    ]
    ReversePrivateEndpoint.objects.update(status="Failed", reason=Reason.SERVICE_NOT_FOUND)
    texts.append(caller.error("GET", f"/{made}/wait", status=409, **korean))
    answer = caller.call("GET", f"/{made}/situation", **korean)
    assert answer["Content-Language"] == "en"
    texts.append(json.dumps(answer.json(), ensure_ascii=False))
    for text in texts:
        assert not any("\uac00" <= letter <= "\ud7a3" for letter in text), text
