"""Django's `changepassword`, which also says in the audit whose it was."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import Actor
from endpoints.saved_users import saved_users


class Command(changepassword.Command):
    """The same questions and options."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Change the password. Raises CommandError."""
        with saved_users() as saved:
            said = super().handle(*args, **options)
        for user in saved:
            audit.record(Action.PASSWORD_CHANGED, by=Actor.command("changepassword"), on=user)
        return said
