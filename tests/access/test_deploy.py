"""Production as Django's own check sees it, in a process of its own with production's settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "POSTERN_WITHOUT_DOTENV": "1",
    "SECRET_KEY": "Zk3-q8RtYw_5vBn1LxDs7PfHgJm2CaUeQi9ToWrEyKbVnMzXl4",
    "ALLOWED_HOSTS": "postern.example.com",
    "BASE_URL": "https://postern.example.com",
    "BEHIND_TLS_PROXY": "on",
}


def check(**more: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "VAR_DIR", "DATABASE_URL") if name in os.environ
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=CHECKOUT, env=kept | PRODUCTION | more, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_check_of_a_deployment_finds_nothing() -> None:
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "unsafe",
    [
        {"DEBUG": "on"},
        {"BASE_URL": "http://postern.example.com"},
        {"ALLOWED_HOSTS": "*"},
        {"SECRET_KEY": "x" * 60},
    ],
    ids=lambda unsafe: next(iter(unsafe)),
)
def test_the_check_finds_what_is_unsafe(unsafe: dict[str, str]) -> None:
    assert check(**unsafe).returncode != 0
