"""One person with a password, and a browser of theirs."""

import pytest
from django.test import Client

from endpoints.models import User
from tests.web.account.steps import make_person, signed_in
from tests.web.conftest import english

__all__ = ["english"]


@pytest.fixture
def person(db: None) -> User:
    return make_person()


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person.email)
