"""Commands leave entries of their own, with what they changed, and none where they change nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from endpoints.models import AuditEntry, Installation, Network, Region, User
from tests.people import Cast, make_user

pytestmark = pytest.mark.django_db


def run(command: str, *options: str, **more: Any) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out, **more)
    return out.getvalue()


def entries() -> list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]:
    columns = ("actor_kind", "actor_name", "action", "before", "after")
    return list(AuditEntry.objects.order_by("id").values_list(*columns))


def test_a_pause_says_what_was_paused_and_an_end_what_goes_on(cast: Cast) -> None:
    run("pause", "--all")
    run("pause", "--all")
    run("pause", "--network", cast.network.vpc_id)
    run("pause", "--network", cast.network.vpc_id, "--off")
    run("pause")
    by = ("command", "manage.py pause")
    assert entries() == [
        (*by, "installation.changed", {"writes_paused": False}, {"writes_paused": True}),
        (*by, "network.changed", {"writes_paused": False}, {"writes_paused": True}),
        (*by, "network.changed", {"writes_paused": True}, {"writes_paused": False}),
    ]
    assert {entry.object_name for entry in AuditEntry.objects.filter(action="network.changed")} == {
        str(cast.network)
    }
    assert not Network.objects.get().writes_paused


def test_a_confirmed_move_says_from_where_to_where() -> None:
    Installation.objects.update(pg_system_identifier="1", pg_database_oid=2)
    with pytest.raises(CommandError, match="--yes"):
        run("confirm_move")
    assert not AuditEntry.objects.exists()
    run("confirm_move", "--yes")
    Region.objects.create(name="eu-central-1", account_id="111111111111", account_seen="222222222222")
    run("confirm_move", "--account", "eu-central-1", "--yes")
    moved, account = entries()
    assert moved[:3] == ("command", "manage.py confirm_move", "installation.moved")
    assert moved[3] == {"pg_system_identifier": "1", "pg_database_oid": 2}
    assert moved[4].keys() == {"pg_system_identifier", "pg_database_oid"}
    assert account[2:] == (
        "region.changed",
        {"account_id": "111111111111"},
        {"account_id": "222222222222"},
    )


def test_an_api_key_by_command_is_recorded_without_its_secret(cast: Cast) -> None:
    made = json.loads(
        run("create_api_key", "--organization", str(cast.organization.pk), "--role", "viewer", "--name", "ci")
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name) == ("key.issued", "manage.py create_api_key")
    assert (entry.after["name"], entry.after["role"], entry.after["service"]) == ("ci", "viewer", None)
    assert entry.organization_id == cast.organization.pk
    assert made["key_secret"] not in str(AuditEntry.objects.values().get())


CONFIGURATION = """
[[region]]
name = "eu-central-1"
[[network]]
region = "eu-central-1"
vpc_id = "vpc-0aaaaaaaaaaaaaaaa"
subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"]
security_group_ids = ["sg-0aaaaaaaaaaaaaaaa"]
[[organization]]
id = "00000000-0000-4000-8000-000000000001"
name = "{name}"
[[organization.service]]
id = "00000000-0000-4000-8000-000000000002"
name = "orders"
provider = "aws"
region = "eu-central-1"
created_at = 2026-01-01T00:00:00Z
[[user]]
email = "new@example.com"
[[user.role]]
service = "00000000-0000-4000-8000-000000000002"
role = "operator"
"""


def test_a_file_leaves_an_entry_for_itself_and_for_each_row(tmp_path: Path) -> None:
    file = tmp_path / "postern.toml"
    file.write_text(CONFIGURATION.format(name="Example Shop"))
    run("apply_config", str(file), "--dry-run")
    assert not AuditEntry.objects.exists()
    run("apply_config", str(file))
    assert {(kind, name) for kind, name, *_ in entries()} == {("command", "manage.py apply_config")}
    assert [action for _, _, action, _, _ in entries()] == [
        "region.changed",
        "network.created",
        "organization.created",
        "service.created",
        "user.created",
        "user.link_shown",
        "role.granted",
        "configuration.applied",
    ]
    assert entries()[-1][4] == {"file": str(file), "changes": 6}
    assert entries()[-2][4]["role"] == "operator"
    run("apply_config", str(file))
    assert len(entries()) == 8
    file.write_text(CONFIGURATION.format(name="Example Store"))
    run("apply_config", str(file))
    assert [entry[2:] for entry in entries()[8:]] == [
        ("organization.changed", {"name": "Example Shop"}, {"name": "Example Store"}),
        ("configuration.applied", {}, {"file": str(file), "changes": 1}),
    ]


def test_djangos_own_commands_about_users_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery staple")
    run("createsuperuser", "--noinput", "--email", "root@example.com")
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "wrong horse battery staple")
    run("changepassword", "root@example.com")
    user = User.objects.get()
    assert user.check_password("wrong horse battery staple")
    who = {"email": "root@example.com", "is_staff": True, "is_superuser": True}
    assert entries() == [
        ("command", "manage.py createsuperuser", "user.created", {}, who),
        ("command", "manage.py changepassword", "account.password_changed", {}, {}),
    ]
    assert set(AuditEntry.objects.values_list("object_id", flat=True)) == {str(user.pk)}
    assert "horse" not in str(list(AuditEntry.objects.values()))


def test_a_command_that_is_given_up_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("root@example.com")
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "")
    with pytest.raises(CommandError):
        run("changepassword", "root@example.com")
    assert not AuditEntry.objects.exists()
