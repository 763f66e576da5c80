"""`manage.py pause`: stop and resume changes in AWS, per network or altogether; reads go on."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.intents import change_installation, wake_pulse
from endpoints.models import Actor, Installation, Network

_BY = Actor.command("pause")


class Command(BaseCommand):
    """Without options it only says what is paused."""

    help = "Pause all changes in AWS, or those in one network; --off resumes. Reads go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to pause."""
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--network", metavar="ID", help="a network's VPC id, or its number in admin")
        where.add_argument("--all", action="store_true", help="every network")
        parser.add_argument("--plan-only", action="store_true", help="all of it, and show what would be done")
        parser.add_argument("--off", action="store_true", help="resume")

    @transaction.atomic
    def handle(
        self, *args: Any, network: str | None, plan_only: bool, off: bool, all: bool, **options: Any
    ) -> None:
        """Change what was asked for, then say what is paused. Raises CommandError."""
        if network and plan_only:
            raise CommandError("--plan-only holds for the whole installation, not for one network.")
        if off and not (network or all or plan_only):
            raise CommandError("Say what to resume: --network ID, --all or --plan-only.")
        if network:
            self._network(network, paused=not off)
        elif all or plan_only:
            self._installation(all=all, plan_only=plan_only, on=not off)
        wake_pulse()
        for line in _state():
            self.stdout.write(line)

    def _network(self, wanted: str, *, paused: bool) -> None:
        known = Network.objects.filter(vpc_id=wanted)
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
            known = Network.objects.filter(pk=int(wanted))
        chosen = list(known.select_for_update(of=("self",)).order_by("pk"))
        if not chosen:
            raise CommandError(f"There is no network {wanted}.")
        for network in chosen:  # as they are: a pause asks nothing of a network's lists
            before = audit.columns(network, "writes_paused")
            network.writes_paused = paused
            network.save(update_fields=["writes_paused"])
            after = audit.columns(network, "writes_paused")
            if after != before:
                audit.record(Action.NETWORK_CHANGED, by=_BY, on=network, before=before, after=after)

    def _installation(self, *, all: bool, plan_only: bool, on: bool) -> None:
        installation = Installation.get()
        if plan_only or not on:
            installation.plan_only = on
        if all and not (on and plan_only):
            installation.writes_paused = on
        change_installation(
            writes_paused=installation.writes_paused, plan_only=installation.plan_only, by=_BY
        )


def _state() -> Iterator[str]:
    installation = Installation.get()
    everything = installation.writes_paused or installation.plan_only
    yield f"All AWS writes: {_word(everything)}{' (plan only)' if installation.plan_only else ''}"
    for name in ("AWS_WRITES_PAUSED", "PLAN_ONLY"):
        if getattr(settings, name):
            yield f"The setting {name} is on and pauses all AWS writes as well."
    for network in Network.objects.select_related("region"):
        yield f"Network {network}: {_word(network.writes_paused)}"


def _word(paused: bool) -> str:
    return "paused" if paused else "on"
