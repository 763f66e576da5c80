"""Limits of endpoints and the endpoints of a network, in admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.models import (
    Attempt,
    Network,
    Organization,
    Region,
    ReversePrivateEndpoint,
    Service,
    read_clock,
)
from tests.admin.filled import filled
from tests.people import Cast, make_endpoint, make_network, make_service, make_tombstone

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def url(model: type, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:endpoints_{model.__name__.lower()}_{page}", args=args)


def attempt(network: Network, endpoint: ReversePrivateEndpoint, **fields: Any) -> Attempt:
    generation = endpoint.attempts.count() + 1
    return Attempt.objects.create(
        endpoint=endpoint,
        generation=generation,
        network=network,
        request={},
        token=f"{endpoint.pk}-{generation}",
        created_at=read_clock().now,
        **fields,
    )


def test_staff_set_the_limits_and_see_what_is_used(staff: Client, cast: Cast) -> None:
    make_endpoint(cast.service)
    make_endpoint(make_service(cast.organization, "returns"))
    make_tombstone(cast.service)
    assert "2 of 20" in staff.get(url(Organization)).text
    assert "1 of 20" in staff.get(url(Service)).text
    page = url(Organization, "change", cast.organization.pk)
    assert "2 of 20" in staff.get(page).text
    form = filled(staff.get(page), "organization_form")
    assert staff.post(page, form | {"endpoint_limit": "50"}).status_code == 302
    assert Organization.objects.get(pk=cast.organization.pk).endpoint_limit == 50
    assert "2 of 50" in staff.get(page).text
    assert staff.post(page, form | {"endpoint_limit": ""}).status_code == 302
    assert Organization.objects.get(pk=cast.organization.pk).endpoint_limit is None
    assert "1 of 20" in staff.get(url(Service, "change", cast.service.pk)).text
    for new in (Organization, Service):
        assert staff.get(url(new, "add")).status_code == 200


@pytest.mark.parametrize("model", [Organization, Service, Network])
def test_what_is_used_takes_no_query_for_each_row(
    staff: Client, cast: Cast, django_assert_max_num_queries: Any, model: type
) -> None:
    for number in range(30):
        organization = Organization.objects.create(name=f"organization {number}")
        endpoint = make_endpoint(make_service(organization, f"service {number}"))
        attempt(make_network(cast.region), endpoint)
    with django_assert_max_num_queries(10):
        assert staff.get(url(model)).status_code == 200


def test_a_draining_network_tells_how_many_endpoints_it_still_has(staff: Client, cast: Cast) -> None:
    Network.objects.update(draining=True)
    other = make_network(cast.region)
    here, moved, gone = (make_endpoint(cast.service, description=name) for name in ("stays", "moves", "goes"))
    attempt(cast.network, here)
    attempt(cast.network, moved, gone_at=read_clock().now)
    attempt(other, moved)
    attempt(cast.network, gone, gone_at=read_clock().now)
    shown = staff.get(url(Network)).text
    assert shown.count('class="field-endpoints_here">1<') == 2
    filtered = staff.get(url(ReversePrivateEndpoint), {"network": cast.network.pk}).text
    assert ("stays" in filtered, "moves" in filtered, "goes" in filtered) == (True, False, False)
    everything = staff.get(url(ReversePrivateEndpoint), {"network": "no network"})
    assert everything.status_code == 200


def test_who_opens_a_network_has_its_old_room_read_again(staff: Client, cast: Cast) -> None:
    Network.objects.update(capacity_at=read_clock().now - timedelta(minutes=6))
    staff.get(reverse("admin:endpoints_network_change", args=[cast.network.pk]))
    assert Region.objects.get(pk=cast.region.pk).wants_rooms
