"""Route 53 under faults, hands, throttling and restarts, and in the console."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.dns import NAME, VPC, asked, batch, change, content, record, zone
from tests.sandbox.helpers import refused
from tests.sandbox.test_console import Forms, get, post
from tests.sandbox_client import OWNER_KEY, ControlFailed, Sandbox, start_sandbox


@pytest.fixture
def route53(box: Sandbox) -> Any:
    """The operator's Route 53 client."""
    return box.boto3("route53")


def test_it_throttles_in_its_own_words(box: Sandbox, route53: Any) -> None:
    box.fault("throttle", service="route53", count=1)
    assert refused(route53.list_hosted_zones) == ("Throttling", 400)
    box.fault("error", service="route53", code="PriorRequestNotComplete", count=1)
    assert refused(route53.list_hosted_zones) == ("PriorRequestNotComplete", 400)
    box.fault("denied", service="route53", count=1)
    assert refused(route53.list_hosted_zones) == ("AccessDenied", 403)
    stranger = box.boto3("route53", key="AKIANOBODY")
    assert refused(stranger.list_hosted_zones) == ("InvalidClientTokenId", 403)


def test_real_rates_are_an_account_s_whatever_the_region(box: Sandbox, route53: Any) -> None:
    box.scale(0.01)  # so that a slow machine refills nothing
    box.knobs(real_rates=0.1)  # five calls, then one a second; four zones, then one in five seconds
    elsewhere = box.boto3("route53", region="eu-central-1")
    for number in range(4):
        zone(route53 if number % 2 else elsewhere, f"n{number}.example.com")
    assert refused(route53.create_hosted_zone, **asked()) == ("Throttling", 400)
    elsewhere.list_hosted_zones()
    assert refused(route53.list_hosted_zones) == ("Throttling", 400)
    box.boto3("route53", key=OWNER_KEY).list_hosted_zones()
    box.advance(3)
    for _ in range(3):
        route53.list_hosted_zones()
    assert refused(route53.list_hosted_zones) == ("Throttling", 400)


def test_an_answer_that_is_lost_leaves_a_zone_that_its_reference_finds(box: Sandbox, route53: Any) -> None:
    box.fault("lost_answer", operation="CreateHostedZone", count=1)
    request = asked()
    with pytest.raises(Exception, match="Connection"):
        route53.create_hosted_zone(**request)
    assert refused(route53.create_hosted_zone, **request) == ("HostedZoneAlreadyExists", 409)
    (found,) = route53.list_hosted_zones_by_name(DNSName=NAME)["HostedZones"]
    assert found["CallerReference"] == request["CallerReference"]


def test_read_lag_hides_a_young_zone(box: Sandbox, route53: Any) -> None:
    box.fault("read_lag", service="route53", seconds=30)
    key = zone(route53)
    assert refused(route53.get_hosted_zone, Id=key) == ("NoSuchHostedZone", 404)
    assert route53.list_hosted_zones_by_vpc(**VPC)["HostedZoneSummaries"] == []
    box.advance(31)
    assert route53.get_hosted_zone(Id=key)


def test_a_record_set_is_changed_and_deleted_by_hand(box: Sandbox, route53: Any) -> None:
    key = zone(route53)
    change(route53, key, ("CREATE", record()))
    box.put_record_by_hand(key, NAME, "A", values=["10.9.9.9"], ttl=60)
    stale = {"HostedZoneId": key, "ChangeBatch": batch(("DELETE", record()))}
    assert refused(route53.change_resource_record_sets, **stale) == ("InvalidChangeBatch", 400)
    change(route53, key, ("DELETE", record(NAME, "A", "10.9.9.9")))
    box.put_record_by_hand(key, f"*.{NAME}", "CNAME", values=["a.example.net", "b.example.net"])
    assert content(route53, key) == [(f"\\052.{NAME}.", "CNAME")]
    box.drop_record_by_hand(key, f"*.{NAME}", "CNAME")
    assert content(route53, key) == []
    box.retag_zone(key, {"a": "b"})
    (shown,) = box.zones(name=f"{NAME}.")
    assert shown["tags"] == {"a": "b"}
    assert [item["type"] for item in shown["records"]] == ["NS", "SOA"]
    box.delete_zone_by_hand(key)
    assert refused(route53.get_hosted_zone, Id=key) == ("NoSuchHostedZone", 404)


