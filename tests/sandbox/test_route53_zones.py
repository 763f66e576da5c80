"""Private hosted zones through unmodified boto3."""

from typing import Any

import pytest

from tests.sandbox.dns import ELSEWHERE, NAME, VPC, asked, change, content, record, zone
from tests.sandbox.helpers import create, message, refused
from tests.sandbox_client import OWNER_KEY, Sandbox, vpc_id


@pytest.fixture
def route53(box: Sandbox) -> Any:
    """The operator's Route 53 client."""
    return box.boto3("route53")


@pytest.fixture
def theirs(box: Sandbox) -> Any:
    """The customer's Route 53 client."""
    return box.boto3("route53", key=OWNER_KEY)


def test_a_zone_is_made_with_its_own_records_and_found_by_every_way(route53: Any) -> None:
    request = asked("Kafka.Example.COM", HostedZoneConfig={"Comment": "mine", "PrivateZone": True})
    made = route53.create_hosted_zone(**request)
    key = made["HostedZone"]["Id"]
    assert key.startswith("/hostedzone/Z")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["Location"].endswith(f"/2013-04-01{key}")
    assert made["VPC"] == VPC
    shown = {
        "Id": key, "Name": "kafka.example.com.", "CallerReference": request["CallerReference"],
        "Config": {"Comment": "mine", "PrivateZone": True}, "ResourceRecordSetCount": 2,
    }  # fmt: skip
    assert made["HostedZone"] == shown
    for spelled in (key, key.rpartition("/")[2]):
        found = route53.get_hosted_zone(Id=spelled)
        assert (found["HostedZone"], found["VPCs"]) == (shown, [VPC])
    assert route53.list_hosted_zones()["HostedZones"] == [shown]
    assert route53.list_hosted_zones_by_name(DNSName=NAME)["HostedZones"] == [shown]
    (summary,) = route53.list_hosted_zones_by_vpc(**VPC)["HostedZoneSummaries"]
    assert summary == {
        "HostedZoneId": key.rpartition("/")[2], "Name": "kafka.example.com.",
        "Owner": {"OwningAccount": "111111111111"},
    }  # fmt: skip
    own = route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"]
    assert [(item["Name"], item["Type"]) for item in own] == [
        ("kafka.example.com.", "NS"),
        ("kafka.example.com.", "SOA"),
    ]


def test_ids_come_in_with_the_kind_in_front_also_where_no_client_takes_it_off(
    box: Sandbox, route53: Any
) -> None:
    key = zone(route53)
    raw = box.boto3("route53", region="eu-west-1")
    long = f"%2Fhostedzone%2F{key}"

    def put_back(request: Any, **_: Any) -> None:
        request.url = request.url.replace(key, long)

    raw.meta.events.register("before-sign.route53.GetHostedZone", put_back)
    assert raw.get_hosted_zone(Id=key)["HostedZone"]["Id"] == f"/hostedzone/{key}"
    assert box.calls(operation="GetHostedZone")[-1]["params"] == {"Id": key}


def test_a_caller_reference_serves_once_also_after_its_zone_is_gone(route53: Any, theirs: Any) -> None:
    request = asked()
    made = route53.create_hosted_zone(**request)
    assert refused(route53.create_hosted_zone, **request) == ("HostedZoneAlreadyExists", 409)
    other = {**request, "Name": "other.example.com"}
    assert refused(route53.create_hosted_zone, **other) == ("HostedZoneAlreadyExists", 409)
    route53.delete_hosted_zone(Id=made["HostedZone"]["Id"])
    assert refused(route53.create_hosted_zone, **request) == ("HostedZoneAlreadyExists", 409)
    assert refused(theirs.create_hosted_zone, **request) == ("InvalidVPCId", 400), (
        "references are an account's"
    )


def test_a_vpc_asks_one_zone_of_a_name_and_any_number_above_and_below(route53: Any) -> None:
    first = zone(route53)
    code = refused(route53.create_hosted_zone, **asked("KAFKA.example.com."))
    assert code == ("ConflictingDomainExists", 400)
    assert first in message(route53.create_hosted_zone, **asked())
    zone(route53, "example.com")
    zone(route53, "b.kafka.example.com")
    zone(route53, VPC=ELSEWHERE)
    assert len(route53.list_hosted_zones_by_vpc(**VPC)["HostedZoneSummaries"]) == 3
    assert len(route53.list_hosted_zones_by_vpc(**ELSEWHERE)["HostedZoneSummaries"]) == 1


