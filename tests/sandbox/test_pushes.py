"""What AWS tells by itself, where a Region is fed (aws.md §7)."""

import json
from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create
from tests.sandbox_client import (
    OPERATOR,
    OWNER,
    OWNER_KEY,
    ControlFailed,
    Sandbox,
    configuration_arn,
    service_id,
    share_arn,
)


class Reader:
    """Receives all messages of the fed queue and deletes them."""

    def __init__(self, box: Sandbox, region: str = REGION, **settings: str) -> None:
        self.url = box.feed(region, **settings)
        key = OWNER_KEY if settings.get("account") == OWNER else None
        self.sqs = box.boto3("sqs", region, *([key] if key else []))

    def texts(self) -> list[str]:
        found: list[str] = []
        while batch := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                found.append(message["Body"])
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts()]

    def events(self) -> list[tuple[str, str]]:
        """Return (event, endpoint id) of connection notifications."""
        found = [json.loads(item["Message"]) for item in self.read()]
        return [(item["eventType"], item["vpcEndpointId"]) for item in found]


def test_an_endpoints_connection_is_told_by_sns(box: Sandbox, ec2: Any, owner: Any) -> None:
    reader = Reader(box)
    key = create(ec2, k=1)
    assert reader.events() == [("Connect", key)]
    owner.accept_vpc_endpoint_connections(ServiceId=service_id(REGION, 1), VpcEndpointIds=[key])
    [told] = reader.read()
    assert (told["Type"], told["Timestamp"][-1]) == ("Notification", "Z")
    assert told["TopicArn"].startswith(f"arn:aws:sns:{REGION}:{OPERATOR}:")
    assert json.loads(told["Message"])["eventType"] == "Accept"
    box.reject(key)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    assert reader.events() == [("Reject", key), ("Delete", key)]


def test_nothing_is_told_where_nothing_is_fed(box: Sandbox, ec2: Any) -> None:
    reader = Reader(box, "us-east-2")
    create(ec2)
    assert reader.texts() == []
    create(box.boto3("ec2", "us-east-2"), region="us-east-2")
    assert len(reader.texts()) == 1
    assert [(item["region"], item["messages"]) for item in box.feeds()] == [("us-east-2", 0)]
    box.starve("us-east-2")
    create(box.boto3("ec2", "us-east-2"), region="us-east-2")
    assert reader.texts() == []
    with pytest.raises(ControlFailed, match="not fed"):
        box.starve("us-east-2")


def test_resource_endpoints_tell_nothing(box: Sandbox, ec2: Any) -> None:
    reader = Reader(box)
    [key] = box.fabricate(configuration_arn(REGION, 2))
    box.delete_by_hand(key)
    assert reader.texts() == []


def test_ram_tells_principals_of_invitations_and_shares(box: Sandbox, ram: Any) -> None:
    reader = Reader(box)
    box.knobs(share_lag_seconds=5, accept_lag_seconds=3, resource_lag_seconds=0)
    share = box.create_share(configuration_arn(REGION, 3))
    assert reader.texts() == []
    box.advance(6)
    [event] = reader.read()
    assert (event["source"], event["detail-type"]) == ("aws.ram", "Resource Sharing State Change")
    assert (event["account"], event["region"], event["resources"]) == (OPERATOR, REGION, [share["arn"]])
    assert event["detail"]["event"] == "Resource Share Invitation"
    [invitation] = box.invitations(share_arn=share["arn"])
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["arn"])
    assert reader.texts() == []
    box.advance(4)
    [event] = reader.read()
    assert event["detail"] == {"event": "Resource Share Association", "status": "associated"}
    box.unshare(share["arn"])
    [event] = reader.read()
    assert event["detail"]["status"] == "disassociated"


def test_within_the_organization_the_share_itself_is_told(box: Sandbox) -> None:
    reader = Reader(box)
    share = box.create_share(configuration_arn(REGION, 3), same_organization=True)
    [event] = reader.read()
    assert (event["resources"], event["detail"]["status"]) == ([share["arn"]], "associated")


class TestTrouble:
    """Deliveries that are not as they should be."""

    def test_lost_doubled_and_garbled(self, box: Sandbox, ec2: Any) -> None:
        reader = Reader(box)
        for kind in ("push_lost", "push_doubled", "push_garbled"):
            box.fault(kind, count=1, region=REGION)
            box.fault(kind, region="us-east-2")
        create(ec2)
        assert reader.texts() == []
        box.clear_faults()
        box.fault("push_doubled", count=1)
        key = create(ec2)
        assert reader.events() == [("Connect", key)] * 2
        box.fault("push_garbled", count=1)
        create(ec2)
        [text] = reader.texts()
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(text)
        key = create(ec2)
        assert reader.events() == [("Connect", key)]

    def test_late_on_moved_time(self, box: Sandbox, ec2: Any) -> None:
        reader = Reader(box)
        box.fault("push_late", seconds=60, count=1)
        late, soon = create(ec2), create(ec2)
        assert reader.events() == [("Connect", soon)]
        box.advance(61)
        assert reader.events() == [("Connect", late)]

    def test_of_one_endpoint_alone(self, box: Sandbox, ec2: Any) -> None:
        reader = Reader(box)
        lost, told = create(ec2, k=1), create(ec2, k=1)
        reader.texts()
        box.fault("push_lost", resource=lost)
        box.accept(lost)
        box.accept(told)
        assert reader.events() == [("Accept", told)]

    def test_a_fault_of_calls_leaves_pushes_alone_and_the_other_way_round(
        self, box: Sandbox, ec2: Any
    ) -> None:
        reader = Reader(box)
        box.fault("push_lost")
        ec2.describe_vpcs()
        assert box.faults()[0]["seen"] == 0
        box.clear_faults()
        box.fault("denied", operation="DescribeVpcs")
        create(ec2)
        assert len(reader.texts()) == 1


def test_a_share_of_the_seed_has_its_arn_in_the_event(box: Sandbox) -> None:
    reader = Reader(box)
    box.expire_invitation(share_arn(REGION, 1))
    box.share_again(share_arn(REGION, 1))
    assert {arn for event in reader.read() for arn in event["resources"]} == {share_arn(REGION, 1)}
