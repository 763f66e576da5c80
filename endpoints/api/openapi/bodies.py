"""What requests about organizations' services and endpoints carry, as the document describes it.

The rules themselves stand in the domain; `endpoints.api.bodies` asks them.
"""

from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from endpoints.domain.custom_dns import NAMES_MOST
from endpoints.domain.specs import Authentication
from endpoints.domain.types import DESCRIPTION_MAX, EndpointType


class _Closed(Schema):
    model_config = ConfigDict(extra="forbid")


class CustomPrivateDnsMapping(_Closed):
    """A custom private DNS name: recorded, not served."""

    privateDnsName: str = Field(description="An exact name, or one whose first label is a star.")
    targetId: str | None = Field(
        None, description="The resource configuration that the name leads to; VPC_RESOURCE only."
    )


class CreateReversePrivateEndpoint(_Closed):
    """A request for an endpoint; the fields of its type are required, those of others are left out."""

    description: str = Field(max_length=DESCRIPTION_MAX)
    type: EndpointType
    vpcEndpointServiceName: str | None = None
    vpcResourceConfigurationId: str | None = None
    vpcResourceShareArn: str | None = None
    mskClusterArn: str | None = None
    mskAuthentication: Authentication | None = None
    gcpServiceAttachment: None = None
    customPrivateDnsMappings: list[CustomPrivateDnsMapping] | None = Field(None, max_length=NAMES_MOST)


class UpdateReversePrivateEndpoint(_Closed):
    """The names that replace those before; without the list, or with null, nothing changes."""

    # By a factory: a default in the document would say that leaving it out clears the list.
    customPrivateDnsMappings: list[CustomPrivateDnsMapping] | None = Field(
        default_factory=list, max_length=NAMES_MOST
    )


class ServiceStatePatchRequest(Schema):
    """A command, which changes nothing: to clients a service always runs."""

    command: Literal["start", "stop", "awake"]


class RetryRequest(_Closed):
    """An empty object."""
