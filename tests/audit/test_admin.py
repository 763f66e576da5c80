"""The audit in Django admin: everything, found fast, and as a file."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import ApiKey, AuditEntry
from tests.admin.pages import text_of
from tests.people import Cast, make_endpoint

LIST = "admin:endpoints_auditentry_changelist"


@pytest.fixture
def staff(cast: Cast) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.99")
    client.force_login(cast.staff)
    return client


def write(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service, description="=HYPERLINK(1)")
    key, _ = ApiKey.issue(organization=cast.organization, service=None, role="operator", name="ci")
    with audit.coming_from("192.0.2.7"):
        audit.record(
            Action.ENDPOINT_RETRIED,
            by=cast.operator,
            on=endpoint,
            before={"generation": 1},
            after={"generation": 2},
        )
    audit.record(Action.ENDPOINT_RETRIED, by=key, on=endpoint, after={"generation": 3})
    audit.record(
        Action.SERVICE_TRANSFERRED,
        by=cast.stranger,
        on=cast.other_service,
        before={"owner": "a@example.com"},
        after={"owner": "b@example.com"},
        reason="Moved teams",
    )


def shown(client: Client, **query: str) -> str:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200, response.status_code
    return text_of(response)


def rows(client: Client, **query: str) -> list[AuditEntry]:
    found: Any = client.get(reverse(LIST), query).context["cl"].result_list
    return list(found)


def test_every_entry_is_shown_in_words(cast: Cast, staff: Client) -> None:
    write(cast)
    page = shown(staff)
    assert "operator@example.com 192.0.2.7 Requested a retry" in page
    assert "attempt: 1 → 2" in page
    assert "API key ci" in page
    assert "owner: a@example.com → b@example.com" in page
    entry = AuditEntry.objects.get(action=Action.SERVICE_TRANSFERRED)
    one = staff.get(reverse("admin:endpoints_auditentry_change", args=[entry.pk]))
    assert "Moved teams" in text_of(one)
    assert 'name="_save"' not in one.text


def test_a_search_finds_actors_addresses_and_things(cast: Cast, staff: Client) -> None:
    write(cast)
    key = ApiKey.objects.get()
    first = AuditEntry.objects.get(address="192.0.2.7")
    for text, number in (
        ("operator@example.com", 1),
        (key.key_id, 1),
        ("192.0.2.7", 1),
        ("hyperlink", 2),
        (first.object_id.upper(), 2),
        ("operator", 0),
        ("nothing like it", 0),
    ):
        found = [entry for entry in rows(staff, q=text) if entry.action != "session.signed_in"]
        assert len(found) == number, text


def test_filters_narrow_by_action_kind_and_time(cast: Cast, staff: Client) -> None:
    write(cast)
    assert len(rows(staff, action="endpoint.retried")) == 2
    assert len(rows(staff, actor_kind__exact="key")) == 1
    assert rows(staff, at__gte="2999-01-01 00:00:00+00:00", at__lt="2999-01-02 00:00:00+00:00") == []


def test_a_file_has_what_the_list_has_and_leaves_an_entry(cast: Cast, staff: Client) -> None:
    write(cast)
    address = reverse("admin:endpoints_auditentry_export", args=["csv"])
    response = staff.get(address, {"action": "endpoint.retried"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    head, *lines = csv.reader(io.StringIO(b"".join(response.streaming_content).decode()))  # type: ignore[attr-defined]
    assert len(lines) == 2
    record = dict(zip(head, lines[-1], strict=True))
    assert record["object"] == "'=HYPERLINK(1)"
    assert (record["before"], record["after"]) == ('{"generation": 1}', '{"generation": 2}')
    entry = AuditEntry.objects.get(action=Action.AUDIT_EXPORTED)
    assert (entry.actor_name, entry.address) == ("staff@example.com", "192.0.2.99")
    assert entry.after == {"format": "csv", "filters": "action=endpoint.retried"}
    lines_of = staff.get(reverse("admin:endpoints_auditentry_export", args=["jsonl"]))
    written = b"".join(lines_of.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert json.loads(written[0])["action"] == "audit.exported"  # the export before this one
    assert len(written) == AuditEntry.objects.count() - 1
    assert staff.get(reverse("admin:endpoints_auditentry_export", args=["xlsx"])).status_code == 404


def test_only_staff_see_it(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    assert client.get(reverse(LIST)).status_code == 302
    assert client.get(reverse("admin:endpoints_auditentry_export", args=["csv"])).status_code == 302
    assert not AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).exists()


def test_a_list_costs_as_many_queries_for_many_entries_as_for_few(
    cast: Cast, staff: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        write(cast)
        ApiKey.objects.all().delete()
    with django_assert_max_num_queries(8):
        staff.get(reverse(LIST))
