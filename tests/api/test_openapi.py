"""The document: valid OpenAPI 3.1, complete, with examples that are what they stand for, and its page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from endpoints.api.openapi.document import document_of, operations_of
from endpoints.api.openapi.operations import OPERATIONS
from endpoints.api.root import api
from endpoints.domain.custom_dns import FIELD
from endpoints.models import Service
from tests.api.conftest import BODY, Caller, collection_of
from tests.people import Cast

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = document_of(api)
EVERY = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, method, operation in operations_of(DOCUMENT)
]


def check(schema: dict[str, Any], value: object) -> None:
    """Raise ValidationError unless a value is what a schema of the document says."""
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_the_document_is_valid_and_has_every_operation_once() -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(DOCUMENT))).validate()
    assert DOCUMENT["openapi"].startswith("3.1")
    names = [operation["operationId"] for _, _, operation in operations_of(DOCUMENT)]
    assert sorted(names) == sorted(OPERATIONS)
    assert "http" not in json.dumps(DOCUMENT["servers"])


@pytest.mark.parametrize(("path", "method", "operation"), EVERY)
def test_every_operation_has_examples_that_its_schemas_allow(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert set(operation["responses"]) >= {"200", "400", "401", "429", "500"}
    for status, answer in operation["responses"].items():
        content = answer["content"]["application/json"]
        check(content["schema"], content["example"])
        assert content["example"]["status"] == int(status)
        has_result = "result" in content["schema"].get("properties", {})
        assert has_result == (status == "200" and method != "delete")
    assert ("requestBody" in operation) == (method in ("post", "patch", "put"))
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        check(content["schema"], content["example"])


def test_leaving_the_names_out_of_a_change_is_not_said_to_clear_them() -> None:
    body = DOCUMENT["components"]["schemas"]["UpdateReversePrivateEndpoint"]
    assert "default" not in body["properties"]["customPrivateDnsMappings"]
    assert "required" not in body


def test_custom_names_are_said_to_be_recorded_and_not_served_wherever_they_stand() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    told = {name: schemas[name] for name in schemas if FIELD in schemas[name].get("properties", {})}
    assert sorted(told) == ["CreateReversePrivateEndpoint", "EndpointShape", "UpdateReversePrivateEndpoint"]
    item = "CustomPrivateDnsMapping"
    assert "recorded, not served" in schemas[item]["description"]
    for schema in told.values():
        names = schema["properties"][FIELD]
        assert item in json.dumps(names) or "recorded, not served" in names["description"]


def answer_of(name: str, status: int) -> dict[str, Any]:
    """Return the schema of an operation's answer."""
    (operation,) = (one for _, _, one in operations_of(DOCUMENT) if one["operationId"] == name)
    schema: dict[str, Any] = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return schema


@pytest.mark.django_db
@pytest.mark.urls("endpoints.api.urls")
def test_real_answers_are_what_the_document_says(caller: Caller, service: Service) -> None:
    names = {"customPrivateDnsMappings": [{"privateDnsName": "*.example.com"}]}
    made = caller.call("POST", body=BODY | names)
    check(answer_of("create_endpoint", 200), made.json())
    one = f"/{made.json()['result']['id']}"
    for name, method, path, body, status in (
        ("list_endpoints", "GET", "", None, 200),
        ("get_endpoint", "GET", one, None, 200),
        ("update_endpoint", "PATCH", one, {}, 200),
        ("get_situation", "GET", f"{one}/situation", None, 200),
        ("list_events", "GET", f"{one}/events", None, 200),
        ("preview_removal", "GET", f"{one}/removal", None, 200),
        ("wait_for_status", "GET", f"{one}/wait?timeout=0", None, 408),
        ("retry_endpoint", "POST", f"{one}/retry", {}, 400),
        ("delete_endpoint", "DELETE", one, None, 200),
        ("wait_for_status", "GET", f"{one}/wait", None, 409),
    ):
        answer = caller.call(method, path, body)
        assert answer.status_code == status
        check(answer_of(name, status), answer.json())
    place = collection_of(service).rpartition("/")[0]
    for name, path in (
        ("list_organizations", "/v1/organizations"),
        ("get_organization", f"/v1/organizations/{service.organization_id}"),
        ("list_services", place.rpartition("/")[0]),
        ("get_service", place),
    ):
        caller.collection = path
        check(answer_of(name, 200), caller.call("GET").json())


def test_the_documentation_names_every_address_with_its_methods_and_no_other() -> None:
    service = "/organizations/{organizationId}/services/{serviceId}"
    rows = re.findall(r"^\| (`[/…].*?) \| (.*) \|$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    written = {
        (re.sub(r"{\w+}", "{}", address.replace("…", service)), method)
        for addresses, told in rows
        for address in re.findall(r"`([^`]+)`", addresses)
        for method in re.findall(r"\b(?:GET|POST|PUT|PATCH|DELETE)\b", told)
    }
    served = {
        (re.sub(r"{\w+}", "{}", path.removeprefix("/v1")), method.upper())
        for path, method, _ in operations_of(DOCUMENT)
    }
    assert written == served


@pytest.mark.parametrize("end", ["", "/"])
def test_anybody_gets_the_document(db: None, end: str) -> None:
    answer = Client().get(f"/v1/openapi.json{end}")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(DOCUMENT))
    assert Client().post(f"/v1/openapi.json{end}").status_code == 405


def test_the_page_shows_every_operation_and_nothing_from_another_host(client: Client, cast: Cast) -> None:
    assert client.get("/docs/api/").status_code == 302
    client.force_login(cast.viewer)
    page = client.get("/docs/api/").content.decode()
    for name in OPERATIONS:
        assert f'id="{name}"' in page
    assert "clickpipesReversePrivateEndpoints/{endpoint_id}/wait" in page
    assert "BAD_REQUEST: " in page
    assert 'src="http' not in page
    assert 'href="http' not in page
