"""Faults of whole accounts and Regions: permissions, credentials, clocks, opt-in, a dead Region, quotas."""

import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from tests.sandbox.helpers import REGION, create, listed, refused, tags
from tests.sandbox.test_faults import in_background
from tests.sandbox_client import Sandbox, eventually, group_id, subnet_id, vpc_id

WORDS = {
    "denied": {
        "ec2": ("UnauthorizedOperation", 403), "sts": ("AccessDenied", 403),
        "kafka": ("AccessDeniedException", 403), "ram": ("AccessDeniedException", 403),
        "vpc-lattice": ("AccessDeniedException", 403),
    },
    "expired_token": {
        "ec2": ("RequestExpired", 400), "sts": ("ExpiredToken", 403), "kafka": ("ExpiredTokenException", 403),
        "ram": ("ExpiredTokenException", 403), "vpc-lattice": ("ExpiredTokenException", 403),
    },
    "clock_skew": {
        "ec2": ("RequestExpired", 400), "sts": ("SignatureDoesNotMatch", 403),
        "kafka": ("InvalidSignatureException", 403), "ram": ("InvalidSignatureException", 403),
        "vpc-lattice": ("InvalidSignatureException", 403),
    },
    "opt_in": dict.fromkeys(("ec2", "sts", "kafka", "ram", "vpc-lattice"), ("OptInRequired", 403)),
}  # fmt: skip


def reads(box: Sandbox) -> dict[str, Any]:
    """Return one harmless call of each service."""
    ram = box.boto3("ram")
    return {
        "ec2": box.boto3("ec2").describe_vpcs,
        "sts": box.boto3("sts").get_caller_identity,
        "kafka": box.boto3("kafka").list_vpc_connections,
        "ram": lambda: ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS"),
        "vpc-lattice": box.boto3("vpc-lattice").list_resource_configurations,
    }


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_each_service_refuses_in_its_own_words(box: Sandbox, kind: str) -> None:
    box.fault(kind)
    for service, call in reads(box).items():
        assert refused(call) == WORDS[kind][service], service
    assert box.count(fault=kind, effect=False) == 5
    box.clear_faults()
    for call in reads(box).values():
        call()


def test_one_service_may_be_refused_while_others_work(box: Sandbox, ec2: Any) -> None:
    box.fault("denied", service="ec2", account="111111111111")
    assert refused(create, ec2=ec2) == ("UnauthorizedOperation", 403)
    assert box.endpoints() == []
    for service, call in reads(box).items():
        if service != "ec2":
            call()
    create(box.boto3("ec2", key="AKIASANDBOXCUSTOMER1"), VpcId=vpc_of_the_customer(box))


def vpc_of_the_customer(box: Sandbox) -> str:
    """Return the customer's VPC in us-east-1."""
    mine = ("222222222222", REGION)
    return next(str(item["id"]) for item in box.state()["vpcs"] if (item["account"], item["region"]) == mine)


def test_a_known_code_brings_its_status(box: Sandbox, ec2: Any) -> None:
    for code, status in (("AuthFailure", 401), ("Blocked", 400), ("OptInRequired", 403)):
        box.clear_faults()
        box.fault("error", code=code)
        assert refused(ec2.describe_vpcs) == (code, status)


class TestADeadRegion:
    """Nothing answers there, everything elsewhere."""

    def test_it_times_out_while_another_works(self, box: Sandbox) -> None:
        box.fault("hang", region=REGION)
        hasty = box.boto3("ec2", config=Config(read_timeout=0.3, retries={"total_max_attempts": 1}))
        with pytest.raises(ReadTimeoutError):
            create(hasty)
        create(box.boto3("ec2", "us-east-2"), region="us-east-2")
        assert [item["region"] for item in box.endpoints()] == ["us-east-2"]
        eventually(lambda: box.count(region=REGION, done=True, answered=False, effect=False) == 1)

    def test_it_ends_when_the_fault_is_cleared(self, box: Sandbox, ec2: Any) -> None:
        box.fault("hang", region=REGION)
        thread, outcome = in_background(ec2.describe_vpcs)
        eventually(lambda: box.count(done=False) == 1)
        began = time.monotonic()
        box.clear_faults()
        thread.join(10)
        assert isinstance(outcome[0], ConnectionClosedError)
        assert time.monotonic() - began < 3
        ec2.describe_vpcs()

    def test_it_may_reset_connections_too(self, box: Sandbox, ec2: Any) -> None:
        box.fault("drop", region=REGION)
        with pytest.raises(ConnectionClosedError):
            ec2.describe_vpcs()
        box.boto3("ec2", "eu-central-1").describe_vpcs()


