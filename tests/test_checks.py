"""Each check of the settings goes off where it should, and only there."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from endpoints import checks

ROOT = Path(__file__).resolve().parent.parent
SAFE: dict[str, Any] = {
    "DEBUG": False,
    "DEVELOPMENT": False,
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWX",
    "ALLOWED_HOSTS": ["postern.example.com"],
    "BASE_URL": "https://postern.example.com",
    "SECURE_SSL_REDIRECT": True,
    "BEHIND_TLS_PROXY": True,
    "CLOCK_FILE": None,
    "SANDBOX_CONSOLE_URL": "",
    "BROKER": "orm",
    "REDIS_URL": "",
    "SQS_REGION": "",
    "QUEUE_NAME": "postern",
    "TAG_PREFIX": "postern",
    "STEP_CALLS": 3,
    "AWS_CONNECT_SECONDS": 2.0,
    "AWS_READ_SECONDS": 8.0,
    "TASK_TIMEOUT_SECONDS": 75,
    "LEASE_SECONDS": 90.0,
    "TASK_RETRY_SECONDS": 120,
    "RATE_LIMITS": True,
    "REQUIRE_SECOND_FACTOR": "staff",
    "OIDC_ISSUER": "",
    "OIDC_CLIENT_ID": "",
    "OIDC_CLIENT_SECRET": "",
    "OIDC_VERIFIED_DOMAINS": [],
    "OIDC_CREATE_DOMAINS": [],
}

Check = Callable[..., list[CheckMessage]]


@pytest.fixture(autouse=True)
def _production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        setattr(settings, name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"):
        monkeypatch.delenv(name, raising=False)


def ids(check: Check, settings: Any, **changes: Any) -> list[str | None]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return [message.id for message in check(None)]


def test_safe_production_passes_every_check() -> None:
    for check in (
        checks.check_secret_key,
        checks.check_hosts,
        checks.check_base_url,
        checks.check_nothing_of_the_sandbox,
        checks.check_broker,
        checks.check_tag_prefix,
        checks.check_time_budget,
        checks.check_numbers,
        checks.check_database,
        checks.check_sign_in,
    ):
        assert check(None) == []


def test_e001_no_secret_key_is_refused_in_development_too(settings: Any) -> None:
    assert ids(checks.check_secret_key, settings, SECRET_KEY="") == ["postern.E001"]
    assert ids(checks.check_secret_key, settings, DEVELOPMENT=True) == ["postern.E001"]


def test_e008_detailed_error_pages(settings: Any) -> None:
    check = checks.check_nothing_of_the_sandbox
    assert ids(check, settings, DEBUG=True) == ["postern.E008"]
    assert ids(check, settings, DEBUG=True, DEVELOPMENT=True) == []


@pytest.mark.parametrize("key", ["short", SAFE["SECRET_KEY"][:49], "abcd" * 20])
def test_e002_secret_key_that_can_be_guessed(settings: Any, key: str) -> None:
    assert ids(checks.check_secret_key, settings, SECRET_KEY=key) == ["postern.E002"]
    assert ids(checks.check_secret_key, settings, DEVELOPMENT=True) == []


@pytest.mark.parametrize("hosts", [[], ["*"], ["postern.example.com", "*"]])
def test_e003_no_host_or_every_host(settings: Any, hosts: list[str]) -> None:
    assert ids(checks.check_hosts, settings, ALLOWED_HOSTS=hosts) == ["postern.E003"]
    assert ids(checks.check_hosts, settings, DEVELOPMENT=True) == []


@pytest.mark.parametrize(
    "url", ["", "postern.example.com", "ftp://a.example", "https://", "https://a.example/b"]
)
def test_e004_base_url_that_is_no_site(settings: Any, url: str) -> None:
    assert ids(checks.check_base_url, settings, BASE_URL=url) == ["postern.E004"]
    assert ids(checks.check_base_url, settings, DEVELOPMENT=True) == ["postern.E004"]


def test_e005_base_url_without_tls_except_on_this_machine(settings: Any) -> None:
    assert ids(checks.check_base_url, settings, BASE_URL="http://a.example") == ["postern.E005"]
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        changes = {"BASE_URL": f"http://{host}", "SECURE_SSL_REDIRECT": False}
        assert ids(checks.check_base_url, settings, **changes) == []


def test_w002_tls_that_no_proxy_ends(settings: Any) -> None:
    assert ids(checks.check_base_url, settings, BEHIND_TLS_PROXY=False) == ["postern.W002"]


def test_e006_moved_clock(settings: Any) -> None:
    check = checks.check_nothing_of_the_sandbox
    assert ids(check, settings, CLOCK_FILE=Path("clock.json")) == ["postern.E006"]
    assert ids(check, settings, DEVELOPMENT=True) == []


def test_e007_sandbox_console(settings: Any) -> None:
    check = checks.check_nothing_of_the_sandbox
    assert ids(check, settings, SANDBOX_CONSOLE_URL="http://localhost:4567") == ["postern.E007"]
    assert ids(check, settings, DEVELOPMENT=True) == []


@pytest.mark.parametrize(
    ("host", "told"), [("localhost:4566", True), ("127.0.0.1", True), ("a.example", False)]
)
def test_w001_aws_on_this_machine_is_a_warning(
    settings: Any, monkeypatch: pytest.MonkeyPatch, host: str, told: bool
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}")
    messages = checks.check_nothing_of_the_sandbox(None)
    assert [message.id for message in messages] == (["postern.W001"] if told else [])
    assert not any(message.is_serious() for message in messages)


def test_e010_unknown_broker(settings: Any) -> None:
    assert ids(checks.check_broker, settings, BROKER="rabbit") == ["postern.E010"]


def test_e011_redis_without_an_address(settings: Any) -> None:
    assert ids(checks.check_broker, settings, BROKER="redis") == ["postern.E011"]
    assert ids(checks.check_broker, settings, REDIS_URL="redis://localhost") == []


def test_e012_sqs_without_a_region(settings: Any) -> None:
    assert ids(checks.check_broker, settings, BROKER="sqs") == ["postern.E012"]
    assert ids(checks.check_broker, settings, SQS_REGION="eu-central-1") == []


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://localhost:6379", "postgres://localhost/0"])
def test_e011_redis_at_an_address_that_is_none(settings: Any, url: str) -> None:
    assert ids(checks.check_broker, settings, BROKER="redis", REDIS_URL=url) == ["postern.E011"]


@pytest.mark.parametrize("url", ["redis://redis:6379/0", "rediss://u:p@redis/1", "unix:///run/redis.sock"])
def test_redis_at_any_of_its_addresses(settings: Any, url: str) -> None:
    assert ids(checks.check_broker, settings, BROKER="redis", REDIS_URL=url) == []


def test_e017_sqs_and_the_sandbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = {"BROKER": "sqs", "SQS_REGION": "eu-central-1"}
    assert ids(checks.check_broker, settings, **sqs) == []
    assert ids(checks.check_broker, settings, CLOCK_FILE=Path("/x")) == ["postern.E017"]
    console = {"CLOCK_FILE": None, "SANDBOX_CONSOLE_URL": "http://127.0.0.1:4566/_console/"}
    assert ids(checks.check_broker, settings, **console) == ["postern.E017"]
    assert ids(checks.check_broker, settings, SANDBOX_CONSOLE_URL="") == []
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://simulator.example:4566")
    assert ids(checks.check_broker, settings) == ["postern.E017"]


def test_the_sandbox_refuses_sqs_before_anything_is_asked_of_it() -> None:
    environment = os.environ | {
        "BROKER": "sqs",
        "SQS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "SECRET_KEY": SAFE["SECRET_KEY"],
        "DEVELOPMENT": "1",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "POSTERN_WITHOUT_DOTENV": "1",
    }
    command = [sys.executable, "manage.py", "worker"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "postern.E017" in done.stderr


@pytest.mark.parametrize("name", ["", "post ern", "a" * 81, "postern.fifo"])
def test_e018_a_name_that_no_queue_may_have(settings: Any, name: str) -> None:
    assert ids(checks.check_queue_name, settings, QUEUE_NAME=name) == ["postern.E018"]
    assert ids(checks.check_queue_name, settings, QUEUE_NAME="postern-staging") == []


@pytest.mark.parametrize("prefix", ["", "aws", "AWS", "aws:postern", "a" * 61, "post ern", "한"])
def test_e013_prefix_that_aws_refuses(settings: Any, prefix: str) -> None:
    assert ids(checks.check_tag_prefix, settings, TAG_PREFIX=prefix) == ["postern.E013"]


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_READ_SECONDS": 13.0},
        {"STEP_CALLS": 5},
        {"TASK_TIMEOUT_SECONDS": 50},
        {"TASK_TIMEOUT_SECONDS": 90},
        {"LEASE_SECONDS": 75.0},
        {"TASK_RETRY_SECONDS": 90},
    ],
)
def test_e014_time_limits_out_of_order(settings: Any, change: dict[str, Any]) -> None:
    assert ids(checks.check_time_budget, settings, **change) == ["postern.E014"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", 0),
        ("CREATE_GRACE_SECONDS", -1),
        ("TASK_RECORD_DAYS", 0),
        ("EVENT_DAYS", 0),
        ("TOMBSTONE_DAYS", 0),
        ("AUDIT_DAYS", 29),
        ("SET_PASSWORD_LINK_SECONDS", 0),
        ("SECURE_HSTS_SECONDS", -1),
        ("ENDPOINTS_PER_SERVICE", -1),
        ("ENDPOINTS_PER_ORGANIZATION", -1),
        ("WATCHDOG_SECONDS", 0),
        ("AWS_CONNECT_SECONDS", 0),
        ("AWS_READ_SECONDS", -1),
    ],
)
def test_e015_number_with_which_nothing_works(settings: Any, name: str, value: float) -> None:
    messages = [str(message) for message in _with(settings, name, value)]
    assert len(messages) == 1
    assert name in messages[0]
    assert "postern.E015" in messages[0]


def _with(settings: Any, name: str, value: float) -> list[CheckMessage]:
    setattr(settings, name, value)
    return checks.check_numbers(None)


def test_e016_other_databases(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(checks.check_database, settings) == ["postern.E016"]


@pytest.mark.django_db
def test_web_server_refuses_to_start_with_errors_and_names_them(settings: Any) -> None:
    checks.enforce()
    settings.SECRET_KEY = ""
    with pytest.raises(ImproperlyConfigured, match=r"postern\.E001"):
        checks.enforce()


def names_read_in_settings() -> set[str]:
    """Return the names that the settings read from the environment."""
    files = (ROOT / "endpoints" / "settings").glob("*.py")
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    return {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_setting_stands_in_the_example_with_a_comment_above() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    explained: dict[str, bool] = {}
    about = False
    for line in lines:
        setting = re.fullmatch(r"(?:# )?([A-Z_]+)=.*", line)
        if setting:
            explained[setting[1]] = about
        elif not line:
            about = False
        else:
            about = line.startswith("# ")
    assert set(explained) == names_read_in_settings()
    assert all(explained.values()), explained


PROVIDER = {"OIDC_ISSUER": "https://login.example.com", "OIDC_CLIENT_ID": "postern"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (PROVIDER, []),
        ({**PROVIDER, "OIDC_ISSUER": "http://localhost:9000/o"}, []),
        ({"OIDC_CLIENT_ID": "postern"}, ["postern.E030"]),
        ({"OIDC_CREATE_DOMAINS": ["example.com"]}, ["postern.E030"]),
        ({"OIDC_ISSUER": "https://login.example.com"}, ["postern.E031"]),
        ({**PROVIDER, "OIDC_ISSUER": "http://login.example.com"}, ["postern.E032"]),
        ({**PROVIDER, "OIDC_ISSUER": "login.example.com"}, ["postern.E032"]),
        ({**PROVIDER, "OIDC_CREATE_DOMAINS": ["example.com", "b-c.example"]}, []),
        ({**PROVIDER, "OIDC_CREATE_DOMAINS": ["*"]}, ["postern.E033"]),
        ({**PROVIDER, "OIDC_VERIFIED_DOMAINS": ["me@example.com"]}, ["postern.E033"]),
    ],
)
def test_e030_to_e033_a_provider_half_described_or_not_to_be_trusted(
    settings: Any, changes: dict[str, Any], found: list[str]
) -> None:
    assert ids(checks.check_sign_in, settings, **changes) == found
    assert ids(checks.check_sign_in, settings, DEVELOPMENT=True) == found


def test_e034_and_w003_a_sign_in_that_is_too_easy(settings: Any) -> None:
    easy = {"RATE_LIMITS": False, "REQUIRE_SECOND_FACTOR": "none"}
    assert ids(checks.check_sign_in, settings, **easy) == ["postern.E034", "postern.W003"]
    assert ids(checks.check_sign_in, settings, DEVELOPMENT=True) == []
