"""The AWS calls of a create and of a delete, for each endpoint type."""

from dataclasses import dataclass
from typing import Literal

from endpoints.domain.types import EndpointType

Phase = Literal["create", "private DNS", "delete"]

_SERVICE, _RESOURCE, _MSK = (
    EndpointType.VPC_ENDPOINT_SERVICE,
    EndpointType.VPC_RESOURCE,
    EndpointType.MSK_MULTI_VPC,
)


@dataclass(frozen=True)
class Call:
    """One of the AWS calls of a life: `after` is the operation that must have been called before it.

    `by_row`: it mentions the row, which tells a find by tag from a listing. A find of MSK looks like its
    listings, and is the first of them.
    """

    type: EndpointType
    name: str
    phase: Phase
    operation: str
    after: str = ""
    by_row: bool = False

    def __str__(self) -> str:
        return f"{self.type} {self.name}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything in AWS."""
        return not self.operation.startswith(("Get", "Describe", "List"))


CALLS = {
    str(call): call
    for call in (
        Call(_SERVICE, "identity", "create", "GetCallerIdentity"),
        Call(_SERVICE, "service", "create", "DescribeVpcEndpointServices"),
        Call(_SERVICE, "subnets", "create", "DescribeSubnets"),
        Call(_SERVICE, "find", "create", "DescribeVpcEndpoints", by_row=True),
        Call(_SERVICE, "create", "create", "CreateVpcEndpoint"),
        Call(_SERVICE, "listing", "create", "DescribeVpcEndpoints", after="CreateVpcEndpoint"),
        Call(
            _SERVICE, "private name", "private DNS", "DescribeVpcEndpointServices", after="CreateVpcEndpoint"
        ),
        Call(_SERVICE, "modify", "private DNS", "ModifyVpcEndpoint"),
        Call(_SERVICE, "delete", "delete", "DeleteVpcEndpoints"),
        Call(_SERVICE, "listing of a delete", "delete", "DescribeVpcEndpoints", after="DeleteVpcEndpoints"),
        Call(_RESOURCE, "share", "create", "GetResourceShares"),
        Call(_RESOURCE, "invitation", "create", "GetResourceShareInvitations"),
        Call(_RESOURCE, "offer", "create", "ListPendingInvitationResources"),
        Call(_RESOURCE, "accept", "create", "AcceptResourceShareInvitation"),
        Call(
            _RESOURCE, "accepted share", "create", "GetResourceShares", after="AcceptResourceShareInvitation"
        ),
        Call(_RESOURCE, "shared", "create", "ListResources"),
        Call(_RESOURCE, "configuration", "create", "GetResourceConfiguration"),
        Call(_RESOURCE, "subnets", "create", "DescribeSubnets"),
        Call(_RESOURCE, "addresses", "create", "DescribeNetworkInterfaces"),
        Call(_RESOURCE, "find", "create", "DescribeVpcEndpoints", by_row=True),
        Call(_RESOURCE, "create", "create", "CreateVpcEndpoint"),
        Call(_RESOURCE, "listing", "create", "DescribeVpcEndpoints", after="CreateVpcEndpoint"),
        Call(_RESOURCE, "associations", "create", "DescribeVpcEndpointAssociations"),
        Call(_RESOURCE, "quota", "create", "GetServiceQuota"),
        Call(_RESOURCE, "delete", "delete", "DeleteVpcEndpoints"),
        Call(_RESOURCE, "listing of a delete", "delete", "DescribeVpcEndpoints", after="DeleteVpcEndpoints"),
        Call(_MSK, "cluster", "create", "DescribeClusterV2"),
        Call(_MSK, "subnets", "create", "DescribeSubnets"),
        Call(_MSK, "find", "create", "ListVpcConnections"),
        Call(_MSK, "create", "create", "CreateVpcConnection"),
        Call(_MSK, "listing", "create", "ListVpcConnections", after="CreateVpcConnection"),
        Call(_MSK, "brokers", "create", "GetBootstrapBrokers"),
        Call(_MSK, "delete", "delete", "DeleteVpcConnection"),
        Call(_MSK, "listing of a delete", "delete", "ListVpcConnections", after="DeleteVpcConnection"),
    )
}
