"""Record sets and changes through unmodified boto3: batches whole or not at all, lists, the waiter."""

from typing import Any

import pytest

from tests.sandbox.dns import NAME, alias, batch, change, content, record, zone
from tests.sandbox.helpers import create, message, refused
from tests.sandbox_client import Sandbox

CNAME = ("CNAME", "broker.example.net")


@pytest.fixture
def route53(box: Sandbox) -> Any:
    """The operator's Route 53 client."""
    return box.boto3("route53")


@pytest.fixture
def key(route53: Any) -> str:
    """A private zone, kafka.example.com."""
    return zone(route53)


def no(route53: Any, key: str, *changes: tuple[str, dict[str, Any]]) -> tuple[str, int]:
    """Send a batch that must be refused, see that nothing of it took effect, and return the refusal."""
    before = route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"]
    asked = {"HostedZoneId": key, "ChangeBatch": batch(*changes)}
    told = refused(route53.change_resource_record_sets, **asked)
    assert route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"] == before
    return told


def test_records_are_made_changed_and_deleted_as_they_were_sent(route53: Any, key: str) -> None:
    two = record(NAME, "A", "10.0.0.1", "10.0.0.2")
    change(route53, key, ("CREATE", two), ("UPSERT", record(f"B1.{NAME}", "TXT", '"v=1 <&>"')))
    listed = route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"]
    assert listed[0] == {**two, "Name": f"{NAME}."}
    assert listed[-1] == {**record(f"b1.{NAME}.", "TXT", '"v=1 <&>"')}
    assert route53.get_hosted_zone(Id=key)["HostedZone"]["ResourceRecordSetCount"] == 4
    change(route53, key, ("UPSERT", record(NAME, "A", "10.0.0.3", ttl=5)))
    change(route53, key, ("UPSERT", record(NAME, "A", "10.0.0.3", ttl=5)))  # again: nothing else
    change(route53, key, ("DELETE", record(NAME, "A", "10.0.0.3", ttl=5)))
    assert content(route53, key) == [(f"b1.{NAME}.", "TXT")]


def test_only_what_is_there_exactly_is_deleted(route53: Any, key: str) -> None:
    change(route53, key, ("CREATE", record(NAME, "A", "10.0.0.1", "10.0.0.2")))
    for other in (
        record(NAME, "A", "10.0.0.1", "10.0.0.2", ttl=61),
        record(NAME, "A", "10.0.0.1", "10.0.0.9"),
        record(NAME, "A", "10.0.0.1"),
        record(NAME, "AAAA", "::1"),
        record(f"b.{NAME}", "A", "10.0.0.1", "10.0.0.2"),
    ):
        assert no(route53, key, ("DELETE", other)) == ("InvalidChangeBatch", 400), other
    change(route53, key, ("DELETE", record(NAME, "A", "10.0.0.2", "10.0.0.1")))  # the order says nothing
    assert content(route53, key) == []


def test_a_batch_takes_effect_whole_or_not_at_all_and_names_everything_wrong(route53: Any, key: str) -> None:
    changes = (
        ("CREATE", record(f"a.{NAME}")),
        ("DELETE", record(f"b.{NAME}")),
        ("CREATE", record("else.example.org")),
        ("CREATE", record(f"a.{NAME}")),
    )
    assert no(route53, key, *changes) == ("InvalidChangeBatch", 400)
    told = message(route53.change_resource_record_sets, HostedZoneId=key, ChangeBatch=batch(*changes))
    assert told == (
        f"[Tried to delete resource record set [name='b.{NAME}.', type='A'] but it was not found, "
        f"RRSet with DNS name else.example.org. is not permitted in zone {NAME}., "
        f"Tried to create resource record set [name='a.{NAME}.', type='A'] but it already exists]"
    )
    change(route53, key, ("CREATE", record(f"a.{NAME}")))
    change(route53, key, ("DELETE", record(f"a.{NAME}")), ("CREATE", record(f"a.{NAME}", *CNAME)))
    assert content(route53, key) == [(f"a.{NAME}.", "CNAME")]


