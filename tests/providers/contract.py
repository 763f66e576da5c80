"""The contract test's list: how the sandbox's seed offers each endpoint type. A new type is a case here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from endpoints.domain.specs import Spec, parse_spec
from endpoints.domain.types import EndpointType
from tests.sandbox_client import OWNER, configuration_arn, configuration_id, service_name, share_arn

REGION = "eu-central-1"


@dataclass(frozen=True)
class Case:
    """A source of the seed that becomes Ready by itself.

    `parameters` in the API's words; `preparation` is what the adapter is given besides; `absent` the id of
    an object that never was; `invitation` the parameters of a source whose share still has to be accepted.
    """

    kind: EndpointType
    parameters: Mapping[str, str]
    preparation: Mapping[str, Any]
    absent: str
    invitation: Mapping[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> Spec:
        """The spec of a source whose invitation waits."""
        return parse_spec(self.kind, self.invitation)

    @property
    def spec(self) -> Spec:
        """The parameters, checked."""
        return parse_spec(self.kind, self.parameters)


CASES = (
    Case(
        EndpointType.VPC_ENDPOINT_SERVICE,
        {"vpcEndpointServiceName": service_name(REGION, 2)},
        {},
        "vpce-0123456789abcdef0",
    ),
    Case(
        EndpointType.VPC_RESOURCE,
        {
            "vpcResourceConfigurationId": configuration_id(REGION, 2),
            "vpcResourceShareArn": share_arn(REGION, 2),
        },
        {"configuration_arn": configuration_arn(REGION, 2)},
        "vpce-0123456789abcdef0",
        {
            "vpcResourceConfigurationId": configuration_id(REGION, 1),
            "vpcResourceShareArn": share_arn(REGION, 1),
        },
    ),
    Case(
        EndpointType.MSK_MULTI_VPC,
        {
            "mskClusterArn": f"arn:aws:kafka:{REGION}:{OWNER}:cluster/orders",
            "mskAuthentication": "SASL_SCRAM",
        },
        {},
        f"arn:aws:kafka:{REGION}:111111111111:vpc-connection/{OWNER}/orders/00000000-0000-4000-8000-000000000000-1",
    ),
)