def test_names_that_no_zone_can_have(route53: Any) -> None:
    long = (f"{'a' * 64}.com", ".".join(["abcdefgh"] * 30))
    for name in ("a..example.com", "*.example.com", "b c.example.com", "주문.example.com", *long):
        assert refused(route53.create_hosted_zone, **asked(name)) == ("InvalidDomainName", 400), name
    assert refused(route53.create_hosted_zone, **asked("a" * 1025)) == ("InvalidInput", 400)
    assert route53.list_hosted_zones()["HostedZones"] == []


@pytest.mark.parametrize(
    "vpc",
    [
        {"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789abcdef0"},
        {"VPCRegion": "eu-central-1", "VPCId": vpc_id("us-east-1")},
    ],
)
def test_a_vpc_that_is_not_there(route53: Any, vpc: dict[str, str]) -> None:
    assert refused(route53.create_hosted_zone, **asked(VPC=vpc)) == ("InvalidVPCId", 400)
    assert refused(route53.list_hosted_zones_by_vpc, **vpc) == ("InvalidVPCId", 400)


def test_what_is_not_private_is_not_simulated(route53: Any) -> None:
    public = {"Name": NAME, "CallerReference": "public"}
    assert refused(route53.create_hosted_zone, **public) == ("NotImplemented", 501)
    half = {**public, "HostedZoneConfig": {"PrivateZone": True}}
    assert refused(route53.create_hosted_zone, **half) == ("InvalidInput", 400)
    assert refused(route53.list_health_checks) == ("NotImplemented", 501)


def test_an_account_has_so_many_zones(box: Sandbox, route53: Any) -> None:
    box.knobs(hosted_zone_quota=2)
    zone(route53, "a.example.com"), zone(route53, "b.example.com")
    assert refused(route53.create_hosted_zone, **asked()) == ("TooManyHostedZones", 400)
    box.knobs(hosted_zone_quota=3)
    zone(route53)


def test_a_zone_goes_only_without_content(route53: Any) -> None:
    key = zone(route53)
    change(route53, key, ("CREATE", record()))
    assert refused(route53.delete_hosted_zone, Id=key) == ("HostedZoneNotEmpty", 400)
    change(route53, key, ("DELETE", record()))
    gone = route53.delete_hosted_zone(Id=key)["ChangeInfo"]
    assert route53.get_change(Id=gone["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    for act, params in (
        (route53.get_hosted_zone, {"Id": key}),
        (route53.delete_hosted_zone, {"Id": key}),
        (route53.list_resource_record_sets, {"HostedZoneId": key}),
        (route53.list_tags_for_resource, {"ResourceType": "hostedzone", "ResourceId": key}),
    ):
        assert refused(act, **params) == ("NoSuchHostedZone", 404)
    zone(route53)  # its name is free again


def test_more_vpcs_come_and_go_but_for_the_last(route53: Any) -> None:
    key = zone(route53)
    route53.associate_vpc_with_hosted_zone(HostedZoneId=key, VPC=ELSEWHERE, Comment="second")
    assert route53.get_hosted_zone(Id=key)["VPCs"] == [VPC, ELSEWHERE]
    both = {"HostedZoneId": key, "VPC": ELSEWHERE}
    assert refused(route53.associate_vpc_with_hosted_zone, **both) == ("ConflictingDomainExists", 400)
    assert refused(route53.create_hosted_zone, **asked(VPC=ELSEWHERE)) == ("ConflictingDomainExists", 400)
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=key, VPC=VPC)
    gone = {"HostedZoneId": key, "VPC": VPC}
    assert refused(route53.disassociate_vpc_from_hosted_zone, **gone) == ("VPCAssociationNotFound", 404)
    assert refused(route53.disassociate_vpc_from_hosted_zone, **both) == ("LastVPCAssociation", 400)


def test_zones_are_their_account_s(box: Sandbox, route53: Any, theirs: Any) -> None:
    key = zone(route53)
    assert theirs.list_hosted_zones()["HostedZones"] == []
    assert refused(theirs.get_hosted_zone, Id=key) == ("AccessDenied", 403)
    assert refused(theirs.delete_hosted_zone, Id=key) == ("AccessDenied", 403)
    assert refused(theirs.list_hosted_zones_by_vpc, **VPC) == ("AccessDenied", 403)
    own = next(vpc for vpc in box.state()["vpcs"] if vpc["account"] == "222222222222")
    vpc = {"VPCRegion": own["region"], "VPCId": own["id"]}
    foreign = {"HostedZoneId": key, "VPC": vpc}
    assert refused(route53.associate_vpc_with_hosted_zone, **foreign) == ("NotAuthorizedException", 401)


