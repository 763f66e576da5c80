"""What every endpoint type says of the commands that its owner runs. Source: aws.md §1, ui.md §4."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from endpoints.domain.dns import PORTS
from endpoints.domain.reasons import Reason
from endpoints.domain.types import EndpointType, Source


class GuideKey(StrEnum):
    """One thing to do or to look at in AWS; `texts/guides.py` has its words."""

    # VPC resource
    CREATE_GATEWAY = "create_gateway"
    CONFIGURE_RDS = "configure_rds"
    CONFIGURE_HOST = "configure_host"
    CONFIGURE_ADDRESS = "configure_address"
    SHARE = "share"
    ADD_TO_SHARE = "add_to_share"
    SHARE_AGAIN = "share_again"
    CORRECT_SHARE = "correct_share"
    SEE_SHARE = "see_share"
    SEE_CONFIGURATION = "see_configuration"
    SEE_ASSOCIATIONS = "see_associations"
    DELETE_SHARE = "delete_share"
    DELETE_CONFIGURATION = "delete_configuration"
    DELETE_GATEWAY = "delete_gateway"
    # VPC endpoint service
    CREATE_BALANCER = "create_balancer"
    CREATE_SERVICE = "create_service"
    ALLOW_PRINCIPAL = "allow_principal"
    ADD_REGION = "add_region"
    ADD_ZONE = "add_zone"
    ACCEPT = "accept"
    REJECT = "reject"
    SEE_SERVICE = "see_service"
    SEE_CONNECTIONS = "see_connections"
    SEE_TARGETS = "see_targets"
    SEE_BALANCER = "see_balancer"
    REMOVE_PRINCIPAL = "remove_principal"
    REMOVE_REGION = "remove_region"
    DELETE_SERVICE = "delete_service"
    # MSK multi-VPC
    TURN_ON_CONNECTIVITY = "turn_on_connectivity"
    ALLOW_IN_POLICY = "allow_in_policy"
    SEE_CLUSTER = "see_cluster"
    SEE_POLICY = "see_policy"
    SEE_BROKERS = "see_brokers"
    SEE_CLIENT_CONNECTIONS = "see_client_connections"
    REJECT_CLIENT_CONNECTION = "reject_client_connection"
    TAKE_OUT_OF_POLICY = "take_out_of_policy"


class Blank(StrEnum):
    """What stands in a command for what Postern does not know; it says what to put there."""

    ACCOUNT = "<POSTERN_ACCOUNT_ID>"
    PORT = "<PORT>"
    VPC = "<VPC_ID>"
    SUBNET_1 = "<SUBNET_ID_1>"
    SUBNET_2 = "<SUBNET_ID_2>"
    SECURITY_GROUP = "<SECURITY_GROUP_ID>"
    GATEWAY = "<RESOURCE_GATEWAY_ID>"
    CONFIGURATION_ID = "<RESOURCE_CONFIGURATION_ID>"
    CONFIGURATION_ARN = "<RESOURCE_CONFIGURATION_ARN>"
    OTHER_ARN = "<ARN_OF_WHAT_ELSE_IS_SHARED>"
    SHARE_ARN = "<RESOURCE_SHARE_ARN>"
    RDS_ARN = "<RDS_DATABASE_ARN>"
    HOST = "<HOST_NAME>"
    ADDRESS = "<IP_ADDRESS>"
    BALANCER_ARN = "<LOAD_BALANCER_ARN>"
    TARGET_GROUP_ARN = "<TARGET_GROUP_ARN>"
    SERVICE_ID = "<ENDPOINT_SERVICE_ID>"
    SERVICE_REGION = "<REGION_OF_THE_SOURCE>"
    ENDPOINT_ID = "<ENDPOINT_ID>"
    CLUSTER_ARN = "<CLUSTER_ARN>"
    CLUSTER_NAME = "<CLUSTER_NAME>"
    CLUSTER_UUID = "<ID_AT_THE_END_OF_THE_CLUSTER_ARN>"
    CLUSTER_VERSION = "<CURRENT_VERSION_OF_THE_CLUSTER>"
    POLICY = "<POLICY_WITHOUT_THIS_ACCOUNT>"
    POLICY_VERSION = "<CURRENT_VERSION_OF_THE_POLICY>"
    CONNECTION_ARN = "<VPC_CONNECTION_ARN>"


class Target(StrEnum):
    """By what a resource configuration names its source."""

    RDS = "rds"
    HOST = "host"
    ADDRESS = "address"


@dataclass(frozen=True)
class Filled:
    """What commands are filled with; "" and None are not known, and a `Blank` stands for them.

    `region`: of the ClickPipes. `account`: the installation's AWS account there, once it is verified.
    `external_id`: of the endpoint in AWS. `source` gives the port; `source_region` is where the source lies,
    if no parameter tells it. `targets`: by what a source may be named.
    """

    region: str
    account: str = ""
    external_id: str = ""
    source: Source | None = None
    source_region: str = ""
    targets: tuple[Target, ...] = tuple(Target)

    @property
    def principal_account(self) -> str:
        """The account to allow, or what to put there."""
        return self.account or Blank.ACCOUNT.value

    @property
    def port(self) -> int | str:
        """The source's usual port, or what to put there."""
        return PORTS[self.source] if self.source else Blank.PORT.value

    @property
    def name(self) -> str:
        """A name for what is made for this source."""
        return f"postern-{self.source.lower()}" if self.source else "postern-source"


