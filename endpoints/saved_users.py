"""Which users somebody else's code saves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.signals import post_save

from endpoints.models import User


@contextmanager
def saved_users() -> Iterator[list[User]]:
    """Yield a list into which every user comes that is saved meanwhile."""
    saved: list[User] = []

    def note(instance: User, **_: Any) -> None:
        saved.append(instance)

    post_save.connect(note, sender=User)
    try:
        yield saved
    finally:
        post_save.disconnect(note, sender=User)
