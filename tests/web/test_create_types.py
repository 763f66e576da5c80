"""The create form with each endpoint type: what is asked, kept, ignored and refused."""

import re
import uuid
from collections.abc import Mapping
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import texts
from endpoints.domain.types import EndpointType
from endpoints.models import Claim, ReversePrivateEndpoint
from tests.people import ACCOUNT, PARAMETERS, Cast
from tests.web.conftest import page_of

FORM = "application/x-www-form-urlencoded"
SERVICE, RESOURCE, MSK = EndpointType
NAME = "vpcEndpointServiceName"
CONFIGURATION, SHARE = "vpcResourceConfigurationId", "vpcResourceShareArn"
CLUSTER, SCHEME = "mskClusterArn", "mskAuthentication"
SHARE_ARN, CLUSTER_ARN = PARAMETERS[RESOURCE][SHARE], PARAMETERS[MSK][CLUSTER]
ALL = {name: value for parameters in PARAMETERS.values() for name, value in parameters.items()}

every_type = pytest.mark.parametrize("kind", list(EndpointType))


@pytest.fixture
def address(cast: Cast) -> str:
    return reverse("create-endpoint", args=[cast.service.pk])


def good(kind: EndpointType) -> dict[str, str]:
    """Return what a person fills in for a type and nothing else."""
    return {"type": kind, "description": "Orders", **PARAMETERS[kind]}


