"""Browsers of the people in the cast, and the addresses they go to."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from endpoints.models import ReversePrivateEndpoint, Service, User
from tests.people import Cast

As = Callable[[User], Client]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its language behind; the words that tests compare with are English."""
    with translation.override("en"):
        yield


@pytest.fixture
def browse_as() -> As:
    """A client that is signed in as a user."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def viewer(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.viewer)


@pytest.fixture
def operator(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.operator)


@pytest.fixture
def stranger(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.stranger)


def list_of(service: Service) -> str:
    return reverse("endpoints", args=[service.pk])


def page_of(endpoint: ReversePrivateEndpoint, name: str = "endpoint") -> str:
    return reverse(name, args=[endpoint.service_id, endpoint.pk])


def poll_address(page: str) -> str:
    """The address that a live page polls, as a browser reads it; "" when it does not poll."""
    _, found, rest = page.partition('id="live" class="stack" hx-get="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else ""
