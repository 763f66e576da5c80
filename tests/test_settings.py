"""The settings as a process of their own reads them: environment, NAME_FILE, .env, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOW = """
import json, sys
from endpoints import settings
print(json.dumps([str(getattr(settings, name)) for name in sys.argv[1:]]))
"""


class Installation:
    """Sources and a .env of their own, started with nothing else in the environment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        shutil.copytree(ROOT / "endpoints", home / "endpoints", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "manage.py", home)

    def dotenv(self, text: str) -> None:
        """Write the .env."""
        (self.home / ".env").write_text(text, "utf-8")

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python here."""
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.home), **environment}
        return subprocess.run(
            [sys.executable, *command], env=env, cwd=self.home.parent, capture_output=True, text=True
        )

    def read(self, *names: str, **environment: str) -> list[str]:
        """Return settings as text."""
        done = self.run("-c", SHOW, *names, **environment)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def refusal(self, **environment: str) -> str:
        """Return what `manage.py check` says of settings that it must refuse before it starts anything."""
        done = self.run(str(self.home / "manage.py"), "check", **environment)
        assert done.returncode == 1
        assert not (self.home / "var").exists()
        return done.stdout + done.stderr


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "installation")


def test_a_value_comes_from_the_environment_then_from_dotenv(installation: Installation) -> None:
    installation.dotenv("TAG_PREFIX=from-dotenv\nWORKERS=7\n")
    assert installation.read("TAG_PREFIX", "WORKERS", TAG_PREFIX="mine") == ["mine", "7"]


def test_any_name_may_be_given_as_a_file(installation: Installation, tmp_path: Path) -> None:
    for name, text in (
        ("key", " secret\n"),
        ("url", "postgres://someone@db.example/postern\n"),
        ("n", "3\n"),
    ):
        (tmp_path / name).write_text(text)
    installation.dotenv(f"WORKERS_FILE={tmp_path / 'n'}\n")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    key, workers, databases = installation.read("SECRET_KEY", "WORKERS", "DATABASES", **files)
    assert (key, workers) == ("secret", "3")
    assert "db.example" in databases


def test_dotenv_of_an_installation_is_not_for_the_demo(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgres://production")
    installation.dotenv(f"DATABASE_URL_FILE={tmp_path / 'url'}\nALLOWED_HOSTS=postern.example.com\n")
    names = ("DATABASE_URL", "ALLOWED_HOSTS")
    assert installation.read(*names) == ["postgres://production", "['postern.example.com']"]
    assert installation.read(*names, POSTERN_WITHOUT_DOTENV="1") == ["", "[]"]


def test_a_developers_machine_answers_to_its_own_names_whatever_else_is_allowed(
    installation: Installation,
) -> None:
    (hosts,) = installation.read("ALLOWED_HOSTS", ALLOWED_HOSTS="postern.example.com", DEVELOPMENT="on")
    assert {"postern.example.com", "127.0.0.1", "localhost"} <= set(json.loads(hosts.replace("'", '"')))


@pytest.mark.parametrize(
    ("given", "folder"), [("", "var"), ("data", "data"), ("/srv/postern", "/srv/postern")]
)
def test_folders_do_not_depend_on_where_a_command_is_started(
    installation: Installation, given: str, folder: str
) -> None:
    (var,) = installation.read("VAR_DIR", VAR_DIR=given)
    assert var == str(installation.home / folder)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WORKERS", "many", 'Environment variable "WORKERS" invalid'),
        ("DEBUG", "perhaps", 'Environment variable "DEBUG" invalid'),
        ("LOG_LEVEL", "LOUD", "Must be one of: DEBUG, INFO, WARNING, ERROR."),
        ("TIME_ZONE", "Mars/Olympus", "Mars/Olympus"),
        ("DATABASE_URL", "nonsense", 'Environment variable "DATABASE_URL" invalid'),
        ("SECRET_KEY_FILE", "/nonexistent", "SECRET_KEY_FILE must be a readable file path"),
    ],
)
def test_e017_a_value_that_cannot_be_read_is_one_line(
    installation: Installation, name: str, value: str, told: str
) -> None:
    said = installation.refusal(**{name: value})
    assert said.count("\n") == 1, said
    assert "postern.E017" in said
    assert told in said


@pytest.mark.parametrize("url", ["mysql://someone@db.example/postern", "sqlite:///postern.sqlite3"])
def test_another_database_is_refused_before_its_driver_is_missed(
    installation: Installation, url: str
) -> None:
    assert "postern.E016" in installation.refusal(DATABASE_URL=url)


def test_a_reader_that_has_seen_enough_ends_a_command_quietly(installation: Installation) -> None:
    """As `manage.py show ID | head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, str(installation.home / "manage.py"), "help"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installation.home), "DEVELOPMENT": "1"},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
