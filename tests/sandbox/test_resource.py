"""Resource endpoints in EC2: create, states, addresses, names, what cannot be changed (aws.md §1b, §10)."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create, listed, message, refused, state, tags
from tests.sandbox.sharing import NOT_SHARED, PENDING, RESOURCE, SHARED, accept, associations, reach
from tests.sandbox_client import (
    OPERATOR,
    Sandbox,
    configuration_arn,
    group_id,
    service_name,
    subnet_id,
    vpc_id,
)

SUBNETS = [subnet_id(REGION, n) for n in (1, 2, 3)]


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
    key = reach(ec2, SubnetIds=SUBNETS[:2])
    box.make_partial(key)
    ec2.modify_vpc_endpoint(
        VpcEndpointId=key, AddSecurityGroupIds=[group_id(REGION)], PrivateDnsEnabled=False
    )
    assert state(ec2, key) == "Pending"
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=key) == ("IncorrectState", 400)
    box.advance(46)
    assert state(ec2, key) == "Partial"
