"""Organizations, services, people, teams and roles in Django admin: all by the intents, and said in words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from endpoints.models import (
    ApiKey,
    AuditEntry,
    Organization,
    Role,
    RoleAssignment,
    Service,
    Team,
    User,
    role_on,
)
from tests.admin.filled import filled
from tests.admin.test_admin import text_of, url
from tests.people import (
    Cast,
    give_role,
    make_endpoint,
    make_hand_off,
    make_pipe,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def acts() -> list[tuple[str, str]]:
    """What was asked for: what was done, and to what."""
    asked = AuditEntry.objects.exclude(action__startswith="session.").order_by("pk")
    return list(asked.values_list("action", "object_name"))


def save(staff: Client, row: Model, **typed: Any) -> Any:
    """Open a row's page, type, and save it."""
    address = url(type(row), "change", row.pk)
    form = filled(staff.get(address), f"{type(row).__name__.lower()}_form", **typed)
    return staff.post(address, form, follow=True)


def remove(staff: Client, row: Model) -> str:
    """Ask for the removal of a row and confirm it; return what the last page says."""
    address = url(type(row), "delete", row.pk)
    asked = text_of(staff.get(address))
    return asked + text_of(staff.post(address, {"post": "yes"}, follow=True))


def refused(staff: Client, row: Model, words: str) -> None:
    """Ask for the removal of a row, and confirm it all the same: both say why not, and ask nothing."""
    address = url(type(row), "delete", row.pk)
    for page in (text_of(staff.get(address)), text_of(staff.post(address, {"post": "yes"}))):
        assert words in page
        assert "Are you sure" not in page
    assert type(row)._default_manager.filter(pk=row.pk).exists()


class TestOrganizations:
    """The page of an organization."""

    def test_it_is_added_named_limited_and_removed(self, staff: Client) -> None:
        staff.post(url(Organization, "add"), {"name": "Example Tea", "endpoint_limit": "7"})
        made = Organization.objects.get(name="Example Tea")
        assert made.endpoint_limit == 7
        save(staff, made, name="Example Mate", endpoint_limit="")
        assert Organization.objects.filter(name="Example Mate", endpoint_limit=None).get() == made
        save(staff, made)
        assert "was deleted successfully" in remove(staff, made)
        assert acts() == [
            ("organization.created", "Example Tea"),
            ("organization.changed", "Example Mate"),
            ("organization.removed", "Example Mate"),
        ]

    def test_its_services_stand_below_with_their_owners(self, staff: Client, cast: Cast) -> None:
        service = make_service(cast.organization, "analytics", owner=cast.viewer, contact="#analytics")
        page = text_of(staff.get(url(Organization, "change", cast.organization.pk)))
        for words in (url(Service, "change", service.pk), "viewer@example.com", "#analytics"):
            assert words in page
        assert "No active owner" in page

    def test_roles_are_given_changed_and_revoked_below_it(self, staff: Client, cast: Cast) -> None:
        typed = {"role_assignments__2__0__user": cast.viewer.pk, "role_assignments__2__0__role": "admin"}
        save(staff, cast.organization, **typed)
        assert role_on(cast.viewer, cast.service) is Role.ADMIN
        save(staff, cast.organization, role_assignments__0__role="viewer")
        assert RoleAssignment.objects.get(user=cast.admin).role == "viewer"
        save(staff, cast.organization, role_assignments__0__DELETE="on")
        assert not RoleAssignment.objects.filter(user=cast.admin).exists()
        assert [action for action, _ in acts()] == ["role.granted", "role.changed", "role.revoked"]

    def test_what_an_intent_refuses_is_said_and_nothing_is_saved(self, staff: Client, cast: Cast) -> None:
        page = save(staff, cast.organization, name="renamed", role_assignments__0__DELETE="on")
        assert "Example Shop would be left without an admin" not in text_of(page)
        assert "would be left without an admin. Make somebody else an admin first." in text_of(page)
        cast.organization.refresh_from_db()
        assert cast.organization.name == "Example Shop"
        assert RoleAssignment.objects.filter(user=cast.admin).exists()
        assert acts() == []

    def test_a_role_needs_one_holder(self, staff: Client, cast: Cast) -> None:
        for typed in ({}, {"user": cast.viewer.pk, "team": make_team("both").pk}):
            fields = {f"role_assignments__2__0__{name}": value for name, value in typed.items()}
            page = save(staff, cast.organization, role_assignments__2__0__role="admin", **fields)
            assert "Choose either a user or a team." in text_of(page)
        assert acts() == []


