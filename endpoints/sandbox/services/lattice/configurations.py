"""Resource configurations: made by the owner, read by those whom they are shared with (aws.md §1b)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.lattice import common, gateways
from endpoints.sandbox.services.lattice.common import conflict, items_page, made_before, own, refused
from endpoints.sandbox.wire.errors import not_built
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.resources import ResourceConfiguration
from endpoints.sandbox.world.world import new_id

WHAT = "RESOURCE_CONFIGURATION"
_DEFINITIONS = {"SINGLE": ("dnsResource", "ipResource"), "CHILD": ("dnsResource", "ipResource"),
                "ARN": ("arnResource",), "GROUP": ()}  # fmt: skip


@operation("vpc-lattice", "CreateResourceConfiguration")
def create_resource_configuration(call: Call) -> dict[str, Any]:
    """Make a configuration, ACTIVE at once; its custom domain name waits to be verified.

    Raises AwsError ValidationException, ConflictException, ResourceNotFoundException.
    """
    params = call.params
    made = made_before(call, call.world.configurations, params["name"], WHAT)
    if made is None:
        for name in ("domainVerificationIdentifier", "groupDomain"):
            if params.get(name):
                raise not_built(f"CreateResourceConfiguration with {name}")
        made = _made(call)
        call.world.configurations.put(made)
    return configuration_view(made)


def _made(call: Call) -> ResourceConfiguration:
    params, kind = call.params, call.params["type"]
    if kind not in _DEFINITIONS:
        raise not_built(f"resource configurations of type {kind}")
    definition = params.get("resourceConfigurationDefinition") or {}
    if bool(definition) != bool(_DEFINITIONS[kind]) or not set(definition) <= set(_DEFINITIONS[kind]):
        raise refused(f"The definition does not go with the type {kind}.")
    ports = list(params.get("portRanges") or [])
    # An ARN brings its own ports (botocore's model: SINGLE, GROUP and CHILD have port ranges).
    if kind != "ARN" and bool(ports) == (kind == "GROUP"):
        raise refused(
            f"Port ranges do not go with the type {kind}." if ports else "There are no port ranges."
        )
    group_id, gateway_id = _parents(call, kind)
    custom = params.get("customDomainName", "")
    return ResourceConfiguration(
        new_id("rcfg"), call.region, call.account, params["name"], kind, gateway_id, ports, call.now,
        call.now, custom_domain_name=custom, verification="PENDING" if custom else "", group_id=group_id,
        definition=definition, client_token=params.get("clientToken", ""),
        tags=dict(params.get("tags") or {}),
    )  # fmt: skip


def _parents(call: Call, kind: str) -> tuple[str, str]:
    """Return group and gateway; a CHILD has those of its group."""
    params, world = call.params, call.world
    if kind != "CHILD":
        identifier = params.get("resourceGatewayIdentifier", "")
        return "", own(call, world.gateways, identifier, gateways.WHAT).id
    group = own(call, world.configurations, params.get("resourceConfigurationGroupIdentifier", ""), WHAT)
    if group.kind != "GROUP":
        raise refused(f"{group.id} is no group.")
    return group.id, group.gateway_id


@operation("vpc-lattice", "GetResourceConfiguration")
def get_resource_configuration(call: Call) -> dict[str, Any]:
    """Show a configuration to its owner, and to those who got it by a share.

    Raises AwsError ResourceNotFoundException, AccessDeniedException.
    """
    identifier = call.params["resourceConfigurationIdentifier"]
    found = common.find(call, call.world.configurations, identifier)
    if found is None or not _visible(call, found):
        raise common.missing(call, identifier, WHAT)
    return {**configuration_view(found), **_more(found)}


def _visible(call: Call, item: ResourceConfiguration) -> bool:
    return call.mine(item) or sharing.may_use(call.world, call.account, call.region, item.arn, call.now)


@operation("vpc-lattice", "ListResourceConfigurations")
def list_resource_configurations(call: Call) -> dict[str, Any]:
    """List the configurations that the caller owns or got by a share in this Region."""
    shared = sharing.resources_seen_by(call.world, call.account, call.region, call.now)
    arns = {resource.entity for _, resource in shared}
    visible = [item for item in call.world.configurations if call.mine(item) or item.arn in arns]
    for name, field in (
        ("resourceGatewayIdentifier", "gateway_id"),
        ("resourceConfigurationGroupIdentifier", "group_id"),
    ):
        wanted = call.params.get(name, "").rpartition("/")[2]
        visible = [item for item in visible if not wanted or getattr(item, field) == wanted]
    return items_page(call, visible, lambda item: item.id, _summary)


def _summary(item: ResourceConfiguration) -> dict[str, Any]:
    view = {**configuration_view(item), **_more(item)}
    known = ("id", "name", "arn", "resourceGatewayId", "resourceConfigurationGroupId", "type", "status",
             "amazonManaged", "createdAt", "lastUpdatedAt", "customDomainName")  # fmt: skip
    return {name: value for name, value in view.items() if name in known}


@operation("vpc-lattice", "DeleteResourceConfiguration")
def delete_resource_configuration(call: Call) -> dict[str, Any]:
    """Delete a configuration.

    Raises AwsError ConflictException while endpoints are associated with it, or a group has children.
    """
    item = own(call, call.world.configurations, call.params["resourceConfigurationIdentifier"], WHAT)
    bound = (one for one in call.world.associations if item.arn in (one.configuration_arn, one.group_arn))
    if any(not association.cut for association in bound):
        raise conflict("The resource configuration has endpoint associations.", item.id, WHAT)
    if any(child.group_id == item.id for child in call.world.configurations):
        raise conflict("The group has children.", item.id, WHAT)
    call.world.configurations.remove(item.id)
    return {}


def configuration_view(item: ResourceConfiguration) -> dict[str, Any]:
    """Return what every answer shows of a configuration; members without a value are absent."""
    view: dict[str, Any] = {
        "id": item.id, "name": item.name, "arn": item.arn, "resourceGatewayId": item.gateway_id,
        "resourceConfigurationGroupId": item.group_id, "type": item.kind, "portRanges": item.ports,
        "protocol": "TCP", "status": item.status, "resourceConfigurationDefinition": item.definition,
        "customDomainName": item.custom_domain_name, "failureReason": item.failure_reason,
        "createdAt": item.created_at,
    }  # fmt: skip
    view = {name: value for name, value in view.items() if value not in ("", {})}
    return {**view, "allowAssociationToShareableServiceNetwork": False}


def _more(item: ResourceConfiguration) -> dict[str, Any]:
    more: dict[str, Any] = {"amazonManaged": False, "lastUpdatedAt": item.updated_at}
    if item.verification:
        more["domainVerificationStatus"] = item.verification
        more["domainVerificationId"] = f"dv-{item.id[5:]}"
    return more
