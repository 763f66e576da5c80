"""`manage.py create_api_key` prints a key that works, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from endpoints.models import ApiKey, AuditEntry, Organization, Service, read_clock

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


def test_a_key_ends_after_a_year_or_as_told(service: Service, settings: Any) -> None:
    key = ("--organization", str(service.organization_id), "--role", "viewer")

    def lasts(*options: str) -> int | None:
        ends = ApiKey.objects.get(key_id=create(*key, *options)["key_id"]).expires_at
        return None if ends is None else round((ends - read_clock().real) / timedelta(days=1))

    assert lasts() == 365
    assert lasts("--expires-days", "7") == 7
    with pytest.raises(CommandError, match="--expires-days"):
        create(*key, "--expires-days", "0")
    with pytest.raises(CommandError, match="--expires-days"):
        create(*key, "--expires-days", "366")
    with pytest.raises(CommandError):
        create(*key, "--expires-days", "soon")
    settings.API_KEY_MAX_DAYS = 0
    assert lasts("--expires-days", "0") is None


def test_a_key_is_rotated_and_disabled_by_command_and_the_audit_says_so(service: Service) -> None:
    old = create("--organization", str(service.organization_id), "--role", "viewer")["key_id"]
    out = StringIO()
    call_command("rotate_api_key", old, "--overlap", "hour", "--expires-days", "30", stdout=out)
    new = json.loads(out.getvalue())
    key = ApiKey.objects.get(key_id=old)
    assert key.successor is not None
    assert key.successor.accepts(new["key_secret"])
    with pytest.raises(CommandError, match="already rotated"):
        call_command("rotate_api_key", old)
    call_command("disable_api_key", old, stdout=StringIO())
    key.refresh_from_db()
    assert key.disabled_at is not None
    entries = AuditEntry.objects.order_by("pk").values_list("action", "actor_name")
    assert list(entries) == [
        ("key.issued", "manage.py create_api_key"),
        ("key.rotated", "manage.py rotate_api_key"),
        ("key.disabled", "manage.py disable_api_key"),
    ]
    for command in ("rotate_api_key", "disable_api_key"):
        with pytest.raises(CommandError, match="no API key"):
            call_command(command, "unknown")
