"""What the index of the administration shows besides its lists."""

from typing import Any

from django import template

from endpoints.admin.base import is_staff
from endpoints.models import Orphan

register = template.Library()


@register.simple_tag(takes_context=True)
def standing_orphans(context: dict[str, Any]) -> int:
    """Return for how many orphans in AWS nobody asked anything yet; 0 for who is not staff."""
    if not is_staff(context["request"]):
        return 0
    return Orphan.objects.standing().filter(delete_due_at__isnull=True).count()
