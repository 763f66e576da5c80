"""The endpoint types as tests of every type see them: how to ask, and what to look at in AWS."""

from dataclasses import dataclass

from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.engine.world import REGION, Asked, World, cluster, resource, wanted
from tests.sandbox_client import service_name


@dataclass(frozen=True)
class Kind:
    """One type: a request for it that becomes Ready by itself, and its operations in AWS."""

    type: EndpointType
    asked: Asked
    create: str
    delete: str
    listing: str

    def delete_by_hand(self, world: World, row: ReversePrivateEndpoint) -> None:
        """Somebody deletes its object behind Postern's back."""
        if self.type is EndpointType.MSK_MULTI_VPC:
            world.box.delete_connection(row.external_id)
        else:
            world.box.delete_by_hand(row.external_id)

    def fail(self, world: World, row: ReversePrivateEndpoint) -> None:
        """AWS gives its object up."""
        if self.type is EndpointType.MSK_MULTI_VPC:
            world.box.fail_connection(row.external_id)
        else:
            world.box.fail(row.external_id)


KINDS = {
    kind.type: kind
    for kind in (
        Kind(
            EndpointType.VPC_ENDPOINT_SERVICE, wanted(service_name(REGION, 2)),
            "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints",
        ),
        Kind(
            EndpointType.VPC_RESOURCE, resource(2),
            "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints",
        ),
        Kind(
            EndpointType.MSK_MULTI_VPC, cluster(),
            "CreateVpcConnection", "DeleteVpcConnection", "ListVpcConnections",
        ),
    )
}  # fmt: skip
