"""The life of an endpoint on the moved clock (aws.md §2, §10), and changes to it."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create, listed, message, refused, state
from tests.sandbox_client import (
    ControlFailed,
    Sandbox,
    group_id,
    service_id,
    service_name,
    subnet_id,
    vpc_id,
)


@pytest.fixture
def slow(box: Sandbox) -> Sandbox:
    """The sandbox with every delay at 100 s."""
    names = ("pending_seconds", "modify_seconds", "deleting_seconds", "deleted_visible_seconds")
    box.knobs(**dict.fromkeys(names, 100.0))
    return box


def test_without_acceptance_it_is_pending_then_available(slow: Sandbox, ec2: Any) -> None:
    key = create(ec2)
    assert state(ec2, key) == "pending"
    slow.advance(90)
    assert state(ec2, key) == "pending"
    slow.advance(11)
    assert state(ec2, key) == "available"


def test_accepted_it_is_pending_then_available(slow: Sandbox, ec2: Any) -> None:
    key = create(ec2, 1)
    slow.advance(500)
    assert state(ec2, key) == "pendingAcceptance"
    slow.accept(key)
    assert state(ec2, key) == "pending"
    slow.advance(101)
    assert state(ec2, key) == "available"


def test_a_deleted_one_is_deleting_then_deleted_then_absent(slow: Sandbox, ec2: Any) -> None:
    key = create(ec2, SubnetIds=[subnet_id(REGION, 1)])
    slow.advance(101)
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[key])["Unsuccessful"] == []
    assert state(ec2, key) == "deleting"
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[key])["Unsuccessful"] == []
    assert slow.count(operation="DeleteVpcEndpoints", effect=True) == 1
    assert len(slow.state()["network_interfaces"]) == 1
    slow.advance(101)
    assert state(ec2, key) == "deleted"
    assert slow.state()["network_interfaces"] == []
    slow.advance(101)
    assert listed(ec2) == []
    assert slow.endpoints() == []


def test_nobody_accepting_lets_it_expire(box: Sandbox, ec2: Any) -> None:
    box.knobs(expire_after_seconds=3600)
    key = create(ec2, 1)
    box.advance(3500)
    assert state(ec2, key) == "pendingAcceptance"
    box.advance(101)
    assert state(ec2, key) == "expired"
    with pytest.raises(ControlFailed) as caught:
        box.accept(key)
    assert caught.value.status == 409


def test_an_owner_can_reject_before_and_after_accepting(ec2: Any, owner: Any) -> None:
    first, second = create(ec2, 1), create(ec2, 1)
    owner.accept_vpc_endpoint_connections(ServiceId=service_id(REGION, 1), VpcEndpointIds=[second])
    both = {"ServiceId": service_id(REGION, 1), "VpcEndpointIds": [first, second]}
    assert owner.reject_vpc_endpoint_connections(**both)["Unsuccessful"] == []
    assert [state(ec2, key) for key in (first, second)] == ["rejected", "rejected"]
    again = owner.reject_vpc_endpoint_connections(**both)["Unsuccessful"]
    assert [item["Error"]["Code"] for item in again] == ["InvalidState", "InvalidState"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first, second])
    assert listed(ec2) == []


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("ResourceError", "No room", {"Code": "ResourceError", "Message": "No room"}),
        ("", "No room", {"Message": "No room"}),
        ("ResourceError", "", {"Code": "ResourceError"}),
        ("", "", None),
    ],
)
def test_failing_shows_a_last_error_in_every_shape(
    box: Sandbox, ec2: Any, code: str, text: str, shown: dict[str, str] | None
) -> None:
    key = create(ec2)
    box.fail(key, code, text)
    endpoint = listed(ec2)[0]
    assert endpoint["State"] == "failed"
    assert endpoint.get("LastError") == shown


def test_states_are_spelled_in_mixed_case(slow: Sandbox, ec2: Any) -> None:
    create(ec2, 1)
    assert [item["State"] for item in listed(ec2, vpc_endpoint_state="pendingAcceptance")] == [
        "pendingAcceptance"
    ]
    assert listed(ec2, vpc_endpoint_state="PendingAcceptance") == []


def test_deleting_answers_item_by_item(box: Sandbox, ec2: Any) -> None:
    key = create(ec2)
    answer = ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-0000000000000dead", key, key])
    assert [(item["ResourceId"], item["Error"]["Code"]) for item in answer["Unsuccessful"]] == [
        ("vpce-0000000000000dead", "InvalidVpcEndpoint.NotFound")
    ]
    assert box.endpoints() == []


class TestModify:
    """ModifyVpcEndpoint goes through pending, and refuses private DNS until it can be."""

    def test_subnets_and_groups_change_through_pending(self, slow: Sandbox, ec2: Any) -> None:
        key = create(ec2, SubnetIds=[subnet_id(REGION, 1)])
        slow.advance(101)
        change = {"AddSubnetIds": [subnet_id(REGION, 2)], "RemoveSubnetIds": [subnet_id(REGION, 1)]}
        assert ec2.modify_vpc_endpoint(VpcEndpointId=key, **change)["Return"] is True
        assert state(ec2, key) == "pending"
        assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=key, **change) == ("IncorrectState", 400)
        slow.advance(101)
        endpoint = listed(ec2)[0]
        assert (endpoint["State"], endpoint["SubnetIds"]) == ("available", [subnet_id(REGION, 2)])
        assert [nic["subnet_id"] for nic in slow.state()["network_interfaces"]] == [subnet_id(REGION, 2)]

    def test_what_create_refuses_modify_refuses(self, ec2: Any) -> None:
        key = create(ec2, SubnetIds=[subnet_id(REGION, 1)])
        for change, code in (
            ({"AddSubnetIds": ["subnet-0000000000000dead"]}, "InvalidSubnetID.NotFound"),
            ({"RemoveSubnetIds": [subnet_id(REGION, 3)]}, "InvalidSubnetID.NotFound"),
            ({"AddSecurityGroupIds": ["sg-0000000000000dead"]}, "InvalidGroup.NotFound"),
            ({"RemoveSecurityGroupIds": [group_id(REGION)]}, "InvalidParameter"),
            ({"PrivateDnsEnabled": True}, "InvalidParameter"),
        ):
            assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=key, **change) == (code, 400)
        missing = {"VpcEndpointId": "vpce-0000000000000dead", "PrivateDnsEnabled": True}
        assert refused(ec2.modify_vpc_endpoint, **missing) == ("InvalidVpcEndpointId.NotFound", 400)

    def test_private_dns_once_available_adds_its_name(self, slow: Sandbox, ec2: Any) -> None:
        key = create(ec2, 4)
        slow.advance(101)
        ec2.modify_vpc_endpoint(VpcEndpointId=key, PrivateDnsEnabled=True)
        slow.advance(101)
        endpoint = listed(ec2)[0]
        assert endpoint["PrivateDnsEnabled"] is True
        name = f"kafka.orders.{REGION}.example.com"
        private = [entry for entry in endpoint["DnsEntries"] if entry["DnsName"] == name]
        assert len(private) == 1
        assert private[0]["HostedZoneId"] != endpoint["DnsEntries"][0]["HostedZoneId"]

    def test_private_dns_waits_for_acceptance_and_for_verification(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2, 5)
        enable = {"VpcEndpointId": key, "PrivateDnsEnabled": True}
        assert "has not verified" in message(ec2.modify_vpc_endpoint, **enable)
        box.change_service(service_id(REGION, 5), private_dns_state="verified")
        assert "after the endpoint connection is accepted" in message(ec2.modify_vpc_endpoint, **enable)
        box.accept(key)
        ec2.modify_vpc_endpoint(**enable)
        assert listed(ec2)[0]["PrivateDnsEnabled"] is True

    def test_private_dns_needs_both_attributes_of_the_vpc(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2, 4)
        for name in ("dns_support", "dns_hostnames"):
            box.change_vpc(vpc_id(REGION), **{name: False})
            refusal = message(ec2.modify_vpc_endpoint, VpcEndpointId=key, PrivateDnsEnabled=True)
            assert "enableDnsSupport" in refusal
            box.change_vpc(vpc_id(REGION), **{name: True})

    def test_one_vpc_holds_a_private_name_once(self, box: Sandbox, ec2: Any) -> None:
        first, second = create(ec2, 4, PrivateDnsEnabled=True), create(ec2, 4)
        enable = {"VpcEndpointId": second, "PrivateDnsEnabled": True}
        assert "conflicting DNS domain" in message(ec2.modify_vpc_endpoint, **enable)
        name = service_name(REGION, 4)
        assert refused(
            ec2.create_vpc_endpoint,
            VpcEndpointType="Interface",
            VpcId=vpc_id(REGION),
            ServiceName=name,
            PrivateDnsEnabled=True,
        ) == ("InvalidParameter", 400)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
        ec2.modify_vpc_endpoint(**enable)
        assert box.endpoint(second)["private_dns_enabled"] is True
