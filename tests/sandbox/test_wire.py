"""The wire itself: credentials, malformed requests, what is not built, the AWS CLI, sts."""

import json
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.sandbox.helpers import REGION, create, listed, refused, tags
from tests.sandbox_client import OPERATOR, OPERATOR_KEY, OWNER, OWNER_KEY, Sandbox, service_name, vpc_id

SCOPE = f"AWS4-HMAC-SHA256 Credential={OPERATOR_KEY}/20260101/{REGION}/ec2/aws4_request, Signature=0"


def raw(box: Sandbox, body: bytes, **headers: str) -> tuple[int, str]:
    """Post a body as it is, and return (status, text)."""
    sent = {"Authorization": SCOPE, "Content-Type": "application/x-www-form-urlencoded", **headers}
    request = urllib.request.Request(box.url + "/", body, {k: v for k, v in sent.items() if v})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def form(action: str, **fields: str) -> bytes:
    """Spell a query request."""
    return urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **fields}).encode()


class TestCredentials:
    """The access key names the account."""

    def test_each_key_is_its_account(self, box: Sandbox) -> None:
        for key, account in ((OPERATOR_KEY, OPERATOR), (OWNER_KEY, OWNER)):
            identity = box.boto3("sts", key=key).get_caller_identity()
            assert identity["Account"] == account
            assert identity["Arn"].startswith(f"arn:aws:iam::{account}:user/")

    def test_an_unknown_key_is_refused_in_each_services_words(self, box: Sandbox) -> None:
        ec2, sts = box.boto3("ec2", key="AKIANOBODY"), box.boto3("sts", key="AKIANOBODY")
        assert refused(ec2.describe_vpcs) == ("AuthFailure", 401)
        assert refused(sts.get_caller_identity) == ("InvalidClientTokenId", 403)

    def test_no_signature_is_refused(self, box: Sandbox) -> None:
        status, text = raw(box, form("DescribeVpcs"), Authorization="")
        assert (status, "<Code>AuthFailure</Code>" in text) == (401, True)
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        status, text = raw(box, body, Authorization="")
        assert (status, "MissingAuthenticationToken" in text) == (403, True)
        assert raw(box, b"", Authorization="")[0] == 403

    def test_an_assumed_role_is_its_account_until_it_expires(self, box: Sandbox) -> None:
        arn = f"arn:aws:iam::{OWNER}:role/owner"
        role = box.boto3("sts").assume_role(RoleArn=arn, RoleSessionName="tests", DurationSeconds=900)
        left = role["Credentials"]["Expiration"] - datetime.now(UTC)
        assert timedelta(seconds=890) < left <= timedelta(seconds=900)
        key, token = role["Credentials"]["AccessKeyId"], role["Credentials"]["SessionToken"]
        sts = box.boto3("sts", key=key, aws_session_token=token)
        assert sts.get_caller_identity()["Account"] == OWNER
        assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{OWNER}:assumed-role/owner/tests"
        ec2 = box.boto3("ec2", key=key, aws_session_token=token)
        assert len(ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]) == 6
        stolen = box.boto3("ec2", key=key, aws_session_token="wrong")
        assert refused(stolen.describe_vpcs) == ("AuthFailure", 401)

    def test_roles_of_unknown_accounts_and_bad_requests_are_refused(self, box: Sandbox) -> None:
        sts = box.boto3("sts")
        unknown = {"RoleArn": "arn:aws:iam::999999999999:role/r", "RoleSessionName": "tests"}
        assert refused(sts.assume_role, **unknown) == ("AccessDenied", 403)
        no_arn = {"RoleArn": "role/of/twenty/letters", "RoleSessionName": "tests"}
        assert refused(sts.assume_role, **no_arn)[0] in ("ValidationError", "InvalidParameterValue")
        too_long = {"RoleArn": f"arn:aws:iam::{OWNER}:role/r", "RoleSessionName": "tests"}
        assert refused(sts.assume_role, **too_long, DurationSeconds=43201)[1] == 400

    def test_a_role_can_be_a_principal(self, box: Sandbox) -> None:
        arn = f"arn:aws:iam::{OPERATOR}:role/postern"
        made = box.create_service(REGION, allowed_principals=[arn])
        role = box.boto3("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
        ec2 = box.boto3("ec2", key=role["AccessKeyId"], aws_session_token=role["SessionToken"])
        create(ec2, ServiceName=made["name"])
        refusal = refused(create, ec2=box.boto3("ec2"), ServiceName=made["name"])
        assert refusal == ("InvalidServiceName", 400)


class TestMalformed:
    """Whatever arrives, the answer is an AWS error, never a broken one."""

    @pytest.mark.parametrize(
        ("body", "code", "status"),
        [
            (form("DescribeVpcs", Colour="red"), "UnknownParameter", 400),
            (form("DescribeVpcs", **{"VpcId.x": "1"}), "UnknownParameter", 400),
            (form("DescribeVpcs", DryRun="maybe"), "InvalidParameterValue", 400),
            (form("DescribeVpcEndpoints", MaxResults="many"), "InvalidParameterValue", 400),
            (form("DescribeVpcEndpoints", MaxResults="1_0"), "InvalidParameterValue", 400),
            (form("DescribeVpcEndpoints", MaxResults="9" * 5000), "InvalidParameterValue", 400),
            (form("CreateVpcEndpoint"), "MissingParameter", 400),
            (form("Fly"), "InvalidAction", 400),
            (form("RunInstances"), "NotImplemented", 501),
            (b"Version=2016-11-15", "MissingAction", 400),
            (b"", "MissingAction", 400),
            (b"Action=DescribeVpcs&Name=%ff", "MalformedQueryString", 400),
            (b"\xff\xfe\x00", "MalformedQueryString", 400),
        ],
    )
    def test_bad_requests(self, box: Sandbox, body: bytes, code: str, status: int) -> None:
        answer, text = raw(box, body)
        assert (answer, f"<Code>{code}</Code>" in text) == (status, True), text
        assert box.count(error_code=code, effect=False) == 1

    @pytest.mark.parametrize("hostile", ["<b>&amp;</b>", "\x00\x01\x1f", "\ufffe", "한글 🚪", "x" * 5000])
    def test_hostile_texts_come_back_in_well_formed_answers(self, ec2: Any, hostile: str) -> None:
        params = {"VpcEndpointType": "Interface", "VpcId": vpc_id(REGION), "ServiceName": hostile}
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidServiceName", 400)
        assert refused(ec2.describe_vpc_endpoint_services, ServiceNames=[hostile])[0] == "InvalidServiceName"

    def test_texts_survive_the_way_there_and_back(self, ec2: Any) -> None:
        create(ec2, TagSpecifications=tags(**{"<k>&": "한글 <b>&amp; 🚪 \"'"}))
        assert listed(ec2)[0]["Tags"] == [{"Key": "<k>&", "Value": "한글 <b>&amp; 🚪 \"'"}]

    def test_bodies_have_a_limit(self, box: Sandbox) -> None:
        with pytest.raises((urllib.error.HTTPError, OSError)):
            urllib.request.urlopen(box.url, b"x" * (9 * 1024 * 1024), timeout=20).close()


class TestNotBuilt:
    """What is not simulated says so, in AWS's shape, and is in the log."""

    def test_operations_and_services(self, box: Sandbox) -> None:
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("ec2", "describe_instances", {}),
            ("sts", "get_session_token", {}),
            ("ram", "list_resource_types", {}),
            ("vpc-lattice", "list_services", {}),
            ("kafka", "list_kafka_versions", {}),
            ("service-quotas", "list_services", {}),
            ("route53", "list_health_checks", {}),
            ("sqs", "list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:111111111111:q"}),
            ("sns", "list_topics", {}),
        ]
        for service, method, params in calls:
            client = box.boto3(service)
            assert refused(getattr(client, method), **params) == ("NotImplemented", 501), service
        assert box.count(error_code="NotImplemented", status=501) == len(calls)
        assert box.count(operation="DescribeInstances", service="ec2") == 1

    def test_botocores_own_retries_do_not_hide_it(self, box: Sandbox) -> None:
        patient = box.boto3("ec2", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
        assert refused(patient.describe_instances) == ("NotImplemented", 501)
        assert box.count(operation="DescribeInstances") == 1


def test_the_aws_cli_lives_the_whole_life(box: Sandbox) -> None:
    def aws(*words: str) -> Any:
        command = [sys.executable, str(Path(sys.executable).with_name("aws")), *words, "--output", "json"]
        command += ["--no-cli-pager"] if "--version" in words else []
        done = subprocess.run(
            command, env=box.environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    made = aws(
        "ec2", "create-vpc-endpoint", "--vpc-endpoint-type", "Interface", "--vpc-id", vpc_id(REGION),
        "--service-name", service_name(REGION, 2), "--client-token", "cli",
        "--tag-specifications", "ResourceType=vpc-endpoint,Tags=[{Key=a,Value=b}]",
    )  # fmt: skip
    key = made["VpcEndpoint"]["VpcEndpointId"]
    seen = aws("ec2", "describe-vpc-endpoints", "--filters", "Name=tag:a,Values=b")
    assert [item["VpcEndpointId"] for item in seen["VpcEndpoints"]] == [key]
    assert aws("ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", key)["Unsuccessful"] == []
    assert box.endpoints() == []


def test_the_cli_is_told_of_errors(box: Sandbox) -> None:
    command = [sys.executable, str(Path(sys.executable).with_name("aws")), "ec2", "describe-vpc-endpoints"]
    command += ["--vpc-endpoint-ids", "vpce-0dead"]
    done = subprocess.run(
        command, env=box.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "(InvalidVpcEndpointId.NotFound)" in done.stderr


def test_many_threads_share_one_world(box: Sandbox, ec2: Any) -> None:
    box.knobs(interface_quota_per_vpc=1000)
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda _: create(ec2, ClientToken="one"), range(16)))
        different = list(pool.map(lambda n: create(ec2, ClientToken=f"t{n}"), range(32)))
    assert (len(set(same)), len(set(different))) == (1, 32)
    assert len(box.endpoints()) == 33


def test_head_and_body_come_in_one_packet(box: Sandbox) -> None:
    """Two packets would cost a delayed acknowledgement, 44 ms a call (aws.md §9)."""
    host, _, port = box.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        for _ in range(5):
            wire.sendall(b"GET /_control/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head, _, body = wire.recv(65536).partition(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            assert length
            assert len(body) == int(length[1])


def test_tags_are_written_read_and_validated(box: Sandbox, ec2: Any) -> None:
    key = create(ec2, TagSpecifications=tags(a="1", b="2"))
    ec2.create_tags(Resources=[key], Tags=[{"Key": "a", "Value": "3"}, {"Key": "c", "Value": ""}])
    assert box.endpoint(key)["tags"] == {"a": "3", "b": "2", "c": ""}
    ec2.delete_tags(Resources=[key], Tags=[{"Key": "a", "Value": "else"}, {"Key": "b"}])
    assert box.endpoint(key)["tags"] == {"a": "3", "c": ""}
    seen = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [key]}])["Tags"]
    assert [(tag["Key"], tag["Value"], tag["ResourceType"]) for tag in seen] == [
        ("a", "3", "vpc-endpoint"),
        ("c", "", "vpc-endpoint"),
    ]
    bad: list[tuple[list[dict[str, str]], str]] = [
        ([{"Key": "aws:x", "Value": ""}], "InvalidParameterValue"),
        ([{"Key": "k" * 128, "Value": ""}], "InvalidParameterValue"),
        ([{"Key": "k", "Value": "v" * 256}], "InvalidParameterValue"),
        ([{"Key": "k", "Value": "\x00"}], "InvalidParameterValue"),
        ([{"Key": "k"}, {"Key": "k"}], "InvalidParameterValue"),
        ([{"Value": "v"}], "MissingParameter"),
        ([{"Key": f"k{n}"} for n in range(51)], "TagLimitExceeded"),
    ]
    for wrong, code in bad:
        assert refused(ec2.create_tags, Resources=[key], Tags=wrong) == (code, 400), wrong
        specification = [{"ResourceType": "vpc-endpoint", "Tags": wrong}]
        with pytest.raises(ClientError, match=code):
            create(ec2, TagSpecifications=specification)
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        create(ec2, TagSpecifications=[{"ResourceType": "vpc", "Tags": []}])
    for resource, code in (("vpce-0dead", "InvalidVpcEndpointId.NotFound"), ("x-1", "InvalidID")):
        assert refused(ec2.create_tags, Resources=[key, resource], Tags=[{"Key": "z"}]) == (code, 400)
    assert box.endpoint(key)["tags"] == {"a": "3", "c": ""}