class TestServices:
    """The page of a service."""

    def test_it_is_added_with_all_that_describes_it(self, staff: Client, cast: Cast) -> None:
        form = {
            "organization": cast.organization.pk,
            "name": "shop",
            "owner": cast.viewer.pk,
            "contact": "#shop",
            "labels": "production, eu,Production",
            "provider": "aws",
            "region": "eu-west-1",
            "created_at_0": "2026-01-01",
            "created_at_1": "00:00:00",
            "clickpipes_region_override": "",
            "endpoint_limit": "",
        }
        wrong = staff.post(url(Service, "add"), form | {"labels": "x" * 41})
        assert "at most 40 characters" in text_of(wrong)
        staff.post(url(Service, "add"), form)
        made = Service.objects.get(name="shop")
        assert (made.owner, made.contact, made.labels) == (cast.viewer, "#shop", ["production", "eu"])
        save(staff, made, contact="", labels="eu")
        made.refresh_from_db()
        assert (made.owner, made.contact, made.labels) == (cast.viewer, "", ["eu"])
        save(staff, made)
        assert acts() == [("service.created", "shop"), ("service.changed", "shop")]
        assert AuditEntry.objects.get(action="service.changed").after == {"contact": "", "labels": ["eu"]}

    @pytest.mark.parametrize("way", ["action", "page"])
    def test_ownership_is_transferred_with_a_reason(self, staff: Client, cast: Cast, way: str) -> None:
        more = make_service(cast.organization, "more", owner=cast.admin)
        chosen = [cast.service, more] if way == "action" else [more]
        address = (
            url(Service) if way == "action" else reverse("admin:endpoints_service_transfer", args=[more.pk])
        )
        keys = [str(service.pk) for service in chosen]
        asked = staff.post(address, {"action": "transfer", "_selected_action": keys})
        assert "New owner" in text_of(asked)
        form = {"action": "transfer", "_selected_action": keys, "confirmed": "yes"}
        for wrong in ({"owner": cast.viewer.pk}, {"reason": "moved"}, {"owner": "x", "reason": "moved"}):
            assert staff.post(address, form | wrong).status_code == 422
        gone = make_user("gone@example.com", is_active=False)
        assert staff.post(address, form | {"owner": gone.pk, "reason": "moved"}).status_code == 422
        assert acts() == []
        done = staff.post(address, form | {"owner": cast.viewer.pk, "reason": "moved"}, follow=True)
        assert "The owner of more is viewer@example.com now." in text_of(done)
        assert {service.owner for service in Service.objects.filter(pk__in=keys)} == {cast.viewer}
        assert sorted(acts()) == sorted(("service.transferred", service.name) for service in chosen)

    def test_it_stays_while_something_depends_on_it_and_every_reason_is_said(
        self, staff: Client, cast: Cast
    ) -> None:
        make_pipe(cast.service, make_endpoint(cast.service, description="Orders Kafka"), name="order-events")
        ApiKey.issue(organization=cast.organization, service=cast.service, role="viewer", name="ci")
        page = remove(staff, cast.service)
        for words in (
            "orders cannot be removed.",
            "It has live endpoints: Orders Kafka. Remove them first",
            "It has ClickPipes: order-events.",
            "API keys for it are in use: ci",
        ):
            assert words in page
        assert Service.objects.filter(pk=cast.service.pk).exists()
        assert "It has services: orders." in remove(staff, cast.organization)
        assert acts() == []

    def test_what_goes_along_is_named_and_goes(self, staff: Client, cast: Cast) -> None:
        page = text_of(staff.get(url(Service, "delete", cast.service.pk)))
        assert "viewer@example.com: viewer / orders" in page
        remove(staff, cast.service)
        assert not Service.objects.filter(pk=cast.service.pk).exists()
        assert acts() == [("service.removed", "orders")]

    def test_those_without_an_active_owner_stand_out_and_are_found(self, staff: Client, cast: Cast) -> None:
        gone = make_user("gone@example.com", is_active=False)
        make_service(cast.organization, "left", owner=gone, labels=["eu"])
        make_service(cast.organization, "owned", owner=cast.viewer, labels=["eu", "test"])

        def listed(query: str) -> set[str]:
            page = staff.get(f"{url(Service)}?{query}").content.decode()
            return {
                row.name
                for row in Service.objects.filter(organization=cast.organization)
                if url(Service, "change", row.pk) in page
            }

        assert "⚠ No active owner" in text_of(staff.get(url(Service)))
        assert listed("owned=no") == {"left", "orders"}
        assert listed("owned=yes") == {"owned"}
        assert listed("label=eu") == {"left", "owned"}
        assert listed("label=test&owned=yes") == {"owned"}
        assert listed("q=gone@example.com") == {"left"}
        assert listed(f"q={cast.service.pk}") == {"orders"}


