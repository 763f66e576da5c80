"""`python -m endpoints.sandbox`: run the sandbox until SIGTERM or SIGINT."""

import argparse
import ipaddress
import signal
import sys
import threading
from pathlib import Path

from endpoints.sandbox.app import Sandbox
from endpoints.sandbox.server import Server
from endpoints.sandbox.world.knobs import PROFILES
from endpoints.sandbox.world.store import StateError


def loopback(text: str) -> str:
    """Return a host if it is loopback. Raises argparse.ArgumentTypeError: nothing here has a sign-in."""
    host = "127.0.0.1" if text == "localhost" else text
    try:
        good = ipaddress.ip_address(host).is_loopback
    except ValueError:
        good = False
    if not good:
        raise argparse.ArgumentTypeError(f"{text} is not a loopback address; the sandbox has no sign-in")
    return host


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m endpoints.sandbox", description="A simulated AWS.")
    parser.add_argument("--host", type=loopback, default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4566, help="0 chooses a free one")
    parser.add_argument("--state", default="var/sandbox.sqlite3", help="a file, or :memory:")
    parser.add_argument("--clock-file", type=Path, default=None, help="the clock control shared with Postern")
    parser.add_argument(
        "--profile", choices=sorted(PROFILES), default="demo", help="delays at the first start"
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Serve; return the exit code: 0 after a signal, 1 when the port or the state cannot be used."""
    options = arguments(argv)
    try:
        sandbox = Sandbox(options.state, options.clock_file, options.profile)
        server = Server(options.host, options.port, sandbox)
    except StateError as error:
        return _fail(str(error))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        return _fail(f"The sandbox cannot listen on {options.host}:{options.port}: {reason}.")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    host = f"[{options.host}]" if ":" in options.host else options.host
    sys.stdout.write(f"sandbox listening on http://{host}:{server.server_port}\n")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    server.server_close()
    sandbox.close()
    return 0


def _fail(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
