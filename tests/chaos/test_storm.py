"""The storm itself, in its short form, and in full."""

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.schedule import FULL, SHORT, Sizes
from tests.environment import CHECKOUT

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills read /proc"),
]


def _assert_survives(sizes: Sizes, seed: int, *options: str) -> None:
    command = [sys.executable, "-m", "tests.chaos", "--seed", str(seed), *options]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as storm:
        try:
            said = storm.communicate()[0]
        finally:
            storm.terminate()  # it ends its workers; a kill would leave them
    assert storm.returncode == 0, said
    figures = json.loads(said.splitlines()[-1])
    assert figures["broken"] == {}
    seen = (figures["seed"], figures["endpoints"], figures["kills"], figures["postgres_kills"])
    assert seen == (seed, sizes.endpoints, sizes.kills, sizes.postgres_kills)
    struck = ("hit_throttle", "hit_error", "hit_lost_answer", "done_delete by hand", "removals")
    assert all(figures.get(name, 0) > 0 for name in ("objects_made", *struck)), figures
    assert figures["missed"] <= sizes.endpoints / 4, "the storm was over before it had happened"


@pytest.mark.timeout(400)
def test_a_short_storm_leaks_and_loses_nothing() -> None:
    _assert_survives(SHORT, 1, "--short")


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_full_storm_leaks_and_loses_nothing() -> None:
    _assert_survives(FULL, 1)
