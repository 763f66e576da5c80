"""Whatever arrives, the answer is a clear 4xx in the envelope, and no row."""

import gzip
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from endpoints.models import ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, NAME, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


@pytest.fixture(autouse=True)
def _no_row_is_made() -> Iterator[None]:
    yield
    assert ReversePrivateEndpoint.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"description": None}, ["description"]),
        ({"description": "   "}, ["description"]),
        ({"description": 5}, ["description"]),
        ({"description": "a" * 256}, ["description"]),
        ({"description": "a" * 254 + "  "}, ["description"]),
        ({"description": "nul\x00"}, ["description"]),
        ({"description": "\ud800"}, ["description"]),
        ({"description": "line\n"}, ["description"]),
        ({"type": None}, ["type"]),
        ({"type": ["VPC_ENDPOINT_SERVICE"]}, ["type"]),
        ({"type": "GCP_PSC_SERVICE_ATTACHMENT"}, ["type"]),
        ({"type": "\ud800"}, ["type"]),
        ({"vpcEndpointServiceName": None}, ["vpcEndpointServiceName"]),
        ({"vpcEndpointServiceName": "vpce-svc-0123456789abcdef0"}, ["vpcEndpointServiceName"]),
        ({"vpcEndpointServiceName": {"a": 1}}, ["vpcEndpointServiceName"]),
        ({"vpcEndpointServiceName": NAME + "\x00"}, ["vpcEndpointServiceName"]),
        ({"vpcEndpointServiceName": NAME + "\n"}, ["vpcEndpointServiceName"]),
        ({"mskClusterArn": "arn:aws:kafka:…"}, ["mskClusterArn"]),
        ({"mskAuthentication": ""}, ["mskAuthentication"]),
        ({"customPrivateDnsMappings": [{"privateDnsName": "a"}]}, ["customPrivateDnsMappings"]),
        ({"customPrivateDnsMappings": [{"privateDnsName": "a.\x00"}]}, ["customPrivateDnsMappings"]),
        ({"customPrivateDnsMappings": [{"privateDnsName": "a.\ud800"}]}, ["customPrivateDnsMappings"]),
        ({"customPrivateDnsMappings": [[]] * 300}, ["customPrivateDnsMappings"]),
        ({"customPrivateDnsMappings": "a.example"}, ["customPrivateDnsMappings"]),
        ({"customPrivateDnsMappings": 0}, ["customPrivateDnsMappings"]),
        ({"colour": "blue", "\ud800": 1}, ["colour"]),
        (
            {"description": "", "vpcEndpointServiceName": "x", "mskClusterArn": "y"},
            ["description", "vpcEndpointServiceName", "mskClusterArn"],
        ),
    ],
)
def test_every_wrong_field_is_named(caller: Caller, changes: dict[str, object], named: list[str]) -> None:
    text = caller.error("POST", body=BODY | changes, status=400)
    assert text.startswith("BAD_REQUEST: ")
    assert all(f"{field}" in text for field in named)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b'{"description": NaN}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"description": "\xff"}',
        b"\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"description": ' + b"9" * 10_000 + b"}",
        gzip.compress(b"{}", mtime=0),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_body_that_is_no_json_object_is_a_bad_request(caller: Caller, body: bytes) -> None:
    assert caller.error("POST", body=body, status=400).startswith("BAD_REQUEST: ")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/xml",
    ],
)
def test_other_content_than_json_is_a_bad_request(caller: Caller, content_type: str) -> None:
    text = caller.error("POST", body=BODY, content_type=content_type, status=400)
    assert "application/json" in text


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "no-such-charset"])
def test_other_charset_than_utf_8_is_a_bad_request(caller: Caller, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    assert "UTF-8" in caller.error("POST", body=BODY, content_type=content_type, status=400)


@pytest.mark.parametrize("wrong", ["not-a-uuid", "%ff", "1" * 300, "0" * 32, "{" + "0" * 34 + "}", "한"])
def test_malformed_ids_are_bad_requests(caller: Caller, service: Service, wrong: str) -> None:
    text = caller.error("GET", f"/{wrong}", status=400)
    assert text.startswith("BAD_REQUEST: Invalid reverse private endpoint id <string:")
    caller.collection = caller.collection.replace(str(service.pk), wrong)
    assert caller.error("GET", status=400).startswith("BAD_REQUEST: Invalid service id <string:")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", ""), ("DELETE", ""), ("PATCH", ""), ("OPTIONS", ""), ("BREW", ""), ("POST", "/x")],
)
def test_other_methods_are_refused_in_the_envelope(caller: Caller, method: str, path: str) -> None:
    response = caller.call(method, path)
    assert response.status_code == 405
    assert response["Allow"] == ("DELETE, GET, HEAD, PATCH" if path else "GET, HEAD, POST")
    assert response.json()["error"].startswith("METHOD_NOT_ALLOWED: ")


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/organisations", "/v1/a%0ab", "/v1/organizations//services/"]
)
def test_unknown_address_is_a_404_in_the_envelope_and_never_a_redirect(path: str) -> None:
    response = Client().post(path)
    assert response.status_code == response.json()["status"] == 404
    assert response.json()["error"].startswith("NOT_FOUND: ")


def test_unexpected_exception_is_a_500_in_the_envelope_and_in_the_log(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("endpoints.api.private_endpoints._live", broken)
    with caplog.at_level(logging.ERROR):
        response = caller.call("GET")
    assert response.status_code == response.json()["status"] == 500
    assert "secret" not in response.json()["error"]
    assert response.json()["requestId"] in caplog.text
    assert "a secret detail" in caplog.text


def test_nul_in_the_address_is_a_bad_request(caller: Caller) -> None:
    assert caller.error("GET", "/%00", status=400).startswith("BAD_REQUEST: ")


def test_google_clouds_type_is_refused_with_one_clear_sentence(caller: Caller) -> None:
    body = {
        "type": "GCP_PSC_SERVICE_ATTACHMENT",
        "description": "Orders",
        "gcpServiceAttachment": "projects/a/regions/b/serviceAttachments/c",
    }
    text = caller.error("POST", body=body, status=400)
    assert text.startswith("BAD_REQUEST: type: GCP_PSC_SERVICE_ATTACHMENT is of Google Cloud")
    assert "in AWS only" in text
    assert "gcpServiceAttachment" not in text
