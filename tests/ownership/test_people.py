"""Accounts and teams: made, changed, disabled, enabled and removed, and what ends with a person."""

import base64
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.domain.reasons import EventCode
from endpoints.intents import IntentRefused
from endpoints.models import Actor, ApiKey, AuditEntry, Event, HandOff, Role, Service, Team, User, role_on
from tests.people import Cast, give_role, make_endpoint, make_hand_off, make_team, make_user

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    """Return what was asked for, oldest first; sign-ins and looks are no intents."""
    asked = AuditEntry.objects.exclude(action__startswith="session.").exclude(action=Action.HAND_OFF_VIEWED)
    return list(asked.order_by("pk").values_list("action", flat=True))


def ask_api(key: ApiKey, secret: str, service: Service) -> int:
    basic = base64.b64encode(f"{key.key_id}:{secret}".encode()).decode()
    address = (
        f"/v1/organizations/{service.organization_id}/services/{service.pk}/clickpipesReversePrivateEndpoints"
    )
    return Client().get(address, headers={"authorization": f"Basic {basic}"}).status_code


def open_link(link: HandOff) -> int:
    return Client().get(reverse("hand-off", args=[link.token])).status_code


class TestDisabling:
    """Whoever is disabled is out at once, by whichever door."""

    def test_sessions_keys_and_links_end_and_enabling_brings_none_back(self, cast: Cast) -> None:
        browser, other = Client(), Client()
        browser.force_login(cast.operator)
        other.force_login(cast.viewer)
        issued: dict[str, Any] = {
            "organization": cast.organization,
            "service": None,
            "role": "viewer",
            "name": "script",
        }
        key, secret = ApiKey.issue(created_by=cast.operator, **issued)
        old, old_secret = ApiKey.issue(created_by=cast.viewer, **issued)
        link = make_hand_off(make_endpoint(cast.service), created_by=cast.operator)
        assert (ask_api(key, secret, cast.service), open_link(link)) == (200, 200)

        done = intents.disable_user(user=cast.operator, by=cast.staff, reason="left")

        assert (done.ended.sessions, done.ended.keys, done.ended.links) == (1, 1, 1)
        assert browser.get("/").status_code == 302
        assert other.get("/").status_code == 200
        assert ask_api(key, secret, cast.service) == 401
        assert ask_api(old, old_secret, cast.service) == 200
        assert open_link(link) == 404
        assert actions() == ["user.disabled", "hand_off.revoked", "key.disabled"]
        reasons = AuditEntry.objects.filter(action__in=actions()).values_list("reason", flat=True)
        assert set(reasons) == {"left"}
        assert Event.objects.filter(code=EventCode.HAND_OFF_REVOKED, actor="staff@example.com").count() == 1
        intents.disable_user(user=cast.operator, by=cast.staff)
        assert len(actions()) == 3

        intents.enable_user(user=cast.operator, by=cast.staff)
        assert role_on(User.objects.get(pk=cast.operator.pk), cast.service) is Role.OPERATOR
        assert browser.get("/").status_code == 302
        assert (ask_api(key, secret, cast.service), open_link(link)) == (401, 404)

    def test_a_row_that_says_disabled_is_enough_and_enabling_still_brings_nothing_back(
        self, cast: Cast
    ) -> None:
        browser = Client()
        browser.force_login(cast.operator)
        key, secret = ApiKey.issue(
            organization=cast.organization, service=None, role="viewer", name="x", created_by=cast.operator
        )
        link = make_hand_off(make_endpoint(cast.service), created_by=cast.operator)
        User.objects.filter(pk=cast.operator.pk).update(is_active=False)
        assert browser.get("/").status_code == 302
        assert (ask_api(key, secret, cast.service), open_link(link)) == (401, 404)
        intents.enable_user(user=cast.operator, by=Actor.command("test"))
        assert browser.get("/").status_code == 302
        assert (ask_api(key, secret, cast.service), open_link(link)) == (401, 404)
        assert not Session.objects.exists()

    def test_it_says_what_is_left_without_owner_and_without_admin(self, cast: Cast) -> None:
        Service.objects.filter(pk=cast.service.pk).update(owner=cast.admin)
        done = intents.disable_user(user=cast.admin, by=cast.staff)
        assert done.services == [cast.service]
        assert done.organizations == [cast.organization]
        assert list(Service.objects.without_active_owner()) == list(Service.objects.order_by("name", "id"))

    def test_nobody_disables_themselves_nor_a_superuser_and_only_staff_anybody(self, cast: Cast) -> None:
        root = User.objects.create_superuser("root@example.com", "a long password 1")
        with pytest.raises(IntentRefused, match="not_yourself"):
            intents.disable_user(user=cast.staff, by=cast.staff)
        for user, by in ((root, cast.staff), (cast.viewer, cast.admin), (cast.viewer, cast.viewer)):
            for ask in (intents.disable_user, intents.enable_user, intents.remove_user, intents.change_user):
                with pytest.raises(PermissionDenied):
                    ask(user=user, by=by)
        intents.disable_user(user=cast.staff, by=root)
        assert not User.objects.get(pk=cast.staff.pk).is_active


