"""The create form."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from endpoints.domain.status import Status
from endpoints.models import Event, Network, Region, ReversePrivateEndpoint
from tests.people import ACCOUNT, SERVICE_NAME, Cast, make_endpoint
from tests.web.conftest import page_of

GOOD = {
    "type": "VPC_ENDPOINT_SERVICE",
    "description": "  Orders <b>&amp;</b> “주문”  ",
    "vpcEndpointServiceName": SERVICE_NAME,
}


@pytest.fixture
def address(cast: Cast) -> str:
    return reverse("create-endpoint", args=[cast.service.pk])


def test_an_operator_creates_an_endpoint_and_lands_on_its_page(
    cast: Cast, operator: Client, address: str
) -> None:
    response = operator.post(address, GOOD | {"form_key": str(uuid.uuid4())})
    endpoint = ReversePrivateEndpoint.objects.get()
    assert (response.status_code, response["Location"]) == (303, page_of(endpoint))
    assert endpoint.description == "Orders <b>&amp;</b> “주문”"
    assert endpoint.status == Status.PROVISIONING
    assert endpoint.created_by == cast.operator
    assert OrmQ.objects.count() == 1


def test_one_filled_in_form_makes_one_endpoint(cast: Cast, operator: Client, address: str) -> None:
    page = operator.get(address).text
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    uuid.UUID(key)
    answers = {operator.post(address, GOOD | {"form_key": key})["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert ReversePrivateEndpoint.objects.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.parametrize("key", [{}, {"form_key": ""}, {"form_key": "\0"}, {"form_key": "1" * 999}])
def test_a_missing_or_broken_key_does_no_harm(operator: Client, address: str, key: dict[str, str]) -> None:
    assert operator.post(address, GOOD | key).status_code == 303


def test_errors_keep_what_was_typed(operator: Client, address: str) -> None:
    key = str(uuid.uuid4())
    response = operator.post(
        address,
        {**GOOD, "description": '"><script>x</script>', "vpcEndpointServiceName": "", "form_key": key},
    )
    assert response.status_code == 422
    assert "1 error: Create endpoint" in response.text
    assert "&quot;&gt;&lt;script&gt;x&lt;/script&gt;" in response.text
    assert "<script>x" not in response.text
    assert key in response.text, "the corrected form is the same filled-in form"
    assert 'aria-invalid="true"' in response.text
    assert 'href="#id_vpcEndpointServiceName"' in response.text


def test_what_was_typed_for_other_types_is_neither_lost_nor_checked(operator: Client, address: str) -> None:
    share = "arn:aws:ram:eu-central-1:123456789012:resource-share/1"
    typed = {
        **GOOD,
        "type": "MSK_MULTI_VPC",
        "vpcResourceShareArn": share,
        "vpcResourceConfigurationId": b"\xff",
    }
    response = operator.post(address, typed)
    assert response.status_code == 422
    assert "2 errors: Create endpoint" in response.text, "those of the cluster and of its authentication"
    assert share in response.text
    assert SERVICE_NAME in response.text
    assert 'href="#id_vpcResource' not in response.text, "it leads to a field that nobody sees"


def test_a_taken_service_name_is_told_at_the_field_and_not_by_whom(
    cast: Cast, operator: Client, stranger: Client, address: str
) -> None:
    theirs = reverse("create-endpoint", args=[cast.other_service.pk])
    assert stranger.post(theirs, GOOD).status_code == 303
    response = operator.post(address, GOOD)
    assert response.status_code == 422
    assert "already used by another organization" in response.text
    assert cast.other_organization.name not in response.text
    assert ReversePrivateEndpoint.objects.count() == 1


def test_a_region_without_a_network_is_told(operator: Client, address: str) -> None:
    Network.objects.update(draining=True)
    response = operator.post(address, GOOD)
    assert response.status_code == 422
    assert "no network in eu-central-1" in response.text


def test_the_form_names_the_principal_to_allow(cast: Cast, operator: Client, address: str) -> None:
    assert f"arn:aws:iam::{ACCOUNT}:root" in operator.get(address).text
    Region.objects.update(account_id="")
    assert "not verified yet" in operator.get(address).text
    make_endpoint(cast.service).delete()
    Network.objects.all().delete()
    Region.objects.all().delete()
    assert "not verified yet" in operator.get(address).text


def test_the_form_speaks_korean(operator: Client, address: str) -> None:
    response = operator.post(address, {}, headers={"Accept-Language": "ko"})
    assert "오류 2개: 엔드포인트 만들기" in response.text
    assert "값을 입력하세요." in response.text
