"""Short ways to say what tests of shares and Resource endpoints do."""

from typing import Any

from tests.sandbox.helpers import REGION
from tests.sandbox_client import OPERATOR_KEY, Sandbox, configuration_arn, share_arn, subnet_id, vpc_id

SHARE = share_arn(REGION, 1)
PENDING = configuration_arn(REGION, 1)
SHARED = configuration_arn(REGION, 2)
NOT_SHARED = configuration_arn(REGION, 3)
RESOURCE = {
    "VpcEndpointType": "Resource",
    "VpcId": vpc_id(REGION),
    "SubnetIds": [subnet_id(REGION, 1)],
    "ResourceConfigurationArn": SHARED,
}


def reach(ec2: Any, **more: Any) -> str:
    """Create a Resource endpoint, to the seed's configuration 2 if nothing else is said; return its id."""
    return str(ec2.create_vpc_endpoint(**{**RESOURCE, **more})["VpcEndpoint"]["VpcEndpointId"])


def associations(ec2: Any, key: str) -> list[dict[str, Any]]:
    """Return an endpoint's associations on the wire."""
    return list(ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[key])["VpcEndpointAssociations"])


def pages(act: Any, member: str, /, **params: Any) -> list[list[dict[str, Any]]]:
    """Return every page of a RAM or Lattice list."""
    found, token = [], None
    while True:
        answer = act(**params, **({"nextToken": token} if token else {}))
        found.append(answer[member])
        token = answer.get("nextToken")
        if not token:
            return found


def everything(act: Any, member: str, /, **params: Any) -> list[dict[str, Any]]:
    """Return all rows of a RAM or Lattice list."""
    return [row for rows in pages(act, member, **params) for row in rows]


def invitations(ram: Any, share: str = SHARE) -> list[dict[str, Any]]:
    """Return the caller's invitations of a share."""
    name = "resourceShareInvitations"
    return everything(ram.get_resource_share_invitations, name, resourceShareArns=[share])


def accept(box: Sandbox, share: str = SHARE, region: str = REGION) -> str:
    """Accept the newest invitation of a share as the operator, and return the invitation's ARN."""
    ram = box.boto3("ram", region, OPERATOR_KEY)
    arn = str(invitations(ram, share)[-1]["resourceShareInvitationArn"])
    ram.accept_resource_share_invitation(resourceShareInvitationArn=arn)
    return arn


def seen(ram: Any, **params: Any) -> list[dict[str, Any]]:
    """Return the shares of others."""
    return everything(ram.get_resource_shares, "resourceShares", resourceOwner="OTHER-ACCOUNTS", **params)


def offered(ram: Any, **params: Any) -> list[str]:
    """Return the ARNs shared with the caller."""
    rows = everything(ram.list_resources, "resources", resourceOwner="OTHER-ACCOUNTS", **params)
    return [row["arn"] for row in rows]
