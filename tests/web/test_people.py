"""People and access of a service and of an organization; who answers for a service; the list of services."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from endpoints.domain.actions import Action
from endpoints.models import AuditEntry, Organization, Role, RoleAssignment, Service, User, role_on
from tests.people import Cast, give_role, make_service, make_team, make_user
from tests.web.conftest import As


def people_of(cast: Cast) -> str:
    return reverse("people", args=[cast.service.pk])


def grant_at(cast: Cast) -> str:
    return reverse("grant-role", args=[cast.service.pk])


def role_of(user: User) -> RoleAssignment:
    return RoleAssignment.objects.get(user=user)


def acts() -> QuerySet[AuditEntry]:
    """What was asked for; signing in is something else."""
    return AuditEntry.objects.exclude(action__startswith="session.")


@pytest.fixture
def admin(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.admin)


def test_everybody_in_a_service_sees_who_has_access_and_through_what(cast: Cast, viewer: Client) -> None:
    team = make_team("Platform", cast.operator, make_user("gone@example.com", is_active=False))
    give_role(team, Role.ADMIN, cast.service)
    page = viewer.get(people_of(cast)).content.decode()
    for words in ("Admin by the team Platform", "Operator, directly", "Admin on the organization", "(you)"):
        assert words in page
    assert "gone@example.com" not in page
    assert "stranger@example.com" not in page
    assert "Give a role" not in page
    assert "Transfer ownership" not in page


def test_an_admin_gives_changes_and_revokes_a_role(cast: Cast, admin: Client) -> None:
    new = make_user("new@example.com")
    page = admin.post(grant_at(cast), {"email": " NEW@example.com", "role": "operator"}, follow=True)
    assert "new@example.com has the role now: Operator" in page.content.decode()
    held = role_of(new)
    change = reverse("change-role", args=[cast.service.pk, held.pk])
    assert admin.post(change, {"role": "viewer"}).status_code == 303
    assert role_on(new, cast.service) is Role.VIEWER
    assert "is no role" not in admin.post(change, {"role": "owner"}, follow=True).content.decode()
    assert role_on(new, cast.service) is Role.VIEWER
    revoke = reverse("revoke-role", args=[cast.service.pk, held.pk])
    assert "Revoke role: new@example.com" in admin.get(revoke).content.decode()
    assert role_on(new, cast.service) is Role.VIEWER
    assert admin.post(revoke)["Location"] == people_of(cast)
    assert role_on(new, cast.service) is None
    assert admin.post(revoke).status_code == 404
    actions = list(acts().order_by("pk").values_list("action", "actor_name"))
    assert actions == [(f"role.{did}", "admin@example.com") for did in ("granted", "changed", "revoked")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nobody@example.com", "role": "viewer"}, "Nobody can sign in with this e-mail"),
        ({"email": "gone@example.com", "role": "viewer"}, "Nobody can sign in with this e-mail"),
        ({"email": "", "role": "viewer"}, "Enter a value."),
        ({"email": "viewer@example.com", "role": "owner"}, "Choose viewer, operator or admin."),
        ({"email": "viewer@example.com", "role": "\ufffd"}, "cannot be read"),
        ({"email": "viewer@example.com", "role": "viewer", "team": "1"}, "not both"),
        ({"email": "a\0b", "role": "viewer"}, "Nobody can sign in with this e-mail"),
        ({"team": "999999", "role": "viewer"}, "Choose one of the teams of the list"),
    ],
)
def test_a_wrong_grant_comes_back_with_what_is_wrong(
    cast: Cast, admin: Client, given: dict[str, str], words: str
) -> None:
    make_user("gone@example.com", is_active=False)
    give_role(make_team("here"), Role.VIEWER, cast.service)
    response = admin.post(grant_at(cast), given)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert RoleAssignment.objects.filter(team__isnull=True).count() == 4
    assert not acts().exists()


def test_the_organization_is_linked_for_who_has_a_role_on_it(
    cast: Cast, admin: Client, viewer: Client
) -> None:
    link = reverse("organization", args=[cast.organization.pk])
    assert link in admin.get(people_of(cast)).content.decode()
    assert link not in viewer.get(people_of(cast)).content.decode()
    for browser, seen in ((admin, True), (viewer, False)):
        assert (link in browser.get("/").content.decode()) is seen


def test_a_team_is_chosen_from_those_one_knows(cast: Cast, admin: Client) -> None:
    mine, theirs = make_team("Mine", cast.admin), make_team("Theirs", cast.stranger)
    page = admin.get(people_of(cast)).content.decode()
    assert "Mine" in page
    assert "Theirs" not in page
    admin.post(grant_at(cast), {"team": str(mine.pk), "role": "operator"})
    assert RoleAssignment.objects.get(team=mine).role == "operator"
    assert admin.post(grant_at(cast), {"team": str(theirs.pk), "role": "operator"}).status_code == 422


def test_the_last_admin_of_an_organization_stays_and_it_is_said_why(cast: Cast, admin: Client) -> None:
    held = role_of(cast.admin)
    where = [cast.organization.pk, held.pk]
    page = admin.post(reverse("revoke-organization-role", args=where), follow=True).content.decode()
    assert "Example Shop would be left without an admin. Make somebody else an admin first." in page
    changed = admin.post(reverse("change-organization-role", args=where), {"role": "viewer"}, follow=True)
    assert "Make somebody else an admin first." in changed.content.decode()
    assert role_of(cast.admin).role == "admin"


def test_who_takes_their_own_last_role_away_is_led_out(cast: Cast, browse_as: As) -> None:
    other = make_user("other@example.com")
    give_role(other, Role.ADMIN, cast.service)
    revoke = reverse("revoke-role", args=[cast.service.pk, role_of(other).pk])
    browser = browse_as(other)
    assert "This is your own role" in browser.get(revoke).content.decode()
    assert browser.post(revoke)["Location"] == reverse("services")


def test_viewers_and_operators_do_not_act_and_strangers_see_nothing(
    cast: Cast, viewer: Client, operator: Client, stranger: Client
) -> None:
    service, organization = cast.service.pk, cast.organization.pk
    on_service, on_organization = role_of(cast.viewer).pk, role_of(cast.admin).pk
    addresses = [
        reverse("grant-role", args=[service]),
        reverse("change-role", args=[service, on_service]),
        reverse("revoke-role", args=[service, on_service]),
        reverse("describe-service", args=[service]),
        reverse("transfer-service", args=[service]),
    ]
    for act in addresses:
        assert [browser.post(act).status_code for browser in (viewer, operator)] == [403, 403]
        assert stranger.post(act).status_code == 404
    assert stranger.get(people_of(cast)).status_code == 404
    for name, more in (
        ("organization", []),
        ("grant-organization-role", []),
        ("change-organization-role", [on_organization]),
        ("revoke-organization-role", [on_organization]),
    ):
        address = reverse(name, args=[organization, *more])
        for browser in (viewer, stranger):  # a role on a service of it is none on the organization
            sent = browser.get(address) if name == "organization" else browser.post(address)
            assert sent.status_code == 404
    assert not acts().exists()


def test_a_viewer_of_the_organization_sees_it_and_does_not_act(cast: Cast, browse_as: As) -> None:
    person = make_user("person@example.com")
    give_role(person, Role.VIEWER, cast.organization)
    browser = browse_as(person)
    page = browser.get(reverse("organization", args=[cast.organization.pk])).content.decode()
    assert "Give a role" not in page
    grant = reverse("grant-organization-role", args=[cast.organization.pk])
    assert browser.post(grant, {"email": "person@example.com", "role": "admin"}).status_code == 403


def test_a_role_elsewhere_is_neither_changed_nor_revoked_from_here(cast: Cast, admin: Client) -> None:
    foreign, above = role_of(cast.stranger), role_of(cast.admin)
    for held in (foreign, above):
        assert admin.get(reverse("revoke-role", args=[cast.service.pk, held.pk])).status_code == 404
    above_here = reverse("revoke-organization-role", args=[cast.organization.pk, foreign.pk])
    assert admin.post(above_here).status_code == 404


def test_an_organization_shows_its_services_and_gives_roles_on_all_of_them(cast: Cast, admin: Client) -> None:
    make_service(cast.organization, "analytics", owner=cast.viewer, contact="#analytics", labels=["eu"])
    page = admin.get(reverse("organization", args=[cast.organization.pk])).content.decode()
    for words in ("analytics", "#analytics", "viewer@example.com", "No active owner", "Admin, directly"):
        assert words in page
    grant = reverse("grant-organization-role", args=[cast.organization.pk])
    assert admin.post(grant, {"email": "stranger@example.com", "role": "viewer"}).status_code == 303
    assert role_on(cast.stranger, cast.service) is Role.VIEWER


class TestAbout:
    """What describes a service, and who answers for it."""

    def test_an_admin_describes_it(self, cast: Cast, admin: Client) -> None:
        address = reverse("describe-service", args=[cast.service.pk])
        given = {"name": "orders", "contact": "#orders", "labels": " production, eu,Production"}
        assert admin.post(address, given)["Location"] == people_of(cast)
        cast.service.refresh_from_db()
        assert (cast.service.contact, cast.service.labels) == ("#orders", ["production", "eu"])
        page = admin.get(address).content.decode()
        assert 'value="production, eu"' in page
        assert acts().get().after == {"contact": "#orders", "labels": ["production", "eu"]}

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("name", "", "Enter a value."),
            ("contact", "x" * 201, "At most 200 characters"),
            ("labels", "x" * 41, "At most 40 characters"),
            ("labels", ",".join(map(str, range(30))), "At most 20 labels"),
            ("contact", "a\0b", "cannot be printed"),
        ],
    )
    def test_what_is_wrong_comes_back_at_its_field(
        self, cast: Cast, admin: Client, field: str, value: str, words: str
    ) -> None:
        given = {"name": "orders", "contact": "", "labels": ""} | {field: value}
        response = admin.post(reverse("describe-service", args=[cast.service.pk]), given)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not acts().exists()

    def test_ownership_goes_to_somebody_with_access_for_a_reason(self, cast: Cast, admin: Client) -> None:
        address = reverse("transfer-service", args=[cast.service.pk])
        page = admin.get(address).content.decode()
        assert "viewer@example.com" in page
        assert "stranger@example.com" not in page
        for owner, reason in (
            (str(cast.stranger.pk), "why"),
            ("", "why"),
            (str(cast.viewer.pk), " "),
            ("x", "why"),
        ):
            assert admin.post(address, {"owner": owner, "reason": reason}).status_code == 422
        assert not acts().exists()
        assert admin.post(address, {"owner": str(cast.viewer.pk), "reason": "moved"}).status_code == 303
        cast.service.refresh_from_db()
        assert cast.service.owner == cast.viewer
        entry = acts().get()
        assert (entry.action, entry.reason) == (Action.SERVICE_TRANSFERRED, "moved")

    def test_a_service_without_an_active_owner_stands_out(self, cast: Cast, admin: Client) -> None:
        settings_page = reverse("settings", args=[cast.service.pk])
        for owner, shown in ((None, True), (cast.viewer, False)):
            Service.objects.filter(pk=cast.service.pk).update(owner=owner)
            for address in (settings_page, people_of(cast)):
                assert ("No active owner" in admin.get(address).content.decode()) is shown
        User.objects.filter(pk=cast.viewer.pk).update(is_active=False)
        page = admin.get(settings_page).content.decode()
        assert "viewer@example.com owns this service and cannot sign in any more." in page


def test_services_are_filtered_by_label_and_owner(cast: Cast, admin: Client) -> None:
    make_service(cast.organization, "alpha", owner=cast.viewer, labels=["production", "eu"])
    make_service(cast.organization, "beta", owner=cast.operator, labels=["test"])
    hidden = make_service(cast.other_organization, "ledger of others", owner=cast.stranger, labels=["secret"])
    found = {
        "": {"alpha", "beta", "orders"},
        "?label=production": {"alpha"},
        "?label=test&owner=viewer@example.com": set(),
        "?owner=operator@example.com": {"beta"},
        "?owner=none": {"orders"},
        "?label=secret": {"alpha", "beta", "orders"},
        "?owner=stranger@example.com": {"alpha", "beta", "orders"},
    }
    for query, names in found.items():
        page = admin.get(f"/{query}").content.decode()
        listed = {row.name for row in Service.objects.all() if reverse("service", args=[row.pk]) in page}
        assert listed == names, query
        assert 'value="secret"' not in page
        assert hidden.name not in page
    assert "No service matches these filters." in admin.get("/?label=test&owner=none").content.decode()


def test_pages_take_as_many_queries_for_many_as_for_one(
    cast: Cast, admin: Client, django_assert_num_queries: Any
) -> None:
    def ask() -> None:
        for name, pk, queries in (("people", cast.service.pk, 6), ("organization", cast.organization.pk, 9)):
            with django_assert_num_queries(queries):
                admin.get(reverse(name, args=[pk]))

    give_role(make_team("first", cast.viewer), Role.VIEWER, cast.organization)
    ask()
    owner = make_user("owner@example.com")
    for number in range(30):
        person = make_user(f"person{number}@example.com")
        give_role(person, Role.VIEWER, cast.service)
        give_role(person, Role.VIEWER, cast.organization)
        give_role(make_team(f"team {number}", person, owner), Role.OPERATOR, cast.organization)
        make_service(cast.organization, f"service {number}", owner=owner)
    ask()
    assert Organization.objects.count() == 2
