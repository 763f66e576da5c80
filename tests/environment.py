"""The settings' environment for tests; `-p tests.environment` loads it before pytest-django reads them."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

os.environ.setdefault("SECRET_KEY", "tests-only-tests-only-tests-only-tests-only-tests-only")
os.environ.setdefault("DEVELOPMENT", "1")
os.environ["POSTERN_WITHOUT_DOTENV"] = "1"
os.environ.setdefault("RATE_LIMITS", "off")  # tests are faster than people; those of the limits turn them on
if not os.environ.get("DATABASE_URL"):
    os.environ.setdefault("VAR_DIR", str(CHECKOUT / "var" / "test"))