NOT_IN_A_ZONE = [
    record(NAME, *CNAME),
    record(f"b.{NAME}", "CNAME", "one.example.net", "two.example.net"),
    record(f"b.{NAME}", "CNAME", "one..example.net"),
    record(NAME, "A", "10.0.0.256"),
    record(NAME, "AAAA", "10.0.0.1"),
    record(NAME, "A", "10.0.0.1", "10.0.0.1"),
    record(f"a*.{NAME}"),
    record(f"*a.{NAME}"),
    record(f"*.{NAME}", "NS", "ns.example.net"),
    record(f"b.{NAME}", "SOA", "a b 1 2 3 4 5"),
    record(f"not{NAME}"),
    record(f"a..{NAME}"),
    record("example.com"),
]


def test_what_no_zone_may_hold(route53: Any, key: str) -> None:
    for wrong in NOT_IN_A_ZONE:
        assert no(route53, key, ("CREATE", wrong)) == ("InvalidChangeBatch", 400)
        assert no(route53, key, ("UPSERT", wrong)) == ("InvalidChangeBatch", 400)


def test_a_cname_stands_alone(route53: Any, key: str) -> None:
    change(route53, key, ("CREATE", record(f"a.{NAME}", *CNAME)), ("CREATE", record(f"b.{NAME}")))
    assert no(route53, key, ("CREATE", record(f"a.{NAME}"))) == ("InvalidChangeBatch", 400)
    assert no(route53, key, ("UPSERT", record(f"b.{NAME}", *CNAME))) == ("InvalidChangeBatch", 400)


def test_a_wildcard_is_the_whole_leftmost_label(route53: Any, key: str) -> None:
    change(route53, key, ("CREATE", record(f"*.{NAME}")), ("CREATE", record(f"b.*.{NAME}")))
    assert content(route53, key) == [(f"\\052.{NAME}.", "A"), (f"b.\\052.{NAME}.", "A")]
    change(route53, key, ("DELETE", record(f"\\052.{NAME}.")))  # as it was listed
    assert content(route53, key) == [(f"b.\\052.{NAME}.", "A")]


def test_a_zone_keeps_its_own_ns_and_soa(route53: Any, key: str) -> None:
    own = route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"]
    for item in own:
        assert no(route53, key, ("DELETE", item)) == ("InvalidChangeBatch", 400)
    change(route53, key, ("UPSERT", {**own[0], "TTL": 60}))
    route53.delete_hosted_zone(Id=key)


def test_an_alias_leads_to_an_endpoint_or_within_its_zone(route53: Any, ec2: Any, key: str) -> None:
    endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[create(ec2)])["VpcEndpoints"][0]
    entry = endpoint["DnsEntries"][0]
    there = alias(NAME, entry["DnsName"], entry["HostedZoneId"])
    change(route53, key, ("UPSERT", there), ("UPSERT", {**there, "Type": "AAAA"}))
    listed = route53.list_resource_record_sets(HostedZoneId=key)["ResourceRecordSets"]
    (shown,) = [item for item in listed if item["Type"] == "A"]
    target = {**there["AliasTarget"], "DNSName": f"{entry['DnsName']}."}
    assert shown == {"Name": f"{NAME}.", "Type": "A", "AliasTarget": target}
    change(route53, key, ("CREATE", alias(f"b.{NAME}", NAME, key)), ("DELETE", shown))
    for wrong in (
        alias(f"c.{NAME}", entry["DnsName"], "Z0000000000000"),
        alias(f"c.{NAME}", f"x{entry['DnsName']}", entry["HostedZoneId"]),
        alias(f"c.{NAME}", f"nothing.{NAME}", key),
    ):
        assert no(route53, key, ("CREATE", wrong)) == ("InvalidChangeBatch", 400)
    assert no(route53, key, ("DELETE", alias(f"b.{NAME}", f"b.{NAME}", key))) == ("InvalidChangeBatch", 400)


