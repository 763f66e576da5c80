"""`manage.py reset_second_factor EMAIL`: for who has lost the second factor, staff included."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from endpoints.intents import signing_in
from endpoints.models import Actor, User


class Command(BaseCommand):
    """Takes all second factors of one person away, recovery codes included, and ends their sessions."""

    help = "Take the second factors of somebody away who has lost them, and sign them out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose, and why."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--reason", required=True, help="how you know who asks; kept in the audit")

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        """Do it. Raises CommandError for an e-mail that nobody has."""
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"Nobody has the e-mail {email}.") from None
        by = Actor.command("reset_second_factor")
        number = signing_in.reset_second_factor(user=user, by=by, reason=reason)
        self.stdout.write(f"{user}: {number} second factors were taken away.")