class TestUsers:
    """The page of a person."""

    @pytest.mark.parametrize("way", ["action", "page"])
    def test_disabling_says_what_ends_asks_why_and_ends_it(self, staff: Client, cast: Cast, way: str) -> None:
        Service.objects.filter(pk=cast.service.pk).update(owner=cast.admin)
        ApiKey.issue(
            organization=cast.organization, service=None, role="viewer", name="ci", created_by=cast.admin
        )
        make_hand_off(make_endpoint(cast.service), created_by=cast.admin)
        browser = Client()
        browser.force_login(cast.admin)
        one = reverse("admin:endpoints_user_disable", args=[cast.admin.pk])
        address, form = (
            (url(User) if way == "action" else one),
            {
                "action": "disable",
                "_selected_action": str(cast.admin.pk),
            },
        )
        page = text_of(staff.post(address, form))
        assert "1 API key stops working. 1 hand-off link is closed." in page
        assert "Without an active owner afterwards:" in page
        assert staff.post(address, form | {"confirmed": "yes"}).status_code == 422
        assert User.objects.get(pk=cast.admin.pk).is_active
        done = text_of(staff.post(address, form | {"confirmed": "yes", "reason": "left"}, follow=True))
        assert "These services have no active owner now: orders." in done
        assert "These organizations have no admin now: Example Shop." in done
        assert browser.get("/").status_code == 302
        assert [action for action, _ in acts()] == ["user.disabled", "hand_off.revoked", "key.disabled"]

    @pytest.mark.parametrize("way", ["action", "page"])
    def test_enabling_lets_in_again(self, staff: Client, cast: Cast, way: str) -> None:
        User.objects.filter(pk=cast.viewer.pk).update(is_active=False)
        if way == "action":
            staff.post(url(User), {"action": "enable", "_selected_action": str(cast.viewer.pk)})
        else:
            address = reverse("admin:endpoints_user_enable", args=[cast.viewer.pk])
            assert "may sign in again" in text_of(staff.get(address))
            assert not User.objects.get(pk=cast.viewer.pk).is_active
            staff.post(address)
        assert User.objects.get(pk=cast.viewer.pk).is_active
        assert acts() == [("user.enabled", "viewer@example.com")]

    def test_staff_disable_neither_themselves_nor_a_superuser(self, staff: Client, cast: Cast) -> None:
        form = {"action": "disable", "confirmed": "yes", "reason": "why"}
        page = staff.post(url(User), form | {"_selected_action": str(cast.staff.pk)}, follow=True)
        assert ">staff@example.com: You cannot do this to your own account." in text_of(page)
        root = User.objects.create_superuser("root@example.com", "a long password 1")
        assert staff.post(url(User), form | {"_selected_action": str(root.pk)}).status_code == 403
        one = reverse("admin:endpoints_user_disable", args=[root.pk])
        assert staff.post(one, form).status_code == 403
        enable = reverse("admin:endpoints_user_enable", args=[root.pk])
        assert staff.post(enable).status_code == 403
        assert User.objects.filter(is_active=True, pk__in=[root.pk, cast.staff.pk]).count() == 2
        assert acts() == []

    def test_it_is_added_changed_and_removed_or_not(self, staff: Client, cast: Cast) -> None:
        new = {"email": "new@example.com", "usable_password": "true"}
        password = {"password1": "correct horse battery", "password2": "correct horse battery"}
        staff.post(url(User, "add"), new | password)
        user = User.objects.get(email="new@example.com")
        assert user.check_password("correct horse battery")
        assert "already exists" in text_of(staff.post(url(User, "add"), new | password))
        save(staff, user, first_name="Ada", is_staff="on")
        page = save(staff, cast.staff, is_staff="")
        fields = filled(staff.get(url(User, "change", cast.staff.pk)), "user_form")
        fields.pop("is_staff")
        page = staff.post(url(User, "change", cast.staff.pk), fields, follow=True)
        assert "You cannot do this to your own account." in text_of(page)
        remove(staff, user)
        assert not User.objects.filter(pk=user.pk).exists()
        assert acts() == [(f"user.{did}", "new@example.com") for did in ("created", "changed", "removed")]
        make_endpoint(cast.service, created_by=cast.operator, description="Orders Kafka")
        page = remove(staff, cast.operator)
        assert "This person asked for live endpoints: Orders Kafka. Disable the account instead" in page

    def test_teams_and_roles_are_changed_below_it(self, staff: Client, cast: Cast) -> None:
        team = make_team("Platform")
        typed = {
            "User_groups__2__0__group": team.pk,
            "role_assignments__2__0__service": cast.other_service.pk,
            "role_assignments__2__0__role": "operator",
        }
        save(staff, cast.viewer, **typed)
        assert cast.viewer in team.user_set.all()
        assert role_on(cast.viewer, cast.other_service) is Role.OPERATOR
        save(staff, cast.viewer, User_groups__0__DELETE="on")
        assert not team.user_set.exists()
        assert [action for action, _ in acts()] == ["team.changed", "role.granted", "team.changed"]

    def test_a_password_that_staff_set_is_in_the_audit(self, staff: Client, cast: Cast) -> None:
        address = reverse("admin:auth_user_password_change", args=[cast.viewer.pk])
        password = {"password1": "correct horse battery", "password2": "correct horse battery"}
        staff.post(address, {"usable_password": "true", "password1": "short", "password2": "short"})
        assert acts() == []
        staff.post(address, {"usable_password": "true", **password})
        assert User.objects.get(pk=cast.viewer.pk).check_password("correct horse battery")
        assert acts() == [("account.password_changed", "viewer@example.com")]


