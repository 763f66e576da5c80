"""The life of a Resource endpoint: its addresses are decided while it is pending, then it is associated.

aws.md §1b, §2, §5 and §10. The way through states and deletion is `lifecycle`'s, as for Interface.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from endpoints.sandbox.world.objects import Endpoint, Subnet
from endpoints.sandbox.world.resources import EndpointAssociation, ResourceConfiguration

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

NO_ADDRESSES = "InsufficientFreeAddressesInSubnet"
# Zones that VPC Lattice lacks (aws.md §6): no gateway is in them, and no Resource endpoint.
NOT_LATTICE = frozenset(
    {
        "use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "euc1-az2", "euw1-az4", "cac1-az3", "ilc1-az2",
    }
)  # fmt: skip
# In these a configuration and a gateway do not serve; while being changed, or after a failed change, they do.
_DOWN = frozenset({"CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_IN_PROGRESS"})
_UP = frozenset({"available", "partial"})


def decide(world: "World", endpoint: Endpoint, now: float) -> str:
    """Give the endpoint its blocks, and return its state: available, partial or failed."""
    endpoint.accepted = True
    subnets = [subnet for key in endpoint.subnet_ids if (subnet := world.subnets.get(key))]
    without = [subnet for subnet in subnets if not world.add_block(endpoint, subnet, now)]
    if without:
        lack(endpoint, without)
    if len(without) == len(subnets):
        return "failed"
    associate(world, endpoint, now, now + world.knobs.association_seconds)
    return "partial" if without else "available"


def lack(endpoint: Endpoint, subnets: Iterable[Subnet]) -> None:
    """Note which subnets gave no block."""
    endpoint.error_code = NO_ADDRESSES
    names = ", ".join(subnet.id for subnet in subnets)
    endpoint.error_message = f"There is no free contiguous /28 block in: {names}."


def served(world: "World", endpoint: Endpoint) -> list[ResourceConfiguration]:
    """Return what an endpoint reaches: its configuration, or the children of its group."""
    configuration = world.configurations.get(endpoint.configuration_arn.rpartition("/")[2])
    if configuration is None:
        return []
    if configuration.kind != "GROUP":
        return [configuration]
    return [item for item in world.configurations if item.group_id == configuration.id]


def associate(world: "World", endpoint: Endpoint, now: float, accessible_at: float) -> None:
    """Bind an endpoint to what it reaches; nothing can be reached before `accessible_at`."""
    for configuration in served(world, endpoint):
        private = private_name(endpoint, configuration)
        world.save_association(
            EndpointAssociation(
                f"association-{secrets.token_hex(9)[:17]}", world.next_number(), endpoint.region,
                endpoint.account, endpoint.id, configuration.id, configuration.arn,
                endpoint.configuration_arn if configuration.group_id else "",
                dns_name(endpoint, configuration), now, accessible_at, private,
                f"Z{secrets.token_hex(10).upper()}" if private else "",
            )
        )  # fmt: skip


def dns_name(endpoint: Endpoint, configuration: ResourceConfiguration) -> str:
    """Return the name by which an endpoint serves a configuration (aws.md §5)."""
    part = hashlib.sha256(f"{endpoint.region}/{endpoint.account}".encode()).hexdigest()[:7]
    return f"{endpoint.id}.{configuration.id}.{part}.vpc-lattice-rsc.{endpoint.region}.on.aws"


def private_name(endpoint: Endpoint, configuration: ResourceConfiguration) -> str:
    """Return the configuration's own name if the endpoint's private DNS takes it on, else an empty text."""
    name = configuration.custom_domain_name
    if not name or not endpoint.private_dns_enabled:
        return ""
    verified = configuration.verification == "VERIFIED"
    named = any(_covers(domain, name) for domain in endpoint.dns_domains)
    takes = {
        "ALL_DOMAINS": True, "VERIFIED_DOMAINS_ONLY": verified, "SPECIFIED_DOMAINS_ONLY": named,
        "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS": verified or named,
    }  # fmt: skip
    return name if takes[endpoint.dns_preference] else ""


def _covers(domain: str, name: str) -> bool:
    domain, name = domain.lower().rstrip("."), name.lower().rstrip(".")
    return name.endswith(domain[1:]) if domain.startswith("*.") else name == domain


def failure(world: "World", association: EndpointAssociation) -> tuple[str, str]:
    """Return code and reason why a resource cannot be reached; two empty texts when only time lacks."""
    if association.cut:
        return association.failure_code, association.failure_reason
    configuration = world.configurations.get(association.configuration_id)
    if configuration is None or configuration.status in _DOWN:
        return "ResourceConfigurationUnavailable", "The resource configuration is not available."
    gateway = world.gateways.get(configuration.gateway_id)
    if configuration.gateway_id and (gateway is None or gateway.status in _DOWN):
        return "ResourceGatewayUnavailable", "The resource gateway is not available."
    return "", ""


def accessible(world: "World", association: EndpointAssociation, now: float) -> bool:
    """Whether the resource can be reached through the endpoint now."""
    endpoint = world.endpoints.get(association.endpoint_id)
    if endpoint is None or now < association.accessible_at or failure(world, association)[0]:
        return False
    modifying = endpoint.state == "pending" and endpoint.accepted
    return endpoint.state in _UP or modifying


def cut(world: "World", association: EndpointAssociation, *, hidden: bool = False) -> None:
    """The owner deletes a live association; the endpoint itself stays (aws.md §1b)."""
    association.cut, association.hidden = True, hidden
    association.failure_code = "ResourceEndpointAssociationDeleted"
    association.failure_reason = "The resource owner deleted the association."
    world.save_association(association)


def restore(world: "World", association: EndpointAssociation) -> None:
    """Undo a cut."""
    association.cut = association.hidden = False
    association.failure_code = association.failure_reason = ""
    world.save_association(association)


def partial(world: "World", endpoint: Endpoint, now: float) -> bool:
    """Fate takes the block of the last subnet; False when the endpoint is not up, or coming up."""
    if endpoint.kind != "Resource" or endpoint.state not in ("pending", "available", "partial"):
        return False
    if not endpoint.accepted:
        decide(world, endpoint, now)
    nics = world.nics_of(endpoint)
    if len(nics) > 1:
        world.release_nic(nics[-1])
    if nics:
        lack(endpoint, [subnet for subnet in world.subnets if subnet.id == nics[-1].subnet_id])
    endpoint.state, endpoint.schedule = "partial", {}
    world.save_endpoint(endpoint)
    return True
