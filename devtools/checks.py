"""`./dev test`, `check`, `mutants`, `bench`, `chaos` and `lock`: what must hold before anything is shared."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from devtools import chromium, redis, surroundings
from devtools.common import CHECKOUT, PYTHON, VAR, DevError, full_disk_or, run, say
from devtools.up import hold

TEST_VAR = VAR / "test"
PYTHON_PARTS = ["manage.py", "endpoints", "tests", "devtools", "dev"]
BEGAN = "POSTERN_DEV_BEGAN"  # seconds since the epoch; total.py tells how long it all took
DEBUGGING = {"--pdb", "--trace", "-s", "--collect-only", "--co"}  # need a terminal, or start nothing
Step = tuple[str, list[str | Path]]


def steps() -> list[Step]:
    """Return the checks before the tests: heading and command, in order."""
    binaries = PYTHON.parent
    return [
        ("format", [binaries / "ruff", "format", "--check", ".", "dev"]),
        ("lint", [binaries / "ruff", "check", ".", "dev"]),
        ("types", [binaries / "mypy", *PYTHON_PARTS]),
        ("imports", [binaries / "lint-imports"]),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ]


def check() -> int:
    """Run everything but the tests; return the exit code of the first failure, or 0. Runs inside .venv."""
    began = time.time()
    failed = _run_steps(steps(), surroundings.tests(os.environ, TEST_VAR))
    say(f"{'Failed' if failed else 'All checks passed'} after {time.time() - began:.0f} s.")
    return failed


def test(full: bool, arguments: list[str]) -> int:
    """Run the checks and then all tests, those marked `full` only if asked. Runs inside .venv."""
    env = surroundings.tests(os.environ, TEST_VAR) | {BEGAN: str(time.time())}
    failed = _run_steps(steps(), env)
    if failed:
        return failed
    env["CHROMIUM"] = chromium.ensure(env)
    env["REDIS_SERVER"] = redis.ensure(env)
    if full:
        env["POSTERN_FULL"] = "1"
    hold(TEST_VAR)
    return max(_run_steps([step], env) for step in test_steps(full, arguments))


def test_steps(full: bool, arguments: list[str]) -> list[Step]:
    """Return pytest's command lines: two lanes, but one process for who chooses tests or debugs them.

    What measures a machine (marked `alone`) runs after all others, with nothing beside it. pytest's closing
    line stays the last, so the total comes from a plug-in.
    """
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-p", "devtools.total"]
    lanes = ["-p", "devtools.lanes", "-n", "2", "--no-loadscope-reorder"]
    if any(not argument.startswith("-") or argument in DEBUGGING for argument in arguments):
        return [("tests", [*pytest, *([] if full else ["-m", "not full"]), *arguments])]
    if not full:
        return [("tests", [*pytest, *lanes, "-m", "not full", *arguments])]
    return [
        ("tests", [*pytest, *lanes, "-m", "not alone", *arguments]),
        ("figures", [*pytest, "-m", "alone", *arguments]),
    ]


def mutants(names: list[str]) -> int:
    """Run the committed mutants, all or those named. Runs inside .venv."""
    env = surroundings.tests(os.environ, TEST_VAR)
    hold(TEST_VAR)
    return run([PYTHON, "tests/mutants/run.py", *names], env)


def bench(name: str, arguments: list[str]) -> int:
    """Run one bench; what it found is the last line of its output. Runs inside .venv."""
    env = surroundings.tests(os.environ, TEST_VAR)
    hold(TEST_VAR)
    return run([PYTHON, "-m", f"tests.bench.{name}", *arguments], env)


def chaos(seed: int | None, short: bool) -> int:
    """Let it storm; what was found is the last line of its output. Runs inside .venv.

    It starts a PostgreSQL of its own, which it kills.
    """
    chosen = [*([] if seed is None else ["--seed", str(seed)]), *(["--short"] if short else [])]
    return run([PYTHON, "-m", "tests.chaos", *chosen], surroundings.tests(os.environ, VAR / "chaos"))


def terraform(provider: str | None, source: str | None) -> int:
    """Take the real provider, built before or here from its sources, through its steps. Runs inside .venv."""
    if source is not None:
        built = VAR / "terraform" / "terraform-provider-clickhouse"
        code = run(["go", "-C", source, "build", "-o", built, "."], dict(os.environ))
        if code != 0:
            return code
        provider = str(built)
    environment = surroundings.tests(os.environ, VAR / "terraform")
    return run([PYTHON, "-m", "tests.terraform", "--provider", str(provider)], environment)


def _run_steps(wanted: list[Step], env: dict[str, str]) -> int:
    for heading, command in wanted:
        say(f"=== {heading}")
        code = run(command, env)
        if code != 0:
            say(f"=== {heading} failed (exit code {code})")
            return code if code > 0 else 1
    return 0


def lock() -> int:
    """Write requirements.txt and requirements-dev.txt anew from pyproject.toml. Raises DevError."""
    uv = _own_uv()
    common = [str(uv), "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    common += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "./dev lock", "-q"]
    for extra in (
        ["-o", "requirements.txt"],
        ["--extra", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"],
    ):
        say(f"Writing {extra[-1]}...")
        done = subprocess.run([*common, *extra], cwd=CHECKOUT, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise full_disk_or(done.stderr, f"uv cannot resolve {extra[-1]}: {done.stderr.strip()}")
        addresses = registry_addresses((CHECKOUT / extra[-1]).read_text("utf-8"))
        if addresses:
            raise DevError(
                f"{extra[-1]} names addresses of registries, which differ from place to place: {addresses}"
            )
    return 0


def registry_addresses(text: str) -> list[str]:
    """Return every address in a requirements file; there should be none."""
    return re.findall(r"(?:https?://|--(?:extra-)?index-url|--find-links)\S*", text)


def _own_uv() -> Path:
    home = VAR / "uv-venv"
    uv = home / "bin" / "uv"
    if not uv.exists():
        say("Installing uv...")
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(home / "bin" / "pip"), "install", "-q", "uv"],
        ):
            if run(command) != 0:
                raise DevError("uv could not be installed; see above.")
    return uv
