"""The control interface: the customer's side on both interfaces, the call log, refusals."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create, listed, refused, state, tags
from tests.sandbox_client import (
    OPERATOR,
    OPERATOR_KEY,
    ControlFailed,
    Sandbox,
    service_id,
    service_name,
    vpc_id,
)


def request(
    box: Sandbox, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, Any]:
    """Make a control request as it is, and return (status, JSON)."""
    asked = urllib.request.Request(f"{box.url}/_control{path}", body, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


class TestServices:
    """Endpoint services made and changed by the customer."""

    def test_a_new_service_can_be_used_at_once(self, box: Sandbox, ec2: Any) -> None:
        made = box.create_service(REGION, acceptance_required=True)
        assert made["name"] == f"com.amazonaws.vpce.{REGION}.{made['id']}"
        key = create(ec2, ServiceName=made["name"])
        assert state(ec2, key) == "pendingAcceptance"

    def test_withdrawing_a_principal_stops_new_connections_only(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2)
        box.change_service(service_id(REGION, 2), allowed_principals=[])
        assert refused(create, ec2=ec2) == ("InvalidServiceName", 400)
        assert state(ec2, key) == "available"

    @pytest.mark.parametrize("principal", ["*", OPERATOR, f"arn:aws:iam::{OPERATOR}:root"])
    def test_principals_in_every_spelling(self, box: Sandbox, ec2: Any, principal: str) -> None:
        box.change_service(service_id(REGION, 3), allowed_principals=[principal])
        create(ec2, 3)

    @pytest.mark.parametrize("principal", ["arn:aws:iam::999999999999:root", "999999999999", ""])
    def test_other_principals_do_not_help(self, box: Sandbox, ec2: Any, principal: str) -> None:
        box.change_service(service_id(REGION, 3), allowed_principals=[principal])
        assert refused(create, ec2=ec2, k=3) == ("InvalidServiceName", 400)

    def test_a_service_goes_only_without_live_connections(self, box: Sandbox, ec2: Any) -> None:
        made = box.create_service(REGION)
        key = create(ec2, ServiceName=made["name"])
        with pytest.raises(ControlFailed, match="ExistingVpcEndpointConnections"):
            box.delete_service(made["id"])
        box.reject(key)
        box.delete_service(made["id"])
        assert refused(create, ec2=ec2, ServiceName=made["name"]) == ("InvalidServiceName", 400)
        assert state(ec2, key) == "rejected"
        ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
        assert listed(ec2) == []

    @pytest.mark.parametrize(
        "settings",
        [
            {"region": "mars-1"},
            {"zone_ids": ["use2-az1"]},
            {"supported_regions": ["mars-1"]},
            {"private_dns_state": "maybe"},
            {"allowed_principals": [1]},
            {"acceptance_required": "yes"},
            {"colour": "red"},
            {"account": "999999999999"},
            {"id": "vpce-svc-00000000000000011"},
            {"tags": {"a": 1}},
        ],
    )
    def test_bad_settings_are_refused_in_a_sentence(self, box: Sandbox, settings: dict[str, Any]) -> None:
        before = box.state()["services"]
        with pytest.raises(ControlFailed) as caught:
            box.ask("POST", "/services", {"region": REGION, **settings})
        assert 400 <= caught.value.status < 500
        assert box.state()["services"] == before


class TestOwnerOnTheWire:
    """The same through the customer's own AWS client."""

    def test_connections_are_listed_accepted_and_rejected(self, ec2: Any, owner: Any) -> None:
        first, second, other = create(ec2, 1), create(ec2, 1), create(ec2, 2)
        service = {"Name": "service-id", "Values": [service_id(REGION, 1)]}
        rows = owner.describe_vpc_endpoint_connections(Filters=[service])["VpcEndpointConnections"]
        assert [(row["VpcEndpointId"], row["VpcEndpointState"]) for row in rows] == [
            (first, "pendingAcceptance"),
            (second, "pendingAcceptance"),
        ]
        assert (rows[0]["VpcEndpointOwner"], rows[0]["VpcEndpointRegion"]) == (OPERATOR, REGION)
        both = {"ServiceId": service_id(REGION, 1), "VpcEndpointIds": [first, other, "vpce-0dead"]}
        answer = owner.accept_vpc_endpoint_connections(**both)["Unsuccessful"]
        assert [(item["ResourceId"], item["Error"]["Code"]) for item in answer] == [
            (other, "InvalidVpcEndpointId.NotFound"),
            ("vpce-0dead", "InvalidVpcEndpointId.NotFound"),
        ]
        owner.reject_vpc_endpoint_connections(ServiceId=service_id(REGION, 1), VpcEndpointIds=[second])
        assert [state(ec2, key) for key in (first, second)] == ["available", "rejected"]
        everything = owner.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
        assert len(everything) == 3
        assert ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"] == []

    def test_a_stranger_cannot_act_on_a_service(self, ec2: Any) -> None:
        key = create(ec2, 1)
        params = {"ServiceId": service_id(REGION, 1), "VpcEndpointIds": [key]}
        code = ("InvalidVpcEndpointServiceId.NotFound", 400)
        assert refused(ec2.accept_vpc_endpoint_connections, **params) == code
        assert state(ec2, key) == "pendingAcceptance"

    def test_permissions_are_listed_and_modified(self, box: Sandbox, ec2: Any, owner: Any) -> None:
        service, root = service_id(REGION, 3), f"arn:aws:iam::{OPERATOR}:root"
        added = owner.modify_vpc_endpoint_service_permissions(ServiceId=service, AddAllowedPrincipals=[root])
        assert [item["Principal"] for item in added["AddedPrincipals"]] == [root]
        allowed = owner.describe_vpc_endpoint_service_permissions(ServiceId=service)["AllowedPrincipals"]
        assert [(item["Principal"], item["PrincipalType"]) for item in allowed] == [(root, "Account")]
        create(ec2, 3)
        owner.modify_vpc_endpoint_service_permissions(ServiceId=service, RemoveAllowedPrincipals=[root])
        assert refused(create, ec2=ec2, k=3) == ("InvalidServiceName", 400)
        bad = {"ServiceId": service, "AddAllowedPrincipals": ["bob"]}
        assert refused(owner.modify_vpc_endpoint_service_permissions, **bad) == ("InvalidPrincipal", 400)

    def test_configurations_are_the_owners_own(self, ec2: Any, owner: Any) -> None:
        found = owner.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        assert [item["ServiceId"] for item in found] == [service_id(REGION, k) for k in range(1, 7)]
        assert found[3]["PrivateDnsNameConfiguration"]["State"] == "verified"
        assert ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"] == []
        missing = {"ServiceIds": ["vpce-svc-0dead"]}
        code = ("InvalidVpcEndpointServiceId.NotFound", 400)
        assert refused(owner.describe_vpc_endpoint_service_configurations, **missing) == code