def test_a_hand_that_slips_is_told(box: Sandbox, route53: Any) -> None:
    key = zone(route53)
    slips: list[tuple[str, dict[str, Any]]] = [
        (NAME, {}),
        (NAME, {"values": [1]}),
        (NAME, {"values": ["10.0.0.1"], "alias": {"DNSName": "x"}}),
        (NAME, {"alias": {"DNSName": "x"}}),
        ("else.example.org", {"values": ["10.0.0.1"]}),
        ("a..b", {"values": ["10.0.0.1"]}),
    ]
    for name, settings in slips:
        with pytest.raises(ControlFailed) as failed:
            box.put_record_by_hand(key, name, "A", **settings)
        assert failed.value.status == 400, settings
    with pytest.raises(ControlFailed) as failed:
        box.delete_zone_by_hand("Z1")
    assert failed.value.status == 404
    with pytest.raises(ControlFailed) as failed:
        box.drop_record_by_hand(key, NAME, "A")
    assert failed.value.status == 404


def test_what_is_no_request_is_refused_and_not_a_bug(box: Sandbox) -> None:
    scope = "Credential=AKIASANDBOXOPERATOR1/20260101/us-east-1/route53/aws4_request"
    root = b"CreateHostedZoneRequest"
    growing = b'<!DOCTYPE a [<!ENTITY b "c">]><%s>&b;</%s>' % (root, root)
    for body in (b"<", b"no xml", b"<Other/>", growing):
        sent = urllib.request.Request(
            f"{box.url}/2013-04-01/hostedzone", body, {"Authorization": f"AWS4-HMAC-SHA256 {scope}"}
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(sent, timeout=10)
        with caught.value as answer:
            text = answer.read().decode()
        assert caught.value.code == 400, body
        assert "<Code>MalformedInput</Code>" in text


def test_zones_and_records_outlive_the_process(tmp_path: Path) -> None:
    with start_sandbox(tmp_path) as box:
        client = box.boto3("route53")
        request = asked()
        key = client.create_hosted_zone(**request)["HostedZone"]["Id"]
        made = change(client, key, ("CREATE", record()))
        box.kill()
        box.start()
        client = box.boto3("route53")
        assert content(client, key) == [(f"{NAME}.", "A")]
        assert client.get_change(Id=made)
        assert refused(client.create_hosted_zone, **request) == ("HostedZoneAlreadyExists", 409)


def test_the_console_shows_zones_and_lets_hands_in(box: Sandbox, route53: Any) -> None:
    hostile = "<script>alert(1)</script>"
    assert "None yet" in get(box, "zones")
    key = zone(route53, HostedZoneConfig={"Comment": hostile})
    here = "/_console/zones"
    said = post(
        box, f"zones/{key}/records", back=here, name=f"b.{NAME}", type="A", values="10.0.0.1 10.0.0.2"
    )
    assert "The record set was put there by hand." in said
    page = get(box, "zones")
    forms = Forms(page)
    assert forms.open == []
    assert forms.fields <= forms.labelled
    assert "<script" not in page
    assert "10.0.0.2" in page
    assert content(route53, key) == [(f"b.{NAME}.", "A")]
    assert "taken out" in post(box, f"zones/{key}/drop", back=here, name=f"b.{NAME}.", type="A")
    assert content(route53, key) == []
    assert "deleted by hand" in post(box, f"zones/{key}/delete", back=here)
    assert "None yet" in get(box, "zones")
