"""What goes over the wire for a VPC_ENDPOINT_SERVICE, member by member, and how answers are read."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from endpoints.domain.errors import (
    OperatorError,
    ProviderError,
    Throttled,
    Unanswered,
    Unplaceable,
    UserError,
)
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Setup
from endpoints.domain.specs import VpcEndpointServiceSpec
from endpoints.domain.types import EndpointType
from endpoints.providers import session, vpc_endpoint_service, vpc_endpoints
from endpoints.providers.base import Operator
from endpoints.providers.recent import Recent
from endpoints.providers.registry import ADAPTERS
from tests.providers.wire import (
    INSTALLATION,
    META,
    NETWORK,
    OPERATOR,
    OWNER,
    REGION,
    TAGS,
    known_subnets,
    subnet_filter,
)

NAME = f"com.amazonaws.vpce.{REGION}.vpce-svc-0123456789abcdef0"
FAR_NAME = "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0"
MINE = [
    {"Name": "tag:postern:endpoint-id", "Values": [str(OWNER.endpoint_id)]},
    {"Name": "tag:postern:installation", "Values": [str(INSTALLATION)]},
]


def _service(**more: object) -> dict[str, object]:
    detail = {"ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZoneIds": ["euc1-az1", "euc1-az2"]}
    return {"ServiceDetails": [detail | more]}


def _subnets(ec2: Stubber, **zones: str) -> None:
    ec2.add_response("describe_subnets", known_subnets(**zones), subnet_filter(NETWORK))


def _place(name: str = NAME) -> Any:
    spec = VpcEndpointServiceSpec.parse({"vpcEndpointServiceName": name})
    return vpc_endpoint_service.place(OPERATOR, spec, [NETWORK], OWNER, "token-1", {}, Recent())


def test_the_request_is_complete_and_exact(ec2: Stubber) -> None:
    ec2.add_response("describe_vpc_endpoint_services", _service(), {"ServiceNames": [NAME]})
    _subnets(ec2, subnet_1="euc1-az1", subnet_2="euc1-az2", subnet_3="euc1-az3")
    placement = _place()
    assert placement.vpc_id == "vpc-1"
    assert placement.request == {
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": NAME,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
        "PrivateDnsEnabled": False,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": TAGS}],
        "ClientToken": "token-1",
    }
    ec2.add_response(
        "create_vpc_endpoint", {"VpcEndpoint": {"VpcEndpointId": "vpce-1"}, **META}, placement.request
    )
    answer = vpc_endpoint_service.create(OPERATOR, placement.request)
    assert answer.sighting is not None
    assert (answer.sighting.external_id, answer.request_id) == ("vpce-1", "r-1")


def test_a_service_elsewhere_is_asked_for_with_its_region_and_in_all_zones(ec2: Stubber) -> None:
    asked = {"ServiceNames": [FAR_NAME], "ServiceRegions": ["us-west-2"]}
    ec2.add_response("describe_vpc_endpoint_services", _service(AvailabilityZoneIds=["usw2-az1"]), asked)
    _subnets(ec2, subnet_1="euc1-az1", subnet_2="euc1-az2", subnet_3="euc1-az2")
    request = _place(FAR_NAME).request
    assert request["ServiceRegion"] == "us-west-2"
    assert request["SubnetIds"] == ["subnet-1", "subnet-2"]


@pytest.mark.parametrize(
    ("answer", "subnets", "reason"),
    [
        ({"ServiceDetails": []}, {}, Reason.SERVICE_NOT_FOUND),
        (_service(ServiceType=[{"ServiceType": "Gateway"}]), {}, Reason.SERVICE_NOT_INTERFACE),
        (_service(), {"subnet_1": "euc1-az3"}, Reason.NO_COMMON_ZONE),
        (_service(AvailabilityZoneIds=[]), {"subnet_1": "euc1-az1"}, Reason.NO_COMMON_ZONE),
    ],
)
def test_what_cannot_be_placed_has_its_reason(
    ec2: Stubber, answer: dict[str, Any], subnets: dict[str, str], reason: Reason
) -> None:
    ec2.add_response("describe_vpc_endpoint_services", answer)
    if subnets:
        _subnets(ec2, **subnets)
    with pytest.raises(Unplaceable) as why:
        _place()
    assert why.value.reason is reason


@pytest.mark.parametrize("name", [NAME, FAR_NAME])
def test_an_unknown_service_is_not_found_or_does_not_serve_our_region(ec2: Stubber, name: str) -> None:
    ec2.add_client_error("describe_vpc_endpoint_services", "InvalidServiceName", http_status_code=400)
    with pytest.raises(Unplaceable) as why:
        _place(name)
    expected = Reason.SERVICE_NOT_FOUND if name == NAME else Reason.REGION_NOT_SUPPORTED
    assert why.value.reason is expected


def test_private_names_are_wanted_from_the_start_and_given_only_once_verified(ec2: Stubber) -> None:
    spec = VpcEndpointServiceSpec.parse({"vpcEndpointServiceName": NAME})
    names = {"PrivateDnsName": "a.example.com", "PrivateDnsNames": [{"PrivateDnsName": "a.example.com"}]}
    ec2.add_response("describe_vpc_endpoint_services", _service(**names))
    _subnets(ec2, subnet_1="euc1-az1")
    assert _place().private_names == ("a.example.com",)
    for state, expected in (
        ("pendingVerification", ()),
        ("failed", ()),
        ("verified", ("a.example.com",)),
        ("Verified", ("a.example.com",)),
    ):
        # Stubber checks members only; the letter case is AWS's to choose.
        details = _service(**names, PrivateDnsNameVerificationState=state)
        ec2.add_response("describe_vpc_endpoint_services", details)
        assert vpc_endpoint_service.verified_private_names(OPERATOR, spec) == expected


def test_verified_services_are_asked_for_by_a_filter_200_a_call(ec2: Stubber) -> None:
    names = [f"{NAME[:-3]}{n:03}" for n in range(201)]

    def found(name: str, state: str, *private: str) -> dict[str, object]:
        told = {"ServiceName": name, "PrivateDnsNames": [{"PrivateDnsName": one} for one in private]}
        return {**told, "PrivateDnsNameVerificationState": state}

    for batch, services in (
        (
            names[:200],
            [found(names[0], "verified", "a.example.com"), found(names[1], "failed", "b.example.com")],
        ),
        (names[200:], [found(names[200], "Verified"), {}]),
    ):
        asked = {"Filters": [{"Name": "service-name", "Values": batch}], "MaxResults": 1000}
        ec2.add_response("describe_vpc_endpoint_services", {"ServiceDetails": services}, asked)
    seen = vpc_endpoint_service.verified_services(OPERATOR, REGION, names)
    assert seen == {names[0]: ("a.example.com",)}


def test_verified_services_of_another_region_are_asked_for_with_it(ec2: Stubber) -> None:
    asked = {
        "ServiceRegions": ["us-west-2"],
        "Filters": [{"Name": "service-name", "Values": [FAR_NAME]}],
        "MaxResults": 1000,
    }
    ec2.add_response("describe_vpc_endpoint_services", {"ServiceDetails": []}, asked)
    assert vpc_endpoint_service.verified_services(OPERATOR, "us-west-2", [FAR_NAME]) == {}


def test_a_service_that_is_gone_has_no_verified_names(ec2: Stubber) -> None:
    ec2.add_client_error("describe_vpc_endpoint_services", "InvalidServiceName", http_status_code=400)
    spec = VpcEndpointServiceSpec.parse({"vpcEndpointServiceName": NAME})
    assert vpc_endpoint_service.verified_private_names(OPERATOR, spec) == ()


def test_find_asks_by_both_tags_and_takes_only_the_living_of_its_generation(ec2: Stubber) -> None:
    def item(key: str, generation: str, state: str) -> dict[str, Any]:
        tags = [TAGS[0], {"Key": "postern:generation", "Value": generation}, TAGS[2]]
        return {"VpcEndpointId": key, "State": state, "Tags": tags}

    found = [item("vpce-old", "2", "available"), item("vpce-dead", "3", "Deleted")]
    ec2.add_response("describe_vpc_endpoints", {"VpcEndpoints": found}, {"Filters": MINE})
    assert vpc_endpoint_service.find(OPERATOR, OWNER, {}) is None
    found.append(item("vpce-1", "3", "Pending"))
    ec2.add_response("describe_vpc_endpoints", {"VpcEndpoints": found}, {"Filters": MINE})
    seen = vpc_endpoint_service.find(OPERATOR, OWNER, {})
    assert seen is not None
    assert (seen.external_id, seen.generation) == ("vpce-1", 3)


def test_private_dns_is_switched_on_by_a_modify(ec2: Stubber) -> None:
    wanted = {"VpcEndpointId": "vpce-1", "PrivateDnsEnabled": True}
    ec2.add_response("modify_vpc_endpoint", {"Return": True, **META}, wanted)
    vpc_endpoint_service.enable_private_dns(OPERATOR, "vpce-1")


def _delete(ec2: Stubber, code: str | None) -> Mapping[str, ProviderError]:
    refused = [{"ResourceId": "vpce-1", "Error": {"Code": code, "Message": "words"}}] if code else []
    ids = ["vpce-1", "vpce-2"]
    ec2.add_response("delete_vpc_endpoints", {"Unsuccessful": refused, **META}, {"VpcEndpointIds": ids})
    return vpc_endpoint_service.delete(OPERATOR, ids).refused


@pytest.mark.parametrize("code", [None, "InvalidVpcEndpoint.NotFound", "InvalidVpcEndpointId.NotFound"])
def test_deleting_what_is_not_known_any_more_is_no_error(ec2: Stubber, code: str | None) -> None:
    assert _delete(ec2, code) == {}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UnauthorizedOperation", OperatorError),
        ("InvalidParameter", UserError),
        ("RequestLimitExceeded", Throttled),
        ("InternalError", Unanswered),
    ],
)
def test_a_delete_refused_inside_a_200_is_an_error_of_that_one(
    ec2: Stubber, code: str, kind: type[Exception]
) -> None:
    refused = _delete(ec2, code)
    assert refused.keys() == {"vpce-1"}
    assert type(refused["vpce-1"]) is kind
    assert code in str(refused["vpce-1"])


def test_listing_asks_for_pages_of_1000_by_installation_and_reads_all_of_them(ec2: Stubber) -> None:
    asked = {"Filters": MINE[1:], "MaxResults": 1000}
    page = [{"VpcEndpointId": f"vpce-{n}", "Tags": TAGS} for n in range(3)]
    ec2.add_response("describe_vpc_endpoints", {"VpcEndpoints": page[:2], "NextToken": "t"}, asked)
    ec2.add_response("describe_vpc_endpoints", {"VpcEndpoints": page[2:]}, {**asked, "NextToken": "t"})
    seen = list(vpc_endpoint_service.list_owned(OPERATOR, lambda ids: {}))
    assert [s.external_id for s in seen] == ["vpce-0", "vpce-1", "vpce-2"]
    assert {(s.endpoint_id, s.generation) for s in seen} == {(str(OWNER.endpoint_id), 3)}


def test_how_an_endpoint_stands_is_read_and_what_is_not_told_stays_open() -> None:
    groups = [{"GroupId": "sg-2"}, {"GroupId": "sg-1", "GroupName": "x"}]
    told: Any = {"SubnetIds": ["b", "a"], "Groups": groups, "PolicyDocument": "{}", "IpAddressType": "ipv4"}
    full = vpc_endpoints.sighting_of(OPERATOR, told)
    assert full.setup == Setup(("a", "b"), ("sg-1", "sg-2"), "{}", "ipv4")
    assert vpc_endpoints.sighting_of(OPERATOR, {}).setup == Setup(None, None, "", "")
    assert vpc_endpoints.sighting_of(OPERATOR, {"SubnetIds": [], "Groups": []}).setup == Setup((), ())
    others: Any = [{**TAGS[2], "Value": str(uuid.UUID(int=9))}]
    found: list[Any] = [TAGS, others]
    assert [vpc_endpoints.sighting_of(OPERATOR, {"Tags": tags}).is_ours for tags in found] == [True, False]


def test_a_create_answer_without_tags_carries_those_that_were_sent(ec2: Stubber) -> None:
    request = {"VpcId": "vpc-1", "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": TAGS}]}
    answers: list[dict[str, Any]] = [{}, {"Tags": []}]
    for tags in answers:
        ec2.add_response("create_vpc_endpoint", {"VpcEndpoint": {"VpcEndpointId": "vpce-1", **tags}, **META})
    first, second = (vpc_endpoints.create(OPERATOR, request).sighting for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.generation, first.is_ours, second.is_ours) == (3, True, False)


@pytest.mark.parametrize(
    ("code", "kind"), [("RequestLimitExceeded", Throttled), ("InternalError", Unanswered)]
)
def test_a_listing_that_breaks_off_is_an_error_and_not_a_short_listing(
    ec2: Stubber, code: str, kind: type[Exception]
) -> None:
    ec2.add_response("describe_vpc_endpoints", {"VpcEndpoints": [{"Tags": TAGS}], "NextToken": "t"})
    ec2.add_client_error(
        "describe_vpc_endpoints", code, expected_params={"NextToken": "t", "Filters": ANY, "MaxResults": 1000}
    )
    with pytest.raises(kind):
        list(vpc_endpoint_service.list_owned(OPERATOR, lambda ids: {}))


def test_endpoints_are_looked_up_by_a_filter_200_a_call_whatever_their_tags_say(ec2: Stubber) -> None:
    ids = [f"vpce-{n:03}" for n in range(201)]
    for wanted, found in ((ids[:200], ids[:199]), (ids[200:], ids[200:])):
        answer = {"VpcEndpoints": [{"VpcEndpointId": key} for key in found]}
        asked = {"Filters": [{"Name": "vpc-endpoint-id", "Values": wanted}], "MaxResults": 1000}
        ec2.add_response("describe_vpc_endpoints", answer, asked)
    seen = vpc_endpoint_service.look_up(OPERATOR, ids)
    assert seen.keys() == {*ids} - {"vpce-199"}
    assert not any(sighting.is_ours for sighting in seen.values())


def test_creation_time_is_read_and_is_no_news() -> None:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    mine = vpc_endpoints.sighting_of(OPERATOR, {"Tags": TAGS, "CreationTimestamp": made})  # type: ignore[typeddict-item]
    assert (mine.made_at, mine.is_ours) == (made, True)
    assert mine.digest == vpc_endpoints.sighting_of(OPERATOR, {"Tags": TAGS}).digest  # type: ignore[typeddict-item]


def test_an_endpoint_whose_answer_has_almost_no_members_is_read() -> None:
    bare = vpc_endpoints.sighting_of(OPERATOR, {})
    assert (bare.external_id, bare.state, bare.endpoint_id, bare.generation) == ("", "", "", 0)
    odd = vpc_endpoints.sighting_of(
        OPERATOR, {"Tags": [{"Key": "postern:generation", "Value": "three"}], "DnsEntries": [{}]}
    )
    assert (odd.generation, odd.dns_names) == (0, ())


def test_what_aws_says_of_a_failure_is_kept_whole() -> None:
    both = vpc_endpoints.sighting_of(OPERATOR, {"LastError": {"Code": "C", "Message": "M"}})
    assert (both.error_code, both.error_text) == ("C", "M")
    text = vpc_endpoints.sighting_of(OPERATOR, {"FailureReason": "F"})
    assert (text.error_code, text.error_text) == ("", "F")


@pytest.mark.parametrize(
    ("client_of", "attempts"),
    [
        (session.ec2_writer, 1),
        (session.ec2_reader, 2),
        (session.kafka_writer, 1),
        (session.kafka_reader, 2),
        (session.ram_writer, 1),
        (session.ram_reader, 2),
        (session.lattice_reader, 2),
        (session.quotas_reader, 1),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_write_is_tried_once_and_a_read_twice(
    client_of: Callable[[Operator], Any], attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    config = client_of(Operator(REGION, "", uuid.uuid4(), "postern", 1.5, 2.5)).meta.config
    assert config.retries["total_max_attempts"] == attempts
    assert (config.connect_timeout, config.read_timeout) == (1.5, 2.5)


def test_every_type_has_its_adapter() -> None:
    assert set(ADAPTERS) == set(EndpointType)
