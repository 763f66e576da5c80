"""The owner console: every page renders, every form does what it says, no page from elsewhere drives it."""

import re
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.sandbox.helpers import REGION, create, state, tags
from tests.sandbox_client import Sandbox, eventually, service_id


class Forms(HTMLParser):
    """The forms of a page with what a browser would send, and tags left open."""

    _VOID = frozenset({"meta", "input", "br", "link"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.open: list[str] = []
        self.labelled: set[str] = set()
        self.fields: set[str] = set()
        self._area, self._text = "", ""
        self._choice: dict[str, Any] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, fields and open elements."""
        given = {name: value or "" for name, value in attrs}
        if tag not in self._VOID:
            self.open.append(tag)
        if tag == "form":
            self.forms.append({"action": given["action"], "method": given["method"], "data": []})
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "checkbox"):
            self.fields.add(given["id"])
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            default = "on" if "checked" in given else ""
            self.forms[-1]["data"].append((given["name"], given.get("value", default)))
        if tag == "textarea":
            self._area, self._text = given["name"], ""
        if tag == "select":
            self._choice = {"name": given["name"], "options": [], "selected": None}
        if tag == "option":
            self._choice["options"].append(given.get("value"))
            if "selected" in given:
                self._choice["selected"] = len(self._choice["options"]) - 1

    def handle_endtag(self, tag: str) -> None:
        """Close an element; a wrong one is an error of the page."""
        assert self.open.pop() == tag, f"</{tag}> closes nothing"
        if tag == "textarea":
            self.forms[-1]["data"].append((self._area, self._text))
            self._area = ""
        if tag == "select":
            place = self._choice["selected"] or 0
            self.forms[-1]["data"].append((self._choice["name"], self._choice["options"][place]))

    def handle_data(self, data: str) -> None:
        """Take the text of options and text areas."""
        if self._area:
            self._text += data
        if self.open and self.open[-1] == "option" and self._choice["options"][-1] is None:
            self._choice["options"][-1] = data


def get(box: Sandbox, path: str = "") -> str:
    """Read a page."""
    with urllib.request.urlopen(f"{box.url}/_console/{path}", timeout=20) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return str(answer.read().decode())


def post(box: Sandbox, path: str, headers: dict[str, str] | None = None, **fields: Any) -> str:
    """Post a form and return the page one lands on."""
    data = urllib.parse.urlencode(fields, doseq=True).encode()
    request = urllib.request.Request(f"{box.url}/_console/{path}", data, headers or {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def test_every_page_renders_well_formed_and_labelled(box: Sandbox, ec2: Any) -> None:
    box.knobs(pending_seconds=50)
    waiting, coming = create(ec2, 1), create(ec2, 2, TagSpecifications=tags(a="1"))
    box.fail(create(ec2), "Code", "Message")
    box.fault("throttle", operation="DescribeVpcs")
    paths = ["", f"?region={REGION}", "new", "endpoints", "faults", "clock", "calls"]
    paths += ["calls?operation=CreateVpcEndpoint&region=us-east-1"]
    paths += [f"endpoints/{key}" for key in (waiting, coming)]
    paths += [f"services/{service_id(REGION, k)}" for k in range(1, 7)]
    for path in paths:
        page = get(box, path)
        forms = Forms(page)
        assert forms.open == [], path
        assert forms.fields <= forms.labelled, path
        assert "<script" not in page


def test_texts_of_others_are_escaped(box: Sandbox, ec2: Any) -> None:
    hostile = "<script>alert(1)</script>"
    key = create(ec2, TagSpecifications=tags(a=hostile))
    box.fail(key, hostile, hostile)
    box.fault("error", message=hostile)
    box.create_service(REGION, allowed_principals=[hostile])
    said = urllib.parse.urlencode({"said": hostile, "problem": hostile})
    for path in (f"endpoints/{key}", "faults", "", "calls", f"?{said}", f"?region={hostile}"):
        assert "<script" not in get(box, path), path


def test_accept_and_reject_from_the_connections_of_a_service(box: Sandbox, ec2: Any) -> None:
    first, second = create(ec2, 1), create(ec2, 1)
    page = get(box, f"services/{service_id(REGION, 1)}")
    actions = [form["action"] for form in Forms(page).forms]
    assert f"/_console/endpoints/{first}/accept" in actions
    landed = post(box, f"endpoints/{first}/accept", back=f"/_console/services/{service_id(REGION, 1)}")
    assert f"Done: accept {first}." in landed
    post(box, f"endpoints/{second}/reject", back="/_console/endpoints")
    assert [state(ec2, key) for key in (first, second)] == ["available", "rejected"]


def test_fate_by_hand(box: Sandbox, ec2: Any) -> None:
    expiring, failing, going = create(ec2, 1), create(ec2), create(ec2)
    post(box, f"endpoints/{expiring}/expire", back="/_console/")
    post(box, f"endpoints/{failing}/fail", back="/_console/", code="Bad", message="Luck")
    post(box, f"endpoints/{going}/delete", back="/_console/")
    assert state(ec2, expiring) == "expired"
    assert box.endpoint(failing)["error_code"] == "Bad"
    assert {item["id"] for item in box.endpoints()} == {expiring, failing}


def test_a_service_is_created_saved_unchanged_and_changed(box: Sandbox) -> None:
    [form] = [form for form in Forms(get(box, "new")).forms if form["action"] == "/_console/services"]
    landed = post(box, "services", **{name: value for name, value in form["data"] if value})
    match = re.search(r"<h1>(vpce-svc-[0-9a-f]{17})</h1>", landed)
    assert match
    key = match.group(1)
    [made] = [item for item in box.state()["services"] if item["id"] == key]
    assert (made["region"], made["acceptance_required"]) == ("us-east-1", True)

    path = f"/_console/services/{key}"
    [form] = [form for form in Forms(get(box, f"services/{key}")).forms if form["action"] == path]
    sent: dict[str, Any] = {}
    for name, value in form["data"]:
        sent.setdefault(name, []).append(value)
    assert "The settings were saved." in post(box, f"services/{key}", **sent)
    [saved] = [item for item in box.state()["services"] if item["id"] == key]
    assert saved == made

    changed = {**sent, "allowed_principals": "* 123456789012", "zone_ids": ["use1-az1"]}
    changed |= {"private_dns_name": "x.example", "private_dns_state": "verified"}
    del changed["acceptance_required"]
    post(box, f"services/{key}", **changed)
    [saved] = [item for item in box.state()["services"] if item["id"] == key]
    assert saved["allowed_principals"] == ["*", "123456789012"]
    assert (saved["zone_ids"], saved["private_dns_state"]) == (["use1-az1"], "verified")
    assert saved["acceptance_required"] is False
    assert f"{key} was deleted." in post(box, f"services/{key}/delete", back="/_console/")
    assert key not in {item["id"] for item in box.state()["services"]}


def test_a_region_is_fed_and_fed_no_more(box: Sandbox) -> None:
    post(box, "feeds", region=REGION)
    [feed] = box.feeds()
    assert feed["queue_url"] in get(box, "faults")
    post(box, f"feeds/{REGION}/stop", account=feed["account"], back="/_console/faults")
    assert box.feeds() == []


def test_faults_start_and_end(box: Sandbox) -> None:
    post(box, "faults", kind="read_lag", operation="DescribeVpcEndpoints", seconds="2.5", count="")
    [fault] = box.faults()
    assert (fault["kind"], fault["seconds"], fault["count"]) == ("read_lag", 2.5, None)
    post(box, f"faults/{fault['id']}/clear", back="/_console/faults")
    assert box.faults() == []
    assert "is no number" in post(box, "faults", kind="throttle", count="two")


def test_a_held_call_is_released(box: Sandbox) -> None:
    from tests.sandbox.test_faults import in_background

    box.fault("hold_before", operation="DescribeVpcs", nth=1)
    thread, outcome = in_background(lambda: box.boto3("ec2").describe_vpcs()["Vpcs"])
    hold = box.wait_for_hold()
    assert "Calls held now" in get(box, "faults")
    post(box, f"holds/{hold['id']}/release", action="proceed", back="/_console/faults")
    thread.join(10)
    assert len(outcome[0]) == 1


def test_clock_knobs_and_reset(box: Sandbox, ec2: Any) -> None:
    post(box, "clock", advance_seconds="86400")
    assert box.clock()["offset_seconds"] == pytest.approx(86400, abs=5)
    post(box, "clock", scale="60")
    assert box.clock()["scale"] == 60
    post(box, "clock", reset="1")
    assert box.clock()["offset_seconds"] == 0
    post(box, "knobs", pending_seconds="12.5", interface_quota_per_vpc="7")
    assert (box.knobs()["pending_seconds"], box.knobs()["interface_quota_per_vpc"]) == (12.5, 7)
    post(box, "knobs", profile="demo")
    assert box.knobs()["profile"] == "demo"
    create(ec2)
    post(box, "reset")
    assert box.endpoints() == []


def test_problems_are_shown_where_one_was(box: Sandbox, ec2: Any) -> None:
    key = create(ec2)
    assert "accept does not apply" in post(box, f"endpoints/{key}/accept", back="/_console/endpoints")
    assert "There is no such form." in post(box, "paint")
    elsewhere = post(box, f"endpoints/{key}/reject", back="https://evil.example/")
    assert "Endpoint services" in elsewhere
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(box, "endpoints/vpce-0dead")
    assert caught.value.code == 404
    caught.value.close()


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}]
)
def test_forms_from_elsewhere_are_refused(box: Sandbox, headers: dict[str, str]) -> None:
    key = create(box.boto3("ec2"), 1)
    with pytest.raises(urllib.error.HTTPError) as caught:
        post(box, f"endpoints/{key}/accept", headers, back="/_console/")
    assert caught.value.code == 403
    caught.value.close()
    assert box.endpoint(key)["state"] == "pendingAcceptance"
    own = {"Origin": box.url, "Sec-Fetch-Site": "same-origin"}
    post(box, f"endpoints/{key}/accept", own, back="/_console/")
    eventually(lambda: box.endpoint(key)["state"] == "available")


def test_a_browser_at_the_root_is_sent_to_the_console(box: Sandbox) -> None:
    request = urllib.request.Request(box.url, headers={"Accept": "text/html,*/*"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.url == f"{box.url}/_console/"
