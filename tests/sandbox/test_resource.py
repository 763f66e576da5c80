"""Resource endpoints in EC2: create, states, addresses, names, what cannot be changed (aws.md §1b, §10)."""

import re
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create, listed, message, refused, state, tags
from tests.sandbox.sharing import NOT_SHARED, PENDING, RESOURCE, SHARED, accept, associations, reach
from tests.sandbox_client import (
    OPERATOR,
    Sandbox,
    configuration_arn,
    configuration_id,
    group_id,
    service_name,
    subnet_id,
    vpc_id,
)

SUBNETS = [subnet_id(REGION, n) for n in (1, 2, 3)]


def prefixes(endpoint: dict[str, Any]) -> dict[str, str]:
    """Return the block of each subnet."""
    return {item["SubnetId"]: item["IpPrefixes"][0] for item in endpoint["Ipv4Prefixes"]}


def fill(box: Sandbox, n: int) -> None:
    """Spoil every /28 of the seed's subnet n by one address."""
    box.reserve_addresses(subnet_id(REGION, n), [f"10.1.{n}.{16 * block + 9}" for block in range(16)])


def test_a_full_create_shows_everything_it_was_given(ec2: Any) -> None:
    made = ec2.create_vpc_endpoint(
        **{**RESOURCE, "SubnetIds": SUBNETS[:2]}, SecurityGroupIds=[group_id(REGION)],
        PrivateDnsEnabled=False, TagSpecifications=tags(**{"rpe-id": "r1"}), ClientToken="t1",
    )  # fmt: skip
    assert made["ClientToken"] == "t1"
    endpoint = made["VpcEndpoint"]
    assert endpoint["State"] == "Available"
    assert (endpoint["VpcEndpointType"], endpoint["OwnerId"]) == ("Resource", OPERATOR)
    assert (endpoint["SubnetIds"], endpoint["ResourceConfigurationArn"]) == (SUBNETS[:2], SHARED)
    assert [group["GroupId"] for group in endpoint["Groups"]] == [group_id(REGION)]
    assert endpoint["Tags"] == [{"Key": "rpe-id", "Value": "r1"}]
    assert (endpoint["DnsEntries"], endpoint["PrivateDnsEnabled"]) == ([], False)
    assert "ServiceName" not in endpoint
    assert len(endpoint["NetworkInterfaceIds"]) == 2
    assert listed(ec2)[0] == endpoint


def test_states_begin_with_a_capital_and_filters_take_both_spellings(box: Sandbox, ec2: Any) -> None:
    box.knobs(resource_pending_seconds=120, deleting_seconds=60, deleted_visible_seconds=60)
    key = reach(ec2)
    assert state(ec2, key) == "Pending"
    assert listed(ec2)[0]["Ipv4Prefixes"] == []
    box.advance(121)
    assert state(ec2, key) == "Available"
    for spelled in ("available", "Available"):
        assert len(listed(ec2, vpc_endpoint_state=spelled, vpc_endpoint_type="Resource")) == 1
    ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    assert state(ec2, key) == "Deleting"
    box.advance(61)
    assert state(ec2, key) == "Deleted"
    box.advance(61)
    assert listed(ec2) == []


