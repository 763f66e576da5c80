"""`manage.py create_api_key` prints a key that works, and nothing else."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from endpoints.models import ApiKey, Organization, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Service:
    return Service.objects.create(
        organization=Organization.objects.create(name="Acme"),
        name="orders",
        provider="aws",
        region="eu-central-1",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def create(*options: str) -> dict[str, str]:
    out = StringIO()
    call_command("create_api_key", "--name", "script", *options, stdout=out)
    printed: dict[str, str] = json.loads(out.getvalue())
    return printed


def test_key_of_an_organization_is_printed_as_json(service: Service) -> None:
    printed = create("--organization", str(service.organization_id), "--role", "operator")
    assert list(printed) == ["key_id", "key_secret"]
    key = ApiKey.objects.get(key_id=printed["key_id"])
    assert key.accepts(printed["key_secret"])
    assert (key.organization, key.service, key.role, key.name) == (
        service.organization,
        None,
        "operator",
        "script",
    )


def test_key_of_one_service_is_bound_to_it(service: Service) -> None:
    printed = create(
        "--organization", str(service.organization_id), "--service", str(service.pk), "--role", "viewer"
    )
    assert ApiKey.objects.get(key_id=printed["key_id"]).service == service


def test_unknown_organization_and_foreign_service_are_refused(service: Service) -> None:
    other = Organization.objects.create(name="Other")
    with pytest.raises(CommandError, match="no organization"):
        create("--organization", str(service.pk), "--role", "viewer")
    with pytest.raises(CommandError, match="no service"):
        create("--organization", str(other.pk), "--service", str(service.pk), "--role", "viewer")
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize("options", [["--role", "owner"], ["--organization", "x", "--role", "viewer"]])
def test_unknown_role_and_malformed_id_are_refused(service: Service, options: list[str]) -> None:
    with pytest.raises(CommandError):
        create("--organization", str(service.organization_id), *options)


def test_name_that_cannot_be_printed_is_refused(service: Service) -> None:
    key = ("--organization", str(service.organization_id), "--role", "viewer")
    with pytest.raises(CommandError, match="--name"):
        create(*key, "--name", "a\nb")
