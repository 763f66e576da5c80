"""A key, and how to ask the API with one."""

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import intents
from endpoints.models import ApiKey, Service
from tests.people import Cast


def issue(cast: Cast, **changes: Any) -> tuple[ApiKey, str]:
    """Issue a key of the cast's service, by the admin."""
    asked = {"place": cast.service, "name": "script", "role": "operator", "days": 90, "by": cast.admin}
    return intents.issue_key(**asked | changes)  # type: ignore[arg-type]


def ask(service: Service, key_id: str, secret: str) -> int:
    """Return the status with which the API answers a key."""
    address = reverse("api-list-endpoints", args=[service.organization_id, service.pk])
    pair = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    return Client().get(address, headers={"Authorization": f"Basic {pair}"}).status_code


@pytest.fixture
def key(cast: Cast) -> ApiKey:
    return issue(cast)[0]
