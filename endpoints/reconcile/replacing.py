"""Replacements: each is taken to its next step once the rows say that it is due."""

from endpoints import intents
from endpoints.models import Replacement


def advance_replacements() -> int:
    """Take the due steps of all unfinished replacements; return how many were taken."""
    unfinished = Replacement.objects.filter(finished_at__isnull=True).values_list("pk", flat=True)
    return sum(intents.advance_replacement(key) for key in unfinished)
