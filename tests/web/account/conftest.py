"""One person with a password, and a browser of theirs."""

from typing import Any

import pytest
from django.test import Client

from endpoints.models import User
from tests.web.account.steps import make_person, signed_in
from tests.web.conftest import english

__all__ = ["english"]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    """What is tested is who gets in, a hundred times, and not how long a guess takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(db: None) -> User:
    return make_person()


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person.email)
