"""Old entries go, said by an entry of its own in each transaction; nothing else deletes or changes one."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from endpoints import audit, retention, tasks
from endpoints.domain.actions import Action
from endpoints.models import Actor, AuditEntry
from tests.database import age_the_audit
from tests.people import Cast


def write(cast: Cast, number: int) -> list[int]:
    return [
        audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service, after={"name": f"orders {n}"}).pk
        for n in range(number)
    ]


def prune() -> int:
    return retention.prune(time.monotonic() + 60)["audit_entries"]


def keys() -> set[int]:
    return set(AuditEntry.objects.exclude(action=Action.AUDIT_PRUNED).values_list("pk", flat=True))


def test_entries_older_than_their_days_go_and_an_entry_says_which(cast: Cast, settings: Any) -> None:
    settings.AUDIT_DAYS = 40
    old = write(cast, 3)
    age_the_audit(timedelta(days=30))
    middle = write(cast, 2)
    age_the_audit(timedelta(days=11))
    young = write(cast, 1)
    oldest, newest = (AuditEntry.objects.get(pk=key).at for key in (old[0], old[-1]))
    assert prune() == 3
    assert keys() == {*middle, *young}
    entry = AuditEntry.objects.get(action=Action.AUDIT_PRUNED)
    assert (entry.actor_kind, entry.actor_name, entry.service_id) == ("postern", "Postern", None)
    assert entry.after["count"] == 3
    said = {name: datetime.fromisoformat(entry.after[name]) for name in ("before", "oldest", "newest")}
    assert abs(said["before"] - (timezone.now() - timedelta(days=40))) < timedelta(minutes=1)
    for name, moment in (("oldest", oldest), ("newest", newest)):
        assert abs(said[name] - moment) < timedelta(milliseconds=1)


def test_where_nothing_is_old_nothing_is_written(cast: Cast) -> None:
    young = write(cast, 2)
    assert prune() == 0
    assert set(AuditEntry.objects.values_list("pk", flat=True)) == set(young)


def test_each_transaction_has_its_entry_and_the_next_ones_stay_for_their_days(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LINES", 2)
    write(cast, 5)
    age_the_audit(timedelta(days=401))
    assert prune() == 5
    pruned = AuditEntry.objects.order_by("id")
    assert [entry.after["count"] for entry in pruned] == [2, 2, 1]
    assert {entry.action for entry in pruned} == {"audit.pruned"}
    age_the_audit(timedelta(days=401))
    assert prune() == 3
    assert [entry.after["count"] for entry in pruned.all()] == [2, 1]


def test_the_daily_task_does_the_same_and_the_command_says_what_went(cast: Cast) -> None:
    write(cast, 2)
    age_the_audit(timedelta(days=401))
    assert tasks.prune()["audit_entries"] == 2
    write(cast, 1)
    age_the_audit(timedelta(days=401))
    out = StringIO()
    call_command("prune", stdout=out)
    assert "2 audit entries" in out.getvalue()  # the one, and the daily task's own
    assert AuditEntry.objects.get().actor_name == "manage.py prune"
    assert AuditEntry.objects.get().actor_kind == "command"


def _raw(statement: str) -> Callable[[AuditEntry], object]:
    def run(entry: AuditEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [entry.pk])

    return run


def _save(entry: AuditEntry) -> None:
    entry.actor_name = "somebody else"
    entry.save()


ATTEMPTS: dict[str, Callable[[AuditEntry], object]] = {
    "save": _save,
    "update": lambda entry: AuditEntry.objects.update(actor_name="somebody else"),
    "delete": lambda entry: entry.delete(),
    "delete all": lambda entry: AuditEntry.objects.all().delete(),
    "bulk": lambda entry: AuditEntry.objects.bulk_update([entry], ["reason"]),
    "sql": _raw("UPDATE endpoints_auditentry SET at = now() WHERE id = %s"),
    "sql delete": _raw("DELETE FROM endpoints_auditentry WHERE id = %s"),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_way_through_the_orm_or_sql_changes_or_deletes_one(cast: Cast, name: str) -> None:
    write(cast, 1)
    age_the_audit(timedelta(days=500))  # old enough to go, but not said to
    kept = AuditEntry.objects.values().get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ATTEMPTS[name](AuditEntry.objects.get())
    assert AuditEntry.objects.values().get() == kept


def test_what_one_pruning_says_lets_nothing_go_in_another_transaction(cast: Cast) -> None:
    (key,) = write(cast, 1)
    age_the_audit(timedelta(days=500))
    said = audit.record(Action.AUDIT_PRUNED, by=Actor.command("prune"), after={"before": timezone.now()})
    with connection.cursor() as cursor:  # as if it had been another one
        cursor.execute("ALTER TABLE endpoints_auditentry DISABLE TRIGGER audit_keeps")
        cursor.execute("UPDATE endpoints_auditentry SET transaction = 1 WHERE id = %s", [said.pk])
        cursor.execute("ALTER TABLE endpoints_auditentry ENABLE TRIGGER audit_keeps")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=key).delete()


def test_a_pruning_that_says_a_time_to_come_takes_neither_young_entries_nor_its_own(cast: Cast) -> None:
    write(cast, 1)
    age_the_audit(timedelta(days=29))
    after = {"before": timezone.now() + timedelta(days=400)}
    audit.record(Action.AUDIT_PRUNED, by=Actor.command("prune"), after=after)
    for entry in AuditEntry.objects.all():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            entry.delete()
    age_the_audit(timedelta(days=2))
    assert AuditEntry.objects.filter(action=Action.SERVICE_CHANGED).delete()[0] == 1


def test_admin_offers_no_way_to_add_change_or_delete_one(cast: Cast, client: Client) -> None:
    (key,) = write(cast, 1)
    root = cast.staff
    root.is_superuser = True
    root.save()
    client.force_login(root)
    base = "admin:endpoints_auditentry"
    assert client.get(reverse(f"{base}_add")).status_code == 403
    assert client.post(reverse(f"{base}_delete", args=[key]), {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"{base}_change", args=[key]), {"actor_name": "x"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
    client.post(reverse(f"{base}_changelist"), data)
    assert AuditEntry.objects.filter(pk=key, actor_name="admin@example.com").exists()