def test_an_association_comes_with_available_and_is_accessible_later(box: Sandbox, ec2: Any) -> None:
    box.knobs(resource_pending_seconds=100, association_seconds=20)
    key = reach(ec2)
    assert associations(ec2, key) == []
    box.advance(101)
    [early] = associations(ec2, key)
    assert early["AssociatedResourceAccessibility"] == "Inaccessible"
    assert "FailureCode" not in early
    box.advance(20)
    [ready] = associations(ec2, key)
    assert ready["AssociatedResourceAccessibility"] == "Accessible"
    assert (ready["VpcEndpointId"], ready["AssociatedResourceArn"]) == (key, SHARED)
    pattern = rf"{key}\.{configuration_id(REGION, 2)}\.[0-9a-f]{{7}}\.vpc-lattice-rsc\.{REGION}\.on\.aws"
    assert re.fullmatch(pattern, ready["DnsEntry"]["DnsName"])
    assert "PrivateDnsEntry" not in ready
    assert re.fullmatch(r"vpce-rsc-asc-[0-9a-f]{17}", ready["Id"])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"ResourceConfigurationArn": NOT_SHARED}, "InvalidResourceConfigurationArn.NotFound"),
        ({"ResourceConfigurationArn": PENDING}, "InvalidResourceConfigurationArn.NotFound"),
        (
            {"ResourceConfigurationArn": configuration_arn("eu-west-1", 2)},
            "InvalidResourceConfigurationArn.NotFound",
        ),
        ({"ResourceConfigurationArn": SHARED[:-1] + "9"}, "InvalidResourceConfigurationArn.NotFound"),
        ({"ResourceConfigurationArn": "rcfg-1"}, "InvalidParameterValue"),
        ({"ServiceName": service_name(REGION, 2)}, "InvalidParameter"),
        ({"RouteTableIds": ["rtb-1"]}, "InvalidParameter"),
        ({"PolicyDocument": "{}"}, "InvalidParameter"),
        ({"ServiceRegion": "us-east-2"}, "InvalidParameter"),
        ({"IpAddressType": "dualstack"}, "InvalidParameter"),
        ({"VpcId": "vpc-0000000000000dead"}, "InvalidVpcID.NotFound"),
        ({"SubnetIds": []}, "MissingParameter"),
        ({"SubnetIds": ["subnet-0000000000000dead"]}, "InvalidSubnetID.NotFound"),
        ({"SubnetIds": [subnet_id(REGION, 1)] * 2}, "DuplicateSubnetsInSameZone"),
        ({"SecurityGroupIds": ["sg-0000000000000dead"]}, "InvalidGroup.NotFound"),
        ({"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}}, "InvalidParameter"),
        (
            {"DnsOptions": {"PrivateDnsPreference": "SOME"}, "PrivateDnsEnabled": True},
            "InvalidParameterValue",
        ),
        (
            {"DnsOptions": {"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY"}, "PrivateDnsEnabled": True},
            "InvalidParameter",
        ),
        ({"DnsOptions": {"PrivateDnsSpecifiedDomains": ["a.example"]}}, "InvalidParameter"),
        (
            {"DnsOptions": {"PrivateDnsSpecifiedDomains": [f"a{n}.example" for n in range(11)]}},
            "InvalidParameterValue",
        ),
    ],
)
def test_bad_parameters_are_refused_and_leave_nothing(
    box: Sandbox, ec2: Any, params: dict[str, Any], code: str
) -> None:
    assert refused(ec2.create_vpc_endpoint, **{**RESOURCE, **params}) == (code, 400)
    assert box.endpoints() == []
    assert box.count(effect=True) == 0


def test_without_an_arn_or_with_dry_run_nothing_is_made(box: Sandbox, ec2: Any) -> None:
    bare = {name: value for name, value in RESOURCE.items() if name != "ResourceConfigurationArn"}
    assert refused(ec2.create_vpc_endpoint, **bare) == ("MissingParameter", 400)
    assert refused(ec2.create_vpc_endpoint, **RESOURCE, DryRun=True) == ("DryRunOperation", 412)
    assert box.endpoints() == []


def test_unknown_unshared_and_not_yet_seen_read_the_same(box: Sandbox, ec2: Any) -> None:
    box.knobs(accept_lag_seconds=8, resource_lag_seconds=8)
    accept(box)
    for arn in (NOT_SHARED, PENDING):
        params = {**RESOURCE, "ResourceConfigurationArn": arn}
        said = message(ec2.create_vpc_endpoint, **params)
        assert said == f"The resource configuration '{arn}' does not exist"
    box.advance(17)
    reach(ec2, ResourceConfigurationArn=PENDING)


def test_the_configuration_must_be_active_and_no_child(box: Sandbox, ec2: Any) -> None:
    box.change_configuration(SHARED, status="UPDATE_IN_PROGRESS")
    assert refused(ec2.create_vpc_endpoint, **RESOURCE) == ("InvalidParameter", 400)
    group = box.create_configuration(REGION, type="GROUP", account=OPERATOR)
    child = box.create_configuration(REGION, type="CHILD", account=OPERATOR, group_id=group["id"])
    params = {**RESOURCE, "ResourceConfigurationArn": child["arn"]}
    assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidParameter", 400)


