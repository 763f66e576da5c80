"""`./dev bench control`: what the engine costs and how soon it acts, beside what is wanted of it.

Prints a table for each part, one of all figures, and then one line of JSON; ends with 1 if a goal is missed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import tests.environment  # noqa: F401 - the settings' environment, before Django reads it
from tests.bench.control.limits import UNLIMITED

os.environ.update(UNLIMITED)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")

import django

django.setup()

from tests.bench.control.house import Estate  # noqa: E402
from tests.bench.control.part import Sizes  # noqa: E402
from tests.bench.control.parts import PARTS  # noqa: E402
from tests.bench.goals import Goal, conclude  # noqa: E402
from tests.bench.measure import table  # noqa: E402
from tests.bench.own import own_database  # noqa: E402


def run(sizes: Sizes, names: Iterable[str], directory: Path) -> list[Goal]:
    """Measure parts in turns, print their tables, and return all figures."""
    with Estate(directory) as estate:
        parts = {name: PARTS[name](estate, sizes) for name in names}
        for _ in range(sizes.rounds):
            for part in parts.values():
                part.round()
    for name, part in parts.items():
        print(f"{name}\n\n{table(part.table())}\n", flush=True)
    return [goal for part in parts.values() for goal in part.goals()]


def main(arguments: list[str]) -> int:
    """Run the bench; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev bench control", description=__doc__)
    for name, value in asdict(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=value, help="(default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="the parts to measure")
    options = vars(parser.parse_args(arguments))
    names = options.pop("only")
    with own_database(), tempfile.TemporaryDirectory() as directory:
        goals = run(Sizes(**options), names, Path(directory))
    return conclude("control", goals)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
