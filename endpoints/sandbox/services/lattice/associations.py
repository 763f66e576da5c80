"""The owner's look at the endpoints associated with a configuration, and the cut (aws.md §1b)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.lattice.common import find, items_page, missing
from endpoints.sandbox.world import resource_life
from endpoints.sandbox.world.resources import EndpointAssociation

WHAT = "RESOURCE_ENDPOINT_ASSOCIATION"


@operation("vpc-lattice", "ListResourceEndpointAssociations")
def list_resource_endpoint_associations(call: Call) -> dict[str, Any]:
    """List the associations of a configuration of the caller. Raises AwsError AccessDeniedException."""
    params = call.params
    identifier = params["resourceConfigurationIdentifier"]
    configuration = find(call, call.world.configurations, identifier)
    if configuration is None or configuration.account != call.account:
        raise missing(call, identifier, "RESOURCE_CONFIGURATION")
    found = [
        item
        for item in call.world.associations
        if configuration.arn in (item.configuration_arn, item.group_arn)
        and not item.cut
        and params.get("vpcEndpointId") in (None, item.endpoint_id)
        and params.get("vpcEndpointOwner") in (None, item.account)
        and params.get("resourceEndpointAssociationIdentifier") in (None, item.lattice_id, _arn(item))
    ]
    return items_page(call, found, lambda item: f"{item.number:012d}", _view)


@operation("vpc-lattice", "DeleteResourceEndpointAssociation")
def delete_resource_endpoint_association(call: Call) -> dict[str, Any]:
    """Cut a live endpoint off: by the owner of the resource, or the endpoint's.

    Raises AwsError ResourceNotFoundException, AccessDeniedException.
    """
    identifier = call.params["resourceEndpointAssociationIdentifier"]
    for item in call.world.associations:
        mine = call.account in (item.account, _owner(item)) and item.region == call.region
        if mine and not item.cut and identifier in (item.lattice_id, _arn(item)):
            resource_life.cut(call.world, item)
            view = _view(item)
            names = ("id", "arn", "resourceConfigurationId", "resourceConfigurationArn", "vpcEndpointId")
            return {name: view[name] for name in names}
    raise missing(call, identifier, WHAT)


def _owner(item: EndpointAssociation) -> str:
    return item.configuration_arn.split(":")[4]


def _arn(item: EndpointAssociation) -> str:
    head = f"arn:aws:vpc-lattice:{item.region}:{_owner(item)}"
    return f"{head}:resourceendpointassociation/{item.lattice_id}"


def _view(item: EndpointAssociation) -> dict[str, Any]:
    return {
        "id": item.lattice_id, "arn": _arn(item), "resourceConfigurationId": item.configuration_id,
        "resourceConfigurationArn": item.configuration_arn, "vpcEndpointId": item.endpoint_id,
        "vpcEndpointOwner": item.account, "createdBy": item.account, "createdAt": item.created_at,
    }  # fmt: skip
