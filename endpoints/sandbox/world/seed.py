"""The world at the first start. README.md documents the ids; tests and the demo rely on them."""

from endpoints.sandbox.world import seed_sharing
from endpoints.sandbox.world.knobs import for_profile
from endpoints.sandbox.world.objects import Account, SecurityGroup, Service, Subnet, Vpc
from endpoints.sandbox.world.seed_msk import sow_clusters
from endpoints.sandbox.world.world import World

OPERATOR = "111111111111"
OWNER = "222222222222"

# Region → (zone name, zone id) of the three subnets. Ids differ from names as they do in AWS.
ZONES: dict[str, tuple[tuple[str, str], ...]] = {
    "us-east-1": (("us-east-1a", "use1-az1"), ("us-east-1b", "use1-az2"), ("us-east-1c", "use1-az4")),
    "us-east-2": (("us-east-2a", "use2-az1"), ("us-east-2b", "use2-az2"), ("us-east-2c", "use2-az3")),
    "us-west-2": (("us-west-2a", "usw2-az1"), ("us-west-2b", "usw2-az2"), ("us-west-2c", "usw2-az3")),
    "eu-central-1": (
        ("eu-central-1a", "euc1-az2"),
        ("eu-central-1b", "euc1-az3"),
        ("eu-central-1c", "euc1-az1"),
    ),
    "eu-west-1": (("eu-west-1a", "euw1-az1"), ("eu-west-1b", "euw1-az2"), ("eu-west-1c", "euw1-az3")),
    "ap-northeast-2": (
        ("ap-northeast-2a", "apne2-az1"),
        ("ap-northeast-2b", "apne2-az2"),
        ("ap-northeast-2c", "apne2-az3"),
    ),
}
REGIONS = tuple(ZONES)


def sow(world: World, profile: str, now: float) -> None:
    """Fill an empty world. Raises ValueError for an unknown profile, before anything is written."""
    knobs = for_profile(profile)
    world.set_knobs(knobs)
    world.accounts.put(Account(OPERATOR, "operator", ["AKIASANDBOXOPERATOR1"]))
    world.accounts.put(Account(OWNER, "customer", ["AKIASANDBOXCUSTOMER1"]))
    for index, region in enumerate(REGIONS, start=1):
        _network(world, index, region)
        _services(world, index, region, now)
        zones = sorted(ZONES[region], key=lambda zone: zone[1])
        sow_clusters(world.msk, index, region, [zone_id for _, zone_id in zones], OWNER, OPERATOR, now)
        seed_sharing.sow(world, index, region, OWNER, OPERATOR, zones, now)


def service_name(region: str, service_id: str) -> str:
    """Return the name that AWS gives to an endpoint service."""
    return f"com.amazonaws.vpce.{region}.{service_id}"


def _network(world: World, index: int, region: str) -> None:
    vpc_id = f"vpc-{index:017x}"
    world.vpcs.put(Vpc(vpc_id, region, OPERATOR, f"10.{index}.0.0/16", tags={"Name": "postern"}))
    zones = sorted(ZONES[region], key=lambda zone: zone[1])
    for n, (zone_name, zone_id) in enumerate(zones, start=1):
        subnet_id = f"subnet-{index * 16 + n:017x}"
        cidr = f"10.{index}.{n}.0/24"
        world.subnets.put(Subnet(subnet_id, region, OPERATOR, vpc_id, cidr, zone_id, zone_name))
    world.groups.put(SecurityGroup(f"sg-{index:017x}", region, OPERATOR, vpc_id, "default", True))


def _services(world: World, index: int, region: str, now: float) -> None:
    root = f"arn:aws:iam::{OPERATOR}:root"
    zone_ids = sorted(zone_id for _, zone_id in ZONES[region])
    supported = [region, "us-east-2"] if region == "us-west-2" else [region]

    def add(k: int, acceptance: bool, *, principals: tuple[str, ...] = (root,), **more: object) -> None:
        service_id = f"vpce-svc-{index * 16 + k:017x}"
        service = Service(
            service_id, region, OWNER, service_name(region, service_id), acceptance, list(principals),
            list(supported) if k == 2 else [region], list(zone_ids), now,
        )  # fmt: skip
        for name, value in more.items():
            setattr(service, name, value)
        world.services.put(service)

    add(1, True)
    add(2, False)
    add(3, True, principals=())
    if region in ("us-east-1", "eu-central-1"):
        name = f"kafka.orders.{region}.example.com"
        add(4, False, private_dns_name=name, private_dns_state="verified")
        add(5, True, private_dns_name=f"kafka.payments.{region}.example.com")
        add(6, False, zone_ids=zone_ids[:1])
