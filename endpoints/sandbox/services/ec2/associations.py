"""DescribeVpcEndpointAssociations: where the names of Resource endpoints are (aws.md §4, §5)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import by_ids, keep, page
from endpoints.sandbox.services.lenses import rewritten
from endpoints.sandbox.world import resource_life
from endpoints.sandbox.world.lifecycle import GONE_STATES
from endpoints.sandbox.world.objects import Endpoint
from endpoints.sandbox.world.resources import EndpointAssociation

# Made up: AWS documents neither these zones nor their ids.
_ZONE = "Z0SANDBOXLATTICE"


@operation("ec2", "DescribeVpcEndpointAssociations")
def describe_vpc_endpoint_associations(call: Call) -> dict[str, Any]:
    """List the associations of the caller's Resource endpoints in this Region, 100 a page at most.

    Raises AwsError InvalidVpcEndpointId.NotFound for the whole call when one id is unknown.
    """
    mine = [item for item in call.world.endpoints if call.mine(item) and item.state not in GONE_STATES]
    wanted = call.params.get("VpcEndpointIds")
    code = "InvalidVpcEndpointId.NotFound"
    named = by_ids(mine, wanted, lambda item: item.id, code, "Vpc Endpoint Id")
    rows = [row for endpoint in named for row in _rows(call, endpoint)]
    found = keep(
        call, sorted(rows, key=lambda item: item.number),
        {
            "vpc-endpoint-id": lambda item: item.endpoint_id,
            "associated-resource-accessibility": lambda item: accessibility(call, item),
            "association-id": lambda item: item.ec2_id,
            "associated-resource-id": lambda item: item.configuration_id,
            "resource-configuration-group-arn": lambda item: item.group_arn,
            "service-network-arn": lambda _: (),
        },
        None,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: f"{item.number:012d}", most=100)
    views = [rewritten(call, association_view(call, item), item.endpoint_id) for item in chosen]
    return {"VpcEndpointAssociations": views, "NextToken": token}


def _rows(call: Call, endpoint: Endpoint) -> list[EndpointAssociation]:
    bound = call.world.associations_of(endpoint)
    return [item for item in bound if not item.hidden and not call.young(item.created_at)]


def accessibility(call: Call, item: EndpointAssociation) -> str:
    """Return whether the resource can be reached, in EC2's words."""
    return "Accessible" if resource_life.accessible(call.world, item, call.now) else "Inaccessible"


def association_view(call: Call, item: EndpointAssociation) -> dict[str, Any]:
    """Return an association as its consumer sees it."""
    code, reason = resource_life.failure(call.world, item)
    view: dict[str, Any] = {
        "Id": item.ec2_id, "VpcEndpointId": item.endpoint_id,
        "AssociatedResourceAccessibility": accessibility(call, item),
        "AssociatedResourceArn": item.configuration_arn,
        "DnsEntry": {"DnsName": item.dns_name, "HostedZoneId": _ZONE}, "Tags": [],
    }  # fmt: skip
    if item.private_name:
        view["PrivateDnsEntry"] = {"DnsName": item.private_name, "HostedZoneId": item.private_zone_id}
    if item.group_arn:
        view["ResourceConfigurationGroupArn"] = item.group_arn
    if code:
        view |= {"FailureCode": code, "FailureReason": reason}
    return view