def test_the_gateways_own_vpc_and_foreign_zones_are_refused(box: Sandbox, ec2: Any) -> None:
    same = box.create_configuration(REGION, account=OPERATOR, vpc_id=vpc_id(REGION))
    params = {**RESOURCE, "ResourceConfigurationArn": same["arn"]}
    assert "holds the resource gateway" in message(ec2.create_vpc_endpoint, **params)
    box.change_configuration(SHARED, zone_ids=["use1-az2"])
    assert "no availability zone in common" in message(ec2.create_vpc_endpoint, **RESOURCE)
    reach(ec2, SubnetIds=SUBNETS)


def test_a_zone_without_lattice_is_refused(box: Sandbox) -> None:
    params = {
        "VpcEndpointType": "Resource", "VpcId": vpc_id("eu-central-1"),
        "ResourceConfigurationArn": configuration_arn("eu-central-1", 2),
        "SubnetIds": [subnet_id("eu-central-1", 2)],
    }  # fmt: skip
    central = box.boto3("ec2", "eu-central-1")
    assert refused(central.create_vpc_endpoint, **params) == ("InvalidParameter", 400)
    central.create_vpc_endpoint(**{**params, "SubnetIds": [subnet_id("eu-central-1", 1)]})


def test_a_group_has_an_association_for_each_child(box: Sandbox, ec2: Any) -> None:
    group = box.create_configuration(REGION, type="GROUP")
    children = [box.create_configuration(REGION, type="CHILD", group_id=group["id"]) for _ in range(2)]
    box.create_share(group["id"], same_organization=True)
    bound = associations(ec2, reach(ec2, ResourceConfigurationArn=group["arn"]))
    assert [item["AssociatedResourceArn"] for item in bound] == [child["arn"] for child in children]
    assert {item["ResourceConfigurationGroupArn"] for item in bound} == {group["arn"]}


class TestTokens:
    """ClientToken, as for Interface endpoints."""

    def test_a_replay_answers_with_the_original_in_its_current_state(self, box: Sandbox, ec2: Any) -> None:
        box.knobs(resource_pending_seconds=60)
        first = ec2.create_vpc_endpoint(**RESOURCE, ClientToken="t")["VpcEndpoint"]
        box.advance(61)
        again = ec2.create_vpc_endpoint(**RESOURCE, ClientToken="t")["VpcEndpoint"]
        assert again["VpcEndpointId"] == first["VpcEndpointId"]
        assert (first["State"], again["State"]) == ("Pending", "Available")
        assert len(box.endpoints()) == 1

    def test_other_parameters_are_a_mismatch(self, box: Sandbox, ec2: Any) -> None:
        reach(ec2, ClientToken="t")
        params = {**RESOURCE, "SubnetIds": SUBNETS, "ClientToken": "t"}
        assert refused(ec2.create_vpc_endpoint, **params) == ("IdempotentParameterMismatch", 400)
        assert len(box.endpoints()) == 1


