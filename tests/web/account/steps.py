"""What the tests of accounts do again and again: signing in, confirming, codes of the moment."""

import base64
import hmac
import re
import struct
import time
from typing import Any

import pytest
from django.test import Client

from endpoints.models import User
from tests.people import PASSWORD, make_user

SIGN_IN = "/sign-in/"
SECOND_STEP = "/sign-in/second-step/"
ACCOUNT = "/account/"
APP = "/account/app/"
CODES = "/account/recovery-codes/"


def code_at(secret: str, moment: float | None = None) -> str:
    """Return the code of a secret (RFC 6238: SHA-1, 30 seconds, 6 digits)."""
    counter = struct.pack(">Q", int(time.time() if moment is None else moment) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(client: Client, email: str, *, password: str = PASSWORD, **more: str) -> Any:
    """Send the first page."""
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def confirm(client: Client) -> None:
    """Type the password once more, so that what follows is let through."""
    client.post(f"{ACCOUNT}confirm/", {"password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Set an authenticator app up, and return its secret."""
    confirm(client)
    shown = client.get(APP)
    secret = re.sub(r"\s", "", re.findall(r"<code[^>]*>([A-Z2-7 ]+)</code>", shown.text)[0])
    # A code is good for one time: it is the one before that is used up here.
    assert client.post(APP, {"code": code_at(secret)}).status_code == 302
    return secret


def recovery_codes(client: Client) -> list[str]:
    """Return the codes that are shown this one time."""
    return re.findall(
        r"^\d{8}$|(?<=>)\d{8}$|^\d{8}(?=<)|(?<=>)\d{8}(?=<)", client.get(CODES).text, re.MULTILINE
    )


def make_person(email: str = "person@example.com", **fields: Any) -> User:
    """Return a user with a password."""
    return make_user(email, password=PASSWORD, **fields)


def signed_in(email: str = "person@example.com") -> Client:
    """Return a browser in which somebody has signed in by hand."""
    client = Client()
    assert sign_in(client, email).status_code == 302
    return client


def let_time_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let django-allauth and the tests see a later time."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
