"""What is there before a storm: networks with room, what owners offer, two organizations that ask."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from endpoints.models import Network, Organization, Region, Role, Service, User
from tests.chaos.lives import Kind
from tests.chaos.schedule import ORGANIZATIONS, Ask, Schedule
from tests.engine.world import Asked, cluster, resource, wanted
from tests.people import give_role, make_service, make_user
from tests.sandbox_client import OPERATOR, Sandbox, group_id, vpc_id

NOT_US = "333333333333"
SCHEMES = ("SASL_IAM", "SASL_SCRAM")
KNOBS: Mapping[str, float] = {
    "pending_seconds": 8.0,
    "deleting_seconds": 8.0,
    "deleted_visible_seconds": 60.0,
    "msk_creating_seconds": 12.0,
    "msk_deleting_seconds": 8.0,
    "msk_rejecting_seconds": 4.0,
    "resource_pending_seconds": 10.0,
    "association_seconds": 3.0,
    "share_lag_seconds": 5.0,
    "accept_lag_seconds": 5.0,
    "resource_lag_seconds": 5.0,
    "interface_quota_per_vpc": 5_000,
    "resource_quota_per_vpc": 20_000,
}
"""Quotas × 100, and delays in moved seconds."""


@dataclass
class Stage:
    """Everybody and everything; `asked` and `shares` are by the number of a request."""

    box: Sandbox
    services: dict[tuple[int, str], Service]
    user: User
    asked: dict[int, Asked] = field(default_factory=dict)
    shares: dict[int, str] = field(default_factory=dict)

    def service(self, ask: Ask) -> Service:
        """Return the data service that asks."""
        return self.services[ask.organization, ask.region]


def build(box: Sandbox, schedule: Schedule) -> Stage:
    """Furnish AWS and the rows for a schedule; nothing is asked for yet."""
    box.knobs(**KNOBS)
    for region in schedule.regions:
        _add_network(box, region)
    stage = Stage(box, {}, make_user("chaos@example.com"))
    for number in range(ORGANIZATIONS):
        organization = Organization.objects.create(name=f"Organization {number}")
        give_role(stage.user, Role.ADMIN, organization)
        for region in schedule.regions:
            service = make_service(organization, region, clickpipes_region_override=region)
            stage.services[number, region] = service
    _add_sources(stage, schedule)
    return stage


def _add_network(box: Sandbox, region: str) -> None:
    """Make a network of large subnets: the seed's would hold fifteen Resource endpoints."""
    zones = sorted({net["zone_id"] for net in box.state()["subnets"] if net["vpc_id"] == vpc_id(region)})
    prefix = next(vpc["cidr"] for vpc in box.state()["vpcs"] if vpc["id"] == vpc_id(region))
    base = ".".join(prefix.split(".")[:2])
    subnets = [
        box.create_subnet(vpc_id(region), f"{base}.{16 * place}.0/20", zone)["id"]
        for place, zone in enumerate(zones, start=1)
    ]
    row, _ = Region.objects.get_or_create(name=region)
    Network.objects.create(
        region=row, vpc_id=vpc_id(region), subnet_ids=subnets, security_group_ids=[group_id(region)]
    )


def _add_sources(stage: Stage, schedule: Schedule) -> None:
    """Give each request its source: a service name of its organization, a new share, a free slot of MSK."""
    box = stage.box
    names: dict[tuple[str, int, Kind], str] = {}
    slots: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for ask in schedule.asks:
        if ask.kind in (Kind.AUTOMATIC, Kind.ACCEPTANCE):
            key = (ask.region, ask.organization, ask.kind)
            if key not in names:
                must_accept = ask.kind is Kind.ACCEPTANCE
                names[key] = box.create_service(ask.region, acceptance_required=must_accept)["name"]
            stage.asked[ask.number] = wanted(names[key])
        elif ask.kind is Kind.CLUSTER:
            if not slots[ask.region]:
                arn = box.create_cluster(ask.region, f"chaos-{ask.number}")["id"]
                slots[ask.region] = [(arn, scheme) for scheme in SCHEMES]
            arn, scheme = slots[ask.region].pop()
            stage.asked[ask.number] = cluster(arn=arn, scheme=scheme)
        else:
            made = box.create_configuration(ask.region)["id"]
            first_with = NOT_US if ask.kind is Kind.LATE_SHARE else OPERATOR
            share = box.create_share(made, region=ask.region, principals=[first_with])["arn"]
            stage.shares[ask.number] = share
            stage.asked[ask.number] = resource(share=share, configuration=made)
