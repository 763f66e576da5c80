"""`manage.py audit_aws`: match what carries our tags in AWS with the rows now, and say what differs."""

import json
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from endpoints.domain.errors import ProviderError
from endpoints.domain.matching import UNOWNED, Difference
from endpoints.domain.specs import Listed
from endpoints.models import Network, Orphan, Region
from endpoints.reconcile.auditing import Audit, audit
from endpoints.reconcile.orphans import keep_orphans
from endpoints.texts.orphans import finding_advice, finding_text

log = logging.getLogger(__name__)

NOTHING_DIFFERS, DIFFERENCES, COULD_NOT_LOOK = 0, 1, 2
_KINDS = {Listed.ENDPOINTS: "endpoint", Listed.CONNECTIONS: "connection"}
_HEAD = ("REGION", "KIND", "EXTERNAL ID", "ENDPOINT", "WHAT DIFFERS", "WHAT TO DO")


@dataclass(frozen=True)
class _Line:
    """One difference of a region, as it is told."""

    region: str
    difference: Difference
    counts: bool

    @property
    def endpoint_id(self) -> str:
        told, seen = self.difference.told, self.difference.seen
        return told.endpoint_id if told else seen.endpoint_id if seen else ""

    @property
    def cells(self) -> tuple[str, ...]:
        one = self.difference
        text = finding_text(one.code, one.params)
        advice = finding_advice(one.code) if self.counts else "Look again in some minutes."
        return (
            self.region,
            _KINDS[one.listed],
            one.external_id or "-",
            self.endpoint_id or "-",
            text,
            advice,
        )

    @property
    def as_json(self) -> dict[str, object]:
        one = self.difference
        return {
            "region": self.region,
            "kind": _KINDS[one.listed],
            "external_id": one.external_id,
            "endpoint_id": self.endpoint_id,
            "code": one.code.value,
            "params": one.params,
            "certain": self.counts,
        }


class Command(BaseCommand):
    """Exit code 0: nothing differs. 1: something does. 2: some region could not be looked at."""

    help = (
        "Match everything in AWS that carries our tags with the rows. Writes the list of orphans and nothing"
        " else. Exit code 1 when anything differs, 2 when some region could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one region instead of all, and whether to end with JSON."""
        parser.add_argument("--region", metavar="REGION", help="this region only")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON on the last line")

    def handle(self, *args: Any, region: str | None, **options: Any) -> None:
        """Look, print, and exit. Raises CommandError for a region without a network."""
        lines: list[_Line] = []
        trouble: list[tuple[str, str]] = []
        equal = 0
        names = _regions(region)
        for name in names:
            try:
                found = audit(Region.objects.get(pk=name))
            except Exception as error:  # whatever it was: this region was not looked at
                # What AWS said is told below.
                log.info("Region %s could not be read.", name, exc_info=not isinstance(error, ProviderError))
                trouble.append((name, str(error)))
                continue
            keep_orphans(found)
            trouble += [(f"{name} ({listed})", str(error)) for listed, error in found.failed.items()]
            equal += found.equal
            lines += _lines(found)
        differences = sum(line.counts for line in lines)
        self._print(lines, trouble)
        unsure = len(lines) - differences
        self.stdout.write(
            f"{len(names)} regions, {equal} endpoints as their rows say, {differences} differences,"
            f" {unsure} to look at again, {len(trouble)} that could not be read."
        )
        if options["json"]:
            self._print_json(names, equal, lines, trouble)
        if trouble or differences:
            sys.exit(COULD_NOT_LOOK if trouble else DIFFERENCES)

    def _print(self, lines: Sequence[_Line], trouble: Sequence[tuple[str, str]]) -> None:
        if lines:
            for row in _table([_HEAD, *(line.cells for line in lines)]):
                self.stdout.write(row)
        for where, why in trouble:
            self.stdout.write(f"Could not read {where}: {why}")

    def _print_json(
        self, names: list[str], equal: int, lines: Sequence[_Line], trouble: Sequence[tuple[str, str]]
    ) -> None:
        told = {
            "regions": names,
            "equal": equal,
            "differences": [line.as_json for line in lines],
            "could_not_read": [{"where": where, "why": why} for where, why in trouble],
        }
        self.stdout.write(json.dumps(told))


def _regions(wanted: str | None) -> list[str]:
    names = sorted(Network.objects.order_by().values_list("region", flat=True).distinct())
    if wanted is None:
        return names
    if wanted not in names:
        raise CommandError(f"There is no network in {wanted}.", returncode=COULD_NOT_LOOK)
    return [wanted]


def _lines(found: Audit) -> Iterator[_Line]:
    """Yield the differences; what the list of orphans is certain of by now counts too."""
    certain = set(Orphan.objects.standing().filter(region=found.region).values_list("external_id", flat=True))
    for one in found.differences:
        is_orphan = one.code in UNOWNED and one.external_id in certain
        yield _Line(found.region, one, counts=one.is_certain or is_orphan)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
