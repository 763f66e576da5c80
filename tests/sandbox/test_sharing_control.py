"""The control interface of resource configurations and shares: what it takes and what it refuses."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION
from tests.sandbox.sharing import SHARE, SHARED, accept, reach
from tests.sandbox_client import OPERATOR, ControlFailed, Sandbox, configuration_id, share_arn


def status(act: Any, *given: Any, **settings: Any) -> int:
    """Make a control request that must fail, and return its status."""
    with pytest.raises(ControlFailed) as caught:
        act(*given, **settings)
    return caught.value.status


def test_a_configuration_takes_all_its_settings(box: Sandbox) -> None:
    made = box.create_configuration(
        REGION, id="rcfg-0123456789abcdef0", name="orders", type="ARN", ports=["1", "2-3"], verified=True,
        custom_domain_name="db.example.com", zone_ids=["use1-az1"],
    )  # fmt: skip
    assert made["arn"].endswith(":222222222222:resourceconfiguration/rcfg-0123456789abcdef0")
    assert (made["type"], made["ports"], made["zone_ids"]) == ("ARN", ["1", "2-3"], ["use1-az1"])
    assert (made["verification"], made["status"]) == ("VERIFIED", "ACTIVE")
    changed = box.change_configuration(made["arn"], verified=False, status="UPDATE_FAILED")
    assert (changed["verification"], changed["status"]) == ("PENDING", "UPDATE_FAILED")
    box.delete_configuration(made["id"])
    assert box.configurations(id=made["id"]) == []


def test_bad_configurations_are_refused(box: Sandbox) -> None:
    make = box.create_configuration
    assert status(make, "mars-1") == 400
    assert status(make, REGION, id="rcfg-1") == 409
    assert status(make, REGION, id=configuration_id(REGION, 1)) == 409
    assert status(make, REGION, type="CHILD") == 400
    assert status(make, REGION, type="THING") == 400
    assert status(make, REGION, account="123456789012") == 404
    assert status(make, REGION, zone_ids=["euc1-az1"]) == 400
    assert status(make, REGION, ports=[1]) == 400
    assert status(box.change_configuration, SHARED, status="TIRED") == 400
    assert status(box.change_configuration, "rcfg-0") == 404
    assert status(box.delete_configuration, "rcfg-0") == 404
    assert status(box.change_gateway, "rgw-0", status="ACTIVE") == 404
    assert len(box.configurations()) == 20


def test_a_share_takes_all_its_settings(box: Sandbox) -> None:
    key = "01234567-89ab-cdef-0123-456789abcdef"
    made = box.create_share(SHARED, id=key, name="db", principals=[OPERATOR, "444444444444"])
    assert made["arn"] == f"arn:aws:ram:{REGION}:222222222222:resource-share/{key}"
    assert made["principals"] == {OPERATOR: "ASSOCIATING", "444444444444": "ASSOCIATING"}
    assert made["resources"] == {SHARED: "ASSOCIATED"}
    assert [item["receiver"] for item in made["invitations"]] == [OPERATOR, "444444444444"]
    detached = box.detach(made["arn"], OPERATOR)
    assert detached["principals"] == {OPERATOR: "DISASSOCIATED", "444444444444": "ASSOCIATING"}
    again = box.share_again(key)
    assert len(again["invitations"]) == 2
    more = box.attach(key, OPERATOR, "555555555555")
    assert more["principals"].keys() == {OPERATOR, "444444444444", "555555555555"}
    assert len(more["invitations"]) == 3, "whoever has it keeps it"


def test_bad_shares_are_refused(box: Sandbox) -> None:
    assert status(box.create_share) == 400
    assert status(box.create_share, "rcfg-0") == 404
    assert status(box.create_share, SHARED, region="eu-west-1") == 400
    assert status(box.create_share, SHARED, account=OPERATOR) == 400
    assert status(box.create_share, SHARED, principals=["me"]) == 400
    assert status(box.create_share, SHARED, id="1") == 409
    assert status(box.create_share, SHARED, id=SHARE.rpartition("/")[2]) == 409
    assert status(box.share_again, SHARE) == 409
    assert status(box.unshare, "1") == 404
    assert status(box.expire_invitation, "1") == 404
    assert status(box.expire_invitation, share_arn(REGION, 2)) == 404
    accept(box)
    assert status(box.expire_invitation, SHARE) == 409
    box.unshare(SHARE)
    assert status(box.attach, share_arn(REGION, 3), "me") == 400
    for act in (box.unshare, box.attach, box.detach, box.share_again):
        assert status(act, SHARE) == 409
    assert len(box.shares()) == 20


def test_what_does_not_apply_to_an_endpoint_is_refused(box: Sandbox, ec2: Any) -> None:
    key = reach(ec2)
    assert status(box.restore, key) == 409
    box.cut(key)
    assert status(box.cut, key) == 409
    assert status(box.reject, key) == 409
    assert status(box.accept, key) == 409
    box.fail(key)
    assert status(box.make_partial, key) == 409
    assert status(box.expire, key) == 409
    box.fabricate(SHARED, 2, state="failed", tags={"n": "{n}"})
    assert [item["tags"] for item in box.endpoints(state="failed")[1:]] == [{"n": "0"}, {"n": "1"}]


def test_a_vanished_knob_lag_changes_nothing_that_is_under_way(box: Sandbox) -> None:
    box.knobs(share_lag_seconds=60)
    share = box.create_share(SHARED)["arn"]
    box.knobs(share_lag_seconds=0)
    assert box.invitations(share_arn=share)[0]["seen_at"] > box.state()["now"]
