"""The pages of the audit: what admins read there, narrow it to and take along."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import audit, intents
from endpoints.domain.actions import Action
from endpoints.domain.status import Status
from endpoints.models import AuditEntry
from tests.admin.pages import text_of
from tests.audit.crowd import write_many
from tests.people import Cast, make_endpoint


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.9")
    client.force_login(cast.admin)
    return client


def act(cast: Cast) -> str:
    """Do a few things; return the id of the endpoint to which they were done."""
    row = make_endpoint(cast.service, Status.FAILED, description="=cmd|' /C calc'!A1")
    with audit.coming_from("2001:db8::7"):
        intents.retry(endpoint=row, by=cast.operator)
    intents.transfer_service(service=cast.service, to=cast.operator, reason="<b>moved</b>", by=cast.admin)
    intents.change_service(service=cast.other_service, by=cast.stranger, contact="#secret")
    return str(row.pk)


def of_service(cast: Cast) -> str:
    return reverse("audit", args=[cast.service.pk])


def of_organization(cast: Cast) -> str:
    return reverse("organization-audit", args=[cast.organization.pk])


def shown(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return text_of(response)


def test_an_admin_reads_who_did_what_from_where_and_what_changed(cast: Cast, admin: Client) -> None:
    act(cast)
    for address in (of_service(cast), of_organization(cast)):
        page = shown(admin, address)
        assert "operator@example.com 2001:db8::7 Requested a retry" in page
        assert "attempt: 1 → 2" in page
        assert "Transferred the service Reason: &lt;b&gt;moved&lt;/b&gt;" in page
        assert "owner: – → operator@example.com" in page
        assert "#secret" not in page
        assert "stranger" not in page


def test_the_settings_and_the_organization_lead_there_for_admins_only(cast: Cast, admin: Client) -> None:
    link = f'href="{of_service(cast)}"'
    assert link in admin.get(reverse("settings", args=[cast.service.pk])).text
    whole = f'href="{of_organization(cast)}"'
    assert whole in admin.get(reverse("organization", args=[cast.organization.pk])).text
    assert whole in admin.get(of_service(cast)).text
    viewer = Client()
    viewer.force_login(cast.viewer)
    assert link not in viewer.get(reverse("settings", args=[cast.service.pk])).text


def test_filters_stand_in_the_form_and_in_every_link(cast: Cast, admin: Client) -> None:
    endpoint = act(cast)
    chosen = {"who": "operator@example.com", "action": "endpoint.retried", "on": endpoint}
    response = admin.get(of_service(cast), chosen)
    assert [row.entry.action for row in response.context["rows"]] == ["endpoint.retried"]
    assert '<option value="endpoint.retried" selected>' in response.text
    query = f"who=operator%40example.com&amp;action=endpoint.retried&amp;on={endpoint}"
    assert f'export.csv?{query}"' in response.text
    assert "Clear filters" in response.text
    assert "No entry matches" in shown(admin, of_service(cast), who="nobody@example.com")


def test_links_lead_to_everything_of_an_actor_and_of_a_thing(cast: Cast, admin: Client) -> None:
    endpoint = act(cast)
    page = admin.get(of_service(cast)).text
    assert 'href="?who=operator%40example.com"' in page
    assert f'href="?on={endpoint}"' in page


def test_pages_go_back_by_key_and_to_the_newest(cast: Cast, admin: Client) -> None:
    write_many(cast, 1200)  # 60 of the service
    first = admin.get(of_service(cast), {"action": "endpoint.requested"})
    assert len(first.context["rows"]) == 50
    assert "Newest" not in text_of(first)
    second = admin.get(f"{of_service(cast)}?{first.context['older']}")
    assert len(second.context["rows"]) == 10
    assert "Newest" in text_of(second)
    assert "Older" not in text_of(second)
    assert f'href="{of_service(cast)}?action=endpoint.requested"' in second.text
    last = second.context["rows"][-1].entry
    key = f"{int(last.at.timestamp() * 1_000_000)}-{last.pk}"
    assert "There are no older entries" in shown(admin, of_service(cast), before=key)


def test_a_page_costs_as_many_queries_for_many_entries_as_for_none(
    cast: Cast, admin: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        admin.get(of_service(cast))
    write_many(cast, 1200)
    with django_assert_num_queries(5):
        admin.get(of_service(cast))


def lines(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_a_file_is_what_the_filters_say_and_an_entry_of_its_own(cast: Cast, admin: Client) -> None:
    endpoint = act(cast)
    address = reverse("export-audit", args=[cast.service.pk, "csv"])
    response = admin.get(address, {"on": endpoint})
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    head, line = csv.reader(io.StringIO(lines(response)))
    record = dict(zip(head, line, strict=True))
    assert (record["actor"], record["address"]) == ("operator@example.com", "2001:db8::7")
    assert record["object"] == "'=cmd|' /C calc'!A1"
    assert record["at"].endswith("Z")
    entry = AuditEntry.objects.get(action=Action.AUDIT_EXPORTED)
    assert (entry.actor_name, entry.address, entry.service_id) == (
        "admin@example.com",
        "192.0.2.9",
        cast.service.pk,
    )
    assert entry.after == {"format": "csv", "filters": f"on={endpoint}"}
    written = lines(admin.get(reverse("export-organization-audit", args=[cast.organization.pk, "jsonl"])))
    actions = [json.loads(line)["action"] for line in written.splitlines()]
    assert actions == ["audit.exported", "service.transferred", "endpoint.retried"]
    assert AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED, service_id=None).count() == 1


def test_a_file_of_nothing_has_a_head_and_an_unknown_form_is_none(cast: Cast, admin: Client) -> None:
    response = admin.get(reverse("export-audit", args=[cast.service.pk, "csv"]))
    assert lines(response).startswith("id,at,actorKind")
    assert admin.get(reverse("export-audit", args=[cast.service.pk, "xlsx"])).status_code == 404


def test_a_look_at_the_head_of_a_file_is_no_export(cast: Cast, admin: Client) -> None:
    assert admin.head(reverse("export-audit", args=[cast.service.pk, "csv"])).status_code == 200
    assert not AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).exists()


def test_who_is_no_admin_gets_nothing_and_exports_nothing(cast: Cast) -> None:
    addresses = [
        of_service(cast),
        of_organization(cast),
        reverse("export-audit", args=[cast.service.pk, "csv"]),
        reverse("export-organization-audit", args=[cast.organization.pk, "csv"]),
    ]
    expected = {cast.viewer: [403, 404, 403, 404], cast.operator: [403, 404, 403, 404]}
    expected |= {cast.stranger: [404] * 4, cast.staff: [404] * 4}
    for person, answers in expected.items():
        client = Client()
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == answers
    assert not AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).exists()