NO_RECORD_SETS: list[dict[str, Any]] = [
    {"Name": NAME, "Type": "A"},
    {"Name": NAME, "Type": "A", "TTL": 60},
    {"Name": NAME, "Type": "A", "ResourceRecords": [{"Value": "10.0.0.1"}]},
    {**record(), **alias(NAME, NAME, "Z1")},
    record(NAME, "ALIAS"),
    record(ttl=2**31),
]


def test_what_is_no_record_set(route53: Any, key: str) -> None:
    for wrong in NO_RECORD_SETS:
        assert no(route53, key, ("CREATE", wrong)) == ("InvalidInput", 400)


def test_routing_policies_are_not_simulated(route53: Any, key: str) -> None:
    weighted = {**record(), "SetIdentifier": "a", "Weight": 1}
    assert no(route53, key, ("CREATE", weighted)) == ("NotImplemented", 501)


def test_a_batch_has_a_size(route53: Any, key: str) -> None:
    many = [("CREATE", record(f"n{n}.{NAME}")) for n in range(1000)]
    assert no(route53, key, *many, ("CREATE", record())) == ("InvalidChangeBatch", 400)
    upserts = [("UPSERT", item) for _, item in many[:501]]
    assert no(route53, key, *upserts) == ("InvalidChangeBatch", 400)
    long = [("CREATE", record(f"t{n}.{NAME}", "TXT", f'"{"x" * 3998}"')) for n in range(9)]
    assert no(route53, key, *long) == ("InvalidChangeBatch", 400)
    change(route53, key, *many)
    paged = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=key)
    sizes = [len(page["ResourceRecordSets"]) for page in paged]
    assert sizes == [300, 300, 300, 102]


def test_a_list_begins_where_it_is_asked_to_with_labels_from_the_right(route53: Any, key: str) -> None:
    names = [f"b.{NAME}", f"a.z.{NAME}", f"z.{NAME}", NAME]
    change(route53, key, *[("CREATE", record(name)) for name in names])
    change(route53, key, ("CREATE", record(f"b.{NAME}", "AAAA", "::1")))
    assert content(route53, key) == [
        (f"{NAME}.", "A"),
        (f"b.{NAME}.", "A"),
        (f"b.{NAME}.", "AAAA"),
        (f"z.{NAME}.", "A"),
        (f"a.z.{NAME}.", "A"),
    ]

    def first(**asked: str) -> tuple[str, str]:
        (found,) = route53.list_resource_record_sets(HostedZoneId=key, MaxItems="1", **asked)[
            "ResourceRecordSets"
        ]
        return found["Name"], found["Type"]

    assert first(StartRecordName=f"b.{NAME}", StartRecordType="AAAA") == (f"b.{NAME}.", "AAAA")
    assert first(StartRecordName=f"c.{NAME}") == (f"z.{NAME}.", "A")
    alone = {"HostedZoneId": key, "StartRecordType": "A"}
    assert refused(route53.list_resource_record_sets, **alone) == ("InvalidInput", 400)


def test_a_change_arrives_after_a_while_and_the_waiter_sees_it(box: Sandbox, route53: Any, key: str) -> None:
    box.knobs(dns_change_seconds=60)
    made = route53.change_resource_record_sets(
        HostedZoneId=key, ChangeBatch={**batch(("CREATE", record())), "Comment": "why"}
    )["ChangeInfo"]
    assert (made["Status"], made["Comment"]) == ("PENDING", "why")
    assert made["Id"].startswith("/change/C")
    assert content(route53, key) == [(f"{NAME}.", "A")], (
        "the API tells at once what the name servers do not yet"
    )
    box.advance(58)
    assert route53.get_change(Id=made["Id"])["ChangeInfo"]["Status"] == "PENDING"
    box.advance(3)
    waiter = route53.get_waiter("resource_record_sets_changed")
    waiter.wait(Id=made["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    bare = route53.get_change(Id=made["Id"].rpartition("/")[2])["ChangeInfo"]
    assert bare == {**made, "Status": "INSYNC"}
    assert refused(route53.get_change, Id="C0000000000000") == ("NoSuchChange", 404)
