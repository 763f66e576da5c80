"""How many endpoints there may be, told before one is asked for and when it is refused."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import claims
from endpoints.domain.types import EndpointType
from endpoints.models import Organization, ReversePrivateEndpoint, Service
from tests.people import SERVICE_NAME, Cast, make_endpoint, make_service, make_tombstone
from tests.web.conftest import page_of

GOOD = {"type": "VPC_ENDPOINT_SERVICE", "description": "Orders", "vpcEndpointServiceName": SERVICE_NAME}
REFUSED = "This service uses 2 of the 2 endpoints it may have. Remove one that is not needed"
FULL = "endpoints of this service used. Remove one that is not needed, or ask the staff"


@pytest.fixture(params=["create-endpoint", "new-pipe-endpoint"])
def address(request: pytest.FixtureRequest, cast: Cast) -> str:
    args = [cast.service.pk, *(["postgres"] if request.param == "new-pipe-endpoint" else [])]
    return reverse(request.param, args=args)


def test_the_form_says_how_many_are_used(cast: Cast, operator: Client, address: str) -> None:
    make_endpoint(cast.service)
    make_tombstone(cast.service)
    assert "1 of 20 endpoints of this service used." in operator.get(address).text
    for _ in range(2):
        make_endpoint(make_service(cast.organization, "returns"))
    make_endpoint(cast.other_service)
    assert "3 of 20 endpoints of this organization used." in operator.get(address).text
    Organization.objects.update(endpoint_limit=40)
    Service.objects.update(endpoint_limit=1000)
    assert "3 of 40 endpoints of this organization used." in operator.get(address).text


def test_a_full_service_says_so_before_and_after_and_keeps_what_was_typed(
    cast: Cast, operator: Client, address: str
) -> None:
    Service.objects.update(endpoint_limit=2)
    make_endpoint(cast.service)
    assert "Remove one that is not needed" not in operator.get(address).text
    make_endpoint(cast.service)
    assert f"2 of 2 {FULL}" in operator.get(address).text
    answer = operator.post(address, GOOD | {"form_key": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert FULL not in answer.text, "said twice"
    assert SERVICE_NAME in answer.text
    assert ReversePrivateEndpoint.objects.count() == 2


def test_a_form_sent_again_leads_to_its_endpoint_though_it_is_full_now(
    cast: Cast, operator: Client, address: str
) -> None:
    Service.objects.update(endpoint_limit=1)
    sent = GOOD | {"form_key": str(uuid.uuid4())}
    answers = [operator.post(address, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer["Location"] for answer in answers}) == 1


def test_a_replacement_says_so_where_both_stand_together(cast: Cast, operator: Client) -> None:
    Service.objects.update(endpoint_limit=1)
    address = page_of(make_endpoint(cast.service), "replace-endpoint")
    assert "1 of 1 endpoints of this service used. Remove one" in operator.get(address).text
    answer = operator.post(address, GOOD | {"mode": "together"})
    assert answer.status_code == 422
    assert "This service uses 1 of the 1 endpoints it may have." in answer.text


def test_a_replacement_in_turn_needs_no_other_place(cast: Cast, operator: Client) -> None:
    Service.objects.update(endpoint_limit=1)
    old = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC)
    claims.claim_target(old)
    assert "endpoints of this service used" not in operator.get(page_of(old, "replace-endpoint")).text
