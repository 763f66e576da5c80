"""The virtual environment: made by whatever this machine has, filled from the pinned files when needed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from devtools.common import CHECKOUT, PYTHON, SCRIPT, VAR, VENV, DevError, full_disk_or, one_at_a_time, say

OLDEST, NEWEST = (3, 11), (3, 14)
STAMP = VENV / "postern-installed.json"
_IS_SUPPORTED = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"


def enter(requirements: str, arguments: list[str]) -> None:
    """Go on inside .venv with what `requirements` pins: returns there, else replaces this process.

    Raises DevError when no environment can be made or filled.
    """
    with one_at_a_time(VAR / "dev.install.lock"):
        if not _asked(str(PYTHON), _IS_SUPPORTED):
            create(VENV)
        install(CHECKOUT / requirements)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), str(SCRIPT), *arguments])  # noqa: S606 - ourselves


def create(where: Path) -> None:
    """Make an empty environment with pip in it. Raises DevError naming what is missing."""
    command = venv_command(where, candidates(), shutil.which, _asked)
    say(f"Making {where.name} with {command[0]}...")
    shutil.rmtree(where, ignore_errors=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - found above
    if done.returncode != 0:
        shutil.rmtree(where, ignore_errors=True)
        said = (done.stdout + done.stderr).strip()
        raise full_disk_or(
            said, f"{command[0]} cannot make {where}: {said.splitlines()[-1:] or 'it said nothing'}"
        )


def candidates() -> list[str]:
    """Return this Python's own interpreter and the supported ones on PATH, best first."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    return [python for python in found if _asked(python, _IS_SUPPORTED)]


def venv_command(
    where: Path, pythons: list[str], which: Callable[[str], str | None], asked: Callable[[str, str], bool]
) -> list[str]:
    """Return the command that makes an environment: venv, else uv, else virtualenv. Raises DevError."""
    for python in pythons:
        # Debian ships venv without ensurepip; then `python -m venv` fails half way.
        if asked(python, "import venv, ensurepip"):
            return [python, "-m", "venv", str(where)]
    uv = which("uv")
    if uv:
        return [
            uv,
            "venv",
            "--quiet",
            "--seed",
            "--python",
            pythons[0] if pythons else ">=3.11,<3.15",
            str(where),
        ]
    for python in pythons:
        if asked(python, "import virtualenv"):
            return [python, "-m", "virtualenv", "--quiet", str(where)]
    virtualenv = which("virtualenv")
    if virtualenv and pythons:
        return [virtualenv, "--quiet", "--python", pythons[0], str(where)]
    raise DevError(
        "Python's venv and ensurepip are missing: install python3-venv (Debian, Ubuntu: "
        "apt-get install python3-venv), or uv, or virtualenv."
    )


def install(requirements: Path, stamp: Path = STAMP, pip: Callable[[Path], None] | None = None) -> bool:
    """Install a pinned file unless exactly it was installed completely before; tell whether it did."""
    wanted = sha256(requirements.read_bytes()).hexdigest()
    known = _stamps(stamp)
    if known.get(requirements.name) == wanted:
        return False
    stamp.unlink(missing_ok=True)  # from here to the end of pip, what is installed is anybody's guess
    (pip or _pip_install)(requirements)
    draft = stamp.with_name(f"{stamp.name}.new")
    draft.write_text(json.dumps(known | {requirements.name: wanted}), "utf-8")
    draft.replace(stamp)
    return True


def _stamps(stamp: Path) -> dict[str, str]:
    try:
        known = json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _pip_install(requirements: Path) -> None:
    say(f"Installing {requirements.name} (the first time takes a minute or two)...")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input"]
    command += ["--require-hashes", "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own pip
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        say(done.stderr.strip())
        raise full_disk_or(
            done.stderr, f"pip cannot install {requirements.name}: {(errors or ['see above'])[-1]}"
        )


def _asked(python: str, question: str) -> bool:
    """Run one line in a Python; tell whether it went well. A name may be an empty promise."""
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False
