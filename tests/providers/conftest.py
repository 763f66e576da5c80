"""Clients whose requests are checked against botocore's models and answered here, and the sandbox.

Stubbed answers are given in their order.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from endpoints.providers import (
    msk_clusters,
    msk_multi_vpc,
    quotas,
    subnets,
    vpc_endpoint_service,
    vpc_endpoints,
    vpc_resource,
)
from tests.engine.conftest import forget_clients
from tests.engine.kinds import KINDS
from tests.providers.contract import Work
from tests.providers.wire import REGION
from tests.sandbox_client import Sandbox, start_sandbox

MODULES = (msk_clusters, msk_multi_vpc, quotas, subnets, vpc_endpoint_service, vpc_endpoints, vpc_resource)


@lru_cache
def client_of(service: str) -> Any:
    """Return the client of a service that is stubbed; making one takes a tenth of a second."""
    name: Any = service
    return boto3.client(name, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")


def stubbed(monkeypatch: pytest.MonkeyPatch, service: str, prefix: str) -> Iterator[Stubber]:
    """Give the providers a stubbed client wherever they ask for the reader or the writer of a service."""
    client = client_of(service)
    for module in MODULES:
        for name in (f"{prefix}_reader", f"{prefix}_writer"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda operator: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "ec2", "ec2")


@pytest.fixture
def ram(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "ram", "ram")


@pytest.fixture
def lattice(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "vpc-lattice", "lattice")


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr(msk_multi_vpc, "_foreign", set())
    yield from stubbed(monkeypatch, "kafka", "kafka")


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "service-quotas", "quotas")


@pytest.fixture(scope="module")
def contract_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one AWS of these tests."""
    forget_clients()
    with start_sandbox(tmp_path_factory.mktemp("contract-sandbox"), state=":memory:") as box:
        yield box
    forget_clients()


@pytest.fixture(params=KINDS.values(), ids=lambda kind: kind.type)
def work(request: pytest.FixtureRequest, contract_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Each type, ready to be placed, in a sandbox at its seed."""
    contract_sandbox.reset("instant")
    for name, value in contract_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return Work.begin(contract_sandbox, request.param)