class TestAQuotaReachedMidway:
    """A burst of which the first get through."""

    def test_by_the_knob_and_free_again_after_a_delete(self, box: Sandbox, ec2: Any) -> None:
        box.knobs(interface_quota_per_vpc=2)
        keys = [create(ec2) for _ in range(2)]
        assert refused(create, ec2=ec2) == ("VpcEndpointLimitExceeded", 400)
        ec2.delete_vpc_endpoints(VpcEndpointIds=keys[:1])
        create(ec2)
        assert refused(create, ec2=ec2) == ("VpcEndpointLimitExceeded", 400)
        box.knobs(interface_quota_per_vpc=3)
        create(ec2)

    def test_by_a_fault_that_begins_in_the_middle(self, box: Sandbox, ec2: Any) -> None:
        box.fault("error", operation="CreateVpcEndpoint", code="VpcEndpointLimitExceeded", nth=3, count=1000)
        for _ in range(2):
            create(ec2)
        for _ in range(3):
            assert refused(create, ec2=ec2) == ("VpcEndpointLimitExceeded", 400)
        assert len(box.endpoints()) == 2


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"code": "NoBlock", "message": "No /28"}, {"Code": "NoBlock", "Message": "No /28"}),
        ({"message": "No /28"}, {"Message": "No /28"}),
        ({}, None),
    ],
)
def test_a_failure_tells_code_and_text_or_less(
    box: Sandbox, ec2: Any, told: dict[str, str], shown: dict[str, str] | None
) -> None:
    key = create(ec2)
    box.fail(key, **told)
    [item] = listed(ec2)
    assert (item["State"], item.get("LastError")) == ("failed", shown)


class TestHands:
    """Somebody changes what Postern made."""

    def test_groups_subnets_and_private_dns_change_at_once(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2, SubnetIds=[subnet_id(REGION, 1), subnet_id(REGION, 2)])
        other = box.create_group(vpc_id(REGION), name="by hand")
        moved = [subnet_id(REGION, 2), subnet_id(REGION, 3)]
        box.change_by_hand(key, group_ids=[other], subnet_ids=moved, private_dns_enabled=True)
        [item] = listed(ec2)
        assert [group["GroupId"] for group in item["Groups"]] == [other]
        assert item["SubnetIds"] == moved
        assert (item["PrivateDnsEnabled"], item["State"]) == (True, "available")
        nics = ec2.describe_network_interfaces()["NetworkInterfaces"]
        assert sorted(nic["SubnetId"] for nic in nics) == item["SubnetIds"]
        assert box.count(operation="ModifyVpcEndpoint") == 0
        for wrong in ("group_ids", []), ("group_ids", [group_id("us-east-2")]), ("subnet_ids", ["subnet-0"]):
            with pytest.raises(AssertionError, match="Give ids of"):
                box.change_by_hand(key, **dict([wrong]))

    def test_the_operators_own_key_may_do_it_too(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2, TagSpecifications=tags(a="1"))
        other = box.create_group(vpc_id(REGION))
        ec2.modify_vpc_endpoint(
            VpcEndpointId=key, AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[group_id(REGION)]
        )
        ec2.delete_tags(Resources=[key], Tags=[{"Key": "a"}])
        ec2.create_tags(Resources=[key], Tags=[{"Key": "b", "Value": "2"}])
        [item] = listed(ec2, tag_b="2")
        assert [group["GroupId"] for group in item["Groups"]] == [other]
        assert item["Tags"] == [{"Key": "b", "Value": "2"}]
