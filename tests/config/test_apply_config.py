"""`manage.py apply_config`: idempotent, one transaction, and mistakes told with file, table and key."""

import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.management import CommandError, call_command

from endpoints.models import (
    AuditEntry,
    Network,
    Organization,
    Region,
    Role,
    RoleAssignment,
    Service,
    Team,
    User,
    role_on,
)

pytestmark = pytest.mark.django_db

ORGANIZATION = "a0000000-0000-4000-8000-000000000009"
SERVICE = "b0000000-0000-4000-8000-000000000009"
FILE = f"""
[[network]]
region = "eu-central-1"
vpc_id = "vpc-0123456789abcdef0"
subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
security_group_ids = ["sg-0123456789abcdef0"]

[[organization]]
id = "{ORGANIZATION}"
name = "Acme"

[[organization.service]]
id = "{SERVICE}"
name = "orders"
provider = "aws"
region = "eu-west-1"
created_at = 2026-02-01

[[user]]
email = "new@postern.example"

[[user.role]]
service = "{SERVICE}"
role = "operator"
"""


class Config:
    """Writes configuration files and applies them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def apply(self, text: str, *options: str) -> str:
        """Apply a text and return what was said."""
        self.path.write_text(text, "utf-8")
        out = StringIO()
        call_command("apply_config", str(self.path), *options, stdout=out)
        return out.getvalue()

    def refused(self, text: str) -> str:
        """Apply a text that must be refused without a trace; return the error without the file name."""
        before = tables()
        with pytest.raises(CommandError) as caught:
            self.apply(text)
        assert caught.value.returncode == 1
        assert tables() == before
        lines = str(caught.value).splitlines()
        assert all(line.startswith(f"{self.path}: ") for line in lines)
        return "\n".join(line.removeprefix(f"{self.path}: ") for line in lines)


def tables() -> list[list[Any]]:
    models = (Region, Network, Organization, Service, User, RoleAssignment, Team, User.groups.through)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "postern.toml")


def changed(*pairs: tuple[str, str]) -> str:
    text = FILE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_file_becomes_rows_and_says_so(config: Config) -> None:
    said = config.apply(FILE)
    service = Service.objects.get(pk=SERVICE)
    assert (service.name, str(service.organization_id)) == ("orders", ORGANIZATION)
    assert service.created_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert service.clickpipes_region == "eu-west-1"
    network = Network.objects.get()
    assert (network.region_id, network.draining) == ("eu-central-1", False)
    assert role_on(User.objects.get(), service) is Role.OPERATOR
    for what in (
        "region eu-central-1: added",
        "network eu-central-1 / vpc-",
        "service orders",
        "role of new@",
    ):
        assert what in said


def test_limits_can_be_set_and_given_back_to_the_settings(config: Config) -> None:
    day = "created_at = 2026-02-01"

    def limits(service: str, organization: str) -> tuple[int | None, int | None]:
        names = ('name = "Acme"', f'name = "Acme"\nendpoint_limit = {organization}')
        config.apply(changed((day, f"{day}\nendpoint_limit = {service}"), names))
        return Service.objects.get().endpoint_limit, Organization.objects.get().endpoint_limit

    config.apply(FILE)
    assert (Service.objects.get().endpoint_limit, Organization.objects.get().endpoint_limit) == (None, None)
    assert limits("5", "50") == (5, 50)
    config.apply(FILE)
    assert Service.objects.get().endpoint_limit == 5, "left out, it changes nothing"
    assert limits("0", '""') == (0, None)


@pytest.mark.parametrize("wrong", ["-1", "1.5", "true", '"5"', "2147483648"])
def test_wrong_limit_is_refused(config: Config, wrong: str) -> None:
    day = "created_at = 2026-02-01"
    said = config.refused(changed((day, f"{day}\nendpoint_limit = {wrong}")))
    assert "endpoint_limit" in said
    assert "give a whole number of endpoints" in said


def test_second_run_has_nothing_to_change(config: Config) -> None:
    config.apply(FILE)
    before = tables()
    assert config.apply(FILE) == "nothing to change\n"
    assert tables() == before


def test_change_is_said_with_old_and_new_value(config: Config) -> None:
    config.apply(FILE)
    said = config.apply(
        changed(('name = "orders"', 'name = "sales"'), ('role = "operator"', 'role = "viewer"'))
    )
    assert "name orders → sales" in said
    assert "role operator → viewer" in said
    assert "network" not in said


def test_nothing_is_deleted_and_left_out_optional_keys_change_nothing(config: Config) -> None:
    config.apply(changed(('"sg-0123456789abcdef0"]', '"sg-0123456789abcdef0"]\ndraining = true')))
    assert config.apply(FILE) == "nothing to change\n"
    assert config.apply("") == "nothing to change\n"
    assert Network.objects.get().draining is True
    assert Service.objects.count() == User.objects.count() == 1


def test_override_of_the_clickpipes_region_can_be_set_and_taken_back(config: Config) -> None:
    day = "created_at = 2026-02-01"
    config.apply(changed((day, f'{day}\nclickpipes_region = "us-east-2"')))
    assert Service.objects.get().clickpipes_region == "us-east-2"
    config.apply(changed((day, f'{day}\nclickpipes_region = ""')))
    assert Service.objects.get().clickpipes_region == "eu-west-1"


def test_new_user_gets_a_link_that_sets_a_password_once_and_an_old_one_none(config: Config) -> None:
    said = config.apply(FILE)
    found = re.search(r"http://localhost:8000/set-password/[^/]+/([^/\s]+)/", said)
    assert found is not None
    user = User.objects.get()
    assert not user.has_usable_password()
    assert default_token_generator.check_token(user, found[1])
    user.set_password("something else 1")
    user.save()
    assert not default_token_generator.check_token(user, found[1])
    assert "set-password" not in config.apply(changed(('"new@postern.example"', '"NEW@postern.example"')))


def test_dry_run_says_what_would_change_and_changes_nothing(config: Config) -> None:
    before = tables()
    said = config.apply(FILE, "--dry-run")
    assert "organization Acme" in said
    assert said.endswith("Dry run: nothing was applied.\n")
    assert "set-password" not in said
    assert tables() == before


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('vpc_id = "vpc-', 'vpcid = "vpc-', "[[network]] 1, key vpcid: unknown key"),
        ('name = "Acme"', "", f"[[organization]] 1 '{ORGANIZATION}', key name: this key is required"),
        (
            'region = "eu-central-1"',
            'region = "europe"',
            "[[network]] 1 'vpc-0123456789abcdef0', key region: ",
        ),
        (
            '"subnet-0123456789abcdef1"',
            '"subnet-X"',
            "[[network]] 1 'vpc-0123456789abcdef0', key subnet_ids (item 2): ",
        ),
        (
            f'id = "{SERVICE}"',
            'id = "orders"',
            "[[organization]] 1 'Acme' [[organization.service]] 1 'orders', key id: 'orders' is not a UUID",
        ),
        ('provider = "aws"', 'provider = "ibm"', "[[organization.service]] 1 'orders', key provider: "),
        (
            'region = "eu-west-1"',
            'region = "westeurope"',
            "[[organization.service]] 1 'orders', key region: ",
        ),
        ("2026-02-01", "2026-02-01T10:00:00", "key created_at: a time needs its offset"),
        ("2026-02-01", '"2026-02-01"', "key created_at: give a TOML date"),
        ('"new@postern.example"', '"new"', "[[user]] 1 'new', key email: 'new' is not an e-mail address"),
        ('"new@postern.example"', "5", "[[user]] 1, key email: give a text, in quotes"),
        ('role = "operator"', 'role = "owner"', "[[user.role]] 1 'owner', key role: "),
        (
            f'service = "{SERVICE}"\n',
            "",
            "[[user.role]] 1 'operator': names exactly one of service and organization",
        ),
        (
            f'service = "{SERVICE}"\n',
            f'service = "{ORGANIZATION}"\n',
            f"key service: there is no service {ORGANIZATION}",
        ),
        ("[[user]]", "[[person]]\n[[user]]", "key person: unknown key"),
        ("[[organization]]", "[organization]", "key organization: give an array of tables"),
        ('name = "Acme"', 'name = "Ac\\u0000me"', "key name: contains characters that cannot be printed"),
        ("[[network]]", "[[network]", "is not TOML: "),
    ],
)
def test_mistake_is_told_with_table_and_key_and_nothing_is_applied(
    config: Config, old: str, new: str, line: str
) -> None:
    assert line in config.refused(changed((old, new)))


def test_several_mistakes_are_told_in_one_line_each(config: Config) -> None:
    text = config.refused(changed(('region = "eu-west-1"', "region = 5"), ('role = "operator"', "role = 5")))
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (
            FILE[FILE.index("[[network]]") : FILE.index("[[organization]]")],
            "[[network]] 2 'vpc-0123456789abcdef0'",
        ),
        (
            f'[[organization]]\nid = "{ORGANIZATION}"\nname = "B"',
            "[[organization]] 2 'B', key id: the same id",
        ),
        (
            '[[user]]\nemail = "New@postern.example"',
            "[[user]] 2 'New@postern.example', key email: the same e-mail",
        ),
        (f'[[user.role]]\nservice = "{SERVICE}"\nrole = "viewer"', "[[user.role]] 2 'viewer', key service: "),
    ],
)
def test_what_the_file_says_twice_is_refused(config: Config, more: str, line: str) -> None:
    assert line in config.refused(FILE + "\n" + more)


def test_service_is_not_moved_to_another_organization(config: Config) -> None:
    config.apply(FILE)
    other = changed((ORGANIZATION, ORGANIZATION.replace("9", "8")), ('name = "Acme"', 'name = "Other"'))
    text = config.refused(other)
    assert "[[organization]] 1 'Other' [[organization.service]] 1 'orders', key id: " in text
    assert "belongs to Acme" in text


def test_vpc_is_not_moved_to_another_region(config: Config) -> None:
    config.apply(FILE)
    text = config.refused(changed(('region = "eu-central-1"', 'region = "eu-west-1"')))
    assert "key region: vpc-0123456789abcdef0 is in eu-central-1" in text


def test_file_that_is_missing_or_not_text_is_told(config: Config) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("apply_config", str(config.path))
    config.path.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("apply_config", str(config.path))


QUEUE = "https://sqs.eu-central-1.amazonaws.com/111111111111/postern"


def test_a_region_has_a_queue_of_awss_messages_and_loses_it_again(config: Config) -> None:
    config.apply(FILE)
    text = f'[[region]]\nname = "eu-central-1"\npush_queue_url = "{QUEUE}"\n'
    assert "region eu-central-1: push_queue_url" in config.apply(text)
    assert Region.objects.get().push_queue_url == QUEUE
    assert config.apply('[[region]]\nname = "eu-central-1"\n') == config.apply(text)
    config.apply(text.replace(QUEUE, ""))
    assert Region.objects.get().push_queue_url == ""


def test_a_queue_of_another_region_is_refused(config: Config) -> None:
    said = config.refused(f'[[region]]\nname = "eu-west-1"\npush_queue_url = "{QUEUE}"\n')
    assert "is not the URL of an SQS queue of this region" in said
    assert not Region.objects.exists()


OWNED = (
    "created_at = 2026-02-01",
    """created_at = 2026-02-01
