"""Who acts in a simulated year: people ask, retry and remove, owners accept, reject and share; and fate."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from endpoints.domain.shares import HEALING
from endpoints.models import ReversePrivateEndpoint
from tests.engine.world import REGION, Asked, cluster, resource, wanted
from tests.engine.year import Year
from tests.engine.year_book import DAY, GRACES, HOUR, INVITATION, Page
from tests.sandbox_client import service_name

KINDS = (
    "waits",
    "waits",
    "waits",
    "open",
    "unknown",
    "share",
    "share late",
    "share missing",
    "share old",
    "cluster",
)
"""How endpoints begin: to a service whose owner must accept, to one that accepts by itself, to none at all;
with a share that is there, comes late or never, or was offered about twelve hours before; to an MSK cluster.
"""

MOST_ACTS = 3  # on one endpoint; then it is left to its deadline
AWS_EXPIRES = 20 * HOUR
"""After how long AWS itself stops waiting for the owner of some; its real length is not documented."""

EDGE = timedelta(minutes=1)


class People:
    """Random acts on one year's endpoints."""

    def __init__(self, year: Year) -> None:
        self.year, self.dice, self.world = year, year.dice, year.world
        self._shares: dict[uuid.UUID, str] = {}

    def ask_at(self, moment: datetime, kind: str, *, alone: bool) -> None:
        """Let somebody ask for an endpoint of a kind at a moment; `alone`: nobody acts on it then."""
        box = self.world.box
        if kind == "cluster":
            name = f"c{uuid.UUID(int=self.dice.getrandbits(128)).hex[:12]}"

            def ask_cluster() -> None:
                box.create_cluster(REGION, name)
                self._ask_for(cluster(name), "cluster", alone=alone)

            self.year.at(moment, ask_cluster)
        elif kind.startswith("share"):
            age = self.dice.choice((INVITATION - EDGE, INVITATION + EDGE)) if kind == "share old" else EDGE
            offers = kind in ("share", "share old")
            self.year.at(moment - age, lambda: self._share(moment, kind, offers=offers, alone=alone))
        else:
            k = {"waits": 1, "open": 2, "unknown": 3}[kind]

            def ask() -> None:
                expires = AWS_EXPIRES if not alone and self.dice.random() < 0.25 else 7 * DAY
                box.knobs(expire_after_seconds=expires.total_seconds())
                self._ask_for(wanted(service_name(REGION, k)), kind, alone=alone)

            self.year.at(moment, ask)

    def go_on(self, page: Page) -> None:
        """Decide what comes of an endpoint that has just entered a status."""
        if page.status == "PendingAcceptance":
            expires = timedelta(seconds=self.world.box.knobs()["expire_after_seconds"])
            self.year.after(expires + timedelta(milliseconds=1), self.year.changed)
        if page.left_at or page.status in ("Provisioning", "Expired", "Deleting"):
            return
        acts = {
            "PendingAcceptance": ("accept", "accept", "reject", "expire", "remove", "", "", ""),
            "Rejected": ("retry", "retry", "remove", "", "", ""),
            "Failed": ("retry", "remove", "share", "share", "", "", ""),
            "Ready": ("reject", "fail", "delete_by_hand", "remove"),
        }[page.status]
        act = self.dice.choice(acts)
        if act == "reject" and page.kind == "share":
            act = "remove"  # nobody is asked to accept the endpoint of a resource
        if page.acts >= MOST_ACTS:
            act = "remove" if page.status == "Ready" else ""
        if act:
            page.acts += 1
            status, since = page.status, page.since
            self.year.after(self._wait_within(status), lambda: self._do(page, act, status, since))

    def _wait_within(self, status: str) -> timedelta:
        """A random wait within a status, now and then until its last seconds."""
        most = GRACES.get(status) or 20 * DAY
        if self.dice.random() < 0.15:
            return most - timedelta(seconds=self.dice.uniform(0.5, 3))
        return timedelta(seconds=self.dice.uniform(30, most.total_seconds() - 30))

    def _do(self, page: Page, act: str, status: str, since: datetime) -> None:
        if page.left_at or (page.status, page.since) != (status, since):
            return
        row = ReversePrivateEndpoint.objects.get(pk=page.key)
        if act == "remove":
            self.world.remove(row)
            page.left_at = self.year.now
        elif act == "retry":
            self._retry(row)
        elif act == "share":
            self._share_again(page)
        else:
            with self.year.by_hand():
                if page.kind == "cluster":
                    name = {"delete_by_hand": "delete"}.get(act, act)
                    getattr(self.world.box, f"{name}_connection")(row.external_id)
                else:
                    getattr(self.world.box, act)(row.external_id)
                self.year.book.happened["done", act] += 1

    def _retry(self, row: ReversePrivateEndpoint) -> None:
        with transaction.atomic():
            self.world.retry(row)
        self.year.book.happened["done", "retry"] += 1

    def _share_again(self, page: Page) -> None:
        if page.reason in HEALING and page.key in self._shares:
            with self.year.by_hand():
                self.world.box.share_again(self._shares[page.key])
                page.shared_at = self.year.now
                self.year.book.happened["done", "share again"] += 1

    def _ask_for(self, asked: Asked, kind: str, *, alone: bool, shared_at: datetime | None = None) -> Page:
        page = self.year.book.open(self.world.ask_for(asked), kind, shared_at)
        page.acts = MOST_ACTS if alone else 0
        return page

    def _share(self, moment: datetime, kind: str, *, offers: bool, alone: bool) -> None:
        """Make a share, offered or not, and let its endpoint be asked for at a moment."""
        box = self.world.box
        configuration = box.create_configuration(REGION)["id"]
        share = str(box.create_share(configuration)["arn"])
        made_at = self.year.now
        if not offers:
            box.detach(share)

        def ask() -> None:
            asked = resource(share=share, configuration=configuration)
            page = self._ask_for(asked, "share", alone=alone, shared_at=made_at if offers else None)
            self._shares[page.key] = share
            if kind == "share late":
                wait = self.dice.choice((1, 8.8, 9.5, 60))  # minutes, on both sides of the nine
                self.year.after(timedelta(minutes=wait), lambda: self._offer(page))

        self.year.at(moment, ask)

    def _offer(self, page: Page) -> None:
        if not page.left_at:
            with self.year.by_hand():
                self.world.box.share_again(self._shares[page.key])
                page.shared_at = self.year.now
