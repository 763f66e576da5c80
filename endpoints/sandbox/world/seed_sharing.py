"""The customer's resource configurations and shares at the first start."""

import uuid

from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.objects import Subnet, Vpc
from endpoints.sandbox.world.resource_life import NOT_LATTICE
from endpoints.sandbox.world.resources import ResourceConfiguration, ResourceGateway, ResourceShare
from endpoints.sandbox.world.world import World

# An account that nobody of the seed acts as: the third configuration of each Region is shared with it.
STRANGER = "333333333333"

# k → name, port.
CONFIGURATIONS = {
    1: ("orders-postgres", "5432"),
    2: ("payments-mysql", "3306"),
    3: ("archive-mongodb", "27017"),
}
# Unused by the demo, whose service lies in this Region.
SPARES_IN = "eu-central-1"
SPARES = {4: ("spare-postgres", "5432"), 5: ("spare-mysql", "3306")}
IN_THE_SAME_ORGANIZATION = (2, 5)


def share_id(index: int, k: int) -> str:
    """Return the UUID of the share of Region number `index` and configuration k."""
    return str(uuid.UUID(int=index * 16 + k))


def sow(
    world: World, index: int, region: str, owner: str, operator: str, zones: list[tuple[str, str]], now: float
) -> None:
    """Put a network, a gateway, the configurations and their shares into the owner's account."""
    gateway = _gateway(world, index, region, owner, zones, now)
    sown = CONFIGURATIONS | (SPARES if region == SPARES_IN else {})
    for k, (name, port) in sown.items():
        target = {"domainName": f"{name}.internal.example.com", "ipAddressType": "IPV4"}
        configuration = ResourceConfiguration(
            f"rcfg-{index * 16 + k:017x}", region, owner, name, "SINGLE", gateway.id, [port], now, now,
            definition={"dnsResource": target},
        )  # fmt: skip
        world.configurations.put(configuration)
        same = k in IN_THE_SAME_ORGANIZATION
        share = ResourceShare(share_id(index, k), region, owner, name, now, now, same_organization=same)
        world.shares.put(share)
        sharing.add_resource(world, share, configuration.arn, now)
        sharing.add_principal(world, share, STRANGER if k == 3 else operator, now)
    _without_lag(world, now)


def _gateway(
    world: World, index: int, region: str, owner: str, zones: list[tuple[str, str]], now: float
) -> ResourceGateway:
    vpc = Vpc(f"vpc-{index * 16:017x}", region, owner, f"172.16.{index * 16}.0/20")
    world.vpcs.put(vpc)
    subnets = []
    for n, (zone_name, zone_id) in enumerate(zones, start=1):
        key, cidr = f"subnet-{index * 256 + n:017x}", f"172.16.{index * 16 + n}.0/24"
        subnets.append(Subnet(key, region, owner, vpc.id, cidr, zone_id, zone_name))
        world.subnets.put(subnets[-1])
    served = [subnet for subnet in subnets if subnet.zone_id not in NOT_LATTICE]
    gateway = ResourceGateway(
        f"rgw-{index:017x}", region, owner, "sandbox-gateway", vpc.id, [item.zone_id for item in served], now,
        [item.id for item in served],
    )  # fmt: skip
    return world.gateways.put(gateway)


def _without_lag(world: World, now: float) -> None:
    """What the seed shares has been shared for long."""
    for invitation in world.invitations:
        invitation.seen_at = min(invitation.seen_at, now)
    for item in world.share_associations:
        for name in ("share_seen_at", "resources_seen_at"):
            moment = getattr(item, name)
            setattr(item, name, None if moment is None else min(moment, now))