class TestCallLog:
    """What was called can be counted."""

    def test_an_entry_says_everything(self, box: Sandbox, ec2: Any) -> None:
        box.advance(3600)
        answer = ec2.describe_vpcs(VpcIds=[vpc_id(REGION)])
        [call] = box.calls()
        assert (call["service"], call["operation"], call["region"]) == ("ec2", "DescribeVpcs", REGION)
        assert (call["account"], call["status"], call["error_code"]) == (OPERATOR, 200, "")
        assert call["params"] == {"VpcIds": [vpc_id(REGION)]}
        assert call["request_id"] == answer["ResponseMetadata"]["RequestId"]
        assert (call["effect"], call["answered"], call["done"]) == (False, True, True)
        assert call["moved_at"] > call["at"]

    def test_calls_are_filtered(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2, TagSpecifications=tags(rpe="r1"))
        listed(ec2, tag_rpe="r1")
        listed(ec2, tag_rpe="r2")
        listed(ec2, tag_other="r1")
        refused(ec2.describe_vpcs, VpcIds=["vpc-1"])
        listed(box.boto3("ec2", "us-east-2"))
        assert box.count(operation="DescribeVpcEndpoints") == 4
        assert box.count(operation="DescribeVpcEndpoints", region="us-east-2") == 1
        assert box.count(tag_key="rpe") == 2
        assert box.count(tag_key="rpe", tag_value="r1") == 1
        assert box.count(error_code="InvalidVpcID.NotFound", status=400) == 1
        assert box.count(effect=True) == 1
        assert box.count(mentions="r1") == 3
        assert [call["operation"] for call in box.calls(limit=1)] == ["DescribeVpcEndpoints"]
        since = box.last_seq()
        ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
        assert [call["operation"] for call in box.calls(since=since)] == ["DeleteVpcEndpoints"]
        box.forget_calls()
        assert box.count() == 0
        ec2.describe_vpcs()
        assert box.last_seq() == since + 2

    @pytest.mark.parametrize("query", [{"since": "x"}, {"limit": "-1"}, {"colour": "red"}])
    def test_bad_filters_are_refused(self, box: Sandbox, query: dict[str, str]) -> None:
        with pytest.raises(ControlFailed) as caught:
            box.calls(**query)
        assert caught.value.status == 400