class TestAddresses:
    """Blocks of /28 in subnets, with real bookkeeping (aws.md §1b, §6)."""

    def test_a_block_is_aligned_and_leaves_out_what_aws_keeps(self, ec2: Any) -> None:
        reach(ec2, SubnetIds=SUBNETS)
        assert prefixes(listed(ec2)[0]) == {key: f"10.1.{n}.16/28" for n, key in enumerate(SUBNETS, start=1)}

    def test_what_a_client_computes_agrees_until_nothing_is_left(self, ec2: Any) -> None:
        create(ec2, SubnetIds=[SUBNETS[0]])
        for _ in range(14):
            free = _free_blocks(ec2, SUBNETS[0])
            reach(ec2)
            newest = max(listed(ec2, vpc_endpoint_type="Resource"), key=lambda e: str(e["CreationTimestamp"]))
            taken = {
                block for e in listed(ec2, vpc_endpoint_type="Resource") for block in prefixes(e).values()
            }
            assert min(free, key=lambda block: int(ip_network(block).network_address)) in taken
            assert newest["State"] == "Available"
        assert _free_blocks(ec2, SUBNETS[0]) == set()
        [subnet] = ec2.describe_subnets(SubnetIds=[SUBNETS[0]])["Subnets"]
        assert subnet["AvailableIpAddressCount"] == 251 - 1 - 14 * 16
        assert state(ec2, reach(ec2)) == "Failed"

    def test_interface_addresses_break_blocks_and_blocks_take_addresses(self, box: Sandbox, ec2: Any) -> None:
        box.reserve_addresses(SUBNETS[0], [f"10.1.1.{n}" for n in range(4, 17)])
        reach(ec2)
        assert prefixes(listed(ec2)[0]) == {SUBNETS[0]: "10.1.1.32/28"}
        create(ec2, SubnetIds=[SUBNETS[0]])
        shown = ec2.describe_network_interfaces()["NetworkInterfaces"]
        blocks = [item["Ipv4Prefix"] for nic in shown for item in nic.get("Ipv4Prefixes", [])]
        singles = [nic["PrivateIpAddress"] for nic in shown if not nic.get("Ipv4Prefixes")]
        assert (blocks, singles) == (["10.1.1.32/28"], ["10.1.1.17"])

    def test_no_block_anywhere_fails_after_the_create(self, box: Sandbox, ec2: Any) -> None:
        box.knobs(resource_pending_seconds=60)
        fill(box, 1)
        key = reach(ec2)
        assert state(ec2, key) == "Pending"
        box.advance(61)
        [endpoint] = listed(ec2)
        assert (endpoint["State"], endpoint["NetworkInterfaceIds"]) == ("Failed", [])
        assert endpoint["LastError"]["Code"] == "InsufficientFreeAddressesInSubnet"
        assert SUBNETS[0] in endpoint["LastError"]["Message"]
        assert endpoint["FailureReason"] == endpoint["LastError"]["Message"]
        assert associations(ec2, key) == []

    def test_no_block_in_some_subnets_is_partial_and_serves(self, box: Sandbox, ec2: Any) -> None:
        fill(box, 2)
        key = reach(ec2, SubnetIds=SUBNETS)
        [endpoint] = listed(ec2)
        assert endpoint["State"] == "Partial"
        assert set(prefixes(endpoint)) == {SUBNETS[0], SUBNETS[2]}
        assert SUBNETS[1] in endpoint["LastError"]["Message"]
        assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"

    def test_a_deleted_endpoint_frees_block_and_association(self, box: Sandbox, ec2: Any) -> None:
        box.knobs(deleting_seconds=60, deleted_visible_seconds=60)
        key = reach(ec2)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
        assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
        box.advance(61)
        assert box.associations() == []
        reach(ec2)
        blocks = [item for endpoint in listed(ec2) for item in prefixes(endpoint).values()]
        assert blocks == ["10.1.1.16/28"]


def _free_blocks(ec2: Any, key: str) -> set[str]:
    """Compute the free /28 blocks of a subnet as a client would (aws.md §6)."""
    [subnet] = ec2.describe_subnets(SubnetIds=[key])["Subnets"]
    network = ip_network(subnet["CidrBlock"])
    taken = {network[n] for n in (0, 1, 2, 3, -1)}
    by_subnet = [{"Name": "subnet-id", "Values": [key]}]
    for nic in ec2.describe_network_interfaces(Filters=by_subnet)["NetworkInterfaces"]:
        taken |= {ip_address(item["PrivateIpAddress"]) for item in nic["PrivateIpAddresses"]}
        for item in nic.get("Ipv4Prefixes", []):
            taken |= set(ip_network(item["Ipv4Prefix"]))
    return {str(block) for block in network.subnets(new_prefix=28) if taken.isdisjoint(set(block))}


