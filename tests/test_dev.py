"""./dev: its parts as functions, and one real `up` from start to stop."""

import ast
import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from devtools import checks, children, chromium, cli, redis, surroundings, up, venv
from devtools.common import DevError, full_disk_or, try_lock

CHECKOUT = Path(__file__).resolve().parent.parent
CALLER = {
    "PATH": "/usr/bin",
    "HOME": "/home/someone",
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL_EC2": "https://ec2.example.com",
    "AWS_SESSION_TOKEN": "secret",
    "AWS_CONFIG_FILE": "/home/someone/.aws/config",
    "BOTO_CONFIG": "/etc/boto",
    "DATABASE_URL": "postgres://production/db",
    "DATABASE_URL_FILE": "/run/secrets/db",
    "NO_PROXY": "internal",
}


def script() -> Any:
    """The file `dev` as a module."""
    loader = SourceFileLoader("dev_script", str(CHECKOUT / "dev"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def no_bytecode_beside_dev(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


# --- which Python ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "supported"),
    [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False), ((2, 7), False)],
)
def test_supported_pythons(version: tuple[int, int], supported: bool) -> None:
    assert script().is_supported(version) is supported


def test_a_names_empty_promise_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dev = script()
    for name, code in (("python3.14", 127), ("python3.12", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.other_python() == [str(tmp_path / "python3.12")]
    (tmp_path / "python3.12").unlink()
    assert dev.other_python() is None
    (tmp_path / "uv").write_text("#!/bin/sh\n")
    (tmp_path / "uv").chmod(0o755)
    assert dev.other_python()[:2] == [str(tmp_path / "uv"), "run"]


def test_too_old_a_python_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dev = script()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "is_supported", lambda version: False)
    with pytest.raises(SystemExit, match=r"^Postern needs Python 3\.11 to 3\.14 and this is .*, or uv\.$"):
        dev.main()


def test_dev_itself_is_understood_by_old_pythons() -> None:
    compile((CHECKOUT / "dev").read_text(), "dev", "exec", dont_inherit=True)
    ast.parse((CHECKOUT / "dev").read_text(), feature_version=(3, 6))


# --- the virtual environment -----------------------------------------------------------------------------


def venv_command(modules: set[str], programs: set[str], pythons: list[str] | None = None) -> list[str]:
    return venv.venv_command(
        Path("/x/.venv"),
        ["/py"] if pythons is None else pythons,
        lambda name: f"/bin/{name}" if name in programs else None,
        lambda python, question: set(question.removeprefix("import ").split(", ")) <= modules,
    )


def test_environment_is_made_with_what_there_is() -> None:
    assert venv_command({"venv", "ensurepip"}, {"uv"}) == ["/py", "-m", "venv", "/x/.venv"]
    assert venv_command({"venv"}, {"uv"})[:2] == ["/bin/uv", "venv"]
    assert venv_command({"virtualenv"}, set())[:3] == ["/py", "-m", "virtualenv"]
    assert venv_command(set(), {"virtualenv"})[0] == "/bin/virtualenv"
    assert ">=3.11,<3.15" in venv_command(set(), {"uv"}, [])


def test_missing_ensurepip_is_named_with_its_package() -> None:
    with pytest.raises(DevError, match=r"^Python's venv and ensurepip are missing: install python3-venv .*$"):
        venv_command({"venv"}, set())


def test_requirements_are_installed_once_per_content(tmp_path: Path) -> None:
    pinned, stamp, installed = tmp_path / "requirements.txt", tmp_path / "stamp.json", list[Path]()
    pinned.write_text("django==5.2")
    assert venv.install(pinned, stamp, installed.append)
    assert not venv.install(pinned, stamp, installed.append)
    other = tmp_path / "requirements-dev.txt"
    other.write_text("ruff==1")
    assert venv.install(other, stamp, installed.append)
    assert not venv.install(pinned, stamp, installed.append)
    pinned.write_text("django==5.2.1")
    assert venv.install(pinned, stamp, installed.append)
    assert installed == [pinned, other, pinned]


@pytest.mark.parametrize("broken", ["", "null", "{", "[]"])
def test_unreadable_stamp_means_install(tmp_path: Path, broken: str) -> None:
    pinned, stamp = tmp_path / "requirements.txt", tmp_path / "stamp.json"
    pinned.write_text("django==5.2")
    stamp.write_text(broken)
    assert venv.install(pinned, stamp, lambda path: None)


def test_interrupted_install_leaves_no_stamp(tmp_path: Path) -> None:
    pinned, stamp = tmp_path / "requirements.txt", tmp_path / "stamp.json"
    pinned.write_text("django==5.2")
    venv.install(pinned, stamp, lambda path: None)

    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    pinned.write_text("django==5.2.1")
    with pytest.raises(KeyboardInterrupt):
        venv.install(pinned, stamp, interrupted)
    pinned.write_text("django==5.2")
    assert venv.install(pinned, stamp, lambda path: None)


# --- the children's environment --------------------------------------------------------------------------


def test_sandbox_environment_hides_the_callers_aws_and_database(tmp_path: Path) -> None:
    env = surroundings.sandbox(CALLER, tmp_path, 8000, 4566)
    aws = {name: value for name, value in env.items() if name.startswith(("AWS_", "BOTO_"))}
    empty = str(tmp_path / "no-aws-configuration")
    assert aws == {
        "AWS_CONFIG_FILE": empty,
        "AWS_SHARED_CREDENTIALS_FILE": empty,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "AKIASANDBOXOPERATOR1",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
    }
    assert Path(empty).read_bytes() == b""
    assert env["DATABASE_URL"] == ""
    assert "DATABASE_URL_FILE" not in env
    assert env["NO_PROXY"] == "internal,127.0.0.1,localhost"
    assert env["CLOCK_FILE"] == str(tmp_path / "clock.json")
    assert env["SANDBOX_CONSOLE_URL"] == "http://127.0.0.1:4566/_console/"
    assert env["POSTERN_WITHOUT_DOTENV"]
    assert (env["DEVELOPMENT"], env["HOME"], env["BASE_URL"]) == (
        "1",
        "/home/someone",
        "http://localhost:8000",
    )


def test_own_aws_environment_is_the_callers(tmp_path: Path) -> None:
    env = surroundings.own_aws(CALLER | {"CLOCK_FILE": "/moved"}, tmp_path, 8000)
    assert {name: env[name] for name in CALLER} == CALLER
    assert "AWS_ENDPOINT_URL" not in env
    assert "POSTERN_WITHOUT_DOTENV" not in env
    assert (env["CLOCK_FILE"], env["SANDBOX_CONSOLE_URL"], env["VAR_DIR"]) == ("", "", str(tmp_path))
    assert surroundings.own_aws({"SECRET_KEY": "mine"}, tmp_path, 8000)["SECRET_KEY"] == "mine"


def test_sandbox_and_own_aws_never_share_a_database() -> None:
    assert (
        up.Options(aws=True, port=1, sandbox_port=2).var != up.Options(aws=False, port=1, sandbox_port=2).var
    )


def test_test_environment_has_no_aws_and_no_foreign_database(tmp_path: Path) -> None:
    env = surroundings.tests(CALLER | {"CLOCK_FILE": "/moved", "SECRET_KEY_FILE": "/key"}, tmp_path)
    assert env["DATABASE_URL"] == ""
    assert env["POSTERN_WITHOUT_DOTENV"]
    assert {
        "DATABASE_URL_FILE",
        "CLOCK_FILE",
        "SECRET_KEY_FILE",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
    }.isdisjoint(env)


def test_test_environment_has_no_setting_of_the_caller(tmp_path: Path) -> None:
    """Least of all the Redis of an installation: storms fill its queue and take tasks from it."""
    names = surroundings.settings_names()
    assert {
        "BROKER",
        "REDIS_URL",
        "QUEUE_NAME",
        "TIME_ZONE",
        "WORKERS",
        "EVENT_DAYS",
        "DATABASE_URL",
    } <= names
    caller = dict.fromkeys(names, "the caller's") | {f"{name}_FILE": "/theirs" for name in names}
    env = surroundings.tests(caller | {"REDIS_SERVER": "/opt/redis-server", "YEAR_SEED": "7"}, tmp_path)
    assert {name for name, value in env.items() if value in ("the caller's", "/theirs")} == set()
    assert (env["REDIS_SERVER"], env["YEAR_SEED"]) == ("/opt/redis-server", "7")


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = surroundings.secret_key(tmp_path / "var")
    assert len(key) >= 50
    assert surroundings.secret_key(tmp_path / "var") == key
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


# --- one clear line --------------------------------------------------------------------------------------


def test_taken_port_is_named_with_the_option_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = up.port_taken(port, "the web server", "--port")
        assert line == (
            f"Port {port} cannot be used for the web server (Address already in use): "
            "choose another one with --port PORT."
        )
    assert up.port_taken(port, "the web server", "--port") is None
    assert "--sandbox-port" in str(up.port_taken(70000, "the sandbox", "--sandbox-port"))


def test_full_disk_is_recognised() -> None:
    assert "disk is full" in str(full_disk_or("OSError: [Errno 28] No space left on device", "other"))
    assert str(full_disk_or("Permission denied", "other")) == "other"


def test_errors_of_dev_end_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(error: BaseException) -> Any:
        def enter(*_: Any) -> None:
            raise error

        return enter

    for error, line in (
        (DevError("Something is missing."), "Something is missing.\n"),
        (OSError(28, "No space left on device", "/x"), "The disk is full: cannot write /x.\n"),
    ):
        monkeypatch.setattr(venv, "enter", fail(error))
        assert cli.main(["up"]) == 1
        assert capsys.readouterr().out == line
    monkeypatch.setattr(venv, "enter", fail(PermissionError(13, "Permission denied", "/x")))
    with pytest.raises(PermissionError):
        cli.main(["up"])


def test_unknown_words_are_refused_but_pytest_and_django_get_theirs() -> None:
    with pytest.raises(SystemExit):
        cli.main(["up", "--prot", "80"])
    _, rest = cli.parser().parse_known_args(["bench", "control", "--only", "passes", "--help"])
    assert rest == ["--only", "passes", "--help"]
    options, rest = cli.parser().parse_known_args(["test", "--full", "-k", "name", "tests/test_dev.py"])
    assert (options.full, rest) == (True, ["-k", "name", "tests/test_dev.py"])
    options, rest = cli.parser().parse_known_args(["manage", "migrate", "--plan", "--help"])
    assert (options.aws, rest) == (False, ["migrate", "--plan", "--help"])


# --- children --------------------------------------------------------------------------------------------


def test_backoff_grows_and_gives_up_after_five_deaths_in_a_minute() -> None:
    now = [0.0]
    deaths = children.Deaths(lambda: now[0])
    assert [deaths.count() for _ in range(4)] == [0.5, 1.0, 2.0, 4.0]
    now[0] = 59.9
    assert deaths.count() is None
    now[0] = 500.0
    assert deaths.count() == 0.5


def child(tmp_path: Path, script: str) -> children.Child:
    env = {**os.environ, surroundings.MARK: str(tmp_path)}
    return children.Child("web", [sys.executable, "-c", script], env, tmp_path)


def tend_until(child: children.Child, condition: Any, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        child.tend()
        time.sleep(0.05)


SLEEP_WITH_GRANDCHILD = """
import subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
print("up", flush=True)
time.sleep(600)
"""


def test_killed_child_is_started_again_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    web = child(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    web.start()
    tend_until(web, lambda: web.log.read_text().count("\n") == 1)
    os.kill(int(web.log.read_text()), signal.SIGKILL)
    tend_until(web, lambda: web.log.read_text().count("\n") == 2)
    assert capsys.readouterr().out == f"The web died (signal 9); starting it again (log: {web.log}).\n"
    web.stop(5.0)
    assert children.marked(tmp_path) == []


def test_child_that_keeps_dying_is_given_up_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LONGEST_BACKOFF_SECONDS", 0.0)
    web = child(tmp_path, "raise SystemExit('no module')")
    with pytest.raises(
        DevError, match=r"^The web died 5 times in a minute \(exit code 1\): no module \(see .*\)$"
    ):
        tend_until(web, lambda: False)


def test_leftovers_are_found_by_their_mark_and_ended(tmp_path: Path) -> None:
    web = child(tmp_path, SLEEP_WITH_GRANDCHILD)
    web.start()
    tend_until(web, lambda: "up" in web.log.read_text())
    assert len(children.marked(tmp_path)) == 2
    assert children.marked(tmp_path / "other") == []
    web.stop(5.0)
    assert children.end_leftovers(tmp_path) == 1  # the grandchild had a session of its own
    assert children.marked(tmp_path) == []
    assert children.end_leftovers(tmp_path) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent-death signal is Linux's")
def test_children_end_when_dev_itself_is_killed(tmp_path: Path) -> None:
    parent = (
        "import sys, time; from pathlib import Path; from tests.test_dev import child\n"
        "child(Path(sys.argv[1]), 'import time; time.sleep(600)').start(); print('up', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(children.marked(tmp_path)) == 1
        process.kill()
    deadline = time.monotonic() + 10
    while children.marked(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_lock_file_is_held_until_its_process_ends(tmp_path: Path) -> None:
    descriptor = try_lock(tmp_path / "lock")
    assert descriptor is not None
    assert try_lock(tmp_path / "lock") is None
    os.close(descriptor)
    again = try_lock(tmp_path / "lock")
    assert again is not None
    os.close(again)


# --- checks ----------------------------------------------------------------------------------------------


def test_product_imports_nothing_that_only_developers_have() -> None:
    """`up` and production install requirements.txt alone; types for checking stand behind TYPE_CHECKING."""
    pinned = [(CHECKOUT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")]
    shipped, all_of_them = (
        {line.split("==")[0] for line in text.splitlines() if "==" in line} for text in pinned
    )
    only_developers = {name.replace("-", "_").lower() for name in all_of_them - shipped}
    guilty = [
        f"{source.relative_to(CHECKOUT)} imports {name}"
        for source in sorted((CHECKOUT / "endpoints").rglob("*.py"))
        for name in imported_when_run(ast.parse(source.read_text()))
        if name.lower() in only_developers
    ]
    assert guilty == []


def imported_when_run(tree: ast.AST) -> set[str]:
    """Return the top-level packages that a module imports outside of `if TYPE_CHECKING:`."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
        found |= imported_when_run(node)
    return found


def test_full_tests_run_only_when_asked() -> None:
    ((_, command),) = checks.test_steps(False, ["-x"])
    assert command[-3:] == ["-m", "not full", "-x"]
    for arguments in ([], ["tests/web"]):
        assert all("not full" not in command for _, command in checks.test_steps(True, arguments))


def test_first_failing_step_ends_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    steps: list[checks.Step] = [
        ("one", ["true"]),
        ("two", ["sh", "-c", "exit 3"]),
        ("three", ["echo", "not reached"]),
    ]
    assert checks._run_steps(steps, dict(os.environ)) == 3
    assert capfd.readouterr().out == "=== one\n=== two\n=== two failed (exit code 3)\n"


def test_pinned_files_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert checks.registry_addresses((CHECKOUT / name).read_text()) == []
    assert checks.registry_addresses("--index-url x\nfoo @ https:" + "//host/foo.whl") != []


def test_chromium_is_looked_for_by_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert chromium.find(lambda name: f"/b/{name}" if name == "google-chrome" else None) == "/b/google-chrome"
    assert chromium.find(lambda name: None) is None
    monkeypatch.setenv("CHROMIUM", "/opt/c")
    assert chromium.find(lambda name: name) == "/opt/c"


def test_redis_is_looked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_SERVER", raising=False)
    assert redis.find(lambda name: f"/b/{name}") == "/b/redis-server"
    monkeypatch.setenv("REDIS_SERVER", "/opt/r")
    assert redis.find(lambda name: name) == "/opt/r"
    assert redis.find(lambda name: None if name == "/opt/r" else name) == "redis-server"


def test_no_redis_is_one_clear_line_and_never_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "find", lambda: None)
    monkeypatch.setattr("devtools.redis.shutil.which", lambda name: None)
    with pytest.raises(DevError, match=r"^No redis-server for the tests of BROKER=redis: install it .*$"):
        redis.ensure({})


def test_korean_font_is_seen(tmp_path: Path) -> None:
    assert not chromium.has_korean_font((str(tmp_path),))
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "NotoSansCJK-Regular.ttc").touch()
    assert chromium.has_korean_font((str(tmp_path),))
