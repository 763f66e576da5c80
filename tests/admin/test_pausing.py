"""Pausing from the list of endpoints: their networks are named, and nothing happens unconfirmed."""

from typing import Any

import pytest
from django.test import Client

from endpoints.models import Attempt, Network, ReversePrivateEndpoint, read_clock
from tests.admin.pages import audited, text_of, url
from tests.people import Cast, make_endpoint, make_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def placed(cast: Cast, network: Network) -> ReversePrivateEndpoint:
    endpoint = make_endpoint(cast.service)
    Attempt.objects.create(
        endpoint=endpoint, generation=1, network=network, request={}, token=str(endpoint.pk),
        created_at=read_clock().now,
    )  # fmt: skip
    return endpoint


def act(staff: Client, action: str, *endpoints: ReversePrivateEndpoint, **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(endpoint.pk) for endpoint in endpoints], **more}
    return staff.post(url(ReversePrivateEndpoint), data, follow=True)


def paused() -> dict[str, bool]:
    return dict(Network.objects.values_list("vpc_id", "writes_paused"))


def test_networks_are_named_with_all_their_endpoints_and_paused_with_a_reason(
    staff: Client, cast: Cast
) -> None:
    other, third = make_network(cast.region), make_network(cast.region)
    chosen, beside = placed(cast, cast.network), placed(cast, cast.network)
    elsewhere = placed(cast, other)
    page = text_of(act(staff, "pause", chosen, elsewhere))
    assert f"{cast.network} : 2 endpoints, not paused now" in page
    assert f"{other} : 1 endpoint, not paused now" in page
    assert str(third) not in page
    assert act(staff, "pause", chosen, confirmed="yes").status_code == 422
    assert not any(paused().values())
    done = act(staff, "pause", chosen, elsewhere, confirmed="yes", reason="AWS says so")
    assert "2 networks were changed." in text_of(done)
    assert paused() == {cast.network.vpc_id: True, other.vpc_id: True, third.vpc_id: False}
    assert [(before, after, why) for _, _, before, after, why in audited("network.changed")] == [
        ({"writes_paused": False}, {"writes_paused": True}, "AWS says so")
    ] * 2
    act(staff, "resume", beside, confirmed="yes", reason="Over")
    assert paused()[cast.network.vpc_id] is False
    assert len(audited("network.changed")) == 3


def test_what_lives_in_no_network_yet_says_so(staff: Client, cast: Cast) -> None:
    page = text_of(act(staff, "pause", make_endpoint(cast.service)))
    assert "None of these lives in a network yet." in page
