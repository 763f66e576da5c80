"""VPC Lattice: the owner's gateways and configurations, what a consumer sees, and the cut (aws.md §1b)."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused, state
from tests.sandbox.sharing import NOT_SHARED, PENDING, SHARED, accept, associations, everything, reach
from tests.sandbox_client import (
    OPERATOR,
    OWNER_KEY,
    Sandbox,
    configuration_arn,
    configuration_id,
)

VPC, SUBNETS = "vpc-00000000000000010", ["subnet-00000000000000101", "subnet-00000000000000102"]
GATEWAY = "rgw-00000000000000001"
TARGET = {"dnsResource": {"domainName": "db.internal.example.com", "ipAddressType": "IPV4"}}


@pytest.fixture
def mine(box: Sandbox) -> Any:
    """The customer's Lattice client in us-east-1."""
    return box.boto3("vpc-lattice", key=OWNER_KEY)


@pytest.fixture
def consumer(box: Sandbox) -> Any:
    """The operator's Lattice client in us-east-1."""
    return box.boto3("vpc-lattice")


def test_a_gateway_lives_and_goes(mine: Any) -> None:
    made = mine.create_resource_gateway(name="gate", vpcIdentifier=VPC, subnetIds=SUBNETS)
    assert (made["status"], made["vpcIdentifier"]) == ("ACTIVE", VPC)
    shown = mine.get_resource_gateway(resourceGatewayIdentifier=made["arn"])
    assert (shown["name"], shown["vpcId"], shown["subnetIds"]) == ("gate", VPC, SUBNETS)
    rows = everything(mine.list_resource_gateways, "items")
    assert {row["id"] for row in rows} == {GATEWAY, made["id"]}
    assert mine.delete_resource_gateway(resourceGatewayIdentifier=made["id"])["id"] == made["id"]
    for ask in (mine.get_resource_gateway, mine.delete_resource_gateway):
        assert refused(ask, resourceGatewayIdentifier=made["id"]) == ("ResourceNotFoundException", 404)
    assert refused(mine.delete_resource_gateway, resourceGatewayIdentifier=GATEWAY)[0] == "ConflictException"


def test_names_and_tokens_are_unique(mine: Any) -> None:
    params = {"name": "gate", "vpcIdentifier": VPC, "subnetIds": SUBNETS}
    first = mine.create_resource_gateway(**params, clientToken="t")
    assert mine.create_resource_gateway(**params, clientToken="t")["id"] == first["id"]
    assert refused(mine.create_resource_gateway, **params)[0] == "ConflictException"
    other = {**params, "name": "other", "clientToken": "t"}
    assert refused(mine.create_resource_gateway, **other)[0] == "ConflictException"
    bad = {**params, "name": "third", "subnetIds": ["subnet-0000000000000dead"]}
    assert refused(mine.create_resource_gateway, **bad) == ("ValidationException", 400)


def test_a_configuration_is_made_shown_listed_and_deleted(mine: Any) -> None:
    made = mine.create_resource_configuration(
        name="orders", type="SINGLE", resourceGatewayIdentifier=GATEWAY, portRanges=["5432", "6000-6010"],
        resourceConfigurationDefinition=TARGET, customDomainName="db.example.com",
    )  # fmt: skip
    assert (made["status"], made["resourceGatewayId"]) == ("ACTIVE", GATEWAY)
    shown = mine.get_resource_configuration(resourceConfigurationIdentifier=made["arn"])
    assert (shown["portRanges"], shown["type"]) == (["5432", "6000-6010"], "SINGLE")
    assert (shown["customDomainName"], shown["domainVerificationStatus"]) == ("db.example.com", "PENDING")
    assert shown["resourceConfigurationDefinition"] == TARGET
    rows = everything(mine.list_resource_configurations, "items", maxResults=1)
    assert {row["id"] for row in rows} == {made["id"], *(configuration_id(REGION, k) for k in (1, 2, 3))}
    mine.delete_resource_configuration(resourceConfigurationIdentifier=made["id"])
    gone = {"resourceConfigurationIdentifier": made["id"]}
    assert refused(mine.get_resource_configuration, **gone) == ("ResourceNotFoundException", 404)