class TestRefusals:
    """Bad control input, and web pages from elsewhere."""

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("GET", "/nothing", None, 404),
            ("DELETE", "/state", None, 405),
            ("POST", "/faults", b"{", 400),
            ("POST", "/faults", b"[]", 400),
            ("POST", "/faults", b'{"kind": "rain"}', 400),
            ("POST", "/faults", b'{"kind": "error", "nth": 0}', 400),
            ("POST", "/faults", b'{"kind": "error", "count": "2"}', 400),
            ("POST", "/faults", b'{"kind": "error", "probability": 2}', 400),
            ("POST", "/faults", b'{"kind": "error", "status": 200}', 400),
            ("POST", "/faults", b'{"kind": "error", "omit": [1]}', 400),
            ("POST", "/faults", b'{"kind": "error", "applied": 1}', 400),
            ("GET", "/faults/none", None, 404),
            ("DELETE", "/faults/none", None, 404),
            ("PUT", "/knobs", b'{"pending_seconds": -1}', 400),
            ("PUT", "/knobs", b'{"pending_seconds": "8"}', 400),
            ("PUT", "/knobs", b'{"pending_seconds": NaN}', 400),
            ("PUT", "/knobs", b'{"page_size_limit": 0}', 400),
            ("PUT", "/knobs", b'{"colour": 1}', 400),
            ("PUT", "/knobs", b'{"profile": "fast"}', 400),
            ("POST", "/reset", b'{"profile": "fast"}', 400),
            ("POST", "/clock", b"{}", 400),
            ("POST", "/clock", b'{"scale": 0}', 400),
            ("POST", "/clock", b'{"scale": "fast"}', 400),
            ("POST", "/clock", b'{"advance_seconds": 1e300}', 400),
            ("POST", "/clock", b'{"advance_seconds": NaN}', 400),
            ("POST", "/endpoints/vpce-0dead/accept", b"{}", 404),
            ("POST", "/endpoints", b'{"service_id": "vpce-svc-0dead"}', 404),
            ("PATCH", "/services/vpce-svc-0dead", b"{}", 404),
            ("POST", "/accounts", b'{"id": "1"}', 409),
            ("PATCH", "/vpcs/vpc-1", b"{}", 404),
            ("PATCH", "/subnets/subnet-1", b"{}", 404),
        ],
    )
    def test_bad_input(self, box: Sandbox, method: str, path: str, body: bytes | None, status: int) -> None:
        found, answer = request(box, method, path, body)
        assert (found, list(answer)) == (status, ["error"]), answer
        assert box.health()["ok"] is True

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Host": "evil.example"},
        ],
    )
    def test_a_page_from_elsewhere_cannot_drive_it(self, box: Sandbox, headers: dict[str, str]) -> None:
        create(box.boto3("ec2"))
        status, _ = request(box, "POST", "/reset", b"{}", **headers)
        assert status == 403
        assert len(box.endpoints()) == 1

    def test_a_rebound_name_cannot_even_read(self, box: Sandbox) -> None:
        assert request(box, "GET", "/state", Host="evil.example")[0] == 403
        assert request(box, "GET", "/state", Host="localhost:1")[0] == 200

    def test_an_action_out_of_season_is_a_conflict(self, box: Sandbox, ec2: Any) -> None:
        key = create(ec2)
        for action in ("accept", "expire"):
            assert request(box, "POST", f"/endpoints/{key}/{action}", b"{}")[0] == 409
        assert request(box, "POST", f"/endpoints/{key}/paint", b"{}")[0] == 404
        assert state(ec2, key) == "available"


def test_a_new_subnet_takes_endpoints_and_overlaps_no_other(box: Sandbox, ec2: Any) -> None:
    made = box.create_subnet(vpc_id(REGION), "10.1.16.0/20", "use1-az2")
    assert made["available"] == 4096 - 5
    create(ec2, SubnetIds=[made["id"]])
    [shown] = ec2.describe_subnets(SubnetIds=[made["id"]])["Subnets"]
    assert (shown["AvailabilityZone"], shown["AvailableIpAddressCount"]) == ("us-east-1b", 4096 - 6)
    for cidr, zone, status in (
        ("10.1.24.0/24", "use1-az2", 409),
        ("10.2.0.0/24", "use1-az2", 409),
        ("10.1.32.0/24", "euc1-az1", 400),
        ("10.1.32.1/24", "use1-az2", 400),
    ):
        with pytest.raises(ControlFailed) as caught:
            box.create_subnet(vpc_id(REGION), cidr, zone)
        assert caught.value.status == status


def test_accounts_can_be_added(box: Sandbox) -> None:
    box.create_account("333333333333", "third", ["AKIATHIRD"])
    assert box.boto3("sts", key="AKIATHIRD").get_caller_identity()["Account"] == "333333333333"


def test_fabricated_endpoints_look_like_others(box: Sandbox, ec2: Any) -> None:
    keys = box.fabricate(service_id(REGION, 1), 3, state="pendingAcceptance", tags={"n": "{n}, {n:012}"})
    found = listed(ec2)
    assert [item["VpcEndpointId"] for item in found] == keys
    assert [item["Tags"][0]["Value"] for item in found] == [f"{n}, 00000000000{n}" for n in range(3)]
    assert found[0]["ServiceName"] == service_name(REGION, 1)
    box.accept(keys[0])
    assert state(ec2, keys[0]) == "available"


def test_a_reset_brings_the_seed_back(box: Sandbox, ec2: Any) -> None:
    create(ec2, ClientToken="t")
    box.fault("throttle", operation="DescribeVpcs")
    box.knobs(pending_seconds=5)
    before = box.boto3("ec2", key=OPERATOR_KEY)
    box.reset("aws")
    assert (box.endpoints(), box.faults(), box.count()) == ([], [], 0)
    assert box.knobs()["pending_seconds"] == 90
    before.describe_vpcs()
    create(ec2, ClientToken="t", k=1)
