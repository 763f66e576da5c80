"""Faults and holds: each kind, where it hits, how often (aws.md §10)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.sandbox.helpers import REGION, create, listed, refused, state, tags
from tests.sandbox_client import ControlFailed, Sandbox, eventually, service_id

HANG_UPS = (ConnectionClosedError,)


def in_background(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run a call in a thread; its result or exception lands in the list."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(act())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def test_a_throttle_is_a_503_without_effect_as_often_as_told(box: Sandbox, ec2: Any) -> None:
    fault = box.fault("throttle", operation="CreateVpcEndpoint", count=2)
    for _ in range(2):
        assert refused(create, ec2=ec2) == ("RequestLimitExceeded", 503)
    assert box.endpoints() == []
    create(ec2)
    [shown] = box.faults()
    assert (shown["id"], shown["applied"], shown["spent"]) == (fault, 2, True)
    assert box.count(fault="throttle", error_code="RequestLimitExceeded", effect=False) == 2


def test_botocores_retries_get_over_one_throttle(box: Sandbox) -> None:
    box.fault("throttle", operation="DescribeVpcs", count=1)
    patient = box.boto3("ec2", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
    patient.describe_vpcs()
    assert box.count(operation="DescribeVpcs") == 2


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, ("InternalError", 500)),
        ({"code": "ServiceUnavailable", "status": 503}, ("ServiceUnavailable", 503)),
        ({"code": "UnauthorizedOperation", "status": 403}, ("UnauthorizedOperation", 403)),
    ],
)
def test_an_error_before_the_effect(
    box: Sandbox, ec2: Any, settings: dict[str, Any], shown: tuple[str, int]
) -> None:
    fault = box.fault("error", operation="CreateVpcEndpoint", **settings)
    assert refused(create, ec2=ec2) == shown
    assert refused(create, ec2=ec2) == shown
    assert box.endpoints() == []
    box.clear_fault(fault)
    create(ec2)


def test_a_lost_answer_has_its_effect(box: Sandbox, ec2: Any) -> None:
    box.fault("lost_answer", operation="CreateVpcEndpoint", count=1)
    with pytest.raises(HANG_UPS):
        create(ec2, ClientToken="t")
    [made] = box.endpoints()
    [call] = box.calls(operation="CreateVpcEndpoint")
    assert (call["effect"], call["answered"], call["done"], call["status"]) == (True, False, True, 0)
    assert create(ec2, ClientToken="t") == made["id"]


def test_an_error_after_the_effect_has_it_too(box: Sandbox, ec2: Any) -> None:
    box.fault("error_after", operation="CreateVpcEndpoint", count=1)
    assert refused(create, ec2=ec2) == ("InternalError", 500)
    assert len(box.endpoints()) == 1
    [call] = box.calls(operation="CreateVpcEndpoint")
    assert (call["effect"], call["answered"], call["status"]) == (True, True, 500)


def test_a_drop_has_no_effect(box: Sandbox, ec2: Any) -> None:
    box.fault("drop", operation="CreateVpcEndpoint", count=1)
    with pytest.raises(HANG_UPS):
        create(ec2)
    assert box.endpoints() == []
    assert box.count(effect=False, answered=False) == 1


def test_a_slow_answer_outlives_the_read_timeout(box: Sandbox) -> None:
    box.fault("slow", operation="CreateVpcEndpoint", seconds=0.5, count=1)
    hasty = box.boto3("ec2", config=Config(read_timeout=0.1, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError):
        create(hasty)
    eventually(lambda: box.count(operation="CreateVpcEndpoint", done=True, answered=False) == 1)
    assert len(box.endpoints()) == 1


class TestReadLag:
    """A read that is behind, in both directions."""

    def test_a_new_id_is_missing_for_a_while(self, box: Sandbox, ec2: Any) -> None:
        box.fault("read_lag", seconds=60)
        key = create(ec2, TagSpecifications=tags(a="1"))
        assert listed(ec2, tag_a="1") == []
        asked = {"VpcEndpointIds": [key]}
        assert refused(ec2.describe_vpc_endpoints, **asked) == ("InvalidVpcEndpointId.NotFound", 400)
        box.advance(61)
        assert [item["VpcEndpointId"] for item in listed(ec2, tag_a="1")] == [key]

    def test_it_may_be_listed_and_still_not_found_by_id(self, box: Sandbox, ec2: Any) -> None:
        box.fault("read_lag", seconds=60, hide="by_id")
        key = create(ec2)
        assert [item["VpcEndpointId"] for item in listed(ec2)] == [key]
        asked = {"VpcEndpointIds": [key]}
        assert refused(ec2.describe_vpc_endpoints, **asked) == ("InvalidVpcEndpointId.NotFound", 400)

    def test_a_deleted_one_is_still_listed_as_it_was(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2)
        box.advance(100)
        box.fault("read_lag", seconds=60)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
        assert box.endpoints() == []
        assert [(item["VpcEndpointId"], item["State"]) for item in listed(ec2)] == [(key, "available")]
        box.advance(61)
        assert listed(ec2) == []


def test_a_rewrite_shows_what_aws_never_documented(box: Sandbox, ec2: Any) -> None:
    first, second = create(ec2), create(ec2)
    box.fault("rewrite", set={"State": "rebooting"}, omit=["DnsEntries"])
    assert [item["State"] for item in listed(ec2)] == ["rebooting", "rebooting"]
    assert all("DnsEntries" not in item for item in listed(ec2))
    box.clear_faults()
    box.fault("rewrite", set={"LastError": {"Message": "x"}}, resource=first)
    assert state(ec2, first) == "available"
    asked = ec2.describe_vpc_endpoints(VpcEndpointIds=[first, second])["VpcEndpoints"]
    assert [item.get("LastError") for item in asked] == [{"Message": "x"}, None]


def test_a_batch_delete_succeeds_in_part(box: Sandbox, ec2: Any) -> None:
    keys = [create(ec2) for _ in range(3)]
    box.fault("partial_delete", resource=keys[1], code="InternalError", message="Not now", count=1)
    unsuccessful = ec2.delete_vpc_endpoints(VpcEndpointIds=keys)["Unsuccessful"]
    assert [(item["ResourceId"], item["Error"]) for item in unsuccessful] == [
        (keys[1], {"Code": "InternalError", "Message": "Not now"})
    ]
    assert [item["id"] for item in box.endpoints()] == [keys[1]]


def test_hands_delete_and_retag_behind_the_products_back(box: Sandbox, ec2: Any) -> None:
    key = create(ec2, TagSpecifications=tags(a="1"))
    box.retag(key, {"b": "2"})
    assert listed(ec2, tag_a="1") == []
    assert listed(ec2, tag_b="2")[0]["VpcEndpointId"] == key
    box.delete_by_hand(key)
    assert listed(ec2) == []
    assert box.count(operation="DeleteVpcEndpoints") == 0


def test_real_rates_are_four_creates_and_then_the_refill(box: Sandbox, ec2: Any) -> None:
    box.scale(0.01)  # so that a slow machine refills nothing
    box.knobs(real_rates=1)
    for _ in range(4):
        create(ec2)
    assert refused(create, ec2=ec2) == ("RequestLimitExceeded", 503)
    create(box.boto3("ec2", "us-east-2"), region="us-east-2")
    assert len(listed(ec2)) == 4
    box.advance(10)  # moved time refills: 0.3 a second
    for _ in range(3):
        create(ec2)
    assert refused(create, ec2=ec2) == ("RequestLimitExceeded", 503)
    box.knobs(real_rates=2.5)
    for _ in range(10):
        create(ec2)
    assert refused(create, ec2=ec2) == ("RequestLimitExceeded", 503)
    box.knobs(real_rates=0)
    create(ec2)


class TestWhere:
    """What a fault hits, and what it leaves alone."""

    def test_by_operation_region_account_and_service(self, box: Sandbox, ec2: Any, owner: Any) -> None:
        for settings, hit, free in (
            ({"operation": "DescribeVpcs"}, ec2.describe_vpcs, ec2.describe_subnets),
            ({"region": REGION}, ec2.describe_vpcs, box.boto3("ec2", "us-east-2").describe_vpcs),
            ({"account": "111111111111"}, ec2.describe_vpcs, owner.describe_vpcs),
            ({"service": "ec2"}, ec2.describe_vpcs, box.boto3("sts").get_caller_identity),
        ):
            box.clear_faults()
            box.fault("throttle", **settings)
            assert refused(hit) == ("RequestLimitExceeded", 503), settings
            free()

    def test_by_a_value_in_the_parameters(self, box: Sandbox, ec2: Any) -> None:
        box.fault("error", resource="r2")
        create(ec2, TagSpecifications=tags(rpe="r1"))
        with pytest.raises(ClientError, match="InternalError"):
            create(ec2, TagSpecifications=tags(rpe="r2"))
        with pytest.raises(ClientError, match="InternalError"):
            listed(ec2, tag_rpe="r2")

    def test_the_nth_matching_call(self, box: Sandbox, ec2: Any) -> None:
        box.fault("throttle", operation="DescribeVpcs", nth=3)
        outcomes = []
        for _ in range(5):
            ec2.describe_subnets()
            try:
                ec2.describe_vpcs()
                outcomes.append("ok")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])
        assert outcomes == ["ok", "ok", "RequestLimitExceeded", "ok", "ok"]

    def test_a_probability_hits_some_and_the_same_every_time(self, box: Sandbox, ec2: Any) -> None:
        def outcomes() -> list[bool]:
            box.clear_faults()
            box.fault("throttle", operation="DescribeVpcs", probability=0.5, seed=7)
            found = []
            for _ in range(20):
                try:
                    ec2.describe_vpcs()
                    found.append(True)
                except ClientError:
                    found.append(False)
            return found

        first = outcomes()
        assert 3 < sum(first) < 17
        assert outcomes() == first


class TestHolds:
    """A call that waits for the test."""

    def test_held_before_it_has_no_effect_until_it_proceeds(self, box: Sandbox, ec2: Any) -> None:
        box.fault("hold_before", operation="CreateVpcEndpoint", nth=1)
        thread, outcome = in_background(lambda: create(ec2, TagSpecifications=tags(rpe="r1")))
        hold = box.wait_for_hold(operation="CreateVpcEndpoint", phase="before")
        assert hold["params"]["TagSpecifications"][0]["Tags"] == [{"Key": "rpe", "Value": "r1"}]
        assert box.endpoints() == []
        listed(box.boto3("ec2"))  # a hold keeps no lock
        [call] = box.calls(operation="CreateVpcEndpoint")
        assert (call["seq"], call["done"]) == (hold["seq"], False)
        box.release(hold["id"])
        thread.join(10)
        assert [item["id"] for item in box.endpoints()] == outcome
        assert box.holds() == []

    def test_held_after_it_has_its_effect_already(self, box: Sandbox, ec2: Any) -> None:
        box.fault("hold_after", operation="CreateVpcEndpoint", nth=1)
        thread, outcome = in_background(lambda: create(ec2))
        hold = box.wait_for_hold(phase="after")
        [made] = box.endpoints()
        box.release(hold["id"], "drop")
        thread.join(10)
        assert isinstance(outcome[0], ConnectionClosedError)
        assert box.endpoints() == [made]
        assert box.count(effect=True, answered=False) == 1

    def test_dropped_before_it_never_has_an_effect(self, box: Sandbox, ec2: Any) -> None:
        box.fault("hold_before", operation="CreateVpcEndpoint", nth=1)
        thread, outcome = in_background(lambda: create(ec2))
        box.release(box.wait_for_hold()["id"], "drop")
        thread.join(10)
        assert isinstance(outcome[0], ConnectionClosedError)
        assert box.endpoints() == []

    @pytest.mark.parametrize(("action", "left"), [("proceed", 1), ("drop", 0)])
    def test_a_caller_that_vanished_leaves_the_choice(self, box: Sandbox, action: str, left: int) -> None:
        box.fault("hold_before", operation="CreateVpcEndpoint", nth=1)
        hasty = box.boto3("ec2", config=Config(read_timeout=0.2, retries={"total_max_attempts": 1}))
        with pytest.raises(ReadTimeoutError):
            create(hasty)
        hold = box.wait_for_hold(client_gone=True)
        box.release(hold["id"], action)
        eventually(lambda: box.count(operation="CreateVpcEndpoint", done=True) == 1)
        assert len(box.endpoints()) == left
        assert box.calls(operation="CreateVpcEndpoint")[0]["answered"] is False

    def test_a_reset_drops_what_is_held(self, box: Sandbox, ec2: Any) -> None:
        box.fault("hold_before", operation="CreateVpcEndpoint")
        thread, outcome = in_background(lambda: create(ec2))
        box.wait_for_hold()
        box.reset()
        thread.join(10)
        assert isinstance(outcome[0], ConnectionClosedError)
        assert box.endpoints() == []
        create(ec2)

    def test_unknown_holds_and_actions_are_refused(self, box: Sandbox) -> None:
        for path, status in (("/holds/99/release", 404), ("/holds/x/release", 404)):
            with pytest.raises(ControlFailed) as caught:
                box.ask("POST", path, {})
            assert caught.value.status == status


def test_the_seed_service_of_faults_is_untouched_by_them(box: Sandbox) -> None:
    """The control interface is not the wire: no fault reaches it."""
    box.fault("drop")
    assert service_id(REGION, 1) in {item["id"] for item in box.state()["services"]}