def test_quotas_of_both_types_are_apart(box: Sandbox, ec2: Any) -> None:
    assert box.knobs()["resource_quota_per_vpc"] == 200
    box.knobs(interface_quota_per_vpc=1, resource_quota_per_vpc=2)
    reach(ec2)
    reach(ec2)
    create(ec2)
    assert refused(ec2.create_vpc_endpoint, **RESOURCE) == ("VpcEndpointLimitExceeded", 400)


class TestPrivateDns:
    """The configuration's own domain name, by preference (aws.md §1b)."""

    @pytest.mark.parametrize(
        ("verified", "options", "taken"),
        [
            (True, {}, True),
            (False, {}, False),
            (False, {"PrivateDnsPreference": "ALL_DOMAINS"}, True),
            (
                False,
                {
                    "PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY",
                    "PrivateDnsSpecifiedDomains": ["*.example.com"],
                },
                True,
            ),
            (
                True,
                {
                    "PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY",
                    "PrivateDnsSpecifiedDomains": ["x.example"],
                },
                False,
            ),
            (
                True,
                {
                    "PrivateDnsPreference": "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
                    "PrivateDnsSpecifiedDomains": ["x.example"],
                },
                True,
            ),
        ],
    )
    def test_the_preference_decides(
        self, box: Sandbox, ec2: Any, verified: bool, options: dict[str, Any], taken: bool
    ) -> None:
        box.change_configuration(SHARED, custom_domain_name="db.example.com", verified=verified)
        more = {"DnsOptions": options} if options else {}
        [bound] = associations(ec2, reach(ec2, PrivateDnsEnabled=True, **more))
        assert bound.get("PrivateDnsEntry", {}).get("DnsName") == ("db.example.com" if taken else None)

    def test_it_needs_the_vpcs_attributes_and_a_free_name(self, box: Sandbox, ec2: Any) -> None:
        box.change_configuration(SHARED, custom_domain_name="db.example.com", verified=True)
        params = {**RESOURCE, "PrivateDnsEnabled": True}
        box.change_vpc(vpc_id(REGION), dns_hostnames=False)
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidParameter", 400)
        box.change_vpc(vpc_id(REGION), dns_hostnames=True)
        reach(ec2, PrivateDnsEnabled=True)
        assert "conflicting DNS domain" in message(ec2.create_vpc_endpoint, **params)
        reach(ec2)

    def test_it_cannot_be_changed_afterwards(self, ec2: Any) -> None:
        key = reach(ec2)
        for change in (
            {"PrivateDnsEnabled": True},
            {"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}},
            {"AddSubnetIds": [SUBNETS[1]]},
            {"RemoveSubnetIds": [SUBNETS[0]]},
        ):
            params = {"VpcEndpointId": key, **change}
            assert refused(ec2.modify_vpc_endpoint, **params) == ("InvalidParameter", 400)
        assert state(ec2, key) == "Available"


def test_groups_can_be_changed_and_the_association_stays(box: Sandbox, ec2: Any) -> None:
    box.knobs(modify_seconds=45)
    fill(box, 2)
    key = reach(ec2, SubnetIds=SUBNETS[:2])
    ec2.modify_vpc_endpoint(
        VpcEndpointId=key, AddSecurityGroupIds=[group_id(REGION)], PrivateDnsEnabled=False
    )
    assert state(ec2, key) == "Pending"
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=key) == ("IncorrectState", 400)
    box.advance(46)
    assert state(ec2, key) == "Partial"


