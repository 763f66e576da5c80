"""No secret in any log line or answer, whatever goes wrong while it is sent."""

import io
import logging
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from django.utils.log import configure_logging

from endpoints.redaction import redact
from tests.access.asking import basic, client_of, text_of
from tests.access.world import World, password_link

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "an-open-sesame-of-thirty-letters"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that our own logging writes, from the least important line on."""
    out = io.StringIO()
    with mock.patch("sys.stderr", out):
        wanted = {**project.LOGGING, "root": {"handlers": ["console"], "level": "DEBUG"}}
        before = logging.getLogger("django.request").level
        configure_logging("logging.config.dictConfig", wanted)
        logging.getLogger("django.request").setLevel(logging.DEBUG)
        yield out
    configure_logging("logging.config.dictConfig", project.LOGGING)
    logging.getLogger("django.request").setLevel(before)


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("something that nobody expected")


def sent_with_secrets(world: World, broken: str) -> Iterator[tuple[Any, list[str]]]:
    """Send each secret where it belongs, to views that fail in the middle; yield answer and secrets."""
    with mock.patch(broken, fail):
        form = {"login": "viewer@example.com", "password": PASSWORD}
        yield Client(raise_request_exception=False).post("/sign-in/", form), [PASSWORD]
        key = world.keys["admin's key of the organization"]
        assert key is not None
        headers = {"Authorization": basic(key)}
        client = Client(raise_request_exception=False)
        yield client.get("/v1/organizations", headers=headers), [key[1], basic(key).partition(" ")[2]]
        link = password_link(world.places["own"].newcomer)
        address = f"/set-password/{link['uidb64']}/{link['token']}/"
        yield Client(raise_request_exception=False).get(address), [link["token"]]
        token = world.places["own"].link.token
        yield Client(raise_request_exception=False).get(f"/hand-off/{token}/"), [token]
        there = f"/sign-in/provider/callback/?code={PASSWORD}&state=abc"
        yield Client(raise_request_exception=False).get(there), [PASSWORD]
        person = client_of(world.people["viewer"])
        person.raise_request_exception = False
        session = str(person.cookies["sessionid"].value)
        yield person.get("/"), [session]


# The first fails in the middleware, before any view; the others deeper.
@pytest.mark.parametrize(
    "broken",
    [
        "endpoints.web.middleware.client_address",
        "django.db.models.query.QuerySet.first",
        "django.shortcuts.loader.render_to_string",
    ],
)
@pytest.mark.parametrize("debug", [False, True], ids=["production", "DEBUG"])
def test_what_fails_tells_no_secret(
    world: World, lines: io.StringIO, settings: Any, broken: str, debug: bool
) -> None:
    settings.DEBUG = debug
    failed = 0
    for response, secrets in sent_with_secrets(world, broken):
        request = response.request
        failed += response.status_code == 500
        for secret in secrets:
            assert secret not in lines.getvalue(), (request["PATH_INFO"], broken)
            # A page that works names its own address, as a developer's error page does.
            is_own = secret in request["PATH_INFO"] + request["QUERY_STRING"]
            if response.status_code == 500 and not (debug and is_own):
                assert secret not in text_of(response), (request["PATH_INFO"], broken)
    assert failed, "nothing failed"
    assert "something that nobody expected" in lines.getvalue()


def test_refusals_tell_no_secret_in_the_log(world: World, lines: io.StringIO) -> None:
    token = world.places["own"].link.token
    for address in (f"/hand-off/{token}x/", f"/set-password/MQ/{PASSWORD}/", f"/hand-off/{token}/nothing/"):
        Client().get(address)
        Client(enforce_csrf_checks=True).post(address, {"password": PASSWORD})
    told = lines.getvalue()
    assert "/hand-off/…" in told
    assert token not in told
    assert PASSWORD not in told


def test_the_access_log_of_gunicorn_tells_no_token() -> None:
    from gunicorn.config import Config

    logger_class: Any = runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))["logger_class"]
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", '%(r)s %(U)s?%(q)s %(f)s "%({x-uri}i)s" %({raw_uri}e)s')
    out = io.StringIO()
    logger = logger_class(config)
    logger.access_log.handlers = [logging.StreamHandler(out)]
    uri = f"/hand-off/{PASSWORD}/?language=ko"
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": uri, "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": uri,
        "QUERY_STRING": f"code={PASSWORD}", "HTTP_REFERER": f"https://x/set-password/MQ/{PASSWORD}/",
    }  # fmt: skip
    response = SimpleNamespace(status="200 OK", sent=1, headers=[])
    request = SimpleNamespace(headers=[("X-URI", uri)])
    took = SimpleNamespace(seconds=0, microseconds=1)
    logger.access(response, request, environ, took)
    assert "GET /hand-off/…/?language=ko" in out.getvalue()
    assert PASSWORD not in out.getvalue()


def test_only_secrets_are_taken_out() -> None:
    plain = "GET /services/1/endpoints/?q=code&page=2 took 3 ms; Basic plan"
    assert redact(plain) == plain
    assert redact(f"/set-password/MQ/{PASSWORD}/ x") == "/set-password/MQ/…/ x"
    assert redact(f"Authorization: Basic {PASSWORD}") == "Authorization: Basic …"


def test_a_link_that_is_listed_carries_no_token_in_admin(world: World) -> None:
    """Admin lists hand-off links without what opens them; only operators of the service see that."""
    token = world.places["own"].link.token
    for address in (
        reverse("admin:endpoints_handoff_changelist"),
        reverse("admin:endpoints_handoff_change", args=[world.places["own"].link.pk]),
    ):
        assert token not in client_of(world.people["superuser"]).get(address).text