@dataclass(frozen=True)
class Written:
    """One guide's commands; "" where a way cannot do it."""

    cli: str
    terraform: str = ""
    cloudformation: str = ""


@dataclass(frozen=True)
class Guide:
    """Something to do or to look at, with its commands as in `Written`."""

    key: GuideKey
    cli: str
    terraform: str = ""
    cloudformation: str = ""


class Commands(ABC):
    """The commands of one type, filled for one endpoint, or for one that is to be made (`spec` None).

    `by_reason`: what to run for each reason of this type, most relevant first; every reason that the type can
    have stands there, or in NOTHING. `looks`: what only looks.
    """

    type: ClassVar[EndpointType]
    by_reason: ClassVar[Mapping[Reason, tuple[GuideKey, ...]]]
    looks: ClassVar[tuple[GuideKey, ...]]

    @abstractmethod
    def __init__(self, spec: Any, filled: Filled) -> None:
        """Take what is known."""

    @abstractmethod
    def write(self, key: GuideKey) -> Written:
        """Return the commands of one of this type's keys. Raises KeyError for another type's."""

    @abstractmethod
    def preparation(self) -> tuple[GuideKey, ...]:
        """Return what the owner does before an endpoint is created, in order."""

    @abstractmethod
    def clean_up(self) -> tuple[GuideKey, ...]:
        """Return what the owner may undo once the endpoint is gone, most certain first."""


NOTHING = frozenset(
    {
        Reason.REQUESTED,
        Reason.CREATING,
        Reason.CONNECTING,
        Reason.REPLACING,
        Reason.NO_ROOM,
        Reason.AWS_UNAVAILABLE,
        Reason.OPERATOR_MUST_ACT,
        Reason.WRITES_PAUSED,
        Reason.WAITING_FOR_TURN,
        Reason.NO_NETWORK,
        Reason.REMOVED_OUTSIDE,
        Reason.REMOVAL_REQUESTED,
        Reason.DEADLINE_PASSED,
        Reason.DELETING_AT_AWS,
        Reason.DELETING_OUTSIDE,
    }
)
"""Reasons of any type for which neither owner nor requester has anything to run."""


def partition(region: str) -> str:
    """Return the AWS partition of a region, as ARNs have it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def principal(account: str, region: str) -> str:
    """Return the principal that stands for a whole account."""
    return f"arn:{partition(region)}:iam::{account}:root"
