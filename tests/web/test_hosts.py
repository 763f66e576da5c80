"""Requests under a host name that is not ours: health checks, calls of the API, pages."""

import pytest
from django.test import Client
from pytest_django import Settings

STRANGE = ["10.0.0.7", "other.example", "a_b!", "[::1", "x" * 300]


@pytest.fixture(autouse=True)
def _one_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["postern.example"]


@pytest.mark.parametrize("host", ["postern.example", *STRANGE])
@pytest.mark.parametrize("tls", [False, True])
def test_a_health_check_is_answered_under_any_name(
    host: str, tls: bool, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SECURE_SSL_REDIRECT = tls
    client = Client(headers={"Host": host})
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "no-store" in answer["Cache-Control"]
    assert client.head("/healthz/").status_code == 200
    assert client.post("/healthz/").status_code == 405
    assert [line for line in caplog.records if line.levelname != "WARNING"] == []


@pytest.mark.parametrize("host", STRANGE)
@pytest.mark.parametrize("path", ["/v1/organizations", "/v1/organizations/", "/v1", "/v1/openapi.json"])
def test_the_api_says_in_its_envelope_that_this_is_not_its_name(
    host: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Client(headers={"Host": host}).get(path)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (400, 400)
    assert told["error"] == "BAD_REQUEST: this host name is not in ALLOWED_HOSTS"
    assert answer["X-Request-Id"] == told["requestId"]
    assert answer["Cache-Control"] == "no-store"
    assert "Traceback" not in caplog.text
    assert [line.message[:24] for line in caplog.records if line.name == "endpoints.web.hosts"] == [
        "Invalid HTTP_HOST header"
    ]


def test_a_page_is_refused_in_one_line_of_the_log(db: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(headers={"Host": "other.example"}).get("/")
    assert answer.status_code == 400
    assert "text/html" in answer["Content-Type"]
    (line,) = caplog.records
    assert "other.example" in line.getMessage()
    assert "Traceback" not in caplog.text
