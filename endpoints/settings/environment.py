"""Where settings are read from, and what other settings depend on."""

import os
from pathlib import Path

from environs import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = FileAwareEnv(strip_whitespace=True)
if not os.environ.get("POSTERN_WITHOUT_DOTENV"):  # ./dev sets it: an installation's .env is not for the demo
    env.read_env(BASE_DIR / ".env", recurse=False)

DEVELOPMENT: bool = env.bool("DEVELOPMENT", False)
BASE_URL: str = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
