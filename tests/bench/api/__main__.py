"""`./dev bench api`: GET of one endpoint and a list of them, against a view that reads one prepared text.

Prints a table and then one line of JSON; ends with 1 if a goal is missed. The rivals take turns in every
round; a ratio is the median of the rounds'.
"""

import argparse
import base64
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import tests.environment  # noqa: F401 - the settings' environment, before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")

import django

django.setup()

from django.db import connection  # noqa: E402

from endpoints.models import ApiKey, Organization, Region  # noqa: E402
from tests.bench.api import rival  # noqa: E402
from tests.bench.api.clients import Found, Work  # noqa: E402
from tests.bench.api.server import serve  # noqa: E402
from tests.bench.crowd import make_crowd  # noqa: E402
from tests.bench.goals import Goal, conclude  # noqa: E402
from tests.bench.measure import table  # noqa: E402
from tests.bench.own import own_database  # noqa: E402
from tests.environment import CHECKOUT  # noqa: E402

LEAST = 0.5
"""Of the view's requests a second."""


@dataclass(frozen=True)
class Sizes:
    """Endpoints in the list, clients at once, rounds, and requests of each rival in a round."""

    rows: int = 1_000
    clients: int = 50
    rounds: int = 5
    gets: int = 2_000
    lists: int = 100


@dataclass(frozen=True)
class Stage:
    """What is asked for: the API's addresses and the view's, and the key."""

    paths: Mapping[str, str]
    credentials: str


def furnish(rows: int) -> Stage:
    """Make an organization with a service, its endpoints and a key, and name the addresses."""
    organization = Organization.objects.create(name="bench")
    Region.objects.get_or_create(name="eu-central-1")
    service = make_crowd(organization, "rows", rows)
    key, secret = ApiKey.issue(organization=organization, service=None, role="viewer", name="bench")
    endpoint = service.endpoints.live().filter(status="Ready").earliest("created_at")
    place = f"/v1/organizations/{organization.pk}/services/{service.pk}/clickpipesReversePrivateEndpoints"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Stage(
        {
            "get": f"{place}/{endpoint.pk}",
            "get, view": f"/v1/bench/{endpoint.pk}",
            "list": place,
            "list, view": f"/v1/bench/{service.pk}",
        },
        "Basic " + base64.b64encode(f"{key.key_id}:{secret}".encode()).decode(),
    )


def send(work: Work) -> Found:
    """Let a process of clients do it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.api.clients"],
        input=json.dumps(asdict(work)),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Found(**json.loads(done.stdout))


def prepare(stage: Stage, port: int) -> None:
    """Keep what the API answers for the view, which is then to answer the same."""
    for name, path in stage.paths.items():
        if name.endswith(", view"):
            body = fetch(port, stage.paths[name.removesuffix(", view")], stage.credentials)
            rival.prepare(uuid.UUID(path.rpartition("/")[2]), body)
            assert fetch(port, path, stage.credentials) == body


def fetch(port: int, path: str, credentials: str) -> str:
    """Return the body of one answer, which must be 200."""
    opened = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(opened):
        opened.request("GET", path, headers={"Authorization": credentials, "X-Forwarded-Proto": "https"})
        answer = opened.getresponse()
        body = answer.read().decode()
    assert answer.status == http.client.OK, f"{path}: {answer.status} {body}"
    return body


def measure(stage: Stage, port: int, sizes: Sizes) -> dict[str, list[Found]]:
    """Let the clients ask for each address in every round; the order turns, and the first is not measured."""
    found: dict[str, list[Found]] = defaultdict(list)
    for number in range(sizes.rounds + 1):
        names = list(stage.paths)
        for name in names if number % 2 else reversed(names):
            requests = sizes.gets if name.startswith("get") else sizes.lists
            few = requests if number else max(sizes.clients, requests // 10)
            told = send(Work(port, stage.paths[name], stage.credentials, sizes.clients, few))
            if number:
                found[name].append(told)
    return found


def ratio(found: Mapping[str, list[Found]], name: str) -> float:
    """Return the median of the rounds' ratios to the view."""
    return statistics.median(
        own.rate / other.rate for own, other in zip(found[name], found[f"{name}, view"], strict=True)
    )


def run(sizes: Sizes, directory: Path) -> list[Goal]:
    """Measure in the connected database, print the table, and return all figures."""
    stage = furnish(sizes.rows)
    with serve(directory) as port:
        prepare(stage, port)
        found = measure(stage, port, sizes)
    print(f"{sizes.clients} clients, {sizes.rows:,} endpoints, medians of {sizes.rounds} rounds\n")
    lines: list[tuple[str, ...]] = [("", "requests a second", "p50 ms", "p95 ms")]
    for name, rounds in found.items():
        figures = (statistics.median(getattr(one, what) for one in rounds) for what in asdict(rounds[0]))
        lines.append((name, *(f"{figure:,.1f}" for figure in figures)))
    print(f"{table(lines)}\n")
    rates = {name: statistics.median(one.rate for one in rounds) for name, rounds in found.items()}
    return [
        Goal("get / view", ratio(found, "get"), least=LEAST),
        Goal("list / view", ratio(found, "list")),
        Goal("gets a second", rates["get"]),
        Goal("lists a second", rates["list"]),
    ]


def main(arguments: list[str]) -> int:
    """Run the bench; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev bench api", description=__doc__)
    for name, value in asdict(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=value, help="(default: %(default)s)")
    sizes = Sizes(**vars(parser.parse_args(arguments)))
    with own_database(), tempfile.TemporaryDirectory() as directory:
        goals = run(sizes, Path(directory))
    return conclude("api", goals)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
