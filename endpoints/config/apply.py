"""Bringing a configuration file into the database: adds and changes, never deletes, moves nothing."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from endpoints import audit
from endpoints.config.document import NetworkTable, RegionTable
from endpoints.config.mistakes import Location, Mistake
from endpoints.config.outcome import Outcome, differing, told
from endpoints.config.reader import Source
from endpoints.config.tenants import Tenants
from endpoints.domain.actions import Action
from endpoints.models import Actor, Network, Region, User

_LOCK = 0x706F7374  # one apply_config at a time: two at once would both add the same row


def apply(source: Source, *, by: Actor, dry_run: bool = False) -> Outcome:
    """Bring a file into the database in one transaction and say what changed; `dry_run` undoes it all.

    Raises ConfigError when the file would move a service or a VPC, or names a service, organization or
    e-mail that does not exist; nothing is applied then.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        outcome = _Application(source, by).run()
        if outcome.changes:
            done = {"file": source.name, "changes": len(outcome.changes)}
            audit.record(Action.CONFIGURATION_APPLIED, by=by, after=done)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def set_password_link(user: User) -> str:
    """Return an absolute link with which the user sets a password, once, within PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.BASE_URL + reverse("set-password", kwargs={"uidb64": uid, "token": token})


class _Application:
    """One pass over a document; `outcome` grows as rows are written."""

    def __init__(self, source: Source, by: Actor) -> None:
        self.source = source
        self.by = by
        self.outcome = Outcome()

    def run(self) -> Outcome:
        document = self.source.document
        for region in document.region:
            self.region(region)
        for index, network in enumerate(document.network):
            self.network(("network", index), network)
        Tenants(self.source, self.outcome, self.by).run()
        return self.outcome

    def region(self, table: RegionTable) -> None:
        region = Region.objects.filter(name=table.name).first() or Region(name=table.name)
        self.save(f"region {table.name}", region, table.given("push_queue_url"))

    def network(self, where: Location, table: NetworkTable) -> None:
        elsewhere = Network.objects.filter(vpc_id=table.vpc_id).exclude(region_id=table.region).first()
        if elsewhere is not None:
            self.refuse(
                (*where, "region"), f"{table.vpc_id} is in {elsewhere.region_id}; a VPC cannot be moved"
            )
        region, made = Region.objects.get_or_create(name=table.region)
        if made:
            self.note(f"region {table.region}: added")
            audit.record(Action.REGION_CHANGED, by=self.by, on=region, after={"name": region.name})
        key = {"region_id": table.region, "vpc_id": table.vpc_id}
        network = Network.objects.filter(**key).first() or Network(**key)
        values = table.given("subnet_ids", "security_group_ids", "role_arn", "draining")
        self.save(f"network {network}", network, values)

    def save(self, what: str, row: models.Model, values: dict[str, Any]) -> None:
        """Write the values that differ, and note them."""
        new = row._state.adding
        changed = differing(row, values)
        if not (new or changed):
            return
        before = {} if new else {name: getattr(row, name) for name in changed}
        said = "added" if new else told(row, changed)
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(
            update_fields=None if new else list(changed)
        )  # the engine writes the other columns meanwhile
        self.note(f"{what}: {said}")
        network = Action.NETWORK_CREATED if new else Action.NETWORK_CHANGED
        action = Action.REGION_CHANGED if isinstance(row, Region) else network
        audit.record(action, by=self.by, on=row, before=before, after=changed)

    def note(self, line: str) -> None:
        self.outcome.changes.append(line)

    def refuse(self, where: Location, what: str) -> Any:
        raise self.source.error(Mistake(where, what))


def lines(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """Yield what a person is told: the changes or "nothing to change", then the new users' links."""
    yield from outcome.changes or ["nothing to change"]
    if dry_run:
        yield "Dry run: nothing was applied."
        return
    for user in outcome.new_users:
        yield f"{user} sets a password, once, at {set_password_link(user)}"