def test_a_comment_is_changed_and_taken_off(route53: Any) -> None:
    key = zone(route53, HostedZoneConfig={"Comment": '<first> & "best"'})
    assert route53.get_hosted_zone(Id=key)["HostedZone"]["Config"]["Comment"] == '<first> & "best"'
    shown = route53.update_hosted_zone_comment(Id=key, Comment="주문")["HostedZone"]
    assert shown["Config"] == {"Comment": "주문", "PrivateZone": True}
    assert route53.update_hosted_zone_comment(Id=key)["HostedZone"]["Config"] == {"PrivateZone": True}


def test_lists_have_pages(box: Sandbox, route53: Any) -> None:
    keys = {zone(route53, f"n{n}.example.com") for n in range(7)}
    pages = list(route53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["HostedZones"]) for page in pages] == [3, 3, 1]
    assert {item["Id"].rpartition("/")[2] for page in pages for item in page["HostedZones"]} == keys
    first = route53.list_hosted_zones_by_name(DNSName="n2.example.com", MaxItems="2")
    assert [item["Name"] for item in first["HostedZones"]] == ["n2.example.com.", "n3.example.com."]
    assert first["NextDNSName"] == "n4.example.com."
    second = route53.list_hosted_zones_by_name(
        DNSName=first["NextDNSName"], HostedZoneId=first["NextHostedZoneId"], MaxItems="9"
    )
    assert [item["Name"] for item in second["HostedZones"]] == [f"n{n}.example.com." for n in (4, 5, 6)]
    assert second["IsTruncated"] is False
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = route53.list_hosted_zones_by_vpc(**VPC, MaxItems="4", **token)
        found += [item["HostedZoneId"] for item in page["HostedZoneSummaries"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert set(found) == keys
    assert len(found) == 7
    wrong = {**VPC, "NextToken": "nonsense"}
    assert refused(route53.list_hosted_zones_by_vpc, **wrong) == ("InvalidPaginationToken", 400)
    for number in ("0", "x", "-1"):
        assert refused(route53.list_hosted_zones, MaxItems=number) == ("InvalidInput", 400)


def test_tags_are_added_overwritten_and_taken_off(route53: Any) -> None:
    key, other = zone(route53), zone(route53, "other.example.com")

    def retag(*added: tuple[str, str], off: tuple[str, ...] = ()) -> None:
        more: dict[str, Any] = {"RemoveTagKeys": list(off)} if off else {}
        more |= {"AddTags": [{"Key": name, "Value": value} for name, value in added]} if added else {}
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=key, **more)

    retag(("postern:endpoint-id", "1"), ("b", "2"))
    retag(("b", "3"), off=("postern:endpoint-id",))
    about = {"ResourceType": "hostedzone", "ResourceId": key}
    assert route53.list_tags_for_resource(**about)["ResourceTagSet"]["Tags"] == [{"Key": "b", "Value": "3"}]
    several = route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[key, other])
    assert [(one["ResourceId"], len(one["Tags"])) for one in several["ResourceTagSets"]] == [
        (key, 1),
        (other, 0),
    ]
    eleven = {"ResourceType": "hostedzone", "ResourceIds": [key] * 11}
    assert refused(route53.list_tags_for_resources, **eleven) == ("InvalidInput", 400)
    many = [{"Key": f"k{n}", "Value": ""} for n in range(11)]
    assert refused(route53.change_tags_for_resource, **about, AddTags=many) == ("InvalidInput", 400)
    aws = [{"Key": "aws:x", "Value": ""}]
    assert refused(route53.change_tags_for_resource, **about, AddTags=aws) == ("InvalidInput", 400)
    assert refused(route53.change_tags_for_resource, **about) == ("InvalidInput", 400)
    check = {"ResourceType": "healthcheck", "ResourceId": "1"}
    assert refused(route53.list_tags_for_resource, **check) == ("NoSuchHealthCheck", 404)


def test_no_endpoint_answers_privately_for_a_zone_of_the_vpc(box: Sandbox, route53: Any, ec2: Any) -> None:
    zone(route53, "kafka.orders.us-east-1.example.com")
    endpoint = create(ec2, 4)
    ask = {"VpcEndpointId": endpoint, "PrivateDnsEnabled": True}
    assert refused(ec2.modify_vpc_endpoint, **ask) == ("InvalidParameter", 400)
    assert content(route53, route53.list_hosted_zones()["HostedZones"][0]["Id"]) == []
    box.delete_zone_by_hand(box.zones()[0]["id"])
    ec2.modify_vpc_endpoint(**ask)
