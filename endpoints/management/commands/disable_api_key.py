"""`manage.py disable_api_key`: nothing gets in with a key any more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from endpoints import intents
from endpoints.management.keys import find_key
from endpoints.models import Actor


class Command(BaseCommand):
    """Disables one key, at once and for good; one that is disabled already stays so."""

    help = "Disable an API key, at once and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the key."""
        parser.add_argument("key_id", metavar="KEY_ID")

    def handle(self, *args: Any, key_id: str, **options: Any) -> None:
        """Disable it. Raises CommandError."""
        key = intents.disable_key(key=find_key(key_id), by=Actor.command("disable_api_key"))
        self.stdout.write(f"{key} is disabled.")
