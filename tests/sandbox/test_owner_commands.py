"""An owner pastes the commands that Postern writes, and AWS (the sandbox) does what they are for."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

from endpoints.domain.commands import Blank, Filled, Guide, GuideKey, guide, left_behind, prepare
from endpoints.domain.specs import Spec, parse_spec
from endpoints.domain.types import EndpointType, Source
from tests.domain.test_command_texts import words
from tests.sandbox.helpers import create, refused, state
from tests.sandbox.msk import cluster_arn, connect, request
from tests.sandbox.msk import state as connection_state
from tests.sandbox.sharing import accept, invitations, reach
from tests.sandbox_client import (
    OPERATOR,
    OWNER_KEY,
    Sandbox,
    configuration_arn,
    configuration_id,
    service_name,
    share_arn,
)

REGION = "us-east-1"
VPC, SUBNETS = "vpc-00000000000000010", ("subnet-00000000000000101", "subnet-00000000000000102")
GROUP = "sg-00000000000000001"
INTERFACE, RESOURCE, MSK = EndpointType

Run = Callable[..., list[Any]]


@pytest.fixture
def run(box: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a guide's commands as the owner, by the AWS CLI; return what each printed, None for a refusal."""
    for name, value in box.environment(OWNER_KEY, REGION).items():
        monkeypatch.setenv(name, value)
    driver = create_clidriver()

    def paste(one: Guide, **blanks: str) -> list[Any]:
        text = one.cli
        for name, value in blanks.items():
            text = text.replace(Blank[name], value)
        assert "<" not in text, "every blank is filled"
        answers = []
        for command in re.split(r"\n(?=aws )", text):
            capsys.readouterr()
            code = driver.main(words(command)[1:])
            out = capsys.readouterr().out
            answers.append((json.loads(out) if out.strip() else {}) if code == 0 else None)
        return answers

    return paste


def service(k: int) -> Spec:
    return parse_spec(INTERFACE, {"vpcEndpointServiceName": service_name(REGION, k)})


def shared(k: int) -> Spec:
    parameters = {
        "vpcResourceConfigurationId": configuration_id(REGION, k),
        "vpcResourceShareArn": share_arn(REGION, k),
    }
    return parse_spec(RESOURCE, parameters)


def cluster(name: str) -> Spec:
    parameters = {"mskClusterArn": cluster_arn(REGION, name), "mskAuthentication": "SASL_IAM"}
    return parse_spec(MSK, parameters)


def filled(external_id: str = "", source: Source | None = None) -> Filled:
    return Filled(REGION, OPERATOR, external_id, source)


def test_a_principal_is_allowed_a_connection_accepted_and_the_principal_taken_out(run: Run, ec2: Any) -> None:
    closed = {"VpcEndpointType": "Interface", "VpcId": "vpc-00000000000000001"}
    closed["ServiceName"] = service_name(REGION, 3)
    assert refused(ec2.create_vpc_endpoint, **closed)[1] == 400
    assert run(guide(service(3), GuideKey.ALLOW_PRINCIPAL, filled()))[0]["ReturnValue"]
    key = create(ec2, 3, REGION)
    assert state(ec2, key) == "pendingAcceptance"
    (seen,) = run(guide(service(3), GuideKey.SEE_CONNECTIONS, filled(key)))
    assert [row["VpcEndpointId"] for row in seen["VpcEndpointConnections"]] == [key]
    assert run(guide(service(3), GuideKey.ACCEPT, filled(key))) == [{"Unsuccessful": []}]
    assert state(ec2, key) == "available"
    described, permitted = run(guide(service(3), GuideKey.SEE_SERVICE, filled(key)))
    assert described["ServiceConfigurations"][0]["ServiceName"] == service_name(REGION, 3)
    assert [row["Principal"] for row in permitted["AllowedPrincipals"]] == [f"arn:aws:iam::{OPERATOR}:root"]
    remove, _delete_service = left_behind(service(3), filled(key))
    assert run(remove)[0]["ReturnValue"]
    assert refused(ec2.create_vpc_endpoint, **closed)[1] == 400


def test_a_connection_is_rejected(run: Run, ec2: Any) -> None:
    key = create(ec2, 1, REGION)
    assert run(guide(service(1), GuideKey.REJECT, filled(key))) == [{"Unsuccessful": []}]
    assert state(ec2, key) == "rejected"


def test_a_resource_is_prepared_step_by_step_reached_and_cleaned_up(run: Run, box: Sandbox, ec2: Any) -> None:
    by_key = {one.key: one for one in prepare(RESOURCE, Source.POSTGRES, filled())}
    places = {"VPC": VPC, "SUBNET_1": SUBNETS[0], "SUBNET_2": SUBNETS[1], "SECURITY_GROUP": GROUP}
    create_gateway, watch = by_key[GuideKey.CREATE_GATEWAY].cli.split("\naws ")
    (made,) = run(Guide(GuideKey.CREATE_GATEWAY, create_gateway), **places)
    assert run(Guide(GuideKey.CREATE_GATEWAY, f"aws {watch}"), GATEWAY=made["id"]) == ["ACTIVE"]
    (configured,) = run(by_key[GuideKey.CONFIGURE_HOST], GATEWAY=made["id"], HOST="db.example.com")
    assert (configured["portRanges"], configured["status"]) == (["5432"], "ACTIVE")
    (sharing,) = run(by_key[GuideKey.SHARE], CONFIGURATION_ARN=configured["arn"])
    share = sharing["resourceShare"]["resourceShareArn"]

    accept(box, share)
    spec = parse_spec(
        RESOURCE, {"vpcResourceConfigurationId": configured["id"], "vpcResourceShareArn": share}
    )
    key = reach(ec2, ResourceConfigurationArn=configured["arn"])
    (seen,) = run(guide(spec, GuideKey.SEE_ASSOCIATIONS, filled(key)))
    assert [row["vpcEndpointId"] for row in seen["items"]] == [key]
    shown, gate = run(guide(spec, GuideKey.SEE_CONFIGURATION, filled(key)), GATEWAY=made["id"])
    assert (shown["arn"], gate["id"]) == (configured["arn"], made["id"])

    ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    for one in left_behind(spec, filled(key)):
        assert None not in run(one, GATEWAY=made["id"]), one.key


