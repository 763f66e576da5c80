"""A whole Postern for the browser: PostgreSQL, sandbox, demo data, web server and worker, all of its own."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools import surroundings
from devtools.children import Child
from devtools.common import CHECKOUT, PYTHON
from devtools.up import web_command
from endpoints import embedded
from endpoints.config import demo
from tests.sandbox_client import Sandbox, eventually, service_name, start_sandbox

ORGANIZATION = "a0000000-0000-4000-8000-000000000001"  # Example Coffee, on which everybody has a role
ORDERS = "b0000000-0000-4000-8000-000000000001"  # eu-central-1; the demo's endpoints are here
ANALYTICS = "b0000000-0000-4000-8000-000000000002"  # us-east-1; one of the demo's waits for its share here
SHOP = "b0000000-0000-4000-8000-000000000003"  # Example Tea's: only the admin has a role on it
ORDERS_REGION, ANALYTICS_REGION = "eu-central-1", "us-east-1"
ADMIN, OPERATOR, VIEWER = (f"{who}@postern.example" for who in ("admin", "operator", "viewer"))

# In moved seconds, which pass faster: states must last long enough to be seen, and `deleted` until the next
# listing after it.
_SCALE = 4
_DELAYS = {
    "pending_seconds": 10, "modify_seconds": 4, "deleting_seconds": 6, "deleted_visible_seconds": 900,
    "resource_pending_seconds": 4, "msk_creating_seconds": 4, "msk_deleting_seconds": 4,
}  # fmt: skip
DELETED_VISIBLE_SECONDS = _DELAYS["deleted_visible_seconds"]
LISTED_AGAIN_SECONDS = {"PendingAcceptance": 61, "settled": 301}  # domain/timing.py, and a second
SHARE_LOOKED_AT_SECONDS, DETAILS_READ_SECONDS = 61, 3_601  # likewise
GRACE_SECONDS = 301  # CREATE_GRACE_SECONDS, and one: before it nothing that is merely absent is gone

PACE_SECONDS = 0.2  # between two questions, which cost those who do the work time as well

_IN_MOTION = {"Provisioning", "Deleting", "Unknown"}
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class House:
    """What runs: the pages at `url`, the sandbox as `box`.

    `env` is the environment of every process, and their logs are in `var`.
    """

    url: str
    box: Sandbox
    var: Path
    env: Mapping[str, str]

    def make_gallery(self, *descriptions: str) -> dict[str, str]:
        """Make a service with an endpoint of each type in each status; return their ids (`gallery.py`)."""
        made: dict[str, str] = json.loads(_run(self.env, "-m", "tests.browser.gallery", *descriptions))
        return made

    @property
    def on_localhost(self) -> str:
        """The same under the name that passkeys need: an address in numbers is none."""
        return self.url.replace("127.0.0.1", "localhost")

    def make_person(self, email: str, password: str) -> None:
        """Make somebody whom no other test knows."""
        made = f"from endpoints.models import User; User.objects.create_user({email!r}, {password!r})"
        _run(self.env, "manage.py", "shell", "-c", made)

    def list_of(self, service: str) -> str:
        """Return the address of a service's endpoints."""
        return f"{self.url}/services/{service}/endpoints/"

    def wait_until_gone(self, service: str, description: str) -> None:
        """Wait until an endpoint is not among the live ones any more."""

        def look() -> bool:
            time.sleep(PACE_SECONDS)
            return description not in {row["description"] for row in self.rows(service)}

        eventually(look, 60, f"the end of {description}")

    def wait_for_quiet(self, service: str) -> None:
        """Wait until no endpoint of a service moves."""

        def look() -> bool:
            time.sleep(PACE_SECONDS)
            return not _IN_MOTION & {row["status"] for row in self.rows(service)}

        eventually(look, 60, f"quiet in {service}")

    def rows(self, service: str) -> list[dict[str, Any]]:
        """Return the live endpoints of a service, as the API tells them."""
        return list(self._ask(service))

    def ask_for(self, service: str, region: str, k: int, description: str) -> dict[str, Any]:
        """Ask for an endpoint to the seed's endpoint service k through the API, for tests of other things."""
        name = service_name(region, k)
        return self.ask(service, description, type="VPC_ENDPOINT_SERVICE", vpcEndpointServiceName=name)

    def ask(self, service: str, description: str, **asked: str) -> dict[str, Any]:
        """Ask for an endpoint in the API's words."""
        return dict(self._ask(service, {"description": description, **asked}))

    def _ask(self, service: str, body: dict[str, str] | None = None) -> Any:
        address = f"/v1/organizations/{ORGANIZATION}/services/{service}/clickpipesReversePrivateEndpoints"
        word = base64.b64encode(f"{demo.KEY_ID}:{demo.KEY_SECRET}".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with _OPENER.open(urllib.request.Request(self.url + address, data, headers), timeout=30) as answer:
            return json.load(answer)["result"]

    def wait_for(self, service: str, description: str, status: str, seconds: float = 30) -> dict[str, Any]:
        """Wait until an endpoint has a status of the API, and return it."""

        def look() -> dict[str, Any] | None:
            time.sleep(PACE_SECONDS)
            row = self.row(service, description)
            return row if row["status"] == status else None

        return eventually(look, seconds, f"{description}: {status}") or {}

    def row(self, service: str, description: str) -> dict[str, Any]:
        """Return one live endpoint by its description."""
        (found,) = (row for row in self.rows(service) if row["description"] == description)
        return found

    def in_aws(self, service: str, description: str) -> str:
        """Return the id in AWS of a live endpoint."""
        return str(self.row(service, description)["endpointId"])

    def pass_time(self, seconds: float) -> None:
        """Move the clock that the sandbox and Postern share."""
        self.box.advance(seconds)

    def pass_time_and_look(self, region: str, seconds: float) -> None:
        """Move the clock, and wait until the region was listed after that and nothing moves."""
        since = self.box.last_seq()
        self.pass_time(seconds)
        listing = {"operation": "DescribeVpcEndpoints", "region": region, "done": True, "since": since}
        eventually(lambda: self.box.count(**listing) > 0, 30, "a listing of the region")
        self.wait_for_quiet(ORDERS)


@contextlib.contextmanager
def open_house(var: Path) -> Iterator[House]:
    """Run everything in `var` on free ports of this machine, and end all of it."""
    var.mkdir(parents=True)
    with embedded.hold(var), start_sandbox(var, profile="demo") as box, contextlib.ExitStack() as stack:
        box.knobs(**_DELAYS)
        box.scale(_SCALE)
        port = _free_port()
        env = surroundings.sandbox(os.environ, var, port, int(box.url.rpartition(":")[2]))
        env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        # All tests share one organization, and none is about waiting for others.
        env |= {
            "ENDPOINTS_PER_SERVICE": "1000",
            "ENDPOINTS_PER_ORGANIZATION": "1000",
            "AWS_RATE_FACTOR": "100",
        }
        _manage(env, "migrate", "--verbosity=0")
        _manage(env, "demo")
        commands: dict[str, list[str | Path]] = {
            "web": web_command(port),
            "worker": [PYTHON, "manage.py", "worker"],
        }
        for name, command in commands.items():
            child = Child(name, command, env, var / "log")
            stack.callback(child.stop, 20.0)
            child.start()
        house = House(f"http://127.0.0.1:{port}", box, var, env)
        eventually(lambda: _answers(house.url), 60, f"an answer of the web server (logs in {var})")
        yield house


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _manage(env: Mapping[str, str], *arguments: str) -> None:
    _run(env, "manage.py", *arguments)


def _run(env: Mapping[str, str], *arguments: str) -> str:
    command = [str(PYTHON), *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _answers(url: str) -> bool:
    try:
        with _OPENER.open(f"{url}/sign-in/", timeout=30) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False
