"""The console's pages of MSK clusters."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused
from tests.sandbox.msk import cluster_arn, connect, managed, state
from tests.sandbox.test_console import Forms, get, post
from tests.sandbox_client import Sandbox

UUID = cluster_arn().rpartition("/")[2]
HERE = f"/_console/clusters/{UUID}"


@pytest.fixture
def kafka(box: Sandbox) -> Any:
    """The operator's kafka client in us-east-1."""
    return box.boto3("kafka")


def sent(page: str, action: str) -> dict[str, Any]:
    """Return what a browser would send for the form with this action."""
    [form] = [form for form in Forms(page).forms if form["action"] == action]
    found: dict[str, Any] = {}
    for name, value in form["data"]:
        found.setdefault(name, []).append(value)
    return found


def test_pages_render_well_formed_and_escaped(box: Sandbox, kafka: Any) -> None:
    hostile = "<script>alert(1)</script>"
    box.knobs(msk_rejecting_seconds=60)
    arn = connect(kafka, Tags={hostile: hostile})
    box.change_cluster(cluster_arn(), policy_principals=[hostile])
    assert state(kafka, arn) == "AVAILABLE"
    box.reject_connection(arn)
    endpoint = managed(box, arn)["VpcEndpointId"]
    closed = cluster_arn(name="closed").rpartition("/")[2]
    for path in (
        "clusters", f"clusters?region={REGION}", f"clusters?region={hostile}", f"clusters/{UUID}",
        f"clusters/{closed}", f"endpoints/{endpoint}", "endpoints",
    ):  # fmt: skip
        page = get(box, path)
        forms = Forms(page)
        assert forms.open == [], path
        assert forms.fields <= forms.labelled, path
        assert "<script" not in page
    assert HERE in get(box, f"endpoints/{endpoint}")
    assert "/_console/endpoints/" not in [
        form["action"] for form in Forms(get(box, f"endpoints/{endpoint}")).forms
    ]


def test_the_policy_is_dropped_and_put_back(box: Sandbox, kafka: Any) -> None:
    assert "The policy was dropped." in post(box, f"clusters/{UUID}/policy", back=HERE, principal="")
    asked = {"ClusterArn": cluster_arn()}
    assert refused(kafka.describe_cluster, **asked) == ("ForbiddenException", 403)
    page = get(box, f"clusters/{UUID}")
    assert "Allow Postern" in page
    principal = "arn:aws:iam::111111111111:root"
    post(box, f"clusters/{UUID}/policy", back=HERE, principal=principal)
    kafka.describe_cluster(**asked)


def test_settings_are_saved_unchanged_and_changed(box: Sandbox, kafka: Any) -> None:
    arn = connect(kafka)
    kafka.list_vpc_connections()
    before = box.clusters(id=cluster_arn())[0]
    form = sent(get(box, f"clusters/{UUID}"), HERE)
    assert "The settings were saved." in post(box, f"clusters/{UUID}", **form)
    after = box.clusters(id=cluster_arn())[0]
    assert after == before
    assert state(kafka, arn) == "AVAILABLE"
    post(box, f"clusters/{UUID}", **{**form, "schemes": ["SASL_SCRAM"], "state": "UPDATING"})
    after = box.clusters(id=cluster_arn())[0]
    assert (after["schemes"], after["state"]) == (["SASL_SCRAM"], "UPDATING")
    assert state(kafka, arn) == "INACTIVE"


def test_connections_are_rejected_failed_and_deleted(box: Sandbox, kafka: Any) -> None:
    arns = [
        connect(kafka), connect(kafka, Authentication="SASL_SCRAM"),
        connect(kafka, cluster_arn(name="iam-only")),
    ]  # fmt: skip
    uuids = [arn.rpartition("/")[2] for arn in arns]
    actions = [form["action"] for form in Forms(get(box, f"clusters/{UUID}")).forms]
    assert f"/_console/connections/{uuids[0]}/reject" in actions
    assert f"Done: reject {uuids[0]}." in post(box, f"connections/{uuids[0]}/reject", back=HERE)
    post(box, f"connections/{uuids[1]}/fail", back=HERE)
    post(box, f"connections/{uuids[2]}/delete", back=HERE)
    assert [state(kafka, arn) for arn in arns[:2]] == ["REJECTED", "FAILED"]
    assert len(box.connections()) == 2
    assert "reject does not apply" in post(box, f"connections/{uuids[1]}/reject", back=HERE)


def test_a_cluster_is_created_and_deleted(box: Sandbox) -> None:
    landed = post(box, "clusters", region="eu-west-1", name="events", back="/_console/clusters")
    [made] = box.clusters(name="events")
    assert made["id"] in landed
    assert (made["region"], made["schemes"]) == ("eu-west-1", ["SASL_IAM", "SASL_SCRAM"])
    post(box, f"clusters/{made['uuid']}/delete", back="/_console/clusters")
    assert box.clusters(name="events") == []
    assert "letters, digits and dashes" in post(box, "clusters", region="eu-west-1", name="", back=HERE)
