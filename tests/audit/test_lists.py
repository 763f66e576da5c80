"""What lists are narrowed to, their pages by key, and that each choice finds an index."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from endpoints import audit, audit_lists
from endpoints.audit_lists import AuditFilters
from endpoints.domain.actions import Action
from endpoints.models import ApiKey, AuditEntry
from endpoints.models.audit import AuditEntryQuerySet
from tests.audit.crowd import write_many
from tests.database import age_the_audit
from tests.people import Cast, make_endpoint


def found(cast: Cast, **query: str) -> list[str]:
    entries = AuditFilters.of(query).narrow(AuditEntry.objects.filter(service_id=cast.service.pk))
    return [entry.action for entry in entries.order_by("id")]


def test_each_choice_narrows_and_all_together(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    key, _ = ApiKey.issue(organization=cast.organization, service=None, role="operator", name="ci")
    audit.record(Action.ENDPOINT_REQUESTED, by=cast.operator, on=endpoint)
    age_the_audit(timedelta(days=2))
    audit.record(Action.ENDPOINT_RETRIED, by=key, on=endpoint)
    audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
    audit.record(Action.SERVICE_CHANGED, by=cast.stranger, on=cast.other_service)
    today = timezone.localdate().isoformat()
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    requested, retried, changed = "endpoint.requested", "endpoint.retried", "service.changed"
    assert found(cast) == [requested, retried, changed]
    assert found(cast, who="operator@example.com") == [requested]
    assert found(cast, who=str(cast.operator.pk)) == [requested]
    assert found(cast, who=key.key_id) == [retried]
    assert found(cast, who="API key ci") == [retried]
    assert found(cast, who="operator") == []
    assert found(cast, action=changed) == [changed]
    assert found(cast, on=str(endpoint.pk).upper()) == [requested, retried]
    assert found(cast, on="ORDERS data") == [requested, retried]
    assert found(cast, since=yesterday) == [retried, changed]
    assert found(cast, until=yesterday) == [requested]
    assert found(cast, since=today, until=today, action=retried, on=str(endpoint.pk)) == [retried]
    assert found(cast, since=today, until=yesterday) == []


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ({"action": "no.such"}, {}),
        ({"since": "2026-02-31"}, {}),
        ({"since": "0001-01-01", "until": "9999-12-31"}, {}),
        ({"since": "yesterday", "who": "  a@example.com "}, {"who": "a@example.com"}),
        ({"on": "x" * 500}, {"on": "x" * 300}),
    ],
)
def test_what_cannot_be_chosen_counts_as_not_chosen(query: dict[str, str], read: dict[str, str]) -> None:
    assert AuditFilters.of(query) == AuditFilters(**read)


@pytest.mark.parametrize("every", [30, 0], ids=["one after the other", "all at one moment"])
def test_pages_by_key_show_every_entry_once_whatever_comes_meanwhile(cast: Cast, every: float) -> None:
    write_many(cast, 130, every)
    entries = AuditEntry.objects.filter(organization_id=cast.organization.pk)
    expected = list(entries.order_by("-at", "-id").values_list("pk", flat=True))
    seen: list[int] = []
    key = ""
    while True:
        page = audit_lists.page_of(entries, key)
        assert page.is_first == (not seen)
        seen += [entry.pk for entry in page.entries]
        audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
        if not page.older:
            break
        key = page.older
    assert seen == expected


@pytest.mark.parametrize("key", ["x", "1", "-", "1-", "9" * 30 + "-1", "1-1-1", "１-1"])
def test_a_key_that_is_none_shows_the_newest(cast: Cast, key: str) -> None:
    write_many(cast, 3)
    page = audit_lists.page_of(AuditEntry.objects.all(), key)
    assert len(page.entries) == 3


QUERIES: dict[str, tuple[dict[str, str], str]] = {
    "newest": ({}, "audit_of_service"),
    "one action": ({"action": "endpoint.retried"}, "audit_of_"),
    "a rare action": ({"action": "service.transferred"}, "audit_of_action"),
    "a person": ({"who": "person7@example.com"}, "audit_of_"),
    "nobody of that name": ({"who": "nobody@example.com"}, "audit_of_name"),
    "an account": ({"who": "7"}, "audit_of_"),
    "one thing": ({"on": "THING"}, "audit_of_object"),
}


def _query(cast: Cast, thing: str, name: str, **more: str) -> AuditEntryQuerySet:
    given = {key: thing if value == "THING" else value for key, value in QUERIES[name][0].items()}
    mine = AuditEntry.objects.filter(service_id=cast.service.pk)
    return AuditFilters.of({**given, **more}).narrow(mine).order_by("-at", "-id")[: audit_lists.PER_PAGE]


def test_each_choice_is_answered_by_an_index(cast: Cast) -> None:
    thing = write_many(cast, 40_000)
    for name, (_, index) in QUERIES.items():
        plan = _query(cast, thing, name).explain()
        assert index in plan, f"{name}:\n{plan}"
        assert "Seq Scan" not in plan, f"{name}:\n{plan}"
    day = (timezone.localdate() - timedelta(days=5)).isoformat()
    plan = _query(cast, thing, "newest", since=day, until=day).explain()
    assert "audit_of_service" in plan, plan
    assert "at >= " in plan.partition("Index Cond")[2].splitlines()[0], plan
    everything = AuditEntry.objects.order_by("-at", "-id")[: audit_lists.PER_PAGE].explain()
    assert "audit_by_age" in everything, everything
    whole = AuditEntry.objects.filter(organization_id=cast.organization.pk)
    plan = whole.order_by("-at", "-id")[: audit_lists.PER_PAGE].explain()
    assert "audit_of_organization" in plan or "audit_by_age" in plan, plan


@pytest.mark.full
def test_a_page_of_a_million_is_as_fast_as_one_of_few(cast: Cast, record_property: Any) -> None:
    thing = write_many(cast, 1_000_000)
    long_ago = (timezone.localdate() - timedelta(days=300)).isoformat()
    slow = {}
    for name in QUERIES:
        for more in ({}, {"until": long_ago}, {"since": long_ago, "until": long_ago}):
            began = time.perf_counter()
            list(_query(cast, thing, name, **more))
            took = time.perf_counter() - began
            if took > 0.25:
                slow[name, *more] = round(took, 3)
    assert not slow
