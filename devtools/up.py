"""`./dev up`: everything on one machine, from nothing to a sign-in page, and away again."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from devtools import surroundings
from devtools.children import Child, Deaths, end_leftovers
from devtools.common import CHECKOUT, PYTHON, VAR, DevError, full_disk_or, say, try_lock

if TYPE_CHECKING:
    from endpoints.embedded import Holder

_T = TypeVar("_T")
READY_PATIENCE_SECONDS = 60.0
DEMO_PATIENCE_SECONDS = 300
STOP_PATIENCE_SECONDS = {"web": 10.0, "worker": 20.0, "sandbox": 10.0}
AWS_VAR = VAR / "aws"  # a database of its own: the sandbox's made-up networks must never meet the real AWS


class Stop(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal. No Exception: nothing on the way may take it for a failure."""


@dataclass(frozen=True)
class Options:
    """What was asked of `up`."""

    aws: bool
    port: int
    sandbox_port: int

    @property
    def var(self) -> Path:
        return AWS_VAR if self.aws else VAR

    def environment(self, caller: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of everything that is started."""
        if self.aws:
            return surroundings.own_aws(caller, self.var, self.port)
        return surroundings.sandbox(caller, self.var, self.port, self.sandbox_port)


@dataclass
class House:
    """What runs at the moment."""

    logs: Path
    holder: "Holder | None" = None
    children: list[Child] = field(default_factory=list)
    once: list[Child] = field(default_factory=list)
    database_deaths: Deaths = field(default_factory=Deaths)

    def tend(self) -> None:
        """Put back what died. Raises DevError when something dies again and again."""
        if self.holder is not None and not self.holder.running():
            wait = self.database_deaths.count()
            if wait is None:
                raise DevError(f"PostgreSQL died again and again; see {self.holder.var / 'postgres.log'}.")
            say("PostgreSQL died; starting it again.")
            time.sleep(wait)
            _plainly(self.holder.ensure)
        for child in self.children:
            child.tend()

    def add(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        self.children.append(child)
        child.start()

    def run_once(self, child: Child) -> None:
        """Start something that ends by itself; nobody waits for it."""
        self.once.append(child)
        child.start()

    def close(self, var: Path) -> None:
        """Stop web, worker, sandbox and PostgreSQL, in this order, and whatever they have left behind."""
        for child in self.once:
            child.stop(2.0)
        order = list(STOP_PATIENCE_SECONDS)
        for child in sorted(self.children, key=lambda child: order.index(child.name)):
            say(f"Stopping the {child.name}...")
            child.stop(STOP_PATIENCE_SECONDS[child.name])
        try:
            end_leftovers(var, 2.0)
        finally:
            if self.holder is not None:
                say("Stopping PostgreSQL...")
                _plainly(self.holder.release)


def up(options: Options) -> int:
    """Run until told to stop; return the exit code. Runs inside .venv. Raises DevError."""
    begun = time.monotonic()
    lock = _only_one()
    _make_way(options)
    house = House(options.var / "log")
    _listen_for_stop()
    try:
        _start(house, options)
        took = time.monotonic() - begun
        say(f"Ready after {took:.1f} s: http://localhost:{options.port}/   (Ctrl-C stops everything)")
        while True:
            house.tend()
            time.sleep(0.5)
    except Stop:
        say()
    finally:
        _stop_listening()
        house.close(options.var)
    os.close(lock)
    say("Stopped.")
    return 0


def port_taken(port: int, what: str, option: str) -> str | None:
    """Return the line that says why `what` cannot listen on a port of this machine; None when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return f"Port {port} cannot be used for {what} ({reason}): choose another one with {option} PORT."
    return None


def _only_one() -> int:
    lock = try_lock(VAR / "dev.lock")
    if lock is None:
        running = remembered()
        where = f" at http://localhost:{running['port']}/ (process {running['pid']})" if running else ""
        raise DevError(f"./dev up already runs in this checkout{where}; stop that one first.")
    return lock


def remembered() -> dict[str, int]:
    """Return pid, port and sandbox_port of the last `up`; empty when there was none."""
    try:
        known = json.loads((VAR / "dev.json").read_text("utf-8"))
        return {name: int(known[name]) for name in ("pid", "port", "sandbox_port")}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _make_way(options: Options) -> None:
    """End what a killed `up` left, and see that both ports are free, before anything is started."""
    for var in (VAR, AWS_VAR):
        left = end_leftovers(var)
        if left:
            say(f"Ended {left} processes that a killed ./dev up had left behind.")
    if not options.aws and options.port == options.sandbox_port:
        raise DevError(f"Port {options.port} cannot serve both: use --port or --sandbox-port PORT.")
    wanted = [(options.port, "the web server", "--port")]
    wanted += [] if options.aws else [(options.sandbox_port, "the sandbox", "--sandbox-port")]
    for line in filter(None, (port_taken(*each) for each in wanted)):
        raise DevError(line)
    own = {"pid": os.getpid(), "port": options.port, "sandbox_port": options.sandbox_port}
    (VAR / "dev.json").write_text(json.dumps(own), "utf-8")


def _start(house: House, options: Options) -> None:
    env = options.environment(os.environ)
    if not (env.get("DATABASE_URL") or env.get("DATABASE_URL_FILE")):
        say("Starting PostgreSQL...")
        house.holder = hold(options.var)
    if not options.aws:
        say("Starting the sandbox...")
        house.add(Child("sandbox", sandbox_command(options), env, house.logs))
    say("Bringing the database up to date...")
    _manage(env, "migrate", "--verbosity=0")
    facts = None if options.aws else _manage(env, "demo")
    say("Starting the web server and the worker...")
    house.add(Child("web", web_command(options.port), env, house.logs))
    house.add(Child("worker", [PYTHON, "manage.py", "worker"], env, house.logs))
    if not options.aws:
        _await_answer(house, options.sandbox_port, "/_console/")
    _await_answer(house, options.port, "/sign-in/", good=lambda status: status == 200)
    if not options.aws:  # ClickPipes need addresses, and those come with Ready endpoints
        command: list[str | Path] = [PYTHON, "manage.py", "demo", "--wait", str(DEMO_PATIENCE_SECONDS)]
        house.run_once(Child("demo", command, env, house.logs))
    say()
    say(facts.rstrip() if facts else _next_steps(options))
    say(f"Logs            {house.logs}")
    say()


def sandbox_command(options: Options) -> list[str | Path]:
    """Return the command line of the sandbox."""
    command: list[str | Path] = [PYTHON, "-m", "endpoints.sandbox", "--port", str(options.sandbox_port)]
    command += ["--state", options.var / "sandbox.sqlite3", "--clock-file", options.var / "clock.json"]
    return [*command, "--profile", "demo"]


def web_command(port: int) -> list[str | Path]:
    """Return the command line of the web server: threads, because pages that wait for news hold one each."""
    command: list[str | Path] = [PYTHON, "-m", "gunicorn", "endpoints.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--worker-class", "gthread", "--threads", "16", "--graceful-timeout", "3"]
    return [*command, "--no-control-socket", "--access-logfile", "-"]


def _next_steps(options: Options) -> str:
    return (
        f"Postern         http://localhost:{options.port}/\n"
        "Networks, organizations and people come from a file: ./dev manage --aws apply_config FILE\n"
        "An API key: ./dev manage --aws create_api_key --help"
    )


def hold(var: Path) -> "Holder":
    """Hold the embedded PostgreSQL for the life of this process. Runs inside .venv. Raises DevError."""
    from endpoints import embedded

    return _plainly(lambda: embedded.hold(var))


def _plainly(do: Callable[[], _T]) -> _T:
    from endpoints.embedded import EmbeddedError

    try:
        return do()
    except EmbeddedError as error:
        raise DevError(str(error)) from error


def _manage(env: Mapping[str, str], *arguments: str) -> str:
    command = [str(PYTHON), "manage.py", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        problem = full_disk_or(done.stderr, "")
        if str(problem):
            raise problem
        say("\n".join(said[-20:]))  # several failed system checks are several lines
        raise DevError(f"manage.py {arguments[0]} failed (exit code {done.returncode}); see above.")
    return done.stdout


def _await_answer(
    house: House, port: int, path: str, good: Callable[[int], bool] = lambda status: True
) -> None:
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    status = 0
    while not (status and good(status)):
        if time.monotonic() > deadline:
            told = f"answers {status}" if status else "does not answer"
            raise DevError(f"http://127.0.0.1:{port}{path} {told}; see the logs in {house.logs}.")
        house.tend()
        time.sleep(0.1)
        status = ask(port, path)


def ask(port: int, path: str) -> int:
    """Return the status code of a GET on this machine; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _listen_for_stop() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    for number in _SIGNALS:
        signal.signal(number, stop)


def _stop_listening() -> None:
    for number in _SIGNALS:
        with contextlib.suppress(ValueError):
            signal.signal(number, signal.SIG_IGN)  # stopping takes seconds and must not be cut short
