"""What an audit entry keeps, who may see it, and that nothing changes or deletes one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import Actor, ApiKey, AuditEntry
from tests.database import age_the_audit
from tests.people import Cast, make_endpoint, make_user


def test_an_entry_says_who_did_what_to_what_from_where(cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    with audit.coming_from("2001:db8::7"):
        audit.record(
            Action.ENDPOINT_RETRIED,
            by=cast.operator,
            on=endpoint,
            before={"generation": 1, "status": "Failed"},
            after={"generation": 2, "status": "Failed"},
        )
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_id) == ("person", str(cast.operator.pk))
    assert (entry.actor_name, entry.address) == ("operator@example.com", "2001:db8::7")
    assert (entry.object_kind, entry.object_id) == ("reverseprivateendpoint", str(endpoint.pk))
    assert entry.object_name == "Orders database"
    assert (entry.organization_id, entry.service_id) == (cast.organization.pk, cast.service.pk)
    assert (entry.before, entry.after) == ({"generation": 1}, {"generation": 2})
    assert abs(timezone.now() - entry.at) < timedelta(minutes=1)


def test_keys_and_commands_act_too_and_an_address_is_only_kept_where_there_is_one(cast: Cast) -> None:
    key, _ = ApiKey.issue(organization=cast.organization, service=None, role="admin", name="ci")
    with audit.coming_from("unix:"):
        audit.record(Action.KEY_CHANGED, by=key, on=key)
    audit.record(Action.INSTALLATION_CHANGED, by=Actor.command("pause"))
    second, first = AuditEntry.objects.all()
    assert (first.actor_kind, first.actor_id, first.actor_name) == ("key", key.key_id, "API key ci")
    assert first.address is None
    assert (second.actor_kind, second.actor_name) == ("command", "manage.py pause")
    assert (second.organization_id, second.service_id) == (None, None)


def test_entries_are_seen_by_admins_of_what_they_are_about_and_by_staff(cast: Cast) -> None:
    audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
    audit.record(Action.ORGANIZATION_CHANGED, by=cast.admin, on=cast.organization)
    audit.record(Action.REGION_CHANGED, by=cast.staff, on=cast.region)
    seen = {
        who.email.partition("@")[0]: AuditEntry.objects.visible_to(who).count()
        for who in (
            cast.viewer,
            cast.operator,
            cast.admin,
            cast.stranger,
            cast.staff,
            make_user("x@example.com"),
        )
    }
    assert seen == {"viewer": 0, "operator": 0, "admin": 2, "stranger": 0, "staff": 3, "x": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE endpoints_auditentry SET actor_name = 'somebody else'",
        "DELETE FROM endpoints_auditentry",
        "TRUNCATE endpoints_auditentry",
    ],
)
def test_the_database_refuses_to_change_or_delete(cast: Cast, statement: str) -> None:
    audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE endpoints_auditentry ENABLE TRIGGER audit_is_not_emptied")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEntry.objects.get().actor_name == "admin@example.com"


def test_only_what_is_older_than_the_pruning_entry_of_the_same_transaction_says_is_deleted(
    cast: Cast,
) -> None:
    now = timezone.now()
    old = audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
    age_the_audit(timedelta(days=401))
    young = audit.record(Action.SERVICE_CHANGED, by=cast.admin, on=cast.service)
    audit.record(Action.AUDIT_PRUNED, by=Actor.command("prune"), after={"before": now - timedelta(days=400)})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=young.pk).delete()
    assert AuditEntry.objects.filter(pk=old.pk).delete()[0] == 1
