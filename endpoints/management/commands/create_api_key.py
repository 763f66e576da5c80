"""`manage.py create_api_key`: a key pair for scripts, as one line of JSON on standard output."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import Actor, ApiKey, Organization, Role, Service


class Command(BaseCommand):
    """Prints `{"key_id": …, "key_secret": …}`; the secret cannot be read again."""

    help = "Create an API key of an organization, or of one of its services, and print it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose key it is, what it may do and what it is called."""
        parser.add_argument("--organization", type=UUID, required=True, metavar="ID")
        parser.add_argument(
            "--service", type=UUID, metavar="ID", help="only this service of the organization"
        )
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--name", required=True)

    def handle(
        self, *args: Any, organization: UUID, service: UUID | None, role: str, name: str, **options: Any
    ) -> None:
        """Save the key. Raises CommandError for unknown ids and for a name that cannot be printed."""
        owner = Organization.objects.filter(pk=organization).first()
        if owner is None:
            raise CommandError(f"There is no organization {organization}.")
        only = Service.objects.filter(pk=service, organization=owner).first() if service else None
        if service and only is None:
            raise CommandError(f"{owner} has no service {service}.")
        if not name.strip() or not name.isprintable() or len(name) > 100:
            raise CommandError("--name is 1 to 100 printable characters.")
        with transaction.atomic():
            key, secret = ApiKey.issue(organization=owner, service=only, role=role, name=name.strip())
            issued = audit.columns(key, "name", "role", "expires_at")
            audit.record(Action.KEY_ISSUED, by=Actor.command("create_api_key"), on=key, after=issued)
        self.stdout.write(json.dumps({"key_id": key.key_id, "key_secret": secret}))
