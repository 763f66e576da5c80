"""One sandbox for the module tests, back at its seed before each; tests of the process start their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox_client import OWNER_KEY, Sandbox, start_sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox process shared by the whole run."""
    with start_sandbox(tmp_path_factory.mktemp("sandbox")) as box:
        yield box


@pytest.fixture
def box(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The shared sandbox at its seed, with instant transitions and an unmoved clock."""
    running_sandbox.reset_clock()
    running_sandbox.reset("instant")
    yield running_sandbox
    running_sandbox.release_all("drop")


@pytest.fixture
def ec2(box: Sandbox) -> Any:
    """The operator's EC2 client in us-east-1, without botocore's own retries."""
    return box.boto3("ec2")


@pytest.fixture
def owner(box: Sandbox) -> Any:
    """The customer's EC2 client in us-east-1."""
    return box.boto3("ec2", key=OWNER_KEY)


@pytest.fixture
def ram(box: Sandbox) -> Any:
    """The operator's RAM client in us-east-1."""
    return box.boto3("ram")


@pytest.fixture
def theirs(box: Sandbox) -> Any:
    """The customer's RAM client in us-east-1."""
    return box.boto3("ram", key=OWNER_KEY)
