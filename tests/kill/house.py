"""A house of real processes: workers and the sandbox on one real database, and what may be asked of them."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from endpoints import intents
from endpoints.domain.types import EndpointType
from endpoints.models import Organization, Region, ReversePrivateEndpoint, Role, Service, User, read_clock
from tests.engine.world import REGION, add_network, checked
from tests.environment import CHECKOUT
from tests.kill.processes import Process, children_of, family_of
from tests.kill.targets import target
from tests.people import give_role, make_service, make_user
from tests.sandbox_client import Json, Sandbox, eventually

T = TypeVar("T")

SHORT = {
    "AWS_CONNECT_SECONDS": "0.1",
    "AWS_READ_SECONDS": "0.7",
    "TASK_TIMEOUT_SECONDS": "7",
    "LEASE_SECONDS": "8",
    "TASK_RETRY_SECONDS": "10",
    "WATCHDOG_SECONDS": "6.5",
    "CREATE_GRACE_SECONDS": "20",
}
"""The shipped settings divided by eleven or so, in the same order. A watchdog that is more impatient than a
cluster takes to start on a busy machine would restart it for ever."""

SHIPPED: dict[str, str] = {}

GONE_WITHIN = 5.0  # seconds until nothing of a killed worker is left
WORKED_ON_WITHIN = 90.0  # the promise, for that row counted from the end of its lease


class Worker:
    """One `manage.py worker` with everything that it started."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=CHECKOUT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The pid of `manage.py worker` itself."""
        return self.process.pid

    def family(self) -> list[Process]:
        """Return every living process of this worker."""
        return family_of(self.pid)

    def first(self) -> Process:
        """Return the first process of its cluster."""
        return eventually(lambda: children_of(self.pid), 20, "the cluster")[0]

    def sentinel(self) -> Process:
        """Return the cluster's sentinel."""
        return eventually(lambda: children_of(self.first().pid), 20, "the sentinel")[0]

    def crew(self) -> list[Process]:
        """Return the sentinel's children in the order in which it starts them: workers, monitor, pusher."""

        def look() -> list[Process]:
            found = children_of(self.sentinel().pid)
            return found if len(found) == settings.WORKERS + 2 else []

        return eventually(look, 20, "the whole cluster")

    def kill(self) -> None:
        """Kill all of it with -9."""
        for process in self.family():
            process.send(signal.SIGKILL)
        self.process.wait(10)


@dataclass
class House:
    """Rows, workers and AWS, with the people's side in the test's own process."""

    box: Sandbox
    directory: Path
    service: Service
    user: User
    limits: Mapping[str, str]
    workers: list[Worker] = field(default_factory=list)

    @property
    def lease(self) -> float:
        """Seconds of a lease in this house."""
        return float(self.limits.get("LEASE_SECONDS", settings.LEASE_SECONDS))

    @property
    def grace(self) -> float:
        """Seconds of grace after a create in this house."""
        return float(self.limits.get("CREATE_GRACE_SECONDS", settings.CREATE_GRACE_SECONDS))

    # Processes

    def start_worker(self) -> Worker:
        """Start one more worker; it works as soon as it can."""
        worker = Worker(self.environment(), self.directory / "worker.log")
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        """Kill whatever still runs."""
        for worker in self.workers:
            worker.kill()

    def said(self) -> str:
        """Return what the workers wrote."""
        with suppress(FileNotFoundError):
            return (self.directory / "worker.log").read_text()
        return ""

    def environment(self) -> dict[str, str]:
        """Return the environment of a worker of this house."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | self.box.environment() | {
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "DEVELOPMENT": "1",
            "WORKERS": str(settings.WORKERS),
            "AWS_RATE_FACTOR": self.limits.get("AWS_RATE_FACTOR", "100"),
            "CLOCK_FILE": str(self.box.clock_file),
        } | dict(self.limits)  # fmt: skip

    # People

    def ask(
        self, kind: EndpointType = EndpointType.VPC_ENDPOINT_SERVICE, k: int = 2
    ) -> ReversePrivateEndpoint:
        """Ask for an endpoint to the seed's service k of the region, to a new share or to a new cluster."""
        wanted = checked(self.service, target(self.box, kind, k))
        return intents.request_endpoint(service=self.service, wanted=wanted, by=self.user)

    def remove(self, row: ReversePrivateEndpoint) -> None:
        """Ask for a removal."""
        intents.request_removal(endpoint=row, by=self.user)

    # What is

    def wait(self, look: Callable[[], T], seconds: float, what: str) -> T:
        """Wait for something; when it does not come, say what the workers said."""
        try:
            return eventually(look, seconds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()[-4000:]}") from None

    def ready(self, row: ReversePrivateEndpoint) -> bool:
        """Say whether a row is Ready."""
        row.refresh_from_db()
        return row.status == "Ready" and row.reason == "available"

    def gone(self, row: ReversePrivateEndpoint) -> bool:
        """Say whether a row is a tombstone."""
        row.refresh_from_db()
        return row.removed_at is not None

    def held_until(self, row: ReversePrivateEndpoint) -> datetime | None:
        """Return the end of the lease on a row, or on its region, whichever is later."""
        ends = [
            ReversePrivateEndpoint.objects.values_list("lease_until", flat=True).get(pk=row.pk),
            Region.objects.values_list("lease_until", flat=True).get(pk=REGION),
        ]
        return max((end for end in ends if end is not None), default=None)

    def finds(self, row: ReversePrivateEndpoint) -> list[Json]:
        """Return the describes by a row's own tag; for MSK, the listings before the first create."""
        if row.type == EndpointType.MSK_MULTI_VPC:
            (created, *_) = self.box.calls(operation="CreateVpcConnection")
            listed = self.box.calls(operation="ListVpcConnections")
            return [call for call in listed if call["seq"] < created["seq"]]
        return self.box.calls(
            operation="DescribeVpcEndpoints", tag_key="postern:endpoint-id", tag_value=str(row.pk)
        )


def furnish(box: Sandbox, directory: Path, limits: Mapping[str, str]) -> House:
    """Return a house with a service, a person and a network; no worker runs yet."""
    network = add_network(REGION)
    later = read_clock().now.replace(year=9000)
    Region.objects.filter(pk=network.region_id).update(observe_due_at=later, listed_at=read_clock().now)
    service = make_service(Organization.objects.create(name="Example Shop"), "orders")
    user = make_user(f"{uuid.uuid4().hex[:8]}@example.com")
    give_role(user, Role.OPERATOR, service)
    return House(box, directory, service, user, limits)


def database_url() -> str:
    """Return the address of the test's own database, as a worker is given it."""
    where = connection.settings_dict
    secret = f":{quote(where['PASSWORD'], safe='')}" if where["PASSWORD"] else ""
    host, port = quote(str(where["HOST"]), safe=""), f":{where['PORT']}" if where["PORT"] else ""
    return f"postgres://{quote(where['USER'])}{secret}@{host}{port}/{where['NAME']}"


def sandbox_port(box: Sandbox) -> int:
    """Return the port on which the sandbox listens."""
    return int(box.url.rpartition(":")[2])


def since(began: float) -> float:
    """Return real seconds since a monotonic moment."""
    return time.monotonic() - began
