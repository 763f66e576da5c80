"""The released `clickhousectl`, run against a server with a key."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from endpoints.models import ApiKey

OK, API_ERROR, USAGE, NOT_SIGNED_IN = 0, 1, 2, 4


class Cli:
    """Runs the binary with a key, in a folder of its own."""

    def __init__(self, url: str, key: ApiKey, secret: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.own = {"CLICKHOUSE_CLOUD_API_KEY": key.key_id, "CLICKHOUSE_CLOUD_API_SECRET": secret}

    def run(self, *arguments: str, expect: int = OK) -> subprocess.CompletedProcess[str]:
        """Run `clickhousectl cloud …`, and expect an exit code."""
        binary = Path(sys.executable).parent / "clickhousectl"
        command = [str(binary), "cloud", "--url", self.url, *arguments]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DO_NOT_TRACK": "1", **self.own}
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str) -> Any:
        """Run a command with --json, and return what it printed."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def error(self, *arguments: str, expect: int = API_ERROR) -> str:
        """Run a command that fails, and return what it says."""
        done = self.run(*arguments, expect=expect)
        return done.stderr + done.stdout
