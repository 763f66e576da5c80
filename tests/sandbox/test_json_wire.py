"""The JSON protocols: service-quotas as it is, and rest-json below the services that speak it."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from botocore.serialize import create_serializer

from endpoints.sandbox.wire import models, protocols
from endpoints.sandbox.wire.errors import AwsError, invalid_value
from endpoints.sandbox.wire.http import Request
from tests.sandbox.helpers import refused
from tests.sandbox_client import OPERATOR, Sandbox

ARN = "arn:aws:kafka:us-east-1:222222222222:cluster/orders/0a-1"


def asked(service: str, name: str, **params: Any) -> tuple[str, dict[str, Any]]:
    """Spell a request as botocore does, read it back, and return (operation, parameters)."""
    model = models.load(service)
    assert model is not None
    wire = create_serializer(model.resolved_protocol, False).serialize_to_request(
        params, model.operation_model(name)
    )
    query = urlencode(wire["query_string"] or {}, doseq=True)
    target = wire["url_path"] + (f"?{query}" if query else "")
    headers = {key.lower(): str(value) for key, value in wire["headers"].items()}
    request = Request(wire["method"], target, headers, wire["body"] or b"")
    protocol = protocols.for_model(model)
    found = protocol.operation_name(request, model)
    return found, protocol.parse(request, model.operation_model(found))


@pytest.mark.parametrize(
    ("service", "name", "params"),
    [
        ("kafka", "DescribeCluster", {"ClusterArn": ARN}),
        ("kafka", "DescribeClusterV2", {"ClusterArn": ARN}),
        ("kafka", "GetClusterPolicy", {"ClusterArn": ARN}),
        ("kafka", "ListVpcConnections", {"MaxResults": 7, "NextToken": "abc"}),
        ("kafka", "ListVpcConnections", {}),
        ("kafka", "UntagResource", {"ResourceArn": ARN, "TagKeys": ["a", "b"]}),
        ("kafka", "TagResource", {"ResourceArn": ARN, "Tags": {"k": "한글", "": "x"}}),
        ("kafka", "DescribeConfigurationRevision", {"Arn": ARN, "Revision": 3}),
        ("ram", "GetResourceShares", {"resourceOwner": "SELF", "resourceShareArns": ["x"], "maxResults": 5}),
        ("ram", "DeleteResourceShare", {"resourceShareArn": ARN}),
        ("vpc-lattice", "GetResourceConfiguration", {"resourceConfigurationIdentifier": ARN}),
        ("vpc-lattice", "ListResourceConfigurations", {"maxResults": 3}),
        ("servicequotas", "GetServiceQuota", {"ServiceCode": "vpc", "QuotaCode": "L-1"}),
    ],
)
def test_what_botocore_spells_is_read_back(service: str, name: str, params: dict[str, Any]) -> None:
    assert asked(service, name, **params) == (name, params)


def test_slashes_of_an_arn_need_no_escape() -> None:
    """Not every client escapes them; the label is greedy, and longer paths are tried first."""
    model = models.load("kafka")
    assert model is not None
    protocol = protocols.for_model(model)
    for tail, name in (("", "DescribeCluster"), ("/policy", "GetClusterPolicy")):
        request = Request("GET", f"/v1/clusters/{ARN}{tail}", {})
        assert protocol.operation_name(request, model) == name
        assert protocol.parse(request, model.operation_model(name)) == {"ClusterArn": ARN}
    assert protocol.operation_name(Request("PATCH", "/v9", {}), model) == "PATCH /v9"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b'{"tags": 5}', "InvalidParameterValue"),
        (b'{"tags": {"a": 5}}', "InvalidParameterValue"),
        (b"\xff", "SerializationException"),
    ],
)
def test_malformed_documents_are_refused(body: bytes, code: str) -> None:
    model = models.load("kafka")
    assert model is not None
    request = Request("POST", f"/v1/tags/{ARN}", {}, body)
    with pytest.raises(AwsError) as caught:
        protocols.for_model(model).parse(request, model.operation_model("TagResource"))
    assert caught.value.code == code


def test_errors_have_the_models_status_and_members() -> None:
    kafka, lattice = models.load("kafka"), models.load("vpc-lattice")
    assert kafka is not None
    assert lattice is not None
    protocol = protocols.for_model(kafka)
    answer = protocol.error(kafka, AwsError("NotFoundException", "gone"), "id")
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (404, "NotFoundException")
    assert json.loads(answer.body)["message"] == "gone"
    assert protocol.error(kafka, AwsError("TooManyRequestsException", "x", 503), "id").status == 503
    refusal = protocol.refusal(kafka, invalid_value("x", "ClientSubnets"))
    said = json.loads(protocol.error(kafka, refusal, "id").body)
    assert (refusal.code, said["invalidParameter"]) == ("BadRequestException", "clientSubnets")
    refusal = protocol.refusal(lattice, invalid_value("x", "name"))
    said = json.loads(protocol.error(lattice, refusal, "id").body)
    assert (refusal.code, said["fieldList"][0]["name"]) == ("ValidationException", "name")


def test_times_are_spelled_as_the_model_says() -> None:
    for service, name, value, spelled in (
        ("kafka", "CreateVpcConnection", {"CreationTime": 1.5}, {"creationTime": "1970-01-01T00:00:01.500Z"}),
        (
            "ram",
            "CreateResourceShare",
            {"resourceShare": {"creationTime": 1.5}},
            {"resourceShare": {"creationTime": 1.5}},
        ),
    ):
        model = models.load(service)
        assert model is not None
        answer = protocols.for_model(model).result(model.operation_model(name), value, "id")
        assert json.loads(answer.body) == spelled


def test_unknown_callers_are_refused_in_each_services_words(box: Sandbox) -> None:
    nobody = box.boto3("service-quotas", key="AKIANOBODY")
    asking = {"ServiceCode": "vpc", "QuotaCode": "L-29B6F2EB"}
    assert refused(nobody.get_service_quota, **asking) == ("UnrecognizedClientException", 403)


class TestQuotas:
    """What was applied, and what AWS gives everybody."""

    @pytest.mark.parametrize(
        ("code", "default", "knob"),
        [
            ("L-29B6F2EB", 50.0, "interface_quota_per_vpc"),
            ("L-CA6CC422", 200.0, "resource_quota_per_vpc"),
        ],
    )
    def test_a_turned_knob_is_an_applied_quota(
        self, box: Sandbox, code: str, default: float, knob: str
    ) -> None:
        quotas = box.boto3("service-quotas")
        asking = {"ServiceCode": "vpc", "QuotaCode": code}
        with pytest.raises(quotas.exceptions.NoSuchResourceException):
            quotas.get_service_quota(**asking)
        assert quotas.get_aws_default_service_quota(**asking)["Quota"]["Value"] == default
        box.knobs(**{knob: 7})
        quota = quotas.get_service_quota(**asking)["Quota"]
        assert (quota["Value"], quota["QuotaCode"]) == (7.0, code)
        assert quota["QuotaArn"] == f"arn:aws:servicequotas:us-east-1:{OPERATOR}:vpc/{code}"
        assert quotas.get_aws_default_service_quota(**asking)["Quota"]["Value"] == default

    def test_what_is_unknown_or_malformed_is_refused(self, box: Sandbox) -> None:
        quotas = box.boto3("service-quotas")
        for service, code in (("ec2", "L-29B6F2EB"), ("vpc", "L-00000000")):
            asking = {"ServiceCode": service, "QuotaCode": code}
            assert refused(quotas.get_service_quota, **asking) == ("NoSuchResourceException", 400)
            assert refused(quotas.get_aws_default_service_quota, **asking)[0] == "NoSuchResourceException"
        with pytest.raises(ClientError) as caught:
            quotas.get_service_quota(ServiceCode="1", QuotaCode="L-29B6F2EB")
        assert caught.value.response["Error"]["Code"] == "IllegalArgumentException"
