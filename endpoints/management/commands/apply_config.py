"""`manage.py apply_config FILE`: networks, organizations, services, users, teams and roles of a TOML file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from endpoints.config.apply import apply, lines
from endpoints.config.mistakes import ConfigError
from endpoints.config.reader import read
from endpoints.models import Actor


class Command(BaseCommand):
    """Applies the file in one transaction. A mistake: one line naming file, table, key; exit code 1."""

    help = (
        "Bring the networks, organizations, services, users, teams and roles of a TOML file into the "
        "database. May be run again; adds and changes, never deletes; an optional key left out changes "
        "nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and --dry-run."""
        parser.add_argument("file", type=Path, help="the TOML file")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Say what changed, or "nothing to change". Raises CommandError."""
        try:
            outcome = apply(read(file), by=Actor.command("apply_config"), dry_run=dry_run)
        except ConfigError as error:
            raise CommandError(str(error)) from None
        for line in lines(outcome, dry_run=dry_run):
            self.stdout.write(line)