def test_a_database_of_rds_is_configured_by_its_arn_without_a_port(run: Run) -> None:
    by_key = {one.key: one for one in prepare(RESOURCE, Source.POSTGRES, filled())}
    arn = f"arn:aws:rds:{REGION}:222222222222:cluster:orders"
    (made,) = run(by_key[GuideKey.CONFIGURE_RDS], GATEWAY="rgw-00000000000000001", RDS_ARN=arn)
    assert made["resourceConfigurationDefinition"] == {"arnResource": {"arn": arn}}


def test_a_share_is_made_again_and_a_principal_added(run: Run, box: Sandbox, ram: Any) -> None:
    share = share_arn(REGION, 1)
    box.expire_invitation(share)
    assert [row["status"] for row in invitations(ram, share)] == ["EXPIRED"]
    box.detach(share)  # by the expiry, as AWS does (aws.md §1b)
    assert run(guide(shared(1), GuideKey.ADD_TO_SHARE, filled()))[0] is not None
    assert invitations(ram, share)[-1]["status"] == "PENDING"
    before = len(invitations(ram, share))
    assert None not in run(guide(shared(1), GuideKey.SHARE_AGAIN, filled()))
    again = invitations(ram, share)
    assert again[-1]["status"] == "PENDING"
    assert len(again) >= before
    principals, resources = run(guide(shared(1), GuideKey.SEE_SHARE, filled()))
    assert principals["resourceShareAssociations"][0]["associatedEntity"] == OPERATOR
    assert resources["resourceShareAssociations"][0]["associatedEntity"].endswith(configuration_id(REGION, 1))


def test_a_share_is_corrected(run: Run, box: Sandbox) -> None:
    wrong, right = configuration_arn(REGION, 1), configuration_arn(REGION, 2)
    share = box.create_share(configuration_id(REGION, 1), region=REGION)["arn"]
    parameters = {"vpcResourceConfigurationId": configuration_id(REGION, 2), "vpcResourceShareArn": share}
    spec = parse_spec(RESOURCE, parameters)
    assert None not in run(guide(spec, GuideKey.CORRECT_SHARE, filled()), OTHER_ARN=wrong)
    _, resources = run(guide(spec, GuideKey.SEE_SHARE, filled()))
    rows = {row["associatedEntity"]: row["status"] for row in resources["resourceShareAssociations"]}
    assert rows[right] == "ASSOCIATED"
    assert rows.get(wrong, "DISASSOCIATED") == "DISASSOCIATED"


def test_a_cluster_policy_is_put_and_our_connection_seen_and_rejected(run: Run, box: Sandbox) -> None:
    kafka = box.boto3("kafka")
    arn = cluster_arn(REGION, "closed")
    assert refused(kafka.create_vpc_connection, **request(arn))[1] == 403
    before, put = run(guide(cluster("closed"), GuideKey.ALLOW_IN_POLICY, filled()))
    assert before is None, "there is no policy yet"
    assert put["CurrentVersion"]
    key = connect(kafka, arn)
    assert None not in run(guide(cluster("closed"), GuideKey.SEE_BROKERS, filled(key)))
    assert None not in run(guide(cluster("closed"), GuideKey.SEE_CLUSTER, filled(key)))
    (seen,) = run(guide(cluster("closed"), GuideKey.SEE_CLIENT_CONNECTIONS, filled(key)))
    assert [row["VpcConnectionArn"] for row in seen["ClientVpcConnections"]] == [key]
    assert run(guide(cluster("closed"), GuideKey.REJECT_CLIENT_CONNECTION, filled(key))) == [{}]
    assert connection_state(kafka, key) in ("REJECTING", "REJECTED")


def test_our_account_is_taken_out_of_a_policy(run: Run, box: Sandbox) -> None:
    spec = cluster("orders")
    (take_out,) = left_behind(spec, filled())
    owner = box.boto3("kafka", key=OWNER_KEY)
    now = owner.get_cluster_policy(ClusterArn=cluster_arn(REGION, "orders"))
    policy = json.loads(now["Policy"]) | {"Statement": []}
    mine = {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "kafka:*", "Resource": "*"}
    policy["Statement"].append(mine)
    shown, put = run(take_out, POLICY=json.dumps(policy), POLICY_VERSION=now["CurrentVersion"])
    assert shown["CurrentVersion"] == now["CurrentVersion"]
    assert put["CurrentVersion"]
    assert refused(box.boto3("kafka").create_vpc_connection, **request())[1] == 403