class TestTeams:
    """The page of a team."""

    def test_it_is_added_filled_given_roles_and_removed(self, staff: Client, cast: Cast) -> None:
        staff.post(url(Team, "add"), {"name": "Platform"})
        team = Team.objects.get()
        typed = {
            "User_groups__2__0__user": cast.viewer.pk,
            "role_assignments__2__0__organization": cast.organization.pk,
            "role_assignments__2__0__role": "operator",
        }
        save(staff, team, name="Data platform", **typed)
        assert role_on(cast.viewer, cast.service) is Role.OPERATOR
        page = text_of(staff.get(url(Team)))
        assert "Data platform" in page
        assert f"team__id__exact={team.pk}" in page
        save(staff, team, User_groups__0__DELETE="on")
        assert not team.user_set.exists()
        assert "Data platform: operator / Example Shop" in remove(staff, team)
        assert not Team.objects.exists()
        assert [action for action, _ in acts()] == [
            "team.created",
            "team.changed",
            "team.changed",
            "role.granted",
            "team.changed",
            "team.removed",
        ]

    def test_a_team_that_is_the_only_admin_stays(self, staff: Client, cast: Cast) -> None:
        team = make_team("Admins", cast.viewer)
        give_role(team, Role.ADMIN, cast.organization)
        RoleAssignment.objects.filter(user=cast.admin).delete()
        refused(staff, team, "Example Shop would be left without an admin.")
        refused(staff, RoleAssignment.objects.get(team=team), "Example Shop would be left without an admin.")
        page = save(staff, team, User_groups__0__DELETE="on")
        assert "Example Shop would be left without an admin." in text_of(page)
        assert list(team.user_set.all()) == [cast.viewer]
        assert acts() == []


