"""What came of a configuration file, and how a change of a row is told."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from endpoints.models import User


@dataclass
class Outcome:
    """What was changed, one line each, and the users that were made."""

    changes: list[str] = field(default_factory=list)
    new_users: list[User] = field(default_factory=list)


def differing(row: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Return those of some values that a row does not have."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def told(row: models.Model, changed: dict[str, Any]) -> str:
    """Return what becomes what, with commas; to be asked before the row is changed."""
    return ", ".join(f"{name} {_shown(getattr(row, name))} → {_shown(to)}" for name, to in changed.items())


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
