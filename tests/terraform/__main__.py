"""`./dev terraform --provider FILE`: the real Terraform provider against a Postern of its own, step by step.

Needs `terraform` 1.11 or later, and the provider built from its sources (docs/terraform.md). Prints a table,
and as its last line the figures as one JSON object; exits with 1 when a step failed.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import tests.environment  # noqa: F401 - before Django reads its settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")

import django

django.setup()

from tests.browser.house import open_house  # noqa: E402
from tests.terraform.relay import open_relay  # noqa: E402
from tests.terraform.stage import Stage  # noqa: E402
from tests.terraform.steps import STEPS, run  # noqa: E402


def main() -> int:
    """Take all steps; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev terraform", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--provider", type=Path, required=True, help="the built terraform-provider-clickhouse"
    )
    provider = parser.parse_args().provider.resolve()
    for there, what in (
        (provider.is_file(), f"no file {provider}"),
        (shutil.which("terraform"), "no terraform"),
    ):
        if not there:
            print(f"There is {what}.", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="postern-terraform-") as scratch:
        folder = Path(scratch)
        (folder / "work").mkdir()
        with open_house(folder / "house") as house, open_relay(int(house.url.rpartition(":")[2])) as relay:
            stage = Stage(house, relay, folder / "work", provider)
            results = [run(step, stage) for step in STEPS]
    for result in results:
        print(f"{'ok  ' if result['ok'] else 'FAIL'}  {result['seconds']:>6} s  {result['step']}")
        if result["wrong"]:
            print(result["wrong"])
    failed = [result["step"] for result in results if not result["ok"]]
    print(json.dumps({"terraform": str(provider.name), "steps": len(results), "failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
