"""Short ways to say what most sandbox tests do."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox_client import service_name, vpc_id

REGION = "us-east-1"


def create(ec2: Any, k: int = 2, region: str = REGION, **more: Any) -> str:
    """Create an Interface endpoint to the seed's service k and return its id."""
    settings = {"VpcEndpointType": "Interface", "VpcId": vpc_id(region), **more}
    settings.setdefault("ServiceName", service_name(region, k))
    return str(ec2.create_vpc_endpoint(**settings)["VpcEndpoint"]["VpcEndpointId"])


def tags(**values: str) -> list[dict[str, Any]]:
    """Return a TagSpecifications for an endpoint."""
    pairs = [{"Key": key, "Value": value} for key, value in values.items()]
    return [{"ResourceType": "vpc-endpoint", "Tags": pairs}]


def listed(ec2: Any, **filters: str) -> list[dict[str, Any]]:
    """Return the endpoints that pass filters; `tag_x` stands for `tag:x`, other underscores for dashes."""
    named = []
    for name, value in filters.items():
        spelled = f"tag:{name[4:]}" if name.startswith("tag_") else name.replace("_", "-")
        named.append({"Name": spelled, "Values": [value]})
    return list(ec2.describe_vpc_endpoints(Filters=named)["VpcEndpoints"])


def state(ec2: Any, key: str) -> str:
    """Return an endpoint's state on the wire."""
    return str(ec2.describe_vpc_endpoints(VpcEndpointIds=[key])["VpcEndpoints"][0]["State"])


def refused(act: Callable[..., Any], **params: Any) -> tuple[str, int]:
    """Make a call that must fail, and return (error code, HTTP status)."""
    with pytest.raises(ClientError) as caught:
        act(**params)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def message(act: Callable[..., Any], **params: Any) -> str:
    """Make a call that must fail, and return the error's text."""
    with pytest.raises(ClientError) as caught:
        act(**params)
    return str(caught.value.response["Error"]["Message"])
