"""Reads of the caller's networks: VPCs, subnets, groups, interfaces, zones (aws.md §6)."""

import ipaddress
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import by_ids, keep, page, tag_list
from endpoints.sandbox.wire.errors import AwsError, invalid_value
from endpoints.sandbox.world.objects import Nic, SecurityGroup, Subnet, Vpc
from endpoints.sandbox.world.seed import ZONES


@operation("ec2", "DescribeVpcs")
def describe_vpcs(call: Call) -> dict[str, Any]:
    """List VPCs. Raises AwsError InvalidVpcID.NotFound."""
    mine = sorted((vpc for vpc in call.world.vpcs if call.mine(vpc)), key=lambda vpc: vpc.id)
    named = by_ids(mine, call.params.get("VpcIds"), lambda vpc: vpc.id, "InvalidVpcID.NotFound", "vpc ID")
    found = keep(
        call, named,
        {
            "vpc-id": lambda vpc: vpc.id, "cidr": lambda vpc: vpc.cidr, "owner-id": lambda vpc: vpc.account,
            "state": lambda _: "available", "is-default": lambda _: "false",
        },
        lambda vpc: vpc.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda vpc: vpc.id, least=5)
    return {"Vpcs": [_vpc(vpc) for vpc in chosen], "NextToken": token}


def _vpc(vpc: Vpc) -> dict[str, Any]:
    block = {
        "AssociationId": f"vpc-cidr-assoc-{vpc.id[4:]}",
        "CidrBlock": vpc.cidr,
        "CidrBlockState": {"State": "associated"},
    }
    return {
        "VpcId": vpc.id, "OwnerId": vpc.account, "CidrBlock": vpc.cidr, "State": "available",
        "InstanceTenancy": "default", "IsDefault": False, "DhcpOptionsId": f"dopt-{vpc.id[4:]}",
        "CidrBlockAssociationSet": [block], "Tags": tag_list(vpc.tags),
    }  # fmt: skip


@operation("ec2", "DescribeVpcAttribute")
def describe_vpc_attribute(call: Call) -> dict[str, Any]:
    """Tell one attribute of a VPC. Raises AwsError InvalidVpcID.NotFound."""
    key = call.params["VpcId"]
    vpc = call.world.vpcs.get(key)
    if vpc is None or not call.mine(vpc):
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{key}' does not exist")
    known = {
        "enableDnsSupport": ("EnableDnsSupport", vpc.dns_support),
        "enableDnsHostnames": ("EnableDnsHostnames", vpc.dns_hostnames),
        "enableNetworkAddressUsageMetrics": ("EnableNetworkAddressUsageMetrics", False),
    }
    name, value = known[call.params["Attribute"]]
    return {"VpcId": vpc.id, name: {"Value": value}}


@operation("ec2", "DescribeSubnets")
def describe_subnets(call: Call) -> dict[str, Any]:
    """List subnets with their true free address count. Raises AwsError InvalidSubnetID.NotFound."""
    mine = sorted((subnet for subnet in call.world.subnets if call.mine(subnet)), key=lambda item: item.id)
    wanted = call.params.get("SubnetIds")
    named = by_ids(mine, wanted, lambda item: item.id, "InvalidSubnetID.NotFound", "subnet ID")
    found = keep(
        call, named,
        {
            "subnet-id": lambda item: item.id, "vpc-id": lambda item: item.vpc_id,
            "availability-zone": lambda item: item.zone_name, "state": lambda _: "available",
            "availability-zone-id": lambda item: item.zone_id, "owner-id": lambda item: item.account,
            "cidr-block": lambda item: item.cidr,
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: item.id, least=5)
    return {"Subnets": [_subnet(call, item) for item in chosen], "NextToken": token}


def _subnet(call: Call, subnet: Subnet) -> dict[str, Any]:
    return {
        "SubnetId": subnet.id, "VpcId": subnet.vpc_id, "OwnerId": subnet.account, "State": "available",
        "SubnetArn": f"arn:aws:ec2:{subnet.region}:{subnet.account}:subnet/{subnet.id}",
        "CidrBlock": subnet.cidr, "AvailableIpAddressCount": call.world.free_count(subnet),
        "AvailabilityZone": subnet.zone_name, "AvailabilityZoneId": subnet.zone_id,
        "DefaultForAz": False, "MapPublicIpOnLaunch": False, "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [], "Tags": tag_list(subnet.tags),
    }  # fmt: skip


@operation("ec2", "DescribeSecurityGroups")
def describe_security_groups(call: Call) -> dict[str, Any]:
    """List security groups, with the rules that new ones have. Raises AwsError InvalidGroup.NotFound."""
    mine = sorted((group for group in call.world.groups if call.mine(group)), key=lambda item: item.id)
    wanted = call.params.get("GroupIds")
    named = by_ids(mine, wanted, lambda item: item.id, "InvalidGroup.NotFound", "security group")
    names = call.params.get("GroupNames")
    found = keep(
        call, [item for item in named if not names or item.name in names],
        {
            "group-id": lambda item: item.id, "group-name": lambda item: item.name,
            "vpc-id": lambda item: item.vpc_id, "owner-id": lambda item: item.account,
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: item.id, least=5)
    return {"SecurityGroups": [_group(item) for item in chosen], "NextToken": token}


def _group(group: SecurityGroup) -> dict[str, Any]:
    members = [{"GroupId": group.id, "UserId": group.account}]
    return {
        "GroupId": group.id, "GroupName": group.name, "VpcId": group.vpc_id, "OwnerId": group.account,
        "Description": f"{group.name} security group",
        # A VPC's default group lets its own members in; any other lets nobody in. All let everything out.
        "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": members}] if group.is_default else [],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        "SecurityGroupArn": f"arn:aws:ec2:{group.region}:{group.account}:security-group/{group.id}",
        "Tags": tag_list(group.tags),
    }  # fmt: skip


