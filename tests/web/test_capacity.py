"""How much room there is for VPC resources, as pages say it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.capacity import Capacity
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Network, Region, read_clock
from endpoints.texts.capacity import room_text
from tests.people import Cast, make_endpoint, make_network

FREE = "subnet-0aaaaaaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("capacity", "text", "warns"),
    [
        (Capacity(12, 12), "12 more VPC resources fit in every zone.", False),
        (Capacity(4, 4), "4 more VPC resources fit in every zone.", False),
        (Capacity(3, 3), "3 more VPC resources fit in every zone.", True),
        (Capacity(1, 1), "1 more VPC resource fits in every zone.", True),
        (Capacity(5, 7), "5 more VPC resources fit in every zone. After that, 2 in some zones only.", False),
        (Capacity(0, 9), "9 more VPC resources fit, in some zones only.", True),
        (Capacity(0, 0), "No more VPC resource fits: a new request waits until there is room.", True),
    ],
)
def test_the_room_in_words(capacity: Capacity, text: str, warns: bool) -> None:
    assert room_text(capacity) == (text, warns)


def _read(cast: Cast, blocks: int, *, minutes_ago: int = 5) -> None:
    Network.objects.update(
        capacity={FREE: {"zone": "euc1-az1", "blocks": blocks}},
        capacity_at=read_clock().now - timedelta(minutes=minutes_ago),
    )


@pytest.mark.parametrize("name", ["create-endpoint", "settings"])
def test_the_form_and_the_settings_tell_how_many_fit(cast: Cast, operator: Client, name: str) -> None:
    address = reverse(name, args=[cast.service.pk])
    assert "VPC resources fit" not in operator.get(address).text, "nothing is known yet"
    _read(cast, 12)
    page = operator.get(address).text
    assert "12 more VPC resources fit in every zone." in page
    assert '(eu-central-1, as of <time datetime="2' in page
    assert 'class="room muted small"' in page
    _read(cast, 0)
    page = operator.get(address).text
    assert "No more VPC resource fits: a new request waits until there is room." in page
    assert 'class="room alert alert-warning"' in page


@pytest.mark.parametrize("name", ["create-endpoint", "settings"])
def test_who_opens_a_page_has_old_room_read_again_and_what_is_fresh_left(
    cast: Cast, operator: Client, name: str
) -> None:
    address = reverse(name, args=[cast.service.pk])
    _read(cast, 12, minutes_ago=4)
    assert "It is read again now" not in operator.get(address).text
    assert Region.objects.get(pk=cast.region.pk).rooms_wanted_at is None
    _read(cast, 12, minutes_ago=5)
    assert "It is read again now" in operator.get(address).text
    region = Region.objects.get(pk=cast.region.pk)
    assert region.wants_rooms
    assert region.observe_due_at == region.rooms_wanted_at
    assert "It is read again now" not in operator.get(address).text, "it was asked for a moment ago"
    assert Region.objects.get(pk=cast.region.pk).rooms_wanted_at == region.rooms_wanted_at


def test_all_networks_that_take_endpoints_count_as_of_the_oldest_reading(
    cast: Cast, operator: Client
) -> None:
    make_network(cast.region, draining=True)
    _read(cast, 5, minutes_ago=50)
    make_network(cast.region, capacity={}, capacity_at=read_clock().now)
    page = operator.get(reverse("settings", args=[cast.service.pk])).text
    assert "5 more VPC resources fit in every zone." in page
    oldest = cast.network.__class__.objects.get(pk=cast.network.pk).capacity_at
    assert oldest is not None
    assert oldest.strftime("%H:%M UTC</time>") in page
    make_network(cast.region)
    assert "5 more" not in operator.get(reverse("settings", args=[cast.service.pk])).text


def test_endpoints_made_since_count_against_the_quota(cast: Cast, operator: Client) -> None:
    _read(cast, 9)
    Region.objects.update(quotas={"resource": 2, "interface": 1})
    kinds = (EndpointType.VPC_RESOURCE, EndpointType.VPC_ENDPOINT_SERVICE, EndpointType.VPC_RESOURCE)
    for n, kind in enumerate(kinds):
        gone = read_clock().now if n == 2 else None
        endpoint = make_endpoint(cast.service, type=kind)
        Attempt.objects.create(
            endpoint=endpoint, generation=1, network=cast.network, request={}, token=str(n),
            created_at=read_clock().now, gone_at=gone,
        )  # fmt: skip
    page = operator.get(reverse("settings", args=[cast.service.pk])).text
    assert "1 more VPC resource fits in every zone." in page
