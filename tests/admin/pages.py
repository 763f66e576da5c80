"""What the tests of Django admin say: addresses, what a page tells, and who did what by the audit."""

import re
from typing import Any

from django.urls import reverse

from endpoints.models import AuditEntry


def url(model: type, page: str = "changelist", *args: Any) -> str:
    """Return the address of a model's page."""
    return reverse(f"admin:endpoints_{model.__name__.lower()}_{page}", args=args)


def text_of(response: Any) -> str:
    """Return what a page says, with white space as one space and without tags."""
    shown = re.sub(r"<(style|script|svg).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


def audited(action: str) -> list[tuple[str, str, dict[str, Any], dict[str, Any], str]]:
    """Return actor, object, before, after and reason of the entries of an action, oldest first."""
    found = AuditEntry.objects.filter(action=action).order_by("id")
    return [(one.actor_name, one.object_id, one.before, one.after, one.reason) for one in found]
