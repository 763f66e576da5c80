"""The environment variables that ./dev gives to what it starts."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from devtools.common import CHECKOUT

MARK = "POSTERN_DEV_VAR"  # in the environment of everything that `up` starts; see children.py
SANDBOX_KEYS = {"AWS_ACCESS_KEY_ID": "AKIASANDBOXOPERATOR1", "AWS_SECRET_ACCESS_KEY": "sandbox"}
WITHOUT_DOTENV = {"POSTERN_WITHOUT_DOTENV": "1"}
SANDBOX_PORT, WEB_PORT = 4566, 8000


def secret_key(var: Path) -> str:
    """Return the secret key of this `var`, made at the first call; only its owner can read the file."""
    path = var / "secret_key"
    var.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.read_text("ascii").strip():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
        draft.replace(path)
    return path.read_text("ascii").strip()


def hidden_aws(caller: Mapping[str, str], var: Path) -> dict[str, str]:
    """Return the caller's environment without a trace of AWS, configuration files and metadata included."""
    environment = {name: value for name, value in caller.items() if not name.startswith(("AWS_", "BOTO_"))}
    nothing = var / "no-aws-configuration"
    var.mkdir(parents=True, exist_ok=True)
    nothing.touch()
    environment |= {
        "AWS_CONFIG_FILE": str(nothing),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in ("NO_PROXY", "no_proxy"):  # botocore would ask a proxy for the sandbox on this machine
        environment[name] = ",".join(filter(None, [caller.get(name, ""), "127.0.0.1,localhost"]))
    return environment


def sandbox(caller: Mapping[str, str], var: Path, web_port: int, sandbox_port: int) -> dict[str, str]:
    """Return the environment in which Postern works against the sandbox, and only that."""
    environment = hidden_aws(caller, var) | SANDBOX_KEYS
    environment |= _development(var, web_port)
    # An installation's .env is not for the demo: least of all may its database get demo data.
    environment |= WITHOUT_DOTENV | {"DATABASE_URL": "", "CLOCK_FILE": str(var / "clock.json")}
    environment.pop("DATABASE_URL_FILE", None)
    environment["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{sandbox_port}"
    environment["SANDBOX_CONSOLE_URL"] = f"http://127.0.0.1:{sandbox_port}/_console/"
    return environment


def own_aws(caller: Mapping[str, str], var: Path, web_port: int) -> dict[str, str]:
    """Return the environment in which Postern works against the caller's AWS, with the caller's settings."""
    environment = _development(var, web_port) | dict(caller)
    environment |= {"VAR_DIR": str(var), MARK: str(var), "CLOCK_FILE": "", "SANDBOX_CONSOLE_URL": ""}
    return environment


def tests(caller: Mapping[str, str], var: Path) -> dict[str, str]:
    """Return the environment of the checks and tests: no AWS, own database, no setting of the caller's.

    Storms fill queues and take tasks from them: that must never be the Redis of an installation.
    """
    environment = hidden_aws(caller, var) | _development(var, WEB_PORT)
    ours = settings_names() - {"DEVELOPMENT", "SECRET_KEY", "VAR_DIR"}
    for name in (*ours, *(f"{name}_FILE" for name in settings_names()), MARK):
        environment.pop(name, None)
    return environment | WITHOUT_DOTENV | {"DATABASE_URL": ""}


def settings_names() -> set[str]:
    """Return the name of each setting, as .env.example has them all."""
    return set(
        re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (CHECKOUT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )


def _development(var: Path, web_port: int) -> dict[str, str]:
    return {
        "DEVELOPMENT": "1",
        "SECRET_KEY": secret_key(var),
        "BASE_URL": f"http://localhost:{web_port}",
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "endpoints.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(CHECKOUT),
        MARK: str(var),
    }
