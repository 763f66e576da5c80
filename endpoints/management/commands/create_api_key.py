"""`manage.py create_api_key`: a key pair for scripts, as one line of JSON on standard output."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from endpoints import intents
from endpoints.management.keys import add_expiry, refused_as_error
from endpoints.models import Actor, Organization, Role, Service


class Command(BaseCommand):
    """Prints `{"key_id": …, "key_secret": …}`; the secret cannot be read again."""

    help = "Create an API key of an organization, or of one of its services, and print it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose key it is, what it may do, what it is called and how long it works."""
        parser.add_argument("--organization", type=UUID, required=True, metavar="ID")
        parser.add_argument(
            "--service", type=UUID, metavar="ID", help="only this service of the organization"
        )
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--name", required=True)
        add_expiry(parser)

    def handle(
        self,
        *args: Any,
        organization: UUID,
        service: UUID | None,
        role: str,
        name: str,
        expires_days: int | None,
        **options: Any,
    ) -> None:
        """Issue the key. Raises CommandError for unknown ids, and for a name or an end that cannot be."""
        owner = Organization.objects.filter(pk=organization).first()
        if owner is None:
            raise CommandError(f"There is no organization {organization}.")
        only = None
        if service:
            of_owner = Service.objects.filter(pk=service, organization=owner)
            only = of_owner.select_related("organization").first()
            if only is None:
                raise CommandError(f"{owner} has no service {service}.")
        with refused_as_error():
            key, secret = intents.issue_key(
                place=only or owner,
                name=name,
                role=role,
                days=expires_days,
                by=Actor.command("create_api_key"),
            )
        self.stdout.write(json.dumps({"key_id": key.key_id, "key_secret": secret}))
