"""The list as a file: every row that matches, in the API's names, safe to open in a spreadsheet."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.people import PARAMETERS, REGIONAL_NAME, Cast, make_endpoint, make_pipe, make_tombstone
from tests.web.conftest import list_of


def sent(client: Client, address: str) -> str:
    response: Any = client.get(address)
    assert response.status_code == 200
    assert response.streaming
    return b"".join(response).decode()


def rows_of(client: Client, cast: Cast, query: str = "") -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Both exports: CSV and JSON."""
    table = sent(client, f"{list_of(cast.service)}export.csv{query}")
    records = sent(client, f"{list_of(cast.service)}export.json{query}")
    return list(csv.DictReader(io.StringIO(table))), json.loads(records)


def test_an_export_has_every_field_under_the_apis_name(cast: Cast, viewer: Client) -> None:
    kind = EndpointType.VPC_RESOURCE
    endpoint = make_endpoint(cast.service, type=kind, owner_account="444455556666")
    make_pipe(cast.service, endpoint)
    (in_csv,), (in_json,) = rows_of(viewer, cast)
    assert list(in_csv) == list(in_json)
    expected = {
        "id": str(endpoint.pk),
        "serviceId": str(cast.service.pk),
        "type": "VPC_RESOURCE",
        "status": "Ready",
        "region": "eu-central-1",
        "ownerAccount": "444455556666",
        "requestedBy": "operator@example.com",
        **PARAMETERS[kind],
    }
    assert {name: in_json[name] for name in expected} == {name: in_csv[name] for name in expected} == expected
    assert in_json["dnsNames"] == endpoint.dns_names
    assert in_csv["dnsNames"] == " ".join(endpoint.dns_names)
    assert in_json["mskClusterArn"] is None
    assert in_csv["mskClusterArn"] == ""
    assert (in_json["clickPipes"], in_json["clickPipeSources"]) == (1, ["Postgres"])
    assert in_json["createdAt"].endswith("Z")
    written = datetime.fromisoformat(in_json["createdAt"].replace("Z", "+00:00"))
    assert abs(written - endpoint.created_at) < timedelta(milliseconds=1)


def test_the_same_filters_and_order_and_no_page(cast: Cast, viewer: Client) -> None:
    for number in range(120):
        make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description=f"number {number:03}")
    make_endpoint(cast.service, description="ready")
    make_tombstone(cast.service, description="gone")
    make_endpoint(cast.other_service, Status.PENDING_ACCEPTANCE, description="theirs")
    in_csv, in_json = rows_of(viewer, cast, "?status=needs-action&sort=-description&per=25&page=3")
    wanted = [f"number {number:03}" for number in reversed(range(120))]
    assert [row["description"] for row in in_csv] == [row["description"] for row in in_json] == wanted
    assert all(row["deadline"] for row in in_csv)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(cast: Cast, viewer: Client, start: str) -> None:
    formula = f"{start}HYPERLINK(\"http://evil.example\",1),'x'"
    make_endpoint(cast.service, description=formula)
    (in_csv,), (in_json,) = rows_of(viewer, cast)
    assert in_csv["description"] == f"'{formula}"
    assert in_json["description"] == formula


def test_an_empty_export_is_still_a_file(cast: Cast, viewer: Client) -> None:
    in_csv, in_json = rows_of(viewer, cast)
    assert (in_csv, in_json) == ([], [])
    assert sent(viewer, f"{list_of(cast.service)}export.csv").startswith("id,serviceId,description,type")
    response = viewer.get(f"{list_of(cast.service)}export.json")
    assert response["Content-Disposition"] == 'attachment; filename="reverse-private-endpoints.json"'
    assert viewer.get(f"{list_of(cast.service)}export.xlsx").status_code == 404


def test_it_takes_as_many_queries_for_many_as_for_one(
    cast: Cast, viewer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        make_pipe(cast.service, make_endpoint(cast.service))
    with django_assert_num_queries(4):  # session, user, service, rows
        assert sent(viewer, f"{list_of(cast.service)}export.json").count(REGIONAL_NAME) == 40


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_loses_no_row(cast: Cast, viewer: Client) -> None:
    for number in range(1_200):
        make_endpoint(cast.service, description=f"number {number:04}")
    response: Any = viewer.get(f"{list_of(cast.service)}export.json?sort=description")
    parts = iter(response)
    begun = [next(parts) for _ in range(3)]
    ReversePrivateEndpoint.objects.filter(description__lt="number 0600").update(description="zzz")
    ReversePrivateEndpoint.objects.filter(description__gte="number 1100").update(description="aaa")
    records = json.loads(b"".join([*begun, *parts]))
    assert [row["description"] for row in records] == [f"number {number:04}" for number in range(1_200)]
