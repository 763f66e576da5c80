"""One organization with a service, a stranger beside it, and clients that hold keys."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from endpoints.models import ApiKey, Network, Organization, Region, ReversePrivateEndpoint, Service

NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
BODY = {"type": "VPC_ENDPOINT_SERVICE", "description": "Orders", "vpcEndpointServiceName": NAME}


@dataclass
class Caller:
    """Calls the collection of one service with one key."""

    key: ApiKey
    secret: str
    collection: str

    @property
    def credentials(self) -> str:
        return "Basic " + base64.b64encode(f"{self.key.key_id}:{self.secret}".encode()).decode()

    def call(self, method: str, path: str = "", body: object = None, **more: Any) -> Any:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        more.setdefault("content_type", "application/json")
        headers = {"Authorization": self.credentials, **more.pop("headers", {})}
        return Client().generic(method, self.collection + path, raw, headers=headers, **more)

    def create(self, **changes: object) -> Any:
        return self.call("POST", body=BODY | changes)

    def error(self, *args: Any, status: int, **more: Any) -> str:
        """Call, expect a status in the envelope, and return the error's text."""
        response = self.call(*args, **more)
        answer = response.json()
        assert (response.status_code, answer["status"]) == (status, status), answer
        # What the middleware refuses already carries no such header.
        assert response.get("X-Request-Id", answer["requestId"]) == answer["requestId"]
        assert set(answer) == {"status", "requestId", "error"}
        text: str = answer["error"]
        return text


CallerFor = Callable[..., Caller]


def make_service(name: str = "orders", organization: Organization | None = None) -> Service:
    """Return a new service in eu-central-1, of an organization of its own unless one is given."""
    return Service.objects.create(
        organization=organization or Organization.objects.create(name=f"{name} organization"),
        name=name,
        provider="aws",
        region="eu-central-1",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def collection_of(service: Service) -> str:
    """Return the address of a service's endpoints."""
    return (
        f"/v1/organizations/{service.organization_id}/services/{service.pk}/clickpipesReversePrivateEndpoints"
    )


@pytest.fixture
def service(db: None) -> Service:
    region = Region.objects.create(name="eu-central-1")
    Network.objects.create(
        region=region, vpc_id="vpc-1", subnet_ids=["subnet-1"], security_group_ids=["sg-1"]
    )
    return make_service()


@pytest.fixture
def caller_for() -> CallerFor:
    def make(
        service: Service, role: str = "operator", *, of: Service | None = None, only: Service | None = None
    ) -> Caller:
        """Return a caller on `service`, with a key of the organization of `of` (the same unless given)."""
        owner = (of or service).organization
        key, secret = ApiKey.issue(organization=owner, service=only, role=role, name=role)
        return Caller(key, secret, collection_of(service))

    return make


@pytest.fixture
def caller(service: Service, caller_for: CallerFor) -> Caller:
    return caller_for(service)


def create(caller: Caller, body: Mapping[str, str], **changes: object) -> Any:
    """Create, expect 200, and return the result."""
    answer = caller.call("POST", body={**body, **changes})
    assert answer.status_code == 200, answer.json()
    return answer.json()["result"]


def row(answer: Any) -> ReversePrivateEndpoint:
    """Return the row that an answer speaks of."""
    return ReversePrivateEndpoint.objects.get(pk=answer.json()["result"]["id"])
