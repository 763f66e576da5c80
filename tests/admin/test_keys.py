"""API keys in Django admin: issued, rotated and disabled by intents, each secret shown once."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from endpoints import intents
from endpoints.models import ApiKey, AuditEntry, User, read_clock
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.staff)
    return client


def url(page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:endpoints_apikey_{page}", args=args)


def form(cast: Cast, **changes: str) -> dict[str, str]:
    asked = {"name": "script", "organization": str(cast.organization.pk), "service": "", "role": "operator"}
    return asked | {"ends": "90", "once": str(uuid.uuid4())} | changes


def issue(cast: Cast, **changes: Any) -> tuple[ApiKey, str]:
    asked = {"place": cast.organization, "name": "script", "role": "viewer", "days": 90, "by": cast.staff}
    return intents.issue_key(**asked | changes)  # type: ignore[arg-type]


def secret_on(text: str) -> str:
    found = re.search(r'<code id="secret">([\w-]{43})</code>', text)
    assert found is not None
    return found[1]


def test_an_issued_key_is_shown_once_works_and_is_kept_nowhere(staff: Client, cast: Cast) -> None:
    sent = form(cast)
    answer = staff.post(url("add"), sent)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    key, secret = ApiKey.objects.get(), secret_on(answer.text)
    assert key.accepts(secret)
    assert (key.created_by, key.service) == (cast.staff, None)
    refreshed = staff.post(url("add"), sent, follow=True)
    assert ApiKey.objects.count() == 1
    assert "A key was already issued from this form" in refreshed.text
    kept = [
        refreshed.text,
        staff.get(url("change", key.pk)).text,
        str(staff.cookies),
        str([session.get_decoded() for session in Session.objects.all()]),
        str(list(LogEntry.objects.values())),
        str(list(AuditEntry.objects.values())),
    ]
    assert not [text for text in kept if secret in text]
    assert AuditEntry.objects.filter(action__startswith="key").get().action == "key.issued"


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "owner"},
        {"service": "other"},
        {"name": ""},
        {"name": "a\tb"},
        {"ends": "0"},
        {"ends": "4000"},
        {"once": "x"},
    ],
)
def test_a_wrong_key_is_refused(staff: Client, cast: Cast, wrong: dict[str, str]) -> None:
    if "service" in wrong:
        wrong = {"service": str(cast.other_service.pk)}
    assert staff.post(url("add"), form(cast, **wrong)).status_code == 422
    assert ApiKey.objects.count() == 0


def test_a_key_is_renamed_and_disabled_and_never_deleted_or_widened(staff: Client, cast: Cast) -> None:
    key, secret = issue(cast)
    assert staff.post(url("delete", key.pk), {"post": "yes"}).status_code == 403
    staff.post(url("change", key.pk), {"name": "renamed", "role": "admin"})
    key.refresh_from_db()
    assert (key.name, key.role) == ("renamed", "viewer")
    for _ in range(2):
        staff.post(url(), {"action": "disable", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert not key.accepts(secret)
    told = AuditEntry.objects.filter(action__in=["key.changed", "key.disabled"]).values_list(
        "action", "actor_name"
    )
    assert sorted(told) == [("key.changed", "staff@example.com"), ("key.disabled", "staff@example.com")]


def test_a_key_is_rotated_on_a_page_of_its_own(staff: Client, cast: Cast) -> None:
    key, _ = issue(cast)
    address = url("rotate", key.pk)
    assert address in staff.get(url("change", key.pk)).text
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"overlap": "for ever", "days": "30"}).status_code == 422
    answer = staff.post(address, {"overlap": "now", "days": "30"})
    key.refresh_from_db()
    assert key.successor is not None
    assert key.successor.accepts(secret_on(answer.text))
    assert "no-store" in answer["Cache-Control"]
    assert staff.post(address, {"overlap": "now", "days": "30"}).status_code == 422
    assert address not in staff.get(url("change", key.pk)).text
    assert ApiKey.objects.count() == 2


def test_rotating_is_for_staff(cast: Cast) -> None:
    key, _ = issue(cast)
    client = Client()
    client.force_login(cast.admin)
    assert client.post(url("rotate", key.pk), {"overlap": "now", "days": "30"}).status_code == 302
    assert ApiKey.objects.count() == 1


def test_keys_are_filtered_by_what_they_are(staff: Client, cast: Cast, settings: Any) -> None:
    settings.API_KEY_MAX_DAYS = 0
    real = read_clock().real
    gone = User.objects.create_user("gone@example.com", is_staff=True)
    issue(cast, name="k-used", days=300)
    issue(cast, name="k-soon", days=10)
    issue(cast, name="k-endless", days=None)
    issue(cast, name="k-gone", by=gone)
    issue(cast, name="k-over")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    ApiKey.objects.filter(name="k-over").update(expires_at=real)
    ApiKey.objects.exclude(name="k-soon").update(last_used_at=real - timedelta(hours=1))
    expected = {
        "in": {"k-used", "k-soon", "k-endless"},
        "expiring": {"k-soon"},
        "unused": {"k-soon"},
        "endless": {"k-endless"},
        "gone": {"k-gone"},
        "out": {"k-gone", "k-over"},
    }
    for state, names in expected.items():
        assert set(re.findall(r">(k-\w+)<", staff.get(url(), {"state": state}).text)) == names


def test_the_list_costs_as_much_for_thirty_keys_as_for_one(
    staff: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    issue(cast)
    staff.get(url())
    with django_assert_num_queries(6) as one:
        staff.get(url())
    for n in range(30):
        issue(cast, name=f"key {n}")
    with django_assert_num_queries(len(one)):
        staff.get(url())