@operation("ec2", "DescribeNetworkInterfaces")
def describe_network_interfaces(call: Call) -> dict[str, Any]:
    """List the interfaces that endpoints hold, and one for each address that something else has.

    Raises AwsError InvalidNetworkInterfaceID.NotFound.
    """
    every = (*call.world.nics, *_interfaces_of_others(call))
    mine = sorted((nic for nic in every if call.mine(nic)), key=lambda item: item.id)
    wanted = call.params.get("NetworkInterfaceIds")
    code = "InvalidNetworkInterfaceID.NotFound"
    named = by_ids(mine, wanted, lambda item: item.id, code, "networkInterface ID")
    found = keep(
        call, named,
        {
            "network-interface-id": lambda item: item.id, "subnet-id": lambda item: item.subnet_id,
            "vpc-id": lambda item: item.vpc_id, "owner-id": lambda item: item.account,
            "private-ip-address": lambda item: item.address,
            "addresses.private-ip-address": lambda item: item.address,
            "interface-type": _interface_type, "status": lambda _: "in-use",
            "description": _nic_description,
            "requester-managed": lambda item: "true" if item.endpoint_id else "false",
            "group-id": lambda item: _groups_of(call, item),
        },
        lambda _: {},
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: item.id, least=5)
    return {"NetworkInterfaces": [_nic(call, item) for item in chosen], "NextToken": token}


def _interfaces_of_others(call: Call) -> list[Nic]:
    """Every address in use belongs to some interface: those of things that are not simulated, too."""
    return [
        Nic(
            id=f"eni-{int(ipaddress.IPv4Address(address)):017x}", region=subnet.region,
            account=subnet.account, vpc_id=subnet.vpc_id, subnet_id=subnet.id, address=address,
            endpoint_id="", created_at=0.0,
        )
        for subnet in call.world.subnets
        for address in subnet.reserved
    ]  # fmt: skip


def _interface_type(nic: Nic) -> str:
    return "vpc_endpoint" if nic.endpoint_id else "interface"


def _nic_description(nic: Nic) -> str:
    return f"VPC Endpoint Interface {nic.endpoint_id}" if nic.endpoint_id else "Something else"


def _groups_of(call: Call, nic: Nic) -> list[str]:
    endpoint = call.world.endpoints.get(nic.endpoint_id)
    return endpoint.group_ids if endpoint else []


def _nic(call: Call, nic: Nic) -> dict[str, Any]:
    subnet = call.world.subnets.get(nic.subnet_id)
    groups = [call.world.groups.get(key) for key in _groups_of(call, nic)]
    return {
        "NetworkInterfaceId": nic.id, "VpcId": nic.vpc_id, "SubnetId": nic.subnet_id,
        "OwnerId": nic.account, "Description": _nic_description(nic), "InterfaceType": _interface_type(nic),
        "RequesterManaged": bool(nic.endpoint_id), "RequesterId": nic.account, "Status": "in-use",
        "AvailabilityZone": subnet.zone_name if subnet else None,
        "AvailabilityZoneId": subnet.zone_id if subnet else None,
        "PrivateIpAddress": nic.address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": nic.address}],
        "Ipv4Prefixes": [{"Ipv4Prefix": nic.prefix}] if nic.prefix else [],
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in groups if group],
        "TagSet": [],
    }  # fmt: skip


@operation("ec2", "DescribeAvailabilityZones")
def describe_availability_zones(call: Call) -> dict[str, Any]:
    """List the zones of the Region. Raises AwsError InvalidParameterValue for an unknown one."""
    zones = list(ZONES.get(call.region, ()))
    for asked, place, label in (("ZoneNames", 0, "ZoneName"), ("ZoneIds", 1, "ZoneId")):
        wanted = call.params.get(asked)
        for value in wanted or ():
            if value not in [zone[place] for zone in zones]:
                raise invalid_value(value, label)
        zones = [zone for zone in zones if not wanted or zone[place] in wanted]
    found = keep(
        call, zones,
        {
            "zone-name": lambda zone: zone[0], "zone-id": lambda zone: zone[1],
            "state": lambda _: "available", "region-name": lambda _: call.region,
            "zone-type": lambda _: "availability-zone", "opt-in-status": lambda _: "opt-in-not-required",
        },
        None,
    )  # fmt: skip
    return {"AvailabilityZones": [_zone(call.region, name, zone_id) for name, zone_id in found]}


def _zone(region: str, name: str, zone_id: str) -> dict[str, Any]:
    return {
        "State": "available", "OptInStatus": "opt-in-not-required", "Messages": [], "RegionName": region,
        "ZoneName": name, "ZoneId": zone_id, "GroupName": f"{region}-zg-1", "NetworkBorderGroup": region,
        "ZoneType": "availability-zone",
    }  # fmt: skip
