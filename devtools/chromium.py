"""A Chromium and a font with Korean for the browser tests: found, or installed where that is possible."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from devtools.common import PYTHON, VAR, DevError, run_logged, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_OURS = """
from playwright.sync_api import sync_playwright
with sync_playwright() as it:
    print(it.chromium.executable_path)
"""


def ensure(env: Mapping[str, str]) -> str:
    """Return the path of a Chromium. Raises DevError: browser tests are never skipped silently."""
    log = VAR / "log" / "chromium.log"
    found = find()
    packages = [*([] if found else ["chromium"]), *([] if has_korean_font() else ["fonts-noto-cjk"])]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {' and '.join(packages)}...")
        quiet = {**env, "DEBIAN_FRONTEND": "noninteractive"}
        run_logged(["apt-get", "update"], log, quiet)
        run_logged(["apt-get", "install", "-y", "--no-install-recommends", *packages], log, quiet)
        found = find()
    found = found or _playwrights_own(env, log)
    if not found:
        raise DevError(f"No Chromium for the browser tests: install chromium (log of the attempts: {log}).")
    if not has_korean_font():
        say("No font with Korean was found: install fonts-noto-cjk, or screenshots show boxes.")
    return found


def find(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the first Chromium on PATH, else the one that CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, [named and which(named), *map(which, NAMES)]), None)


def has_korean_font(folders: tuple[str, ...] = FONT_FOLDERS) -> bool:
    """Tell whether a font with Korean is installed."""
    names = ("*CJK*", "*Nanum*", "AppleSDGothic*")
    return any(True for folder in folders for name in names for _ in Path(folder).rglob(name))


def _playwrights_own(env: Mapping[str, str], log: Path) -> str | None:
    say("Installing playwright's own Chromium...")
    run_logged([PYTHON, "-m", "playwright", "install", "chromium"], log, env)
    told = subprocess.run([str(PYTHON), "-c", _OURS], capture_output=True, text=True, env=env, check=False)  # noqa: S603
    path = told.stdout.strip()
    return path if path and Path(path).exists() else None