def test_groups_have_children(mine: Any) -> None:
    make = mine.create_resource_configuration
    group = make(name="group", type="GROUP", resourceGatewayIdentifier=GATEWAY)
    child = make(
        name="child", type="CHILD", resourceConfigurationGroupIdentifier=group["id"], portRanges=["80"],
        resourceConfigurationDefinition={"ipResource": {"ipAddress": "172.16.17.9"}},
    )  # fmt: skip
    assert child["resourceConfigurationGroupId"] == group["id"]
    inside = {"resourceConfigurationGroupIdentifier": group["arn"]}
    rows = everything(mine.list_resource_configurations, "items", **inside)
    assert [row["id"] for row in rows] == [child["id"]]
    gone = {"resourceConfigurationIdentifier": group["id"]}
    assert refused(mine.delete_resource_configuration, **gone) == ("ConflictException", 409)


@pytest.mark.parametrize(
    "params",
    [
        {"type": "SINGLE", "portRanges": ["80"]},
        {"type": "SINGLE", "resourceConfigurationDefinition": TARGET},
        {"type": "GROUP", "portRanges": ["80"]},
        {
            "type": "ARN", "portRanges": ["80"], "resourceConfigurationDefinition": TARGET,
        },
    ],
)  # fmt: skip
def test_parts_must_go_with_the_type(mine: Any, params: dict[str, Any]) -> None:
    asked = {"name": "bad", "resourceGatewayIdentifier": GATEWAY, **params}
    assert refused(mine.create_resource_configuration, **asked) == ("ValidationException", 400)


def test_a_consumer_sees_what_it_got_by_a_share(box: Sandbox, consumer: Any) -> None:
    ask = consumer.get_resource_configuration
    assert ask(resourceConfigurationIdentifier=configuration_id(REGION, 2))["arn"] == SHARED
    for arn in (PENDING, NOT_SHARED):
        assert refused(ask, resourceConfigurationIdentifier=arn) == ("AccessDeniedException", 403)
        key = arn.rpartition("/")[2]
        assert refused(ask, resourceConfigurationIdentifier=key) == ("ResourceNotFoundException", 404)
    assert [row["arn"] for row in everything(consumer.list_resource_configurations, "items")] == [SHARED]
    accept(box)
    assert ask(resourceConfigurationIdentifier=PENDING)["portRanges"] == ["5432"]
    elsewhere = {"resourceConfigurationIdentifier": configuration_arn("eu-west-1", 2)}
    assert refused(ask, **elsewhere) == ("AccessDeniedException", 403)


def test_the_owner_sees_and_cuts_a_live_endpoint(box: Sandbox, mine: Any, consumer: Any, ec2: Any) -> None:
    key = reach(ec2)
    ask = {"resourceConfigurationIdentifier": SHARED}
    [row] = everything(mine.list_resource_endpoint_associations, "items", **ask)
    assert (row["vpcEndpointId"], row["vpcEndpointOwner"]) == (key, OPERATOR)
    assert everything(mine.list_resource_endpoint_associations, "items", **ask, vpcEndpointId=key) == [row]
    assert refused(consumer.list_resource_endpoint_associations, **ask)[0] == "AccessDeniedException"
    conflict = refused(mine.delete_resource_configuration, **ask)
    assert conflict == ("ConflictException", 409)
    cut = {"resourceEndpointAssociationIdentifier": row["arn"]}
    assert mine.delete_resource_endpoint_association(**cut)["vpcEndpointId"] == key
    assert everything(mine.list_resource_endpoint_associations, "items", **ask) == []
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
    assert state(ec2, key) == "Available"
    assert refused(mine.delete_resource_endpoint_association, **cut) == ("ResourceNotFoundException", 404)


def test_pages_and_faults(box: Sandbox, mine: Any) -> None:
    keys = box.fabricate(SHARED, 120)
    ask = mine.list_resource_endpoint_associations
    first = ask(resourceConfigurationIdentifier=SHARED)
    assert len(first["items"]) == 100
    rest = ask(resourceConfigurationIdentifier=SHARED, nextToken=first["nextToken"])
    assert [row["vpcEndpointId"] for row in first["items"] + rest["items"]] == keys
    foreign = {"resourceConfigurationIdentifier": PENDING, "nextToken": first["nextToken"]}
    assert refused(ask, **foreign) == ("ValidationException", 400)
    box.fault("throttle", operation="GetResourceConfiguration", count=1)
    box.fault("error", operation="ListResourceGateways", count=1)
    shown = {"resourceConfigurationIdentifier": SHARED}
    assert refused(mine.get_resource_configuration, **shown) == ("ThrottlingException", 429)
    assert refused(mine.list_resource_gateways) == ("InternalServerException", 500)
