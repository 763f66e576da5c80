"""CreateVpcEndpoint and ModifyVpcEndpoint for Resource endpoints (aws.md §1b, §3, §10)."""

import re
from typing import Any

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.ec2 import rules
from endpoints.sandbox.services.ec2.tags import tags_on_create
from endpoints.sandbox.wire.errors import AwsError, invalid_value, missing_parameter, not_built
from endpoints.sandbox.world import lifecycle, resource_life, sharing
from endpoints.sandbox.world.objects import Endpoint, SecurityGroup, Subnet, Vpc
from endpoints.sandbox.world.resources import ResourceConfiguration
from endpoints.sandbox.world.world import new_id

_ARN = re.compile(r"arn:aws:vpc-lattice:[a-z0-9-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}")
_SPECIFIED = frozenset({"SPECIFIED_DOMAINS_ONLY", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS"})
_PREFERENCES = frozenset({"ALL_DOMAINS", "VERIFIED_DOMAINS_ONLY"}) | _SPECIFIED
# What CreateVpcEndpoint takes for other types only.
_OTHERS = ("ServiceName", "RouteTableIds", "PolicyDocument", "ServiceNetworkArn")
_FIXED = ("AddSubnetIds", "RemoveSubnetIds", "AddRouteTableIds", "RemoveRouteTableIds", "PolicyDocument")


def create(call: Call, token: str, digest: str) -> Endpoint:
    """Create a Resource endpoint.

    Raises AwsError MissingParameter, InvalidResourceConfigurationArn.NotFound (unknown, not shared, not seen
    yet: one text), InvalidParameter (a parameter of other types; a CHILD; not ACTIVE; the gateway's own VPC;
    no zone in common; private DNS), and as the checks in `rules` do.
    """
    params = call.params
    for name in _OTHERS:
        if params.get(name):
            text = f"{name} is not supported for VPC endpoints of type Resource."
            raise AwsError("InvalidParameter", text)
    if params.get("SubnetConfigurations"):
        raise not_built("CreateVpcEndpoint with SubnetConfigurations")
    if params.get("IpAddressType", "ipv4") != "ipv4":
        text = f"The IP address type {params['IpAddressType']} is not supported by the subnets."
        raise AwsError("InvalidParameter", text)
    vpc = rules.vpc_of(call, params["VpcId"])
    configuration = _configuration(call)
    subnets = _subnets(call, vpc)
    _reachable(call, vpc, configuration, subnets)
    groups = rules.groups_of(call, vpc, params.get("SecurityGroupIds"))
    preference, domains = _dns_options(params)
    tags = tags_on_create(params.get("TagSpecifications") or [], "vpc-endpoint")
    endpoint = _blank(call, vpc, configuration, subnets, groups)
    endpoint.dns_preference, endpoint.dns_domains = preference, domains
    endpoint.tags, endpoint.client_token, endpoint.request_digest = tags, token, digest
    _private_dns(call, vpc, endpoint)
    rules.room_in(call, vpc, "Resource")
    endpoint.number = call.world.next_number()
    lifecycle.start(call.world, endpoint, False, call.now)
    return endpoint


def _configuration(call: Call) -> ResourceConfiguration:
    arn = call.params.get("ResourceConfigurationArn")
    if not arn:
        raise missing_parameter("ResourceConfigurationArn")
    if not _ARN.fullmatch(arn):
        raise invalid_value(arn, "ResourceConfigurationArn")
    found = call.world.configurations.get(arn.rpartition("/")[2])
    usable = found is not None and found.arn == arn and found.region == call.region
    mine = found is not None and found.account == call.account
    if (
        not usable
        or found is None
        or not (mine or sharing.may_use(call.world, call.account, call.region, arn, call.now))
    ):
        text = f"The resource configuration '{arn}' does not exist"
        raise AwsError("InvalidResourceConfigurationArn.NotFound", text)
    if found.kind == "CHILD":
        text = f"The resource configuration {arn} is of type CHILD; use its group."
        raise AwsError("InvalidParameter", text)
    if found.status != "ACTIVE":
        text = f"The resource configuration {arn} is not ACTIVE."
        raise AwsError("InvalidParameter", text)
    return found


def _subnets(call: Call, vpc: Vpc) -> list[Subnet]:
    wanted = call.params.get("SubnetIds") or []
    if not wanted:
        raise missing_parameter("SubnetIds")
    chosen: list[Subnet] = []
    for key in wanted:
        subnet = rules.subnet_in(call, vpc, key)
        if subnet.zone_id in resource_life.NOT_LATTICE:
            text = f"VPC Lattice does not support the availability zone of the subnet: {key}."
            raise AwsError("InvalidParameter", text)
        rules.another_zone(subnet, {item.zone_id for item in chosen})
        chosen.append(subnet)
    return chosen


def _reachable(call: Call, vpc: Vpc, configuration: ResourceConfiguration, subnets: list[Subnet]) -> None:
    if call.params.get("ServiceRegion", call.region) != call.region:
        text = "ServiceRegion is not supported for VPC endpoints of type Resource."
        raise AwsError("InvalidParameter", text)
    gateway = call.world.gateways.get(configuration.gateway_id)
    if gateway is None:
        return
    if gateway.vpc_id == vpc.id:
        text = f"The VPC {vpc.id} holds the resource gateway of the resource configuration."
        raise AwsError("InvalidParameter", text)
    if not {subnet.zone_id for subnet in subnets} & set(gateway.zone_ids):
        text = "The subnets have no availability zone in common with the resource gateway."
        raise AwsError("InvalidParameter", text)


def _dns_options(params: dict[str, Any]) -> tuple[str, list[str]]:
    """Return preference and specified domains; both empty without private DNS."""
    options = params.get("DnsOptions") or {}
    if options.get("PrivateDnsOnlyForInboundResolverEndpoint"):
        text = "PrivateDnsOnlyForInboundResolverEndpoint is not supported for this type of VPC endpoint."
        raise AwsError("InvalidParameter", text)
    if options.get("DnsRecordIpType", "ipv4") not in ("ipv4", "service-defined"):
        raise AwsError("InvalidParameter", "The DNS record IP type does not match the subnets.")
    preference = options.get("PrivateDnsPreference", "")
    domains = options.get("PrivateDnsSpecifiedDomains") or []
    if preference and preference not in _PREFERENCES:
        raise invalid_value(preference, "PrivateDnsPreference")
    if bool(domains) != (preference in _SPECIFIED):
        text = "PrivateDnsSpecifiedDomains goes with a preference that specifies domains, and must then be."
        raise AwsError("InvalidParameter", text)
    if not params.get("PrivateDnsEnabled", False):
        if preference:
            text = "PrivateDnsPreference is only supported with private DNS enabled."
            raise AwsError("InvalidParameter", text)
        return "", []
    return preference or "VERIFIED_DOMAINS_ONLY", list(domains)


def _blank(
    call: Call, vpc: Vpc, configuration: ResourceConfiguration, subnets: list[Subnet],
    groups: list[SecurityGroup],
) -> Endpoint:  # fmt: skip
    return Endpoint(
        id=new_id("vpce"), number=0, region=call.region, account=call.account, kind="Resource",
        vpc_id=vpc.id, service_id="", service_name="", service_region=call.region, state="",
        created_at=call.now, dns_suffix="", connection_id="", subnet_ids=[subnet.id for subnet in subnets],
        group_ids=[group.id for group in groups], configuration_arn=configuration.arn,
        private_dns_enabled=bool(call.params.get("PrivateDnsEnabled", False)),
    )  # fmt: skip


def _private_dns(call: Call, vpc: Vpc, endpoint: Endpoint) -> None:
    if not endpoint.private_dns_enabled:
        return
    rules.vpc_resolves(vpc)
    for configuration in resource_life.served(call.world, endpoint):
        name = resource_life.private_name(endpoint, configuration)
        if name:
            rules.name_free(call, vpc, name)


def modifiable(call: Call, endpoint: Endpoint) -> None:
    """Check that a change leaves alone what cannot be changed: all but groups (aws.md §1b).

    Raises AwsError InvalidParameter.
    """
    for name in _FIXED:
        if call.params.get(name):
            text = f"{name} cannot be modified for VPC endpoints of type Resource."
            raise AwsError("InvalidParameter", text)
    options = call.params.get("DnsOptions") or {}
    asked = {
        "PrivateDnsEnabled": (call.params.get("PrivateDnsEnabled"), endpoint.private_dns_enabled),
        "PrivateDnsPreference": (options.get("PrivateDnsPreference"), endpoint.dns_preference),
        "PrivateDnsSpecifiedDomains": (options.get("PrivateDnsSpecifiedDomains"), endpoint.dns_domains),
        "IpAddressType": (call.params.get("IpAddressType"), endpoint.ip_address_type),
    }
    for name, (wanted, held) in asked.items():
        if wanted is not None and wanted != held:
            text = f"{name} cannot be modified after a VPC endpoint of type Resource was created."
            raise AwsError("InvalidParameter", text)