def error_at(page: str, field: str) -> str:
    """Return the words of the error at a field, "" where there is none."""
    found = re.search(rf'id="id_{field}_error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return unescape(found[1]) if found else ""


def errors_at(page: str) -> set[str]:
    """Return the fields that have an error."""
    return set(re.findall(r'id="id_(\w+?)_error"', page))


# --- asking ---------------------------------------------------------------------------------------------


@every_type
def test_each_type_can_be_asked_for(cast: Cast, operator: Client, address: str, kind: EndpointType) -> None:
    response = operator.post(address, good(kind) | {"form_key": str(uuid.uuid4())})
    endpoint = ReversePrivateEndpoint.objects.get()
    assert (response.status_code, response["Location"]) == (303, page_of(endpoint))
    assert (endpoint.type, endpoint.parameters) == (kind, PARAMETERS[kind])
    page = operator.get(page_of(endpoint)).text
    assert str(texts.TYPE_LABELS[kind]) in page
    for name, value in PARAMETERS[kind].items():
        assert str(texts.FIELD_LABELS[name]) in page
        assert value in page


@every_type
def test_spaces_around_what_is_pasted_are_taken_off(
    operator: Client, address: str, kind: EndpointType
) -> None:
    padded = {name: f"  {value}\t" for name, value in PARAMETERS[kind].items()}
    assert operator.post(address, good(kind) | padded).status_code == 303
    assert ReversePrivateEndpoint.objects.get().parameters == PARAMETERS[kind]


@every_type
def test_what_was_typed_for_other_types_is_ignored(
    operator: Client, address: str, kind: EndpointType
) -> None:
    others = {name: "<b>not this</b>" for name in ALL if name not in PARAMETERS[kind]}
    assert operator.post(address, good(kind) | others).status_code == 303
    assert ReversePrivateEndpoint.objects.get().parameters == PARAMETERS[kind]


@every_type
def test_what_was_typed_for_other_types_is_kept_when_the_form_comes_back(
    operator: Client, address: str, kind: EndpointType
) -> None:
    asked = ALL | {"type": kind, "description": ""}
    page = operator.post(address, asked).text
    assert errors_at(page) == {"description"}
    for name, value in ALL.items():
        kept = f'value="{value}" selected' if name == SCHEME else f'value="{value}"'
        assert kept in page, name
    assert f'value="{kind}" checked' in page


@every_type
def test_bytes_that_no_one_can_read_in_fields_of_other_types_do_no_harm(
    operator: Client, address: str, kind: EndpointType
) -> None:
    others = "&".join(f"{name}=%ff" for name in ALL if name not in PARAMETERS[kind])
    response = operator.post(address, f"{urlencode(good(kind))}&{others}", content_type=FORM)
    assert response.status_code == 303


@every_type
def test_a_type_can_be_chosen_by_the_address(operator: Client, address: str, kind: EndpointType) -> None:
    assert f'value="{kind}" checked' in operator.get(f"{address}?type={kind}").text


def test_the_commands_of_each_owner_stand_on_the_form_before_there_is_an_endpoint(
    operator: Client, address: str
) -> None:
    page = operator.get(address).text
    for operation in (
        "vpc-lattice create-resource-gateway",
        "vpc-lattice create-resource-configuration",
        "ram create-resource-share",
        "ec2 modify-vpc-endpoint-service-permissions",
        "kafka put-cluster-policy",
    ):
        assert f"aws {operation}" in page
    assert f"--principals {ACCOUNT}" in page
    assert "&lt;PORT&gt;" in page, "no source was chosen"
    for way in ("aws_ram_resource_share", "AWS::RAM::ResourceShare", "AWS::MSK::ClusterPolicy"):
        assert way in page


def test_the_page_tells_up_front_what_each_owner_does(operator: Client, address: str) -> None:
    page = operator.get(address).text
    for words in (
        f"arn:aws:iam::{ACCOUNT}:root",
        f">{ACCOUNT}<",
        "A resource share serves one endpoint only",
        "12 hours",
        "kafka:CreateVpcConnection",
        "A cluster has one connection for each authentication",
    ):
        assert words in page
    assert "arn:aws:iam::None" not in page


# --- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "pasted", "belongs"),
    [
        (CONFIGURATION, SHARE_ARN, "share_arn", SHARE),
        (CONFIGURATION, "rgw-0123456789abcdef0", "gateway", ""),
        (CONFIGURATION, "vpce-0123456789abcdef0", "endpoint_id", ""),
        (SHARE, "rcfg-0123456789abcdef0", "configuration_id", CONFIGURATION),
        (SHARE, SHARE_ARN.replace("share/", "share-invitation/"), "invitation_arn", ""),
        (SHARE, "444455556666", "account_id", ""),
        (SHARE, "https://eu-central-1.console.aws.amazon.com/ram/home#x", "console_url", ""),
        (CLUSTER, "b-1.orders.kafka.eu-central-1.amazonaws.com:9094", "brokers", ""),
        (CLUSTER, PARAMETERS[SERVICE][NAME], "service_name", NAME),
        (CLUSTER, "SASL_IAM", "authentication", SCHEME),
        (SCHEME, CLUSTER_ARN, "cluster_arn", CLUSTER),
        (NAME, SHARE_ARN, "share_arn", SHARE),
    ],
)
def test_what_was_pasted_is_named_at_its_field_with_where_it_belongs_and_what_to_enter(
    operator: Client, address: str, field: str, value: str, pasted: str, belongs: str
) -> None:
    kind = next(kind for kind, parameters in PARAMETERS.items() if field in parameters)
    response = operator.post(address, good(kind) | {field: value})
    assert response.status_code == 422
    assert errors_at(response.text) == {field}
    said = [texts.PASTED[pasted], texts.BELONGS.get(belongs, ""), texts.WANTED[field]]
    assert error_at(response.text, field) == " ".join(str(part) for part in said if part)
    assert not ReversePrivateEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("kind", "field", "value", "code"),
    [
        (RESOURCE, SHARE, f'"{SHARE_ARN}"', "quoted"),
        (RESOURCE, CONFIGURATION, "rcfg-01234567 89abcdef0", "inner_space"),
        (MSK, CLUSTER, f"“{CLUSTER_ARN}”", "quoted"),
        (MSK, CLUSTER, "", "required"),
        (MSK, SCHEME, "", "required"),
        (MSK, CLUSTER, "x" * 600, "too_long"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_at_its_field(
    operator: Client, address: str, kind: EndpointType, field: str, value: str, code: str
) -> None:
    response = operator.post(address, good(kind) | {field: value})
    assert response.status_code == 422
    params = {"maximum": "512", "length": "600"}
    assert error_at(response.text, field) == texts.refusal_text(code, params)


@pytest.mark.parametrize(("kind", "field"), [(RESOURCE, SHARE), (MSK, CLUSTER)])
def test_a_source_in_another_region_is_refused_with_both_regions(
    operator: Client, address: str, kind: EndpointType, field: str
) -> None:
    far = PARAMETERS[kind][field].replace("eu-central-1", "us-west-2")
    response = operator.post(address, good(kind) | {field: far})
    assert response.status_code == 422
    params = {"region": "us-west-2", "wanted": "eu-central-1"}
    assert error_at(response.text, field) == texts.refusal_text("wrong_region", params)


def test_every_empty_field_of_the_type_is_told_at_once(operator: Client, address: str) -> None:
    for kind in EndpointType:
        response = operator.post(address, {"type": kind})
        assert response.status_code == 422
        assert errors_at(response.text) == {"description", *PARAMETERS[kind]}


@pytest.mark.parametrize(
    ("kind", "field", "code"), [(RESOURCE, SHARE, "share_taken"), (MSK, CLUSTER, "msk_slot_taken")]
)
def test_what_is_taken_is_told_at_its_field_and_not_by_whom(
    cast: Cast, operator: Client, stranger: Client, address: str, kind: EndpointType, field: str, code: str
) -> None:
    theirs = reverse("create-endpoint", args=[cast.other_service.pk])
    assert stranger.post(theirs, good(kind) | {"description": "Their secret"}).status_code == 303
    response = operator.post(address, good(kind))
    assert response.status_code == 422
    assert error_at(response.text, field) == texts.refusal_text(code)
    for secret in (cast.other_organization.name, cast.other_service.name, "Their secret"):
        assert secret not in response.text
    assert ReversePrivateEndpoint.objects.count() == 1


# --- bad input ------------------------------------------------------------------------------------------

BAD = {
    "nul": "%00",
    "bytes": "%ff%fe",
    "surrogate": "%ed%a0%80",
    "lines": "a%0D%0Ab",
    "html": quote("\"><script>alert('x')</script>"),
    "long": "x" * 300,
    "very long": "x" * 30_000,  # in every field at once: no more than BODY_MOST altogether
    "format": quote("%(account)s {0} {{ x }} {% csrf_token %}"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@every_type
def test_bad_values_in_every_field_at_once_come_back_at_their_fields(
    operator: Client, address: str, kind: EndpointType, bad: str
) -> None:
    body = f"type={kind}&" + "&".join(f"{name}={bad}" for name in ("description", *ALL))
    response = operator.post(address, body, content_type=FORM)
    assert response.status_code == 422
    harmless = {"description"} if bad in (BAD["html"], BAD["format"]) else set()
    assert errors_at(response.text) == {"description", *PARAMETERS[kind]} - harmless
    assert "<script>alert" not in response.text
    assert not ReversePrivateEndpoint.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("bad", [*BAD.values(), "", "GCP_PSC_SERVICE_ATTACHMENT", "msk_multi_vpc"])
@every_type
def test_an_unknown_type_is_refused_whatever_goes_with_it(
    operator: Client, address: str, kind: EndpointType, bad: str
) -> None:
    body = f"type={bad}&{urlencode({'description': 'Orders', **PARAMETERS[kind]})}"
    response = operator.post(address, body, content_type=FORM)
    assert response.status_code == 422
    assert "type" in errors_at(response.text)
    assert not ReversePrivateEndpoint.objects.exists()


@every_type
def test_html_in_a_description_is_shown_as_text(operator: Client, address: str, kind: EndpointType) -> None:
    asked: Mapping[str, str] = good(kind) | {"description": "<script>alert('x')</script> “주문”"}
    page = operator.post(address, asked, follow=True)
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text
