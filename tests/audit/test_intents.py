"""Every intent leaves an entry in the transaction of its act, and none where it changes nothing."""

import inspect
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from endpoints import audit, intents
from endpoints.domain.actions import Action
from endpoints.domain.status import Status
from endpoints.models import ApiKey, AuditEntry, Event, ReversePrivateEndpoint
from tests.audit.acts import wanted, wanted_pipe
from tests.audit.acts_of_staff import EVERY_ACT, NOT_RECORDED
from tests.people import Cast, make_endpoint, make_hand_off, make_network, make_pipe, make_replacement


def test_every_intent_that_somebody_asks_for_is_in_the_table() -> None:
    asked = {
        name
        for name in intents.__all__
        if inspect.isfunction(found := getattr(intents, name)) and "by" in inspect.signature(found).parameters
    }
    by_itself = {"clean_up"}  # cleanup is who asks
    assert asked == (EVERY_ACT.keys() - by_itself) | NOT_RECORDED.keys()


@pytest.mark.parametrize("name", EVERY_ACT)
def test_an_act_leaves_its_entries_once_and_tells_the_timeline(cast: Cast, name: str) -> None:
    act = EVERY_ACT[name]
    thing = act.prepare(cast)
    with CaptureQueriesContext(connection) as queries:
        act.do(cast, thing)
    entries = list(AuditEntry.objects.order_by("id"))
    assert [entry.action for entry in entries] == list(act.leaves)
    written = [query for query in queries if "endpoints_auditentry" in query["sql"]]
    assert sum("INSERT" in query["sql"] for query in written) == len(act.leaves)
    assert len(written) - len(act.leaves) == (name == "hand_off_opened")  # it looks whether it was told
    lines = Event.objects.count()
    assert bool(lines) == act.told
    if not act.again:
        return
    act.do(cast, thing)
    assert AuditEntry.objects.count() == len(act.leaves)
    assert Event.objects.count() == lines


@pytest.mark.parametrize("name", EVERY_ACT)
def test_an_entry_says_what_changed_whose_it_is_and_where_it_came_from(cast: Cast, name: str) -> None:
    act = EVERY_ACT[name]
    thing = act.prepare(cast)
    with audit.coming_from("192.0.2.7"):
        act.do(cast, thing)
    for entry in AuditEntry.objects.all():
        assert bool(entry.before or entry.after) == act.changes
        assert entry.object_name
        assert entry.address == "192.0.2.7"
        if act.told:
            assert entry.object_kind in ("reverseprivateendpoint", "clickpipe")
            assert (entry.organization_id, entry.service_id) == (cast.organization.pk, cast.service.pk)


def told(action: Action) -> tuple[dict[str, Any], dict[str, Any]]:
    entry = AuditEntry.objects.get(action=action)
    return entry.before, entry.after


@pytest.mark.django_db
def test_before_and_after_tell_what_was_there_and_what_is(cast: Cast) -> None:
    row = make_endpoint(cast.service)
    pipe = intents.record_pipe(service=cast.service, wanted=wanted_pipe(row), by=cast.operator)
    recorded = {
        "name": "orders-cdc",
        "source": "Postgres",
        "address": pipe.address,
        "endpoints": ["Orders database"],
    }
    assert told(Action.CLICKPIPE_RECORDED) == ({}, recorded)
    intents.request_removal(endpoint=row, by=cast.admin)
    assert told(Action.ENDPOINT_REMOVAL_REQUESTED) == (
        {"status": "Ready"},
        {"status": "Deleting", "removal_reason": "removal_requested", "clickpipes": ["orders-cdc"]},
    )
    intents.remove_pipe(pipe=pipe, by=cast.operator)
    assert told(Action.CLICKPIPE_REMOVED) == (recorded, {})
    failed = make_endpoint(cast.service, Status.FAILED)
    intents.retry(endpoint=failed, by=cast.operator)
    assert told(Action.ENDPOINT_RETRIED) == ({"generation": 1}, {"generation": 2})
    intents.tick(endpoint=row, item="principal", done=True, by=cast.operator)
    intents.tick(endpoint=row, item="principal", done=False, by=cast.operator)
    assert told(Action.ENDPOINT_CLEANED_UP) == ({"cleaned_up": []}, {"cleaned_up": ["principal"]})
    assert told(Action.ENDPOINT_NOT_CLEANED_UP) == ({"cleaned_up": ["principal"]}, {"cleaned_up": []})


