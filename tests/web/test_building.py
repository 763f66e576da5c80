"""The address builder on pages."""

import pytest
from django.test import Client

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from tests.people import REGIONAL_NAME, ZONAL_NAME, Cast, make_endpoint, make_pipe, make_tombstone
from tests.web.conftest import page_of

HTMX = {"HX-Request": "true"}


def test_the_details_have_the_builder_with_a_first_address(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, private_dns_names=["kafka.example.com"])
    page = viewer.get(page_of(endpoint)).text
    assert f'data-copy="{REGIONAL_NAME}:9092"' in page
    for name in (REGIONAL_NAME, ZONAL_NAME, "kafka.example.com"):
        assert f'<option value="{name}"' in page
    assert "In place of the star" not in page
    for choice in ("Kafka (9092)", "Kafka on MSK, IAM (9098)", "Postgres (5432)", "MongoDB (27017)"):
        assert choice in page
    assert f'action="{page_of(endpoint, "endpoint-address")}"' in page


def test_the_first_address_is_for_the_source_that_reads_through_the_endpoint(
    cast: Cast, viewer: Client
) -> None:
    endpoint = make_endpoint(cast.service)
    make_pipe(cast.service, endpoint, source=Source.MYSQL)
    assert f'data-copy="{REGIONAL_NAME}:3306"' in viewer.get(page_of(endpoint)).text
    make_pipe(cast.service, endpoint, source=Source.POSTGRES, name="Another")
    assert f'data-copy="{REGIONAL_NAME}:9092"' in viewer.get(page_of(endpoint)).text, "it may be either"


def test_without_javascript_the_form_has_a_page(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service)
    asked = {"name": ZONAL_NAME, "way": "postgres", "port": ""}
    page = viewer.get(page_of(endpoint, "endpoint-address"), asked).text
    assert f'data-copy="{ZONAL_NAME}:5432"' in page
    assert "sslmode verify-ca" in page
    assert "This name leads to one zone" in page
    assert '<option value="postgres" selected>' in page
    assert "<main" in page
    assert REGIONAL_NAME + ":9092" in viewer.get(page_of(endpoint, "endpoint-address")).text


def test_with_javascript_only_the_result_is_swapped(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service)
    asked = {"name": REGIONAL_NAME, "way": "mysql", "port": "13306"}
    response = viewer.get(page_of(endpoint, "endpoint-address"), asked, headers=HTMX)
    assert response.text.lstrip().startswith('<div id="built-address"')
    assert f'data-copy="{REGIONAL_NAME}:13306"' in response.text
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"port": "0"}, "A port is a number from 1 to 65535."),
        ({"port": "<b>"}, "A port is a number from 1 to 65535."),
        ({"name": "elsewhere.example.com"}, "elsewhere.example.com"),
        ({"way": "oracle"}, "oracle"),
        ({"way": ""}, "This field is required."),
        ({"name": "*.k.example.com"}, "Enter a value."),
        ({"name": "*.k.example.com", "port": "x"}, "Enter a value."),
        ({"name": "*.k.example.com", "port": "x"}, "A port is a number from 1 to 65535."),
        ({"name": "*.k.example.com", "part": "a.b"}, "Enter only what stands in place of the star"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, viewer: Client, asked: dict[str, str], text: str
) -> None:
    endpoint = make_endpoint(cast.service, private_dns_names=["*.k.example.com"])
    given = {"name": REGIONAL_NAME, "way": "kafka"} | asked
    for headers in ({}, HTMX):
        response = viewer.get(page_of(endpoint, "endpoint-address"), given, headers=headers)
        assert response.status_code == 200
        assert text in response.text
        assert 'role="alert"' in response.text
        assert 'id="copy-address"' not in response.text
        assert "<b>" not in response.text


def test_a_wildcard_is_filled(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, private_dns_names=["*.k.example.com"])
    page = viewer.get(page_of(endpoint)).text
    assert "In place of the star" in page
    asked = {"name": "*.k.example.com", "way": "msk-iam", "part": "b-1"}
    page = viewer.get(page_of(endpoint, "endpoint-address"), asked).text
    assert 'data-copy="b-1.k.example.com:9098"' in page


def test_where_no_address_can_be_built_the_endpoint_is_shown(cast: Cast, viewer: Client) -> None:
    kind = EndpointType.MSK_MULTI_VPC
    no_names = [
        make_endpoint(cast.service, Status.PENDING_ACCEPTANCE),
        make_endpoint(cast.service, dns_names=[]),
        make_endpoint(cast.service, type=kind, connection_string="b-1.example.com:14001", dns_names=[]),
        make_tombstone(cast.service),
    ]
    for endpoint in no_names:
        assert "endpoint-address" not in viewer.get(page_of(endpoint)).text
        assert "Build address" not in viewer.get(page_of(endpoint)).text
        response = viewer.get(page_of(endpoint, "endpoint-address"))
        assert (response.status_code, response["Location"]) == (302, page_of(endpoint))


def test_a_resource_endpoint_has_names_of_its_own(cast: Cast, viewer: Client) -> None:
    name = "vpce-0a.rcfg-0b.4232ccc.vpc-lattice-rsc.eu-central-1.on.aws"
    endpoint = make_endpoint(cast.service, type=EndpointType.VPC_RESOURCE, dns_names=[name])
    asked = {"name": name, "way": "postgres"}
    assert f'data-copy="{name}:5432"' in viewer.get(page_of(endpoint, "endpoint-address"), asked).text


def test_it_is_for_who_may_see_the_endpoint(cast: Cast, stranger: Client) -> None:
    assert stranger.get(page_of(make_endpoint(cast.service), "endpoint-address")).status_code == 404


def test_both_languages_have_it(cast: Cast, viewer: Client) -> None:
    address = page_of(make_endpoint(cast.service), "endpoint-address")
    page = viewer.get(address, headers={"Accept-Language": "ko"})
    assert page.status_code == 200
    assert f'data-copy="{REGIONAL_NAME}:9092"' in page.text
