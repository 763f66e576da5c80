"""Who may see and do what, by all the ways in which a role reaches a person; and who may give roles."""

from dataclasses import dataclass

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.intents import IntentRefused
from endpoints.models import (
    Actor,
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
from endpoints.models.access import HeldRoles, organizations_of, strongest
from tests.people import Cast, give_role, make_service, make_team, make_user

pytestmark = pytest.mark.django_db

Held = tuple[bool, int, bool, int, Role]
"""Of a team or of a user, which; on an organization or on a service, which; and the role."""


@dataclass
class Town:
    """Two organizations with two services each, three people and two teams."""

    organizations: list[Organization]
    services: list[Service]
    people: list[User]
    teams: list[Team]


@pytest.fixture
def town(db: None) -> Town:
    organizations = [Organization.objects.create(name=name) for name in ("Coffee", "Tea")]
    services = [make_service(organizations[n // 2], f"service {n}") for n in range(4)]
    people = [make_user(f"person{n}@example.com") for n in range(3)]
    return Town(organizations, services, people, [make_team(f"team {n}") for n in range(2)])


_HELD = st.tuples(
    st.booleans(), st.integers(0, 5), st.booleans(), st.integers(0, 3), st.sampled_from(list(Role))
)


@given(
    held=st.lists(_HELD, max_size=6, unique_by=lambda one: one[:4]),
    members=st.sets(st.tuples(st.integers(0, 1), st.integers(0, 2))),
    active=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_role_reaches_a_person_by_themselves_by_a_team_and_by_the_organization(
    town: Town, held: list[Held], members: set[tuple[int, int]], active: tuple[bool, bool, bool]
) -> None:
    with transaction.atomic():
        expected: dict[tuple[int, int], set[Role]] = {}
        seen = set()
        for of_team, who, on_organization, where, role in held:
            holder = who % 2 if of_team else who % 3
            place = where % 2 if on_organization else where
            if (of_team, holder, on_organization, place) in seen:
                continue
            seen.add((of_team, holder, on_organization, place))
            give_role(
                town.teams[holder] if of_team else town.people[holder],
                role,
                town.organizations[place] if on_organization else town.services[place],
            )
            reached = [person for team, person in members if team == holder] if of_team else [holder]
            for person in (person for person in reached if active[person]):
                for service in (place * 2, place * 2 + 1) if on_organization else (place,):
                    expected.setdefault((person, service), set()).add(role)
        for team, person in members:
            town.teams[team].user_set.add(town.people[person])
        for number, person_ in enumerate(town.people):
            User.objects.filter(pk=person_.pk).update(is_active=active[number])
        for number, key in enumerate(person_.pk for person_ in town.people):
            person_ = User.objects.get(pk=key)
            wanted = [strongest(expected.get((number, n), ())) for n in range(4)]
            assert [role_on(person_, service) for service in town.services] == wanted
            visible = set(Service.objects.visible_to(person_))
            assert visible == {town.services[n] for n in range(4) if wanted[n]}
            of = set(Organization.objects.filter(organizations_of(person_)))
            assert of == {service.organization for service in visible}
            if person_.is_active:  # nobody else gets as far as a page
                rows = Service.objects.annotate(held=HeldRoles(person_)).in_bulk()
                held_roles = [strongest(rows[service.pk].held) for service in town.services]  # type: ignore[attr-defined]
                assert held_roles == wanted
        transaction.set_rollback(True)


class TestGranting:
    """Who may grant what, and what is kept of it."""

    def test_admins_of_a_service_manage_it_and_nothing_else(self, cast: Cast) -> None:
        admin, new = make_user("service-admin@example.com"), make_user("new@example.com")
        give_role(admin, Role.ADMIN, cast.service)
        made = intents.grant_role(on=cast.service, to=new, role="operator", by=admin)
        assert role_on(new, cast.service) is Role.OPERATOR
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_name, entry.service_id) == (
            Action.ROLE_GRANTED,
            "service-admin@example.com",
            cast.service.pk,
        )
        assert entry.after == {"holder": "new@example.com", "on": "orders", "role": "operator"}
        other = make_service(cast.organization, "other")
        for place in (cast.organization, other, cast.other_service, cast.other_organization):
            with pytest.raises(PermissionDenied):
                intents.grant_role(on=place, to=new, role="viewer", by=admin)
        intents.change_role(assignment=made, role="viewer", by=admin)
        intents.revoke_role(assignment=made, by=admin)
        assert role_on(new, cast.service) is None

    def test_admins_of_an_organization_manage_it_and_its_services(self, cast: Cast) -> None:
        new = make_user("new@example.com")
        for place in (cast.organization, cast.service):
            intents.grant_role(on=place, to=new, role="viewer", by=cast.admin)
        for foreign in (cast.other_organization, cast.other_service):
            with pytest.raises(PermissionDenied):
                intents.grant_role(on=foreign, to=new, role="viewer", by=cast.admin)

    @pytest.mark.parametrize("who", ["viewer", "operator", "stranger"])
    def test_others_manage_nobody(self, cast: Cast, who: str) -> None:
        held = RoleAssignment.objects.get(user=cast.viewer)
        by = getattr(cast, who)
        for ask in (
            lambda: intents.grant_role(on=cast.service, to=by, role="admin", by=by),
            lambda: intents.grant_role(on=cast.organization, to=by, role="admin", by=by),
            lambda: intents.change_role(assignment=held, role="admin", by=by),
            lambda: intents.revoke_role(assignment=held, by=by),
        ):
            with pytest.raises(PermissionDenied):
                ask()
        assert not AuditEntry.objects.exists()

    def test_a_key_manages_nobody_and_a_command_everybody(self, cast: Cast) -> None:
        key, _ = ApiKey.issue(organization=cast.organization, service=None, role="admin", name="ci")
        with pytest.raises(PermissionDenied):
            intents.grant_role(on=cast.service, to=cast.stranger, role="viewer", by=key)
        intents.grant_role(on=cast.service, to=cast.stranger, role="viewer", by=Actor.command("apply_config"))
        assert AuditEntry.objects.get().actor_name == "manage.py apply_config"

    def test_a_second_role_on_the_same_place_takes_the_place_of_the_first(self, cast: Cast) -> None:
        for role in ("operator", "operator", "admin"):
            intents.grant_role(on=cast.service, to=cast.viewer, role=role, by=cast.admin)
        assert [one.role for one in RoleAssignment.objects.filter(user=cast.viewer)] == ["admin"]
        entries = list(AuditEntry.objects.order_by("pk").values_list("action", "before__role", "after__role"))
        assert entries == [("role.changed", "viewer", "operator"), ("role.changed", "operator", "admin")]

    def test_an_unknown_role_and_a_role_that_is_gone_are_refused(self, cast: Cast) -> None:
        with pytest.raises(IntentRefused, match="unknown_role"):
            intents.grant_role(on=cast.service, to=cast.viewer, role="owner", by=cast.admin)
        held = RoleAssignment.objects.get(user=cast.viewer)
        intents.revoke_role(assignment=held, by=cast.admin)
        intents.revoke_role(assignment=held, by=cast.admin)
        with pytest.raises(IntentRefused, match="role_gone"):
            intents.change_role(assignment=held, role="admin", by=cast.admin)
        assert AuditEntry.objects.count() == 1

    def test_only_the_whole_e_mail_finds_a_person_and_a_disabled_one_is_as_none(self, cast: Cast) -> None:
        assert intents.find_person(" Viewer@Example.COM ") == cast.viewer
        make_user("gone@example.com", is_active=False)
        told = set()
        for email in ("viewer", "viewer@example.co", "%", "gone@example.com", ""):
            with pytest.raises(IntentRefused) as refused:
                intents.find_person(email)
            told.add(str(refused.value))
        assert told == {"email: no_such_account"}

    def test_teams_that_are_none_of_ones_business_can_neither_be_seen_nor_chosen(self, cast: Cast) -> None:
        mine = make_team("mine", cast.admin)
        here = make_team("here")
        give_role(here, Role.VIEWER, cast.service)
        theirs = make_team("theirs", cast.stranger)
        give_role(theirs, Role.VIEWER, cast.other_service)
        assert set(intents.teams_for(cast.admin, cast.organization)) == {mine, here}
        assert set(intents.teams_for(cast.staff, cast.service)) == {mine, here, theirs}
        intents.grant_role(on=cast.service, to=mine, role="viewer", by=cast.admin)
        with pytest.raises(IntentRefused, match="no_such_team"):
            intents.grant_role(on=cast.service, to=theirs, role="viewer", by=cast.admin)


class TestLastAdmin:
    """An organization that has an admin keeps one, whoever asks."""

    def test_the_last_one_is_neither_revoked_nor_made_less(self, cast: Cast) -> None:
        held = RoleAssignment.objects.get(user=cast.admin)
        for by in (cast.admin, cast.staff):
            for ask in (
                lambda by=by: intents.revoke_role(assignment=held, by=by),
                lambda by=by: intents.change_role(assignment=held, role="operator", by=by),
                lambda by=by: intents.grant_role(on=cast.organization, to=cast.admin, role="viewer", by=by),
            ):
                with pytest.raises(IntentRefused, match="last_admin") as refused:
                    ask()
                assert refused.value.params["names"] == "Example Shop"
        assert not AuditEntry.objects.exists()
        intents.grant_role(on=cast.organization, to=cast.viewer, role="admin", by=cast.admin)
        intents.revoke_role(assignment=held, by=cast.admin)
        assert not RoleAssignment.objects.filter(user=cast.admin).exists()

    def test_one_who_is_disabled_does_not_count_and_a_team_counts_by_its_people(self, cast: Cast) -> None:
        held = RoleAssignment.objects.get(user=cast.admin)
        give_role(make_user("gone@example.com", is_active=False), Role.ADMIN, cast.organization)
        team = make_team("admins")
        give_role(team, Role.ADMIN, cast.organization)
        with pytest.raises(IntentRefused, match="last_admin"):
            intents.revoke_role(assignment=held, by=cast.admin)
        intents.change_team(team=team, add=[cast.viewer], by=cast.staff)
        intents.revoke_role(assignment=held, by=cast.admin)
        with pytest.raises(IntentRefused, match="last_admin"):
            intents.change_team(team=team, remove=[cast.viewer], by=cast.staff)
        with pytest.raises(IntentRefused, match="last_admin"):
            intents.remove_team(team=team, by=cast.staff)
        assert set(team.user_set.all()) == {cast.viewer}

    def test_an_organization_without_any_stays_open_to_change(self, cast: Cast) -> None:
        empty = Organization.objects.create(name="Empty")
        held = intents.grant_role(on=empty, to=cast.viewer, role="operator", by=cast.staff)
        intents.revoke_role(assignment=held, by=cast.staff)
