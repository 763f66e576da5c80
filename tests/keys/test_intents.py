"""What may be asked of keys, by whom, what the audit keeps of it, and when a key gets in."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.domain.keys import OVERLAPS, KeyState, day_choices
from endpoints.intents import IntentRefused
from endpoints.models import Actor, ApiKey, AuditEntry, Role, Service, User, read_clock, role_on
from endpoints.models.access import services_of
from tests.keys.conftest import ask, issue
from tests.people import Cast, give_role, introduce, make_service, make_user

pytestmark = pytest.mark.django_db
COMMAND = Actor.command("create_api_key")


def later(key: ApiKey, **columns: Any) -> None:
    ApiKey.objects.filter(pk=key.pk).update(**columns)


# --- issuing --------------------------------------------------------------------------------------------


def test_a_key_gets_in_and_of_its_secret_only_the_hash_is_kept(cast: Cast) -> None:
    key, secret = issue(cast)
    assert ask(cast.service, key.key_id, secret) == 200
    assert (key.created_by, key.service, key.organization) == (cast.admin, cast.service, cast.organization)
    assert key.expires_at is not None
    assert abs(key.expires_at - read_clock().real - timedelta(days=90)) < timedelta(minutes=1)
    entry = AuditEntry.objects.get(action=Action.KEY_ISSUED)
    assert (entry.actor_name, entry.object_id, entry.service_id) == (
        cast.admin.email,
        str(key.pk),
        cast.service.pk,
    )
    assert entry.after["role"] == "operator"
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(k::text, '') FROM endpoints_apikey k")
        kept = cursor.fetchone()[0] + str(list(AuditEntry.objects.values()))
    assert secret not in kept


Who = Callable[[Cast], Any]
WHO: dict[str, Who] = {
    "viewer": lambda cast: cast.viewer,
    "operator": lambda cast: cast.operator,
    "stranger": lambda cast: cast.stranger,
    "service admin": lambda cast: _service_admin(cast),
    "organization admin": lambda cast: cast.admin,
    "staff": lambda cast: cast.staff,
    "former staff": lambda cast: make_user("gone@example.com", is_staff=True, is_active=False),
    "admin key": lambda cast: issue(cast, place=cast.organization, role="admin", by=cast.staff)[0],
    "command": lambda cast: COMMAND,
}


def _service_admin(cast: Cast) -> User:
    person = make_user("service-admin@example.com")
    give_role(person, Role.ADMIN, cast.service)
    return person


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("on", ["service", "organization"])
def test_admins_manage_the_keys_of_what_they_administer_and_a_key_none(cast: Cast, who: str, on: str) -> None:
    by, place = WHO[who](cast), getattr(cast, on)
    key, _ = issue(cast, place=place, by=cast.staff)
    allowed = who in ("organization admin", "staff", "command") or (who, on) == ("service admin", "service")
    acts: list[Callable[[], Any]] = [
        lambda: issue(cast, place=place, by=by),
        lambda: intents.change_key(key=key, name="renamed", by=by),
        lambda: intents.rotate_key(key=key, overlap="day", days=30, by=by),
        lambda: intents.disable_key(key=key, by=by),
    ]
    keys, entries = ApiKey.objects.count(), AuditEntry.objects.count()
    for act in acts:
        if allowed:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()
    if not allowed:
        assert (ApiKey.objects.count(), AuditEntry.objects.count()) == (keys, entries)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "  "}, "required", "name"),
        ({"name": "a\nb"}, "unprintable", "name"),
        ({"name": "x" * 101}, "too_long", "name"),
        ({"role": "owner"}, "unknown_role", "role"),
        ({"days": 0}, "key_days", "days"),
        ({"days": -1}, "key_days", "days"),
        ({"days": 366}, "key_days", "days"),
        ({"days": None}, "key_without_end", "days"),
    ],
)
def test_what_cannot_be_a_key_is_refused_at_its_field(
    cast: Cast, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(IntentRefused) as refused:
        issue(cast, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not ApiKey.objects.exists()


def test_a_key_without_an_end_is_for_installations_without_a_maximum(cast: Cast, settings: Any) -> None:
    settings.API_KEY_MAX_DAYS = 0
    assert issue(cast, days=None)[0].expires_at is None
    assert issue(cast, days=4000)[0].expires_at is not None


@pytest.mark.parametrize(
    ("most", "days"),
    [(0, [30, 90, 365, None]), (365, [30, 90, 365]), (60, [30, 60]), (7, [7]), (400, [30, 90, 365, 400])],
)
def test_what_may_be_chosen_goes_up_to_the_maximum(most: int, days: list[int | None]) -> None:
    assert list(day_choices(most)) == days


def test_the_same_form_makes_one_key(cast: Cast) -> None:
    form_key = uuid.uuid4()
    issue(cast, form_key=form_key)
    with pytest.raises(IntentRefused, match="key_issued_before"):
        issue(cast, form_key=form_key)
    assert ApiKey.objects.count() == 1


# --- rotating, changing, disabling ----------------------------------------------------------------------


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_a_rotated_key_goes_on_for_the_overlap_beside_its_successor(cast: Cast, overlap: str) -> None:
    old, old_secret = issue(cast, role="viewer")
    new, new_secret = intents.rotate_key(key=old, overlap=overlap, days=30, by=cast.staff)
    old.refresh_from_db()
    assert (new.name, new.role, new.service, new.organization, new.created_by) == (
        old.name,
        old.role,
        old.service,
        old.organization,
        cast.staff,
    )
    assert (old.successor, new_secret != old_secret) == (new, True)
    assert old.expires_at is not None
    assert abs(old.expires_at - read_clock().real - OVERLAPS[overlap]) < timedelta(minutes=1)
    assert ask(cast.service, new.key_id, new_secret) == 200
    assert ask(cast.service, old.key_id, old_secret) == (401 if overlap == "now" else 200)
    later(old, expires_at=read_clock().real)
    assert ask(cast.service, old.key_id, old_secret) == 401
    entry = AuditEntry.objects.get(action=Action.KEY_ROTATED)
    assert (entry.object_id, entry.after["successor"]) == (str(old.pk), new.key_id)
    assert new_secret not in str(entry.after)


def test_a_rotation_never_lets_a_key_live_longer(cast: Cast) -> None:
    old, _ = issue(cast, days=1)
    ends = old.expires_at
    intents.rotate_key(key=old, overlap="week", days=30, by=cast.admin)
    old.refresh_from_db()
    assert old.expires_at == ends


@pytest.mark.parametrize("state", ["rotated", "expired", "disabled", "issuer disabled"])
def test_what_is_over_is_neither_rotated_nor_prolonged(cast: Cast, state: str) -> None:
    issuer = _service_admin(cast)
    key, _ = issue(cast, by=issuer)
    if state == "rotated":
        intents.rotate_key(key=key, overlap="day", days=30, by=cast.admin)
    elif state == "expired":
        later(key, expires_at=read_clock().real)
    elif state == "disabled":
        intents.disable_key(key=key, by=cast.admin)
    else:
        User.objects.filter(pk=issuer.pk).update(is_active=False)
    number = ApiKey.objects.count()
    for act in (
        lambda: intents.rotate_key(key=key, overlap="day", days=30, by=cast.admin),
        lambda: intents.change_key(key=key, name="other", days=30, by=cast.admin),
    ):
        with pytest.raises(IntentRefused, match="key_rotated" if state == "rotated" else "key_ended"):
            act()
    assert ApiKey.objects.count() == number
    assert intents.change_key(key=key, name="other", by=cast.admin).name == "other"


def test_an_unknown_overlap_is_refused(cast: Cast, key: ApiKey) -> None:
    with pytest.raises(IntentRefused, match="no_choice"):
        intents.rotate_key(key=key, overlap="for ever", days=30, by=cast.admin)


def test_changes_are_kept_with_before_and_after_and_no_change_leaves_no_entry(
    cast: Cast, key: ApiKey
) -> None:
    intents.change_key(key=key, name=key.name, by=cast.admin)
    assert not AuditEntry.objects.filter(action=Action.KEY_CHANGED).exists()
    intents.change_key(key=key, name="renamed", by=cast.admin)
    entry = AuditEntry.objects.get(action=Action.KEY_CHANGED)
    assert (entry.before, entry.after) == ({"name": "script"}, {"name": "renamed"})
    intents.change_key(key=key, name="renamed", days=30, by=cast.admin)
    assert set(AuditEntry.objects.filter(action=Action.KEY_CHANGED)[0].after) == {"expires_at"}


def test_a_disabled_key_is_refused_at_once_and_asking_again_changes_nothing(cast: Cast) -> None:
    key, secret = issue(cast)
    first = intents.disable_key(key=key, by=cast.admin).disabled_at
    assert ask(cast.service, key.key_id, secret) == 401
    assert intents.disable_key(key=key, by=cast.admin).disabled_at == first
    assert AuditEntry.objects.filter(action=Action.KEY_DISABLED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_rotated_twice_at_once_gets_one_successor() -> None:
    cast = introduce()
    key, _ = issue(cast)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def rotate() -> None:
        try:
            start.wait()
            intents.rotate_key(key=key, overlap="day", days=30, by=cast.admin)
            outcomes.append("rotated")
        except IntentRefused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    crew = [threading.Thread(target=rotate) for _ in range(2)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert sorted(outcomes) == ["key_rotated", "rotated"]
    assert ApiKey.objects.count() == 2


# --- what a key is --------------------------------------------------------------------------------------


def test_each_state_is_told_and_the_queries_agree(cast: Cast) -> None:
    real = read_clock().real
    issuer = make_user("issuer@example.com")
    give_role(issuer, Role.ADMIN, cast.service)
    keys = {
        state: issue(cast, name=state, by=issuer if state == "issuer_gone" else cast.admin)[0]
        for state in KeyState
    }
    later(keys[KeyState.IN_USE], last_used_at=real)
    later(keys[KeyState.UNUSED], created_at=real - timedelta(days=8))
    later(keys[KeyState.EXPIRING], expires_at=real + timedelta(days=13), last_used_at=real)
    intents.rotate_key(key=keys[KeyState.ROTATED], overlap="week", days=365, by=cast.admin)
    User.objects.filter(pk=issuer.pk).update(is_active=False)
    later(keys[KeyState.EXPIRED], expires_at=real)
    intents.disable_key(key=keys[KeyState.DISABLED], by=cast.admin)
    rows = ApiKey.objects.select_related("created_by")
    for state, key in keys.items():
        assert rows.get(pk=key.pk).state(read_clock().real) is state
        assert rows.getting_in().filter(pk=key.pk).exists() is state.gets_in
        assert rows.ended().filter(pk=key.pk).exists() is not state.gets_in
    assert {key.name for key in rows.expiring()} == {KeyState.EXPIRING, KeyState.ROTATED}


def test_a_new_key_that_was_not_used_yet_does_not_stand_out(cast: Cast, key: ApiKey) -> None:
    assert key.state(read_clock().real) is KeyState.IN_USE


def test_a_key_whose_row_names_the_service_of_another_organization_reaches_none(cast: Cast) -> None:
    key, secret = issue(cast)
    later(key, service=cast.other_service)
    key.refresh_from_db()
    assert not Service.objects.filter(services_of(key)).exists()
    assert role_on(key, cast.other_service) is None
    for service in (cast.service, cast.other_service):
        assert ask(service, key.key_id, secret) == 404


def test_keys_of_a_service_stay_with_it_beside_a_sibling(cast: Cast) -> None:
    sibling = make_service(cast.organization, "sibling")
    key, secret = issue(cast)
    whole, whole_secret = issue(cast, place=cast.organization)
    assert [ask(s, key.key_id, secret) for s in (cast.service, sibling)] == [200, 404]
    assert [ask(s, whole.key_id, whole_secret) for s in (cast.service, sibling)] == [200, 200]
