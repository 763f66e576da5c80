"""A network's role is assumed through STS, within the call limits."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoints.domain.errors import OperatorError, Unanswered
from endpoints.providers import session
from endpoints.providers.base import Operator
from tests.sandbox_client import OPERATOR, Sandbox, start_sandbox

ROLE = f"arn:aws:iam::{OPERATOR}:role/postern"


def operator(read_seconds: float = 8.0) -> Operator:
    """Return an operator that acts by the role."""
    return Operator("eu-central-1", ROLE, uuid.uuid4(), "postern", 2.0, read_seconds)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox that the process's own credentials reach."""
    with start_sandbox(tmp_path) as started:
        for name, value in started.environment().items():
            monkeypatch.setenv(name, value)
        yield started


def test_calls_are_made_by_the_assumed_role(box: Sandbox) -> None:
    assert session.account_id(operator()) == OPERATOR
    (assumed,) = box.calls(operation="AssumeRole")
    assert assumed["params"]["RoleArn"] == ROLE


def test_assuming_a_role_keeps_within_the_call_limits(box: Sandbox) -> None:
    box.fault("hold_before", operation="AssumeRole")
    began = time.monotonic()
    with pytest.raises(Unanswered):
        session.account_id(operator(read_seconds=0.5))
    assert time.monotonic() - began < 10
    box.release_all("drop")


def test_no_credentials_to_assume_a_role_with_are_the_operators_to_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(OperatorError, match="NoCredentials"):
        session.account_id(operator())
