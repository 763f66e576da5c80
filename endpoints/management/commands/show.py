"""`manage.py show ID`: everything about one endpoint, for a support case."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from endpoints import casefile
from endpoints.models import Orphan, ReversePrivateEndpoint, read_clock
from endpoints.texts.orphans import finding_text


class Command(BaseCommand):
    """Reads only. No secret is printed."""

    help = (
        "Print everything about one endpoint or tombstone: rows, attempts with their exact requests, AWS"
        " request IDs, the whole timeline. Exit code 1 when the ID names none, or several."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what names the endpoint, and the form."""
        parser.add_argument(
            "id",
            metavar="ID",
            help="the endpoint's ID or its beginning, an AWS ID or ARN, a DNS name, or an AWS request ID",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, id: str, **options: Any) -> None:
        """Find and print. Raises CommandError."""
        found = casefile.find(id)
        if not found:
            raise CommandError(_nothing(id))
        if len(found) > 1:
            raise CommandError(_several(id, found))
        case = casefile.gather(found[0], read_clock())
        if options["json"]:
            self.stdout.write(json.dumps(case, ensure_ascii=False, default=str))
            return
        for line in casefile.lines(case):
            self.stdout.write(line)


def _nothing(wanted: str) -> str:
    clean = wanted.replace("\0", "").strip()
    orphan = Orphan.objects.filter(external_id=clean).order_by("ended_at").first()
    if orphan is None:
        return f"No endpoint and no tombstone has {wanted!r}."
    return (
        f"No endpoint has {wanted!r}. It is on the list of orphans in {orphan.region_id}, first seen"
        f" {orphan.first_seen_at:%Y-%m-%d %H:%M}: {finding_text(orphan.why)}"
    )


def _several(wanted: str, found: Sequence[ReversePrivateEndpoint]) -> str:
    lines = [f"{wanted!r} fits {len(found)} endpoints. Say which:"]
    for row in found:
        state = f"removed {row.removed_at:%Y-%m-%d}" if row.removed_at else row.status
        lines.append(f"  {row.pk}  {state}, {row.service.organization} / {row.service}: {row.description}")
    return "\n".join(lines)