def test_what_is_refused_leaves_nothing(cast: Cast) -> None:
    row = make_endpoint(cast.service)
    with pytest.raises(PermissionDenied):
        intents.request_removal(endpoint=row, by=cast.viewer)
    with pytest.raises(intents.IntentRefused):
        intents.retry(endpoint=row, by=cast.operator)
    with pytest.raises(intents.IntentRefused):
        intents.make_hand_off(endpoint=row, days=2, by=cast.operator)
    assert not AuditEntry.objects.exists()


def test_keys_and_cleanup_act_in_their_own_names(cast: Cast) -> None:
    key, _ = ApiKey.issue(organization=cast.organization, service=None, role="operator", name="ci")
    row = intents.request_endpoint(service=cast.service, wanted=wanted(), by=key)
    intents.clean_up(endpoint=row)
    second, first = AuditEntry.objects.all()
    assert (first.actor_kind, first.actor_id, first.actor_name) == ("key", key.key_id, "API key ci")
    assert (second.actor_kind, second.actor_id, second.actor_name) == ("postern", "", "cleanup")
    assert second.after == {"status": "Deleting", "removal_reason": "deadline_passed"}


def test_an_opened_link_is_told_once_an_hour_for_each_address(cast: Cast) -> None:
    row = make_endpoint(cast.service)
    link, other = make_hand_off(row), make_hand_off(row)
    for address, opened, by in (
        ("192.0.2.7", link, None),
        ("192.0.2.7", link, None),
        ("192.0.2.8", link, cast.viewer),
        ("192.0.2.8", other, None),
        ("192.0.2.8", link, None),
    ):
        with audit.coming_from(address):
            intents.hand_off_opened(link=opened, by=by)
    seen = AuditEntry.objects.order_by("id").values_list("actor_kind", "actor_name", "address", "after__link")
    assert list(seen) == [
        ("nobody", "", "192.0.2.7", str(link.pk)),
        ("person", "viewer@example.com", "192.0.2.8", str(link.pk)),
        ("nobody", "", "192.0.2.8", str(other.pk)),
    ]
    link.refresh_from_db()
    assert link.opened == 4


def test_a_replacement_that_is_carried_out_says_where_its_clickpipes_went(cast: Cast) -> None:
    make_network(cast.region)
    old = make_endpoint(cast.service)
    host = "vpce-0bbbbbbbbbbbbbbbb-hgfedcba.vpce-svc-0fedcba9876543210.eu-central-1.vpce.amazonaws.com"
    new = make_endpoint(cast.service, description="New database", dns_names=[host], external_id="vpce-0b")
    pipe = make_pipe(cast.service, old, name="orders-cdc")
    replacement = make_replacement(old, new, requested_by=cast.operator)
    assert intents.advance_replacement(replacement.pk)
    done = AuditEntry.objects.get(action=Action.REPLACEMENT_DONE)
    assert (done.actor_kind, done.actor_name, done.object_id) == (
        "person",
        "operator@example.com",
        str(old.pk),
    )
    assert done.before == {"clickpipes": {"orders-cdc": pipe.address}}
    assert done.after == {"clickpipes": {"orders-cdc": f"{host}:5432"}, "replacement": "New database"}
    assert AuditEntry.objects.get(action=Action.ENDPOINT_REMOVAL_REQUESTED).object_id == str(old.pk)


def test_an_act_that_is_rolled_back_was_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr("endpoints.intents.endpoint.wake", broken)
    with pytest.raises(RuntimeError):
        intents.request_endpoint(service=cast.service, wanted=wanted(), by=cast.operator)
    assert not AuditEntry.objects.exists()
    assert not ReversePrivateEndpoint.objects.exists()
