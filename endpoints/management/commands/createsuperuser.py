"""Django's `createsuperuser`, which also says in the audit who was made."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import Actor
from endpoints.saved_users import saved_users


class Command(createsuperuser.Command):
    """The same questions and options."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Make the user. Raises CommandError."""
        with saved_users() as saved:
            said = super().handle(*args, **options)
        for user in saved:
            made = audit.columns(user, "email", "is_staff", "is_superuser")
            audit.record(Action.USER_CREATED, by=Actor.command("createsuperuser"), on=user, after=made)
        return said
