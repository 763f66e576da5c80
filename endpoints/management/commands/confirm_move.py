"""`manage.py confirm_move`: say that this database, or a region's AWS account, has changed on purpose."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.intents import wake_pulse
from endpoints.models import Actor, Installation, Region
from endpoints.models.installation import postgres_identity

_BY = Actor.command("confirm_move")
_IDENTITY = ("pg_system_identifier", "pg_database_oid")


class Command(BaseCommand):
    """Pins what is found now (design, engine 6); shows both and changes nothing without --yes.

    A restored dump and a staging copy look alike: workers write nothing until a person says which it is.
    """

    help = (
        "Confirm that this installation moved to this PostgreSQL server and database, or with --account that "
        "a region's AWS account changed. Only for a move: never let two copies of one installation work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --yes, and --account for a region instead of the database."""
        parser.add_argument(
            "--account", metavar="REGION", help="confirm the AWS account of this region instead"
        )
        parser.add_argument("--yes", action="store_true", help="pin what is found now")

    @transaction.atomic
    def handle(self, *args: Any, account: str | None, yes: bool, **options: Any) -> None:
        """Show both identities and, with --yes, pin the present one. Raises CommandError."""
        changed = self._account(account, yes) if account else self._database(yes)
        if not changed:
            return
        if not yes:
            raise CommandError("Nothing was changed. If this is meant, run it again with --yes.")
        wake_pulse()
        self.stdout.write("Confirmed.")

    def _database(self, yes: bool) -> bool:
        installation = Installation.get()
        pinned = (installation.pg_system_identifier, installation.pg_database_oid)
        found = postgres_identity()
        self._show("server {}, database {}".format(*pinned), "server {}, database {}".format(*found))
        if yes and pinned != found:
            before = audit.columns(installation, *_IDENTITY)
            installation.pg_system_identifier, installation.pg_database_oid = found
            installation.save(update_fields=_IDENTITY)
            after = audit.columns(installation, *_IDENTITY)
            audit.record(Action.INSTALLATION_MOVED, by=_BY, on=installation, before=before, after=after)
        return pinned != found

    def _account(self, name: str, yes: bool) -> bool:
        region = Region.objects.filter(pk=name).first()
        if region is None:
            raise CommandError(f"There is no region {name}.")
        if not region.account_seen:
            raise CommandError(f"No AWS account was seen in {name} yet.")
        differs = region.account_id != region.account_seen
        self._show(f"account {region.account_id or 'none'}", f"account {region.account_seen}")
        if yes and differs:
            before = audit.columns(region, "account_id")
            Region.objects.filter(pk=name).update(account_id=region.account_seen)
            after = {"account_id": region.account_seen}
            audit.record(Action.REGION_CHANGED, by=_BY, on=region, before=before, after=after)
        return differs

    def _show(self, pinned: str, found: str) -> None:
        self.stdout.write(f"Pinned: {pinned}")
        self.stdout.write(f"Found:  {found}")
        if pinned == found:
            self.stdout.write("They are the same; there is nothing to confirm.")
