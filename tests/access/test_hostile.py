"""Names that are code: every page shows them as the text they are."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from tests.access.admin_objects import make_objects
from tests.access.asking import ask, client_of, text_of, undone
from tests.access.test_admin_walk import addresses
from tests.access.test_walk import asked
from tests.access.world import World

HOSTILE = (
    "\"'></title></script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>{{7*7}}%s&amp;"
)
RAW = ("<script>window.pwned", "<img src=x", "49%s")
# Texts that are keys or one of a few words; everything else may hold what somebody typed.
_KEPT = {
    "password", "key_id", "secret_sha256", "role", "status", "reason", "kind", "provider", "region", "type",
    "source", "code", "mode", "action", "actor_kind", "app_label", "model", "codename", "session_key",
    "last_status", "removal_reason", "shown", "func", "key", "state", "account_id", "account_seen",
}  # fmt: skip


def poison() -> int:
    """Put the hostile name into every column that takes free text; return how many there are."""
    number = 0
    for model in apps.get_models():
        if model._meta.app_label not in ("endpoints", "auth"):
            continue
        for field in model._meta.concrete_fields:
            if _is_free(field):
                number += _write(model, field)
    return number


def _is_free(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    return is_text and field.name not in _KEPT and not field.primary_key and not field.remote_field


def _write(model: Any, field: Any) -> int:
    most, table = field.max_length or 1000, model._meta.db_table
    if most < 100 or field.unique or table == "endpoints_auditentry":  # which nobody changes, not even a test
        return 0
    key = f'"{model._meta.pk.column}"::text'  # after it, for columns that are unique with others
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{field.column}" = left(%s || {key}, %s)', [HOSTILE, most])
        return int(cursor.rowcount > 0)


@pytest.fixture
def poisoned(world: World) -> tuple[World, dict[str, Any]]:
    objects = make_objects(world)
    assert poison() > 15
    for place in world.places.values():
        place.service.refresh_from_db()
        place.pipe.refresh_from_db()
        for endpoint in place.endpoints.values():
            endpoint.refresh_from_db()
    return world, objects


def test_every_page_shows_hostile_names_as_text(poisoned: tuple[World, dict[str, Any]]) -> None:
    world, objects = poisoned
    place = world.places["own"]
    wrong, shown = [], 0
    owner, staff = client_of(world.people["organization admin"]), client_of(world.people["superuser"])
    requests = [
        (owner, method, route.address(place.ids(rule.on)), rule.fields(place))
        for route, method, rule in asked()
    ]
    requests += [(staff, "GET", address, {}) for address, _ in addresses(objects)]
    for client, method, address, fields in requests:
        with undone():
            response = ask(client, method, address, fields)
            text = text_of(response)
            if response.status_code >= 500:
                wrong.append(f"{method} {address}: {response.status_code}")
            if not response["Content-Type"].startswith("text/html"):
                continue
            shown += "&lt;script&gt;window.pwned" in text
            found = [raw for raw in RAW if raw in text]
            if found:
                wrong.append(f"{method} {address}: {found}")
    assert not wrong, "\n".join(wrong)
    assert shown > 40, "the name is hardly shown anywhere"
