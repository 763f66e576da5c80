"""`manage.py rotate_api_key`: the successor of an API key, as one line of JSON on standard output."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from endpoints import intents
from endpoints.domain.keys import OVERLAPS
from endpoints.management.keys import add_expiry, find_key, refused_as_error
from endpoints.models import Actor


class Command(BaseCommand):
    """Prints `{"key_id": …, "key_secret": …}` of the new key; the secret cannot be read again."""

    help = "Issue the successor of an API key, which goes on for a while, and print it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the old key, how long it goes on, and how long the new one works."""
        parser.add_argument("key_id", metavar="KEY_ID")
        parser.add_argument(
            "--overlap", choices=OVERLAPS, default="day", help="how long the old key goes on (default: day)"
        )
        add_expiry(parser)

    def handle(self, *args: Any, key_id: str, overlap: str, expires_days: int | None, **options: Any) -> None:
        """Issue the successor. Raises CommandError."""
        key = find_key(key_id)
        with refused_as_error():
            successor, secret = intents.rotate_key(
                key=key, overlap=overlap, days=expires_days, by=Actor.command("rotate_api_key")
            )
        self.stdout.write(json.dumps({"key_id": successor.key_id, "key_secret": secret}))
