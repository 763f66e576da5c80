"""Where AWS clients are born: nothing else constructs one.

Credentials, profile and endpoint come from boto3's ordinary configuration (design decision 4). A read is
tried twice within itself; a write once, because the engine repeats it and must see every try.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import ProfileNotFound
from botocore.session import get_session

from endpoints.domain.errors import OperatorError
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated

if TYPE_CHECKING:
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_kafka.client import KafkaClient
    from mypy_boto3_ram.client import RAMClient
    from mypy_boto3_service_quotas.client import ServiceQuotasClient
    from mypy_boto3_sts.client import STSClient
    from mypy_boto3_vpc_lattice.client import VPCLatticeClient


class SqsListener(Protocol):
    """The two calls of SQS that Postern makes."""

    def receive_message(
        self, *, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int
    ) -> dict[str, Any]:
        """Return `Messages`, if any."""

    def delete_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        """Delete by receipt handle."""


WAIT_SECONDS = 20  # the longest that SQS waits for a message

_CLIENTS = 128  # kept clients; two for each (region, role) pair and one for each identity check


@lru_cache(maxsize=_CLIENTS)
def ec2_reader(operator: Operator) -> EC2Client:
    """Return the EC2 client for reads."""
    return _session(operator).client("ec2", config=_config(operator, attempts=2))


@lru_cache(maxsize=_CLIENTS)
def ec2_writer(operator: Operator) -> EC2Client:
    """Return the EC2 client for writes."""
    return _session(operator).client("ec2", config=_config(operator, attempts=1))


@lru_cache(maxsize=_CLIENTS)
def kafka_reader(operator: Operator) -> KafkaClient:
    """Return the MSK client for reads."""
    return _session(operator).client("kafka", config=_config(operator, attempts=2))


@lru_cache(maxsize=_CLIENTS)
def kafka_writer(operator: Operator) -> KafkaClient:
    """Return the MSK client for writes: a hidden repeat of a lost create would not be idempotent."""
    return _session(operator).client("kafka", config=_config(operator, attempts=1))


@lru_cache(maxsize=_CLIENTS)
def ram_reader(operator: Operator) -> RAMClient:
    """Return the RAM client for reads."""
    return _session(operator).client("ram", config=_config(operator, attempts=2))


@lru_cache(maxsize=_CLIENTS)
def ram_writer(operator: Operator) -> RAMClient:
    """Return the RAM client for writes."""
    return _session(operator).client("ram", config=_config(operator, attempts=1))


@lru_cache(maxsize=_CLIENTS)
def lattice_reader(operator: Operator) -> VPCLatticeClient:
    """Return the VPC Lattice client for reads."""
    return _session(operator).client("vpc-lattice", config=_config(operator, attempts=2))


@lru_cache(maxsize=_CLIENTS)
def quotas_reader(operator: Operator) -> ServiceQuotasClient:
    """Return the Service Quotas client; its answers can wait, so it tries once."""
    return _session(operator).client("service-quotas", config=_config(operator, attempts=1))


@lru_cache(maxsize=_CLIENTS)
def sqs_listener(operator: Operator) -> SqsListener:
    """Return the SQS client for long polls: it waits that much longer for an answer, and tries once."""
    patient = replace(operator, read_seconds=WAIT_SECONDS + operator.read_seconds)
    client: SqsListener = _session(operator).client("sqs", config=_config(patient, attempts=1))
    return client


def account_id(operator: Operator) -> str:
    """Return the AWS account that the operator's credentials belong to. Raises ProviderError."""
    client: STSClient = _session(operator).client("sts", config=_config(operator, attempts=2))
    with translated("GetCallerIdentity"):
        return client.get_caller_identity()["Account"]


def _config(operator: Operator, *, attempts: int) -> Config:
    return Config(
        connect_timeout=operator.connect_seconds,
        read_timeout=operator.read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent_extra="postern",
        max_pool_connections=4,
    )


@lru_cache(maxsize=_CLIENTS)
def _session(operator: Operator) -> boto3.Session:
    own = get_session()
    try:
        own.get_scoped_config()  # else a profile that does not exist is met where nobody expects it
    except ProfileNotFound as error:
        raise OperatorError("AssumeRole", "NoCredentials", str(error)) from error
    if not operator.role_arn:
        return boto3.Session(botocore_session=own, region_name=operator.region)
    source = own.get_credentials()
    if source is None:
        raise OperatorError("AssumeRole", "NoCredentials", "There are no credentials to assume a role with.")

    def client(name: str, **settings: Any) -> Any:
        # A refresh happens inside other calls: it must keep within the same limits.
        return own.create_client(name, config=_config(operator, attempts=1), **settings)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=client,
        source_credentials=source,
        role_arn=operator.role_arn,
        extra_args={"RoleSessionName": f"postern-{operator.installation_id}"},
    )
    assumed = get_session()
    # botocore offers no public setter for credentials that refresh themselves.
    assumed._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=assumed, region_name=operator.region)
