"""`manage.py demo`: data to look around with, in the sandbox only."""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from endpoints.config import demo
from endpoints.config.demo_endpoints import CLUSTERS, NAMES, RESOURCES
from endpoints.models import Service


class Command(BaseCommand):
    """Makes the demo and prints how to get in; a second run finds what is there and prints the same.

    ClickPipes have addresses, which only Ready endpoints have: those come with a later run, or with `--wait`.
    """

    help = "Fill an installation that works against the sandbox with demo data. May be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--wait`."""
        text = "for so many seconds, wait for endpoints to be Ready and record the ClickPipes on them"
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print sign-ins, service, API key, an example call and ids to try. Raises CommandError."""
        if not settings.SANDBOX_CONSOLE_URL:
            raise CommandError("Demo data is for the sandbox only, and SANDBOX_CONSOLE_URL is not set.")
        service = demo.install()
        self.stdout.write(_TEXT.format(**_facts(service)))
        until = time.monotonic() + options["wait"]
        while demo.record_clickpipes() and time.monotonic() < until:
            time.sleep(1)


_TEXT = """\
Postern         {url}
Owner console   {console}
Sign-ins
{sign_ins}
Service         {service.name} ({service.id})
                of {service.organization.name} ({service.organization_id})
API key         {key_id} : {key_secret}
Example         curl -u {key_id}:{key_secret} {collection}
VPC endpoint services to try
{names}
VPC resources to try: resource configuration ID, resource share ARN
{resources}
MSK clusters to try
{clusters}"""


def _facts(service: Service) -> dict[str, Any]:
    collection = (
        f"{settings.BASE_URL}/v1/organizations/{service.organization_id}"
        f"/services/{service.pk}/clickpipesReversePrivateEndpoints"
    )
    return {
        "url": settings.BASE_URL,
        "console": settings.SANDBOX_CONSOLE_URL,
        "sign_ins": "\n".join(f"  {email:<26} {word}" for email, word in demo.PASSWORDS.items()),
        "service": service,
        "key_id": demo.KEY_ID,
        "key_secret": demo.KEY_SECRET,
        "collection": collection,
        "names": _lines(NAMES),
        "resources": _lines({"  ".join(pair): what for pair, what in RESOURCES.items()}),
        "clusters": _lines(CLUSTERS),
    }


def _lines(found: Mapping[str, str]) -> str:
    return "\n".join(f"  {name}  {what}" for name, what in found.items())