owner = "New@postern.example"
contact = "#orders"
labels = ["production", "Production", "eu"]""",
)
TEAM = f'''
[[team]]
name = "Platform"
members = ["new@postern.example"]

[[team.role]]
organization = "{ORGANIZATION}"
role = "admin"
'''


def test_services_get_owner_contact_and_labels_and_teams_their_people_and_roles(config: Config) -> None:
    text = changed(OWNED) + TEAM
    said = config.apply(text)
    service, user = Service.objects.get(), User.objects.get()
    assert (service.owner, service.contact, service.labels) == (user, "#orders", ["production", "eu"])
    assert role_on(user, service) is Role.ADMIN
    for what in (
        "owner None → new@postern.example",
        "team Platform: added",
        "team Platform: members + new@postern.example",
        "role of Platform on organization Acme: added",
    ):
        assert what in said
    assert config.apply(text) == "nothing to change\n"
    said = config.apply(text.replace('"#orders"', '""'))
    assert "contact #orders → " in said
    left_out = config.apply(FILE)
    assert left_out == "nothing to change\n"
    actors = set(AuditEntry.objects.values_list("actor_name", flat=True))
    assert actors == {"manage.py apply_config"}
    transfer = AuditEntry.objects.get(action="service.transferred")
    assert (transfer.before, transfer.after) == ({"owner": None}, {"owner": "new@postern.example"})


def test_nobody_is_taken_out_of_a_team_and_a_role_becomes_another(config: Config) -> None:
    config.apply(FILE + TEAM)
    other = '[[user]]\nemail = "other@postern.example"\n'
    team = TEAM.replace("new@", "other@").replace('"admin"', '"viewer"')
    said = config.refused(FILE + other + team)
    assert (
        "[[team]] 1 'Platform' [[team.role]] 1 'viewer', key role: Acme would be left without an admin"
        in said
    )
    config.apply(FILE + other + TEAM.replace("new@", "other@"))
    people = Team.objects.get().user_set.order_by("email").values_list("email", flat=True)
    assert list(people) == ["new@postern.example", "other@postern.example"]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ('owner = "nobody@postern.example"', "'orders', key owner: there is no user nobody@postern.example"),
        ('owner = "nobody"', "'orders', key owner: 'nobody' is not an e-mail address"),
        ('owner = ""', "'orders', key owner: '' is not an e-mail address"),
        ('labels = ["a,b"]', "'orders', key labels: give at most 20 labels of at most 40 characters"),
        ('labels = "a"', "'orders', key labels: give an array"),
        (f'contact = "{"x" * 201}"', "'orders', key contact: "),
    ],
)
def test_wrong_description_of_a_service_is_refused(config: Config, more: str, line: str) -> None:
    day = "created_at = 2026-02-01"
    assert line in config.refused(changed((day, f"{day}\n{more}")))


@pytest.mark.parametrize(
    ("team", "line"),
    [
        (TEAM.replace("new@", "nobody@"), "key members (item 1): there is no user nobody@postern.example"),
        (TEAM + TEAM.replace("Platform", "platform"), "[[team]] 2 'platform', key name: the same name"),
        (TEAM.replace("members", "people"), "[[team]] 1 'Platform', key people: unknown key"),
        (TEAM.replace(ORGANIZATION, SERVICE), f"key organization: there is no organization {SERVICE}"),
    ],
)
def test_wrong_team_is_refused(config: Config, team: str, line: str) -> None:
    assert line in config.refused(FILE + team)


def test_a_disabled_owner_is_refused(config: Config) -> None:
    config.apply(FILE)
    User.objects.update(is_active=False)
    assert "key owner: This account is disabled." in config.refused(changed(OWNED))
