"""Credentials that a change of a ClickPipe brings are kept nowhere, and that they came is in the audit."""

import json
from typing import Any

import pytest

from endpoints.models import AuditEntry, ClickPipe
from endpoints.texts.changes import changes_of
from tests.api.conftest import Caller
from tests.api.test_pipes import CREDENTIALS, KAFKA, POSTGRES, SECRET, asked, made

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


@pytest.fixture
def pipes(caller: Caller) -> Caller:
    """The same caller on the collection of ClickPipes."""
    caller.collection = caller.collection.replace("clickpipesReversePrivateEndpoints", "clickpipes")
    return caller


def entries_of(pipes: Caller, pipe: dict[str, Any], change: dict[str, Any]) -> list[AuditEntry]:
    """Return the entries that a change wrote; none of them, nor the ClickPipe, has the secret."""
    before = AuditEntry.objects.count()
    asked(pipes, "PATCH", f"/{pipe['id']}", change)
    assert SECRET not in json.dumps(list(AuditEntry.objects.values("before", "after")))
    assert SECRET not in str(ClickPipe.objects.values())
    return list(AuditEntry.objects.order_by("pk"))[before:]


REGISTRY = {"url": "https://registry.example.com", "authentication": "PLAIN"}


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (POSTGRES, {"postgres": {"credentials": CREDENTIALS}}),
        (KAFKA, {"kafka": {"credentials": {"accessKeyId": "AKIA", "secretKey": SECRET}}}),
    ],
    ids=["postgres", "kafka"],
)
def test_new_credentials_alone_are_written_down_each_time(
    pipes: Caller, body: dict[str, Any], source: dict[str, Any]
) -> None:
    pipe = made(pipes, body)
    for _ in range(2):
        (entry,) = entries_of(pipes, pipe, {"source": source})
        assert (entry.action, entry.object_id) == ("clickpipe.changed", pipe["id"])
        assert (entry.actor_kind, entry.before, entry.after) == ("key", {}, {"credentials": "sent"})
        (change,) = changes_of(entry.object_kind, entry.before, entry.after)
        assert (change.name, change.before, change.after) == ("credentials", "", "sent, not kept")


def test_those_of_a_schema_registry_are_too_and_what_else_changes_is_beside_them(pipes: Caller) -> None:
    registry = {"kafka": {"schemaRegistry": REGISTRY}}
    pipe = made(pipes, KAFKA)
    (entry,) = entries_of(pipes, pipe, {"source": registry})
    assert set(entry.after) == {"definition"}
    secret = {"kafka": {"schemaRegistry": {**REGISTRY, "credentials": CREDENTIALS}}}
    (entry,) = entries_of(pipes, pipe, {"source": secret})
    assert entry.after == {"credentials": "sent"}
    (entry,) = entries_of(pipes, pipe, {"name": "other", "source": secret})
    assert entry.after == {"name": "other", "credentials": "sent"}


@pytest.mark.parametrize("nothing", [{}, {"credentials": None}, {"credentials": {}}])
def test_a_change_of_nothing_without_credentials_leaves_no_entry(
    pipes: Caller, nothing: dict[str, Any]
) -> None:
    pipe = made(pipes, POSTGRES)
    assert entries_of(pipes, pipe, {"source": {"postgres": nothing}}) == []
    assert entries_of(pipes, pipe, {"name": POSTGRES["name"]}) == []