class TestAccounts:
    """Making, changing and removing accounts."""

    def test_an_account_is_made_and_changed_and_the_audit_says_how(self, cast: Cast) -> None:
        user = intents.create_user(email=" New@EXAMPLE.com ", by=cast.staff)
        assert (user.email, user.has_usable_password()) == ("New@example.com", False)
        intents.change_user(
            user=user, by=cast.staff, first_name="Ada", is_staff=True, email="New@example.com"
        )
        intents.change_user(user=user, by=cast.staff, first_name="Ada")
        made, changed = AuditEntry.objects.order_by("pk")
        assert (made.action, made.after["email"]) == (Action.USER_CREATED, "New@example.com")
        assert changed.before == {"first_name": "", "is_staff": False}
        assert changed.after == {"first_name": "Ada", "is_staff": True}

    @pytest.mark.parametrize(
        ("email", "code"),
        [("VIEWER@example.com", "email_taken"), ("no", "not_an_email"), ("", "not_an_email")],
    )
    def test_a_wrong_or_taken_e_mail_is_refused(self, cast: Cast, email: str, code: str) -> None:
        with pytest.raises(IntentRefused, match=code):
            intents.create_user(email=email, by=cast.staff)
        with pytest.raises(IntentRefused, match=code):
            intents.change_user(user=cast.operator, email=email, by=cast.staff)

    def test_staff_do_not_end_their_own_rights(self, cast: Cast) -> None:
        with pytest.raises(IntentRefused, match="not_yourself"):
            intents.change_user(user=cast.staff, is_staff=False, by=cast.staff)

    def test_who_owns_asked_or_is_the_last_admin_stays_and_it_is_said_why(self, cast: Cast) -> None:
        make_endpoint(cast.service, created_by=cast.operator, description="Orders Kafka")
        Service.objects.filter(pk=cast.service.pk).update(owner=cast.viewer)
        for user, code, names in (
            (cast.operator, "user_asked_for_endpoints", "Orders Kafka"),
            (cast.viewer, "user_owns_services", "orders"),
            (cast.admin, "last_admin", "Example Shop"),
        ):
            with pytest.raises(IntentRefused, match=code) as refused:
                intents.remove_user(user=user, by=cast.staff)
            assert refused.value.params["names"] == names
        ApiKey.issue(
            organization=cast.organization, service=None, role="viewer", name="x", created_by=cast.stranger
        )
        give_role(cast.staff, Role.ADMIN, cast.other_organization)
        with pytest.raises(IntentRefused, match="user_is_named"):
            intents.remove_user(user=cast.stranger, by=cast.staff)
        assert not AuditEntry.objects.exists()

    def test_a_removed_account_leaves_its_roles_in_the_audit_and_no_open_link(self, cast: Cast) -> None:
        make_team("people", cast.viewer)
        link = make_hand_off(make_endpoint(cast.service), created_by=cast.viewer)
        browser = Client()
        browser.force_login(cast.viewer)
        intents.remove_user(user=cast.viewer, by=cast.staff)
        assert open_link(link) == 404
        assert not Session.objects.exists()
        entry = AuditEntry.objects.get(action=Action.USER_REMOVED)
        assert entry.object_name == "viewer@example.com"
        assert entry.before["roles"] == ["viewer@example.com: viewer / orders"]
        assert entry.before["teams"] == ["people"]


class TestTeams:
    """Teams are made by staff, and have roles as people do."""

    def test_a_team_gives_its_people_its_roles_and_takes_them_along(self, cast: Cast) -> None:
        new = make_user("new@example.com")
        team = intents.create_team(name=" Data platform ", by=cast.staff)
        intents.grant_role(on=cast.service, to=team, role="operator", by=cast.staff)
        intents.change_team(team=team, add=[new], by=cast.staff)
        assert role_on(new, cast.service) is Role.OPERATOR
        intents.change_team(team=team, name="Platform", remove=[new], by=cast.staff)
        assert role_on(new, cast.service) is None
        intents.change_team(team=team, name="Platform", remove=[new], by=cast.staff)
        intents.remove_team(team=team, by=cast.staff)
        assert not Team.objects.exists()
        assert actions() == [
            "team.created",
            "role.granted",
            "team.changed",
            "team.changed",
            "team.removed",
        ]
        renamed, removed = AuditEntry.objects.order_by("pk")[3:]
        assert renamed.before == {"name": "Data platform", "people": ["new@example.com"]}
        assert renamed.after == {"name": "Platform", "people": []}
        assert (removed.object_kind, removed.before["roles"]) == ("team", ["Platform: operator / orders"])

    def test_names_are_once_and_teams_are_for_staff(self, cast: Cast) -> None:
        team = make_team("Platform")
        for name, code in (("platform", "team_name_taken"), (" ", "required"), ("x" * 151, "too_long")):
            with pytest.raises(IntentRefused, match=code):
                intents.create_team(name=name, by=cast.staff)
        for by in (cast.admin, cast.stranger):
            with pytest.raises(PermissionDenied):
                intents.create_team(name="mine", by=by)
            with pytest.raises(PermissionDenied):
                intents.change_team(team=team, add=[by], by=by)
            with pytest.raises(PermissionDenied):
                intents.remove_team(team=team, by=by)
