"""A `var` of its own for every test, where the server's user can reach it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoints import embedded, embedded_home
from tests.embedded.helpers import running


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that everybody can enter (pytest's own is closed); servers left in its `var` are ended."""
    monkeypatch.setattr(embedded_home, "HOMES", Path(f"/var/lib/postern-tests-{os.getpid()}"))
    room = Path(os.path.realpath(tempfile.mkdtemp()))
    room.chmod(0o755)
    yield room
    for held, holder in list(embedded._holders.items()):
        if room in held.parents:  # the test run itself may hold a server, too
            holder.release()
    if running(room / "var"):
        embedded.hold(room / "var").release()
    assert not embedded.socket_directory(room / "var").exists()
    subprocess.run(["rm", "-rf", str(room)], check=True)
    subprocess.run(["rm", "-rf", str(embedded_home.HOMES)], check=True)


@pytest.fixture
def var(room: Path) -> Path:
    """A `var` directory that does not exist yet."""
    return room / "var"
