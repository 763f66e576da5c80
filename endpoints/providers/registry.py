"""Which adapter serves which endpoint type."""

from endpoints.domain.types import EndpointType
from endpoints.providers import vpc_endpoint_service
from endpoints.providers.base import Adapter

ADAPTERS: dict[EndpointType, Adapter] = {EndpointType.VPC_ENDPOINT_SERVICE: vpc_endpoint_service}
