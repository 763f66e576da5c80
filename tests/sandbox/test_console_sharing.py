"""The console's pages of resource configurations, shares and Resource endpoints."""

import re
from typing import Any

from tests.sandbox.helpers import REGION, state, tags
from tests.sandbox.sharing import PENDING, SHARE, SHARED, accept, associations, reach
from tests.sandbox.test_console import Forms, get, post
from tests.sandbox_client import OPERATOR, Sandbox, configuration_id, share_arn, subnet_id

UUID = SHARE.rpartition("/")[2]
KEY = configuration_id(REGION, 1)
HERE = f"/_console/configurations/{KEY}"


def forms(page: str) -> dict[str, dict[str, Any]]:
    """Return by action what a browser would send for each form."""
    found: dict[str, dict[str, Any]] = {}
    for form in Forms(page).forms:
        fields = found.setdefault(form["action"], {})
        for name, value in form["data"]:
            fields.setdefault(name, []).append(value)
    return found


def test_pages_render_well_formed_and_escaped(box: Sandbox, ec2: Any) -> None:
    hostile = "<script>alert(1)</script>"
    box.create_configuration(REGION, name=hostile, custom_domain_name=hostile, ports=[hostile])
    box.create_share(KEY, name=hostile)
    box.expire_invitation(SHARE)
    cut, lacking = reach(ec2), reach(ec2, TagSpecifications=tags(a=hostile))
    box.cut(cut)
    box.make_partial(lacking)
    for path in (
        "configurations", f"configurations?region={REGION}", f"configurations?region={hostile}", "shares",
        f"shares?region={REGION}", f"configurations/{KEY}", f"configurations/{SHARED.rpartition('/')[2]}",
        f"endpoints/{cut}", f"endpoints/{lacking}", "endpoints",
    ):  # fmt: skip
        page = get(box, path)
        read = Forms(page)
        assert read.open == [], path
        assert read.fields <= read.labelled, path
        assert "<script" not in page
    assert 'href="/_console/shares"' in page
    assert 'href="/_console/configurations"' in page


def test_an_expired_invitation_is_shared_again(box: Sandbox) -> None:
    page = get(box, "shares")
    assert f"/_console/shares/{UUID}/expire" in forms(page)
    assert f"/_console/shares/{UUID}/share-again" not in forms(page)
    landed = post(box, f"shares/{UUID}/expire", back="/_console/shares")
    assert "The invitation expired." in landed
    assert f"/_console/shares/{UUID}/share-again" in forms(landed)
    post(box, f"shares/{UUID}/share-again", back=HERE)
    assert [item["status"] for item in box.invitations(share_arn=SHARE)] == ["EXPIRED", "PENDING"]
    accept(box)
    post(box, f"shares/{UUID}/detach", back=HERE)
    assert box.shares(arn=SHARE)[0]["principals"] == {OPERATOR: "DISASSOCIATED"}
    post(box, f"shares/{UUID}/delete", back=HERE)
    assert box.shares(arn=SHARE)[0]["status"] == "DELETED"
    assert "The share 00000000" in post(box, f"shares/{UUID}/share-again", back=HERE)


def test_a_share_with_somebody_else_is_shared_with_postern_too(box: Sandbox) -> None:
    others = share_arn(REGION, 3)
    path = f"/_console/shares/{others.rpartition('/')[2]}/attach"
    page = get(box, "shares")
    assert path in forms(page)
    assert f"/_console/shares/{UUID}/attach" not in forms(page)
    landed = post(box, path.removeprefix("/_console/"), back="/_console/shares")
    assert "It was shared with Postern." in landed
    assert path not in forms(landed)
    assert box.shares(arn=others)[0]["principals"][OPERATOR] == "ASSOCIATING"


def test_a_configuration_is_created_saved_changed_shared_and_deleted(box: Sandbox) -> None:
    fields = forms(get(box, "configurations"))["/_console/configurations"]
    landed = post(box, "configurations", **{**fields, "name": "orders", "ports": "5432, 5433"})
    assert "The resource configuration was created." in landed
    [made] = box.configurations(name="orders")
    assert (made["ports"], made["region"]) == (["5432", "5433"], "us-east-1")
    key = made["id"]
    path = f"/_console/configurations/{key}"
    fields = forms(get(box, f"configurations/{key}"))[path]
    post(box, f"configurations/{key}", **fields)
    [saved] = box.configurations(id=key)
    assert {**saved, "updated_at": ""} == {**made, "updated_at": ""}
    changed = {**fields, "status": "UPDATE_FAILED", "domain": "db.example.com", "verified": "on"}
    post(box, f"configurations/{key}", **changed)
    [saved] = box.configurations(id=key)
    assert (saved["status"], saved["verification"]) == ("UPDATE_FAILED", "VERIFIED")
    fields = forms(get(box, f"configurations/{key}"))[f"{path}/share"]
    assert f"{key} was shared." in post(box, f"configurations/{key}/share", **fields)
    [share] = [share for share in box.shares() if saved["arn"] in share["resources"]]
    assert share["principals"] == {OPERATOR: "ASSOCIATING"}
    same = {**fields, "same_organization": "on"}
    post(box, f"configurations/{key}/share", **same)
    assert len([share for share in box.shares() if saved["arn"] in share["resources"]]) == 2
    post(box, f"configurations/{key}/delete", back="/_console/configurations")
    assert box.configurations(id=key) == []


def test_an_endpoint_is_cut_restored_and_made_partial(box: Sandbox, ec2: Any) -> None:
    accept(box)
    subnets = [subnet_id(REGION, n) for n in (1, 2)]
    key = reach(ec2, ResourceConfigurationArn=PENDING, SubnetIds=subnets)
    page = get(box, f"endpoints/{key}")
    assert HERE in page
    assert re.search(r"10\.1\.1\.\d+/28", page)
    back = f"/_console/endpoints/{key}"
    assert f"{back}/reject" not in forms(page)
    landed = post(box, f"endpoints/{key}/cut", back=back)
    assert f"{back}/restore" in forms(landed)
    assert f"{back}/cut" not in forms(landed)
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
    post(box, f"endpoints/{key}/restore", back=back)
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"
    post(box, f"endpoints/{key}/partial", back=back)
    assert state(ec2, key) == "Partial"
    post(box, f"endpoints/{key}/expire", back=back)
    assert state(ec2, key) == "Expired"
