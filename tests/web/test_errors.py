"""The error pages and the notices of the shell."""

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from endpoints.models import Installation, Network
from endpoints.web.views import errors
from tests.people import Cast, make_network, make_region
from tests.web.conftest import list_of


def test_the_500_page_needs_no_database_and_speaks_both_languages() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"Something went wrong on our side" in response.content
    assert "서버에서 문제가 발생했습니다" in response.text


def test_an_exception_ends_in_that_page(
    cast: Cast, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("endpoints.web.views.services.render", broken)
    operator.raise_request_exception = False
    response = operator.get("/")
    assert response.status_code == 500
    assert "secret" not in response.text


def test_a_refusal_is_one_line_of_the_log_and_a_fault_brings_its_traceback(
    cast: Cast, viewer: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = f"{list_of(cast.service)}new/"
    assert viewer.get(asked).status_code == 403
    (refused,) = caplog.records
    assert refused.getMessage() == f"Forbidden (Permission denied): {asked}"
    assert "Traceback" not in caplog.text
    monkeypatch.setattr("endpoints.web.views.services.render", lambda *_: 1 / 0)
    viewer.raise_request_exception = False
    assert viewer.get("/").status_code == 500
    assert "Internal Server Error: /" in caplog.text
    assert "ZeroDivisionError: division by zero" in caplog.text


def test_a_form_without_its_token_is_told_plainly(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This form is too old" in response.text
    assert "오래된 양식입니다" in client.post("/sign-in/", {}, headers={"Accept-Language": "ko"}).text


def test_a_404_for_who_is_not_signed_in(db: None) -> None:
    assert Client().get("/nowhere/").status_code == 404


def test_nothing_is_said_of_a_healthy_installation(cast: Cast, operator: Client) -> None:
    assert 'class="notices"' not in operator.get("/").text


def test_everybody_is_told_why_nothing_happens(cast: Cast, viewer: Client, settings: Settings) -> None:
    Installation.objects.update(writes_paused=True)
    assert "Changes in AWS are paused." in viewer.get("/").text
    Installation.objects.update(writes_paused=False, plan_only=True)
    assert "Plan only:" in viewer.get("/").text
    Installation.objects.update(plan_only=False, pg_system_identifier="another")
    assert "This database was moved or copied." in viewer.get("/").text
    settings.AWS_WRITES_PAUSED = True
    assert "Changes in AWS are paused." in viewer.get("/").text


def test_a_paused_network_is_told_where_it_may_matter(cast: Cast, viewer: Client) -> None:
    Network.objects.update(writes_paused=True)
    said = "Changes in AWS are paused in a part of eu-central-1."
    assert said in viewer.get("/", follow=True).text
    make_network(make_region("us-east-1"), writes_paused=True)
    assert "a part of eu-central-1, us-east-1." in viewer.get("/").text
    assert said in viewer.get(list_of(cast.service)).text
    Network.objects.filter(region="eu-central-1").update(writes_paused=False)
    assert "are paused" not in viewer.get(list_of(cast.service)).text


def test_the_sandbox_is_linked_where_it_runs(cast: Cast, viewer: Client, settings: Settings) -> None:
    link = "http://127.0.0.1:9999/console/"
    assert link not in viewer.get("/").text
    settings.SANDBOX_CONSOLE_URL = link
    assert f'href="{link}"' in viewer.get("/").text


def test_not_affiliated(db: None) -> None:
    assert "Not affiliated with ClickHouse, Inc. or Amazon Web Services." in Client().get("/sign-in/").text
