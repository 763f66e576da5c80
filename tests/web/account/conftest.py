"""One person with a password, and a browser of theirs."""

import time
from typing import Any

import pytest
from django.test import Client

from endpoints.models import User
from tests.web.account.steps import let_time_pass, make_person, signed_in
from tests.web.conftest import english

__all__ = ["english"]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    """What is tested is who gets in, a hundred times, and not how long a guess takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _early_in_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin five seconds into the thirty of a code, so that none ends between its two sides."""
    let_time_pass(monkeypatch, (5 - time.time()) % 30)


@pytest.fixture
def person(db: None) -> User:
    return make_person()


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person.email)
