"""What the tests of orphans say: strangers in AWS, looks at a region, and what the command tells."""

import json
import uuid
from collections.abc import Mapping
from io import StringIO
from typing import Any

from django.core.management import call_command

from endpoints import intents
from endpoints.domain.matching import UNOWNED
from endpoints.models import Installation, Orphan, Region
from endpoints.reconcile import orphan_deletion, orphans
from endpoints.reconcile.auditing import Audit, audit
from tests.engine.world import REGION, World
from tests.people import make_user
from tests.sandbox_client import service_id

AGAIN = 301  # seconds; two looks that must agree are five minutes apart
DAILY = 24 * 3600 + 1


def tags(endpoint_id: object = "", generation: object = 1) -> dict[str, str]:
    """Return tags as Postern writes them, for an endpoint that nobody knows unless one is named."""
    return {
        "postern:installation": str(Installation.get().pk),
        "postern:endpoint-id": str(endpoint_id or uuid.uuid4()),
        "postern:generation": str(generation),
    }


def stranger(world: World, tagged: Mapping[str, str] | None = None) -> str:
    """Put an endpoint into AWS that no row made, and return its id."""
    carried = tags() if tagged is None else tagged
    (made,) = world.box.fabricate(service_id(REGION, 2), region=REGION, state="available", tags=dict(carried))
    return made


def look() -> Audit:
    """Match the region with its rows, as it is now; nothing is written."""
    return audit(Region.objects.get(pk=REGION))


def found(looked: Audit, *, certain: bool = True) -> dict[str, str]:
    """Return what is certain, or all, that differs: codes by external id."""
    return {one.external_id: one.code.value for one in looked.differences if one.is_certain or not certain}


def orphans_of(looked: Audit) -> set[str]:
    """Return the external ids of all orphans."""
    return {one.external_id for one in looked.differences if one.code in UNOWNED}


def daily(world: World, *, after: float = 0.0) -> bool:
    """Let time pass, and take the daily match if it is due."""
    if after:
        world.box.advance(after)
    return orphans.audit_region(REGION)


def standing() -> list[str]:
    """Return the external ids of the orphans that are in AWS for certain."""
    return sorted(Orphan.objects.standing().values_list("external_id", flat=True))


def ask_for_deletion(external_id: str) -> Orphan:
    """Let a member of staff ask for the deletion of an orphan."""
    orphan = Orphan.objects.get(external_id=external_id)
    by = make_user(f"staff-{uuid.uuid4().hex[:8]}@example.com", is_staff=True)
    return intents.request_orphan_deletion(orphan=orphan, by=by, typed=external_id)


def delete(world: World, *, after: float = 0.0) -> int:
    """Let time pass, and let a worker take the deletions that are due."""
    if after:
        world.box.advance(after)
    return orphan_deletion.delete_orphans()


def run(*options: str) -> tuple[int, str]:
    """Run `manage.py audit_aws` and return its exit code and what it printed."""
    out = StringIO()
    try:
        call_command("audit_aws", *options, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def told(*options: str) -> tuple[int, dict[str, Any]]:
    """Run it with --json and return its exit code and its last line."""
    code, text = run("--json", *options)
    return code, dict(json.loads(text.splitlines()[-1]))
