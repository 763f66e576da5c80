"""What tests of the list read from its page, and endpoints that differ in all it filters by."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint, read_clock
from tests.people import Cast, make_endpoint, make_region, make_tombstone
from tests.web.conftest import list_of

HTMX = {"HX-Request": "true"}
Mixed = dict[str, ReversePrivateEndpoint]


def names(page: str) -> list[str]:
    """The descriptions of a list, in its order."""
    return re.findall(r'<a id="see-[^>]*>([^<]*)</a>', page)


def look(client: Client, cast: Cast, **query: Any) -> list[str]:
    response = client.get(list_of(cast.service), query)
    assert response.status_code == 200
    return names(response.text)


def stats(page: str) -> dict[str, str]:
    """The counters at the top: key and number."""
    return dict(re.findall(r'id="stat-(\w+)".*?<strong>([^<]*)</strong>', page, re.DOTALL))


def mix(cast: Cast) -> Mixed:
    """Endpoints that differ in everything that can be filtered by."""
    now = read_clock().now
    other = make_region("eu-west-1")
    rows = {
        "ready": make_endpoint(cast.service, description="b-ready", created_at=now - timedelta(days=3)),
        "pending": make_endpoint(
            cast.service,
            Status.PENDING_ACCEPTANCE,
            description="a-pending",
            created_by_name="kim@example.com",
            external_id="vpce-0bbbbbbbbbbbbbbbb",
            dns_names=[],
            created_at=now - timedelta(days=1),
        ),
        "resource": make_endpoint(
            cast.service,
            type=EndpointType.VPC_RESOURCE,
            description="c-resource",
            owner_account="444455556666",
            external_id="vpce-0cccccccccccccccc",
            dns_names=["snra-1.rcfg-1.on.aws"],
            created_at=now - timedelta(days=2),
        ),
        "failed": make_endpoint(
            cast.service, Status.FAILED, description="d-failed", region=other,
            created_at=now - timedelta(days=4),
        ),
        "deleting": make_endpoint(
            cast.service, Status.DELETING, description="e-deleting", external_id="vpce-0d", dns_names=[],
            created_at=now - timedelta(days=5),
        ),
    }  # fmt: skip
    make_endpoint(cast.other_service, description="not mine")
    make_tombstone(cast.service, description="gone")
    return rows
