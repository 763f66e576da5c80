"""Which adapter serves which endpoint type."""

from endpoints.domain.types import EndpointType
from endpoints.providers import msk_multi_vpc, vpc_endpoint_service, vpc_resource
from endpoints.providers.base import Adapter, SharedAdapter

ADAPTERS: dict[EndpointType, Adapter] = {
    EndpointType.VPC_ENDPOINT_SERVICE: vpc_endpoint_service,
    EndpointType.VPC_RESOURCE: vpc_resource,
    EndpointType.MSK_MULTI_VPC: msk_multi_vpc,
}
SHARED: dict[EndpointType, SharedAdapter] = {EndpointType.VPC_RESOURCE: vpc_resource}
