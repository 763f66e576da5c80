"""What no view can read is refused in words, and nothing of it is a 5xx."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.models import ReversePrivateEndpoint
from tests.people import SERVICE_NAME, Cast
from tests.web.conftest import list_of

FORM = "application/x-www-form-urlencoded"
UNREADABLE = "This request cannot be read"


@pytest.mark.parametrize("query", ["q=%00", "page=%ff", "%fe=1", "q=%ed%a0%80", "q=\xff"])
def test_a_query_that_is_no_text_is_refused(cast: Cast, operator: Client, query: str) -> None:
    response = operator.get(list_of(cast.service), QUERY_STRING=query)
    assert response.status_code == 400
    assert UNREADABLE in response.text


@pytest.mark.parametrize("path", ["/%00", "/services/%00/endpoints/", "/admin/%00/", "/static/%00"])
def test_a_path_with_nul_is_refused(cast: Cast, operator: Client, path: str) -> None:
    assert operator.get(path).status_code in (400, 404)


def test_a_path_that_is_no_utf8_leads_nowhere(cast: Cast, operator: Client) -> None:
    assert operator.get("/services/%ff%fe/").status_code == 404


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "rot13", "base64", "no-such-thing", "\ufffd"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_encoding_is_refused(cast: Cast, operator: Client, charset: str, method: str) -> None:
    ask = getattr(operator, method)
    response = ask(
        reverse("create-endpoint", args=[cast.service.pk]), CONTENT_TYPE=f"{FORM}; charset={charset}"
    )
    assert response.status_code == 400
    assert UNREADABLE in response.text


def test_a_session_cookie_with_nul_is_refused(db: None) -> None:
    client = Client()
    client.cookies.load('sessionid="\\000\\000\\000\\000\\000\\000\\000\\000\\000"')
    assert client.get("/").status_code == 400


def test_a_form_without_its_boundary_is_refused(cast: Cast, operator: Client) -> None:
    address = reverse("create-endpoint", args=[cast.service.pk])
    response = operator.post(address, b"--x", content_type="multipart/form-data")
    assert response.status_code == 400


def test_the_400_page_speaks_korean_too(cast: Cast, operator: Client) -> None:
    response = operator.get("/?q=%00", headers={"Accept-Language": "ko"})
    assert "요청을 읽을 수 없습니다" in response.text


def test_the_api_gets_its_own_envelope(db: None) -> None:
    response = Client().get("/v1/organizations?x=%00")
    assert response.status_code == 400
    assert set(response.json()) == {"status", "requestId", "error"}
    assert response["X-Request-Id"] == response.json()["requestId"]


WRONG = [
    (b"description=%00", "description", "cannot be printed"),
    (b"description=a%0Ab", "description", "cannot be printed"),
    (b"description=%ff%fe", "description", "was not sent as UTF-8"),
    (urlencode({"description": "x" * 300}).encode(), "description", "At most 255 characters"),
    (b"description=", "description", "Enter a value."),
    (b"vpcEndpointServiceName=%00", "vpcEndpointServiceName", "cannot be printed"),
    (b"vpcEndpointServiceName=%ff", "vpcEndpointServiceName", "was not sent as UTF-8"),
    (
        b"vpcEndpointServiceName=vpce-svc-0123456789abcdef0",
        "vpcEndpointServiceName",
        "the ID of an endpoint service",
    ),
    (b"vpcEndpointServiceName=com.amazonaws.eu-west-1.s3", "vpcEndpointServiceName", "AWS itself"),
    (b"vpcEndpointServiceName=%3Cb%3E", "vpcEndpointServiceName", "Enter the whole service name"),
    (b"type=%00", "type", "no endpoint type"),
    (b"type=GCP_PSC_SERVICE_ATTACHMENT", "type", "in AWS only"),
    (b"type=", "type", "Enter a value."),
]


@pytest.mark.parametrize(("body", "field", "message"), WRONG)
def test_wrong_values_come_back_at_their_field(
    cast: Cast, operator: Client, body: bytes, field: str, message: str
) -> None:
    good = {"type": "VPC_ENDPOINT_SERVICE", "description": "Orders", "vpcEndpointServiceName": SERVICE_NAME}
    good.pop(field)
    address = reverse("create-endpoint", args=[cast.service.pk])
    response = operator.post(address, urlencode(good).encode() + b"&" + body, content_type=FORM)
    assert response.status_code == 422
    _, at_field, rest = response.text.partition(f'id="id_{field}_error"')
    assert at_field
    assert message in rest.partition("</div>")[0]
    assert not ReversePrivateEndpoint.objects.exists()
