"""`./dev up` as a whole: from start to stop, with everything killed in between."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from devtools import children, up
from endpoints import embedded, embedded_home
from tests.sandbox_client import group_id, start_sandbox, subnet_id, vpc_id

CHECKOUT = Path(__file__).resolve().parent.parent
SLOWNESS = 2  # the promised 15 s are for a machine with nothing else to do; tests share theirs


class Run:
    """A `./dev up` in a checkout of its own (links to this one, another var/), with its output."""

    def __init__(self, checkout: Path) -> None:
        self.checkout, self.var = checkout, checkout / "var"
        self.ports = [free_port(), free_port()]
        self.output = checkout / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        web, sandbox = map(str, self.ports)
        return [str(self.checkout / "dev"), "up", "--port", web, "--sandbox-port", sandbox]

    def start(self, *more: str, env: dict[str, str] | None = None) -> None:
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [*self.command(), *more], env=env, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

    def said(self) -> str:
        return self.output.read_text()

    def await_ready(self, times: int = 1) -> None:
        self.eventually(lambda: self.said().count("Ready after") == times or self.process.poll() is not None)
        assert self.said().count("Ready after") == times, self.said()

    def eventually(self, condition: Any, seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def page(self) -> int:
        return up.ask(self.ports[0], "/sign-in/")

    def postmaster(self) -> int:
        return embedded_home.postmaster(embedded_home.Home.of(self.var).data / "postmaster.pid") or 0

    def all_gone(self) -> bool:
        return not children.marked(self.var) and not embedded._Server(self.var).lives()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def copied_checkout(tmp_path: Path) -> Path:
    """A checkout of its own beside this one: same sources, same .venv, its own var/."""
    checkout = tmp_path / "checkout"
    left_out = ["var", ".venv", ".git", ".mypy_cache", ".ruff_cache", ".hypothesis", "staticfiles"]
    # `*.pyc.*` are drafts of bytecode that another process just writes, and gone a moment later.
    shutil.copytree(CHECKOUT, checkout, symlinks=True, ignore=shutil.ignore_patterns(*left_out, "*.pyc.*"))
    (checkout / ".venv").symlink_to(CHECKOUT / ".venv")
    return checkout


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(copied_checkout(tmp_path))
    yield run
    for pid in [*([run._process.pid] if run._process else []), *children.marked(run.var)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if run._process:
        run._process.wait()
    if (run.var / "pg.lock").exists():
        embedded.hold(run.var).release()
        home = embedded_home.Home.of(run.var).path
        if home != run.var:
            subprocess.run(["rm", "-rf", str(home)], check=True)


@pytest.mark.kill
def test_up_serves_survives_kills_and_leaves_nothing(run: Run) -> None:
    run.start()
    run.await_ready()
    assert run.page() == 200
    said = run.said()
    for expected in (
        "admin@",
        "operator@",
        "viewer@",
        "API key",
        "Owner console",
        f"localhost:{run.ports[0]}",
    ):
        assert expected in said

    second = subprocess.run(run.command(), capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stdout.count("\n") == 1
    assert "already runs in this checkout" in second.stdout

    for name in ("sandbox", "web", "worker"):
        victim = leader(run, name)
        os.kill(victim, signal.SIGKILL)
        run.eventually(lambda name=name: f"The {name} died (signal 9)" in run.said())
        run.eventually(lambda name=name, victim=victim: leader(run, name) not in (0, victim))
    killed = run.postmaster()
    os.kill(killed, signal.SIGKILL)
    # By `up`, or by another of our processes that starts at this moment and needs it.
    run.eventually(lambda: run.postmaster() not in (0, killed))
    run.eventually(lambda: run.page() == 200)

    os.kill(run.process.pid, signal.SIGHUP)
    assert run.process.wait(60) == 0, run.said()
    assert run.said().endswith(
        "Stopping the web...\nStopping the worker...\nStopping the sandbox...\n"
        "Stopping PostgreSQL...\nStopped.\n"
    )
    assert run.all_gone()


@pytest.mark.kill
def test_next_up_takes_over_after_everything_was_killed_and_is_quick(run: Run) -> None:
    run.start()
    run.await_ready()
    for pid in (run.process.pid, run.postmaster(), *children.marked(run.var)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.process.wait()
    begun = time.monotonic()
    run.start()
    run.await_ready()
    assert time.monotonic() - begun < 15 * SLOWNESS
    os.kill(run.process.pid, signal.SIGKILL)  # dev alone: everything else ends by itself
    run.process.wait()
    run.eventually(lambda: not children.marked(run.var), 30)
    run.start()
    run.await_ready()
    os.kill(run.process.pid, signal.SIGINT)
    assert run.process.wait(60) == 0
    assert run.all_gone()


NETWORK = f"""
[[network]]
region = "eu-central-1"
vpc_id = "{vpc_id("eu-central-1")}"
subnet_ids = ["{subnet_id("eu-central-1", 1)}"]
security_group_ids = ["{group_id("eu-central-1")}"]
"""


@pytest.mark.kill
def test_up_against_the_callers_aws_has_no_demo_data_and_calls_where_the_caller_says(
    run: Run, tmp_path: Path
) -> None:
    run.var /= "aws"
    (tmp_path / "box").mkdir()
    (tmp_path / "network.toml").write_text(NETWORK)
    with start_sandbox(tmp_path / "box") as box:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env = own | box.environment()
        run.start("--aws", env=env)
        run.await_ready()
        assert run.page() == 200
        assert "postern.example" not in run.said()

        def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
            command = [str(run.checkout / "dev"), "manage", "--aws", *arguments]
            return subprocess.run(command, env=env, capture_output=True, text=True)

        assert "sandbox only" in manage("demo").stderr
        assert manage("apply_config", str(tmp_path / "network.toml")).returncode == 0
        run.eventually(lambda: box.count(operation="DescribeVpcEndpoints", done=True) > 0, 30)
        os.kill(run.process.pid, signal.SIGTERM)
        assert run.process.wait(60) == 0
    assert run.all_gone()


def leader(run: Run, name: str) -> int:
    """Return the process that `up` started as `name`; 0 when there is none."""
    # Whole arguments: gunicorn's command line has `--workers` in it.
    words = {"sandbox": b"endpoints.sandbox", "web": b"gunicorn", "worker": b"worker"}
    for pid in children.marked(run.var):
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
            if words[name] in command and parent == run.process.pid:
                return pid
    return 0


def test_taken_port_ends_up_before_anything_starts(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", run.ports[1]))
        taken.listen()
        done = subprocess.run(run.command(), capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(f"Port {run.ports[1]} cannot be used for the sandbox")
    assert not (run.var / "postgres").exists()
    assert json.loads((CHECKOUT / ".venv" / "postern-installed.json").read_text())
