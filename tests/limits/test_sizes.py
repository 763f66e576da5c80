"""How large a request may be: on pages, on the API, and in front of a real web server."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from endpoints.api.openapi.document import document_of
from endpoints.api.root import api
from tests.api.conftest import BODY
from tests.limits.test_rates import Script
from tests.people import Cast

ROOT = Path(__file__).resolve().parents[2]
TOO_LARGE = configured.BODY_MOST + 1


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.operator)
    return client


@pytest.fixture
def create(cast: Cast) -> str:
    return reverse("create-endpoint", args=[cast.service.pk])


def test_a_form_that_is_too_large_is_refused_in_words(operator: Client, create: str) -> None:
    page = operator.post(create, {"description": "x" * TOO_LARGE})
    assert page.status_code == 413
    assert "This is too much" in page.text
    assert operator.get(create).status_code == 200


def test_a_file_is_refused_in_words(operator: Client, create: str) -> None:
    page = operator.post(create, {"description": SimpleUploadedFile("x.txt", b"text")})
    assert page.status_code == 400
    assert "This is too much" in page.text


def test_more_fields_than_any_form_has_are_refused_in_words(operator: Client, create: str) -> None:
    page = operator.post(create, {f"f{n}": "" for n in range(1001)})
    assert page.status_code == 400
    assert "This is too much" in page.text
    assert operator.get(f"{create}?{'a=&' * 1001}").status_code == 400


def test_who_is_not_signed_in_is_told_the_same(db: None) -> None:
    page = Client().post(reverse("sign-in"), {"username": "x" * TOO_LARGE})
    assert page.status_code == 413


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_a_body_that_is_too_large_is_refused_in_the_envelope(cast: Cast, method: str) -> None:
    script = Script(cast)
    refused = script.call(method, BODY | {"description": "x" * TOO_LARGE})
    assert (refused.status_code, refused.json()["status"]) == (413, 413)
    assert refused.json()["error"] == f"CONTENT_TOO_LARGE: a body may have {configured.BODY_MOST} bytes"
    assert refused["X-Request-Id"] == refused.json()["requestId"]


def test_the_longest_schema_that_the_document_allows_fits_into_a_body(cast: Cast) -> None:
    schemas = document_of(api)["components"]["schemas"]
    (longest,) = {
        choice["maxLength"]
        for choice in schemas["Kafka"]["properties"]["protobufSchema"]["anyOf"]
        if "maxLength" in choice
    }
    line = '  string name = 1 [(note) = "x"];\n'  # its end and its quotes take two bytes each
    text = (line * longest)[:longest]
    script = Script(cast)
    script.address = script.address.replace("clickpipesReversePrivateEndpoints", "clickpipes")
    source = {"format": "Protobuf", "brokers": "b-1.example.com:9092", "topics": "orders"}
    asked = {"name": "stream", "destination": {}}
    kept = script.call("POST", asked | {"source": {"kafka": source | {"protobufSchema": text}}})
    assert kept.status_code == 200, kept.json()
    assert kept.json()["result"]["source"]["kafka"]["protobufSchema"] == text
    refused = script.call("POST", asked | {"source": {"kafka": source | {"protobufSchema": text + " "}}})
    assert (refused.status_code, f"At most {longest} characters" in refused.text) == (400, True)


def test_what_slips_past_the_length_is_still_refused(cast: Cast, settings: Any) -> None:
    settings.BODY_MOST = TOO_LARGE * 2
    refused = Script(cast).call("POST", BODY | {"description": "x" * TOO_LARGE})
    assert refused.status_code == 413
    assert refused.json()["error"].startswith("CONTENT_TOO_LARGE: ")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"a": [[[[[[[[1]]]]]]]]}, "nested too deeply"),
        (b'{"a":' * 20_000, "nested too deeply"),
        (b'{"type": "x", "type": "y"}', "the field 'type' twice"),
        (b'{"a": {"b": 1, "b": 1}}', "the field 'b' twice"),
        ({"a": [[[[[[[]]]]]]]}, "'a': There is no such field."),
    ],
)
def test_json_is_as_deep_as_is_documented_and_says_everything_once(cast: Cast, body: Any, words: str) -> None:
    refused = Script(cast).call("POST", body)
    assert refused.status_code == 400
    assert words in refused.json()["error"]


# --- a real server --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A gunicorn as an installation starts it, with the configuration in the checkout."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "endpoints.wsgi", "--bind", f"127.0.0.1:{number}"]
    server = subprocess.Popen(
        [*command, "--no-control-socket", "--workers", "1"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    try:
        for line in server.stderr:
            if "Booting worker" in line:
                break
        yield number
    finally:
        server.terminate()
        server.wait(20)
        server.stderr.close()


def ask(
    port: int, method: str, path: str, body: Any = None, headers: Any = (), **more: Any
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request(method, path, body, dict(headers), **more)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_server_refuses_what_is_too_large_or_has_no_length(port: int) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b"x" * 1000] * 20

    for path in ("/sign-in/", "/v1/organizations"):
        status, text = ask(port, "POST", path, b"x" * TOO_LARGE)
        assert (status, "CONTENT_TOO_LARGE" in text) == (413, path.startswith("/v1"))
        status, text = ask(
            port, "POST", path, chunks(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        assert (status, "LENGTH_REQUIRED" in text) == (411, path.startswith("/v1"))
    assert ask(port, "GET", "/healthz/")[0] == 200
    assert ask(port, "GET", "/healthz/?" + "x" * 8000)[0] == 200
    assert 400 <= ask(port, "GET", "/healthz/?" + "x" * 9000)[0] < 500
    assert 400 <= ask(port, "GET", "/healthz/", headers={"X-Long": "x" * 9000})[0] < 500
    assert 400 <= ask(port, "GET", "/healthz/", headers={f"X-{n}": "x" for n in range(120)})[0] < 500
