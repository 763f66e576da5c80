"""The command line of ./dev."""

import argparse
import errno
import os

from devtools import surroundings, venv
from devtools.common import CHECKOUT, PYTHON, VAR, DevError, say

PLAIN, DEVELOPER = "requirements.txt", "requirements-dev.txt"


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(
        prog="./dev", allow_abbrev=False, description="Run, test and maintain Postern."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="run everything here: database, sandbox, web server, worker")
    up.add_argument(
        "--aws", action="store_true", help="work against your own AWS, without sandbox and demo data"
    )
    up.add_argument(
        "--port", type=int, default=surroundings.WEB_PORT, help="of the web server (default: %(default)s)"
    )
    up.add_argument(
        "--sandbox-port",
        type=int,
        default=surroundings.SANDBOX_PORT,
        help="of the sandbox (default: %(default)s)",
    )
    test = commands.add_parser(
        "test", allow_abbrev=False, help="all checks and tests; further arguments go to pytest"
    )
    test.add_argument("--full", action="store_true", help="every number at full size (an hour or two)")
    commands.add_parser("check", help="all checks without the tests")
    mutants = commands.add_parser("mutants", help="break each safety rule and see a test go red")
    mutants.add_argument("names", nargs="*")
    bench = commands.add_parser(
        "bench",
        allow_abbrev=False,
        help="measure: a table, then one line of JSON; further arguments: its sizes (--help tells them)",
        add_help=False,
    )
    bench.add_argument("name", choices=["api", "control", "pages"])
    chaos = commands.add_parser(
        "chaos", help="kill workers and PostgreSQL while AWS fails; nothing may leak (up to 20 minutes)"
    )
    chaos.add_argument("--seed", type=int, help="replay the schedule of an earlier run")
    chaos.add_argument("--short", action="store_true", help="a minute of it")
    terraform = commands.add_parser(
        "terraform", help="run the real Terraform provider against a Postern of its own (docs/terraform.md)"
    )
    built = terraform.add_mutually_exclusive_group(required=True)
    built.add_argument("--provider", metavar="FILE", help="the built provider")
    built.add_argument("--source", metavar="FOLDER", help="its sources, to be built with Go")
    manage = commands.add_parser(
        "manage",
        allow_abbrev=False,
        help="manage.py with the settings of `up` (--aws: of `up --aws`)",
        add_help=False,
    )
    manage.add_argument("--aws", action="store_true")
    commands.add_parser("lock", help="pin the dependencies anew")
    return top


def main(arguments: list[str]) -> int:
    """Run a command; return the exit code. What cannot go on ends in one line."""
    try:
        return _main(arguments)
    except DevError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _fail(f"The disk is full: cannot write {error.filename or VAR}.")
        raise


def _main(arguments: list[str]) -> int:
    if not arguments or arguments[0] == "help":
        arguments = ["--help"]
    # What follows these is for pytest, Django and the bench, whose options argparse must not judge.
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command not in ("test", "manage", "bench"):
        parser().error(f"unknown arguments: {' '.join(rest)}")
    developer = options.command in ("test", "check", "mutants", "bench", "chaos", "terraform")
    venv.enter(DEVELOPER if developer else PLAIN, arguments)
    return _inside(options, rest)


def _inside(options: argparse.Namespace, rest: list[str]) -> int:
    from devtools import checks  # only from here on is .venv complete
    from devtools import up as house

    if options.command == "up":
        return house.up(house.Options(options.aws, options.port, options.sandbox_port))
    if options.command == "test":
        return checks.test(options.full, rest)
    if options.command == "mutants":
        return checks.mutants(options.names)
    if options.command == "bench":
        return checks.bench(options.name, rest)
    if options.command == "chaos":
        return checks.chaos(options.seed, options.short)
    if options.command == "terraform":
        return checks.terraform(options.provider, options.source)
    if options.command == "manage":
        ports = house.remembered()
        web, sandbox = surroundings.WEB_PORT, surroundings.SANDBOX_PORT
        asked = house.Options(options.aws, ports.get("port", web), ports.get("sandbox_port", sandbox))
        env = asked.environment(os.environ)
        env.pop(surroundings.MARK)  # the next `up` is not to end it
        os.chdir(CHECKOUT)
        os.execve(PYTHON, [str(PYTHON), "manage.py", *rest], env)  # noqa: S606 - Ctrl-C is then Django's alone
    return checks.check() if options.command == "check" else checks.lock()


def _fail(line: str) -> int:
    say(line)
    return 1