class TestRoles:
    """The list of all roles."""

    def test_a_role_is_given_changed_and_revoked(self, staff: Client, cast: Cast) -> None:
        both = {"user": cast.viewer.pk, "service": cast.other_service.pk, "role": "viewer"}
        wrong = both | {"organization": cast.organization.pk}
        page = text_of(staff.post(url(RoleAssignment, "add"), wrong))
        assert "Choose either a service or an organization." in page
        staff.post(url(RoleAssignment, "add"), both)
        held = RoleAssignment.objects.get(service=cast.other_service)
        save(staff, held, role="admin")
        assert role_on(cast.viewer, cast.other_service) is Role.ADMIN
        remove(staff, held)
        assert role_on(cast.viewer, cast.other_service) is None
        assert [action for action, _ in acts()] == ["role.granted", "role.changed", "role.revoked"]
        words = "Example Shop would be left without an admin. Make somebody else an admin first."
        refused(staff, RoleAssignment.objects.get(user=cast.admin), words)
        give_role(cast.viewer, Role.ADMIN, cast.organization)
        assert "was deleted successfully" in remove(staff, RoleAssignment.objects.get(user=cast.admin))

    def test_it_is_narrowed_to_a_holder_or_a_place(self, staff: Client, cast: Cast) -> None:
        give_role(make_team("Platform"), Role.ADMIN, cast.service)
        for query, found in (
            ("holder=team", {"Platform"}),
            (f"service__id__exact={cast.service.pk}", {"Platform", "viewer@", "operator@"}),
            (f"user__id__exact={cast.viewer.pk}", {"viewer@"}),
            ("q=Example+Bank", {"stranger@"}),
        ):
            page = text_of(staff.get(f"{url(RoleAssignment)}?{query}"))
            body = page[page.index('id="result_list"') :]
            names = {"Platform", "viewer@", "operator@", "stranger@", "admin@"}
            assert {name for name in names if f">{name}" in body} == found, query


def _many(cast: Cast, n: int) -> User:
    person = make_user(f"person{n}@example.com")
    service = make_service(cast.organization, f"service {n}", owner=person, labels=["same"])
    organization = Organization.objects.create(name=f"organization {n}")
    team = make_team(f"team {n}", person)
    for holder in (person, team):
        for place in (service, organization, cast.organization, cast.service):
            give_role(holder, Role.VIEWER, place)
    for place in (service, organization):
        give_role(cast.viewer, Role.OPERATOR, place)
    cast.viewer.groups.add(team)
    return person


@pytest.mark.parametrize(
    "page",
    [
        lambda cast: url(Organization),
        lambda cast: url(Service),
        lambda cast: url(User),
        lambda cast: url(Team),
        lambda cast: url(RoleAssignment),
        lambda cast: url(Organization, "change", cast.organization.pk),
        lambda cast: url(Service, "change", cast.service.pk),
        lambda cast: url(User, "change", cast.viewer.pk),
    ],
    ids=["organizations", "services", "users", "teams", "roles", "organization", "service", "user"],
)
def test_pages_take_as_many_queries_for_thirty_rows_as_for_two(
    staff: Client, cast: Cast, django_assert_num_queries: Any, page: Callable[[Cast], str]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(2):
        _many(cast, number)
    staff.get(page(cast))
    with CaptureQueriesContext(connection) as few:
        staff.get(page(cast))
    for number in range(2, 30):
        _many(cast, number)
    with django_assert_num_queries(len(few)):
        assert staff.get(page(cast)).status_code == 200


def test_a_team_of_thirty_takes_no_more_queries(
    staff: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    team = make_team("Platform", *[make_user(f"person{n}@example.com") for n in range(2)])
    with CaptureQueriesContext(connection) as few:
        staff.get(url(Team, "change", team.pk))
    team.user_set.add(*[make_user(f"person{n}@example.com") for n in range(2, 30)])
    with django_assert_num_queries(len(few)):
        staff.get(url(Team, "change", team.pk))


def test_a_page_shows_the_first_hundred_and_saves_with_more(staff: Client, cast: Cast) -> None:
    people = User.objects.bulk_create([User(email=f"person{n}@example.com") for n in range(150)])
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(user=person, service=cast.service, role="viewer") for person in people]
    )
    page = save(staff, cast.service, contact="#orders")
    assert "152 roles" in text_of(page) or "152 roles" in text_of(
        staff.get(url(Service, "change", cast.service.pk))
    )
    cast.service.refresh_from_db()
    assert cast.service.contact == "#orders"
    assert RoleAssignment.objects.filter(service=cast.service).count() == 152