class TestAssociations:
    """DescribeVpcEndpointAssociations: pages, filters, and what the owner or fate does."""

    def test_pages_hold_a_hundred_and_filters_count(self, box: Sandbox, ec2: Any) -> None:
        keys = box.fabricate(SHARED, 150)
        create(ec2)
        describe = ec2.describe_vpc_endpoint_associations
        first = describe()
        assert len(first["VpcEndpointAssociations"]) == 100
        rest = describe(NextToken=first["NextToken"])
        assert len(rest["VpcEndpointAssociations"]) == 50
        assert "NextToken" not in rest
        both = first["VpcEndpointAssociations"] + rest["VpcEndpointAssociations"]
        assert [item["VpcEndpointId"] for item in both] == keys
        assert len(describe(MaxResults=7)["VpcEndpointAssociations"]) == 7
        assert refused(describe, MaxResults=101) == ("InvalidParameterValue", 400)
        assert refused(describe, NextToken="x") == ("InvalidNextToken", 400)
        box.cut(keys[3])
        for value, count in (("Accessible", 100), ("Inaccessible", 1)):
            by = [{"Name": "associated-resource-accessibility", "Values": [value]}]
            assert len(describe(Filters=by)["VpcEndpointAssociations"]) == count
        by = [{"Name": "vpc-endpoint-id", "Values": keys[:2]}]
        assert len(describe(Filters=by)["VpcEndpointAssociations"]) == 2
        unknown = {"VpcEndpointIds": [keys[0], "vpce-0000000000000dead"]}
        assert refused(describe, **unknown) == ("InvalidVpcEndpointId.NotFound", 400)

    def test_a_cut_one_is_inaccessible_and_comes_back(self, box: Sandbox, ec2: Any) -> None:
        key = reach(ec2)
        box.cut(key)
        [bound] = associations(ec2, key)
        assert bound["AssociatedResourceAccessibility"] == "Inaccessible"
        assert bound["FailureCode"] == "ResourceEndpointAssociationDeleted"
        assert state(ec2, key) == "Available"
        box.restore(key)
        [bound] = associations(ec2, key)
        assert bound["AssociatedResourceAccessibility"] == "Accessible"
        box.cut(key, hidden=True)
        assert associations(ec2, key) == []

    def test_it_fails_with_its_configuration_and_its_gateway(self, box: Sandbox, ec2: Any) -> None:
        key = reach(ec2)
        gateway = box.configurations(arn=SHARED)[0]["gateway_id"]
        box.change_gateway(gateway, status="CREATE_FAILED")
        assert associations(ec2, key)[0]["FailureCode"] == "ResourceGatewayUnavailable"
        box.change_gateway(gateway, status="ACTIVE")
        box.delete_configuration(SHARED)
        assert associations(ec2, key)[0]["FailureCode"] == "ResourceConfigurationUnavailable"
        assert state(ec2, key) == "Available"

    def test_faults_hide_and_rewrite(self, box: Sandbox, ec2: Any) -> None:
        key = reach(ec2)
        box.fault("read_lag", operation="DescribeVpcEndpointAssociations", seconds=60)
        assert associations(ec2, key) == []
        box.clear_faults()
        omit = {"omit": ["DnsEntry"], "set": {"AssociatedResourceAccessibility": "Curious"}}
        box.fault("rewrite", operation="DescribeVpcEndpointAssociations", **omit)
        [bound] = associations(ec2, key)
        assert bound["AssociatedResourceAccessibility"] == "Curious"
        assert "DnsEntry" not in bound


def test_fate_fails_expires_makes_partial_and_deletes(box: Sandbox, ec2: Any) -> None:
    failing, expiring, lacking, going = (reach(ec2, SubnetIds=SUBNETS[:2]) for _ in range(4))
    box.fail(failing, "Code", "Message")
    box.expire(expiring)
    box.make_partial(lacking)
    box.delete_by_hand(going)
    assert [state(ec2, key) for key in (failing, expiring, lacking)] == ["Failed", "Expired", "Partial"]
    assert len(listed(ec2)) == 3
    assert list(box.endpoint(lacking)["prefixes"]) == SUBNETS[:1]
    assert associations(ec2, failing)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
    assert associations(ec2, lacking)[0]["AssociatedResourceAccessibility"] == "Accessible"


def test_everything_survives_a_restart(tmp_path: Any) -> None:
    from tests.sandbox_client import start_sandbox

    with start_sandbox(tmp_path) as box:
        accept(box)
        key = reach(box.boto3("ec2"), ResourceConfigurationArn=PENDING)
        before = box.state()
        box.kill()
        box.start()
        after = box.state()
        for name in ("endpoints", "shares", "invitations", "associations", "network_interfaces"):
            assert after[name] == before[name]
        other = reach(box.boto3("ec2"))
        assert box.endpoint(other)["prefixes"] != box.endpoint(key)["prefixes"]
