"""What goes over the wire for an MSK_MULTI_VPC connection until it is deleted."""

from typing import Any

import pytest
from botocore.stub import Stubber

from endpoints.domain.errors import NoRoom, OperatorError, Throttled, Unanswered, Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import NetworkFacts, Sighting
from endpoints.domain.specs import MskMultiVpcSpec
from endpoints.providers import msk_multi_vpc
from endpoints.providers.base import Deleted
from endpoints.providers.recent import Recent
from tests.providers.wire import (
    META,
    NETWORK,
    OPERATOR,
    OTHER,
    OWNER,
    REGION,
    TAG_MAP,
    known_subnets,
    subnet_filter,
)

SHORT = f"arn:aws:kafka:{REGION}:222222222222:cluster/orders"
CLUSTER = f"{SHORT}/00000000-0000-4000-8000-000000000041-1"
CONNECTION = f"arn:aws:kafka:{REGION}:111111111111:vpc-connection/222222222222/orders/1"
LIST_ONE = {"MaxResults": 1}
REQUEST: dict[str, Any] = {
    "TargetClusterArn": CLUSTER,
    "Authentication": "SASL_IAM",
    "VpcId": "vpc-1",
    "ClientSubnets": ["subnet-2", "subnet-1"],
    "SecurityGroups": ["sg-1"],
    "Tags": TAG_MAP,
}

BARE = {
    "NumberOfBrokerNodes": 1,
    "BrokerNodeGroupInfo": {"ClientSubnets": [], "InstanceType": "kafka.m5.large"},
}


def cluster(*zones: str, iam: bool = True, scram: bool = False, **more: Any) -> dict[str, Any]:
    """Return an answer of DescribeClusterV2."""
    sasl = {"Iam": {"Enabled": iam}, "Scram": {"Enabled": scram}}
    brokers = {
        "ClientSubnets": [f"subnet-of-{zone}" for zone in zones],
        "InstanceType": "kafka.m5.large",
        "ZoneIds": list(zones),
        "ConnectivityInfo": {"VpcConnectivity": {"ClientAuthentication": {"Sasl": sasl}}},
    }
    told = {"BrokerNodeGroupInfo": brokers, "NumberOfBrokerNodes": len(zones)}
    known = {"ClusterArn": CLUSTER, "ClusterType": "PROVISIONED", "State": "ACTIVE", "Provisioned": told}
    return {"ClusterInfo": known | more}


def _described(kafka: Stubber, answer: dict[str, Any], arn: str = CLUSTER) -> None:
    kafka.add_response("describe_cluster_v2", answer, {"ClusterArn": arn})


def _place(*networks: NetworkFacts, arn: str = CLUSTER, scheme: str = "SASL_IAM") -> Any:
    spec = MskMultiVpcSpec.parse({"mskClusterArn": arn, "mskAuthentication": scheme})
    return msk_multi_vpc.place(OPERATOR, spec, networks or (NETWORK,), OWNER, "token-1", {}, Recent())


def _unplaceable(*networks: NetworkFacts, **asked: str) -> Unplaceable:
    with pytest.raises(Unplaceable) as why:
        _place(*networks, **asked)
    return why.value


# --- placing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arn", [CLUSTER, SHORT])
def test_the_request_is_complete_and_exact_however_the_arn_was_written(
    kafka: Stubber, ec2: Stubber, arn: str
) -> None:
    _described(kafka, cluster("euc1-az2", "euc1-az1"), arn)
    known = known_subnets(subnet_1="euc1-az1", subnet_2="euc1-az3", subnet_3="euc1-az2")
    ec2.add_response("describe_subnets", known, subnet_filter(NETWORK))
    placement = _place(arn=arn)
    assert (placement.vpc_id, placement.private_names) == ("vpc-1", ())
    expected = REQUEST | {"ClientSubnets": ["subnet-1", "subnet-3"]}
    assert placement.request == expected
    made = {"VpcConnectionArn": CONNECTION, "State": "CREATING", **META}
    kafka.add_response("create_vpc_connection", made, expected)
    answer = msk_multi_vpc.create(OPERATOR, placement.request)
    mine = Sighting(CONNECTION, "CREATING", str(OWNER.endpoint_id), 3, target=CLUSTER, scheme="SASL_IAM")
    assert (answer.sighting, answer.request_id) == (mine, "r-1")


def test_the_first_network_with_a_subnet_in_every_zone_and_room_is_taken(
    kafka: Stubber, ec2: Stubber
) -> None:
    _described(kafka, cluster("euc1-az1", "euc1-az2"))
    full = NetworkFacts("vpc-0", ("subnet-8", "subnet-9"), ("sg-0",), 0)
    known = known_subnets(
        subnet_8="euc1-az1", subnet_9="euc1-az2",
        subnet_1="euc1-az1", subnet_2="euc1-az3",
        subnet_4="euc1-az2", subnet_5="euc1-az2", subnet_6="euc1-az1",
    )  # fmt: skip
    ec2.add_response("describe_subnets", known, subnet_filter(full, NETWORK, OTHER))
    placement = _place(full, NETWORK, OTHER)
    assert placement.vpc_id == "vpc-2"
    assert placement.request["ClientSubnets"] == ["subnet-4", "subnet-6"]


def test_no_room_names_the_networks_whose_quota_is_used_up(kafka: Stubber, ec2: Stubber) -> None:
    _described(kafka, cluster("euc1-az1"))
    full = NetworkFacts("vpc-0", ("subnet-9",), ("sg-0",), 0)
    ec2.add_response("describe_subnets", known_subnets(subnet_9="euc1-az1", subnet_1="euc1-az3"))
    with pytest.raises(NoRoom) as why:
        _place(full, NETWORK)
    assert why.value.params == {"region": REGION, "quota": "vpc-0"}


@pytest.mark.parametrize(
    "zones",
    [
        {"subnet_1": "euc1-az1"},
        {"subnet_1": "euc1-az1", "subnet_2": "euc1-az3"},
        {"subnet_1": "", "subnet_2": "euc1-az2"},
        {},
    ],
)
def test_a_network_that_lacks_a_zone_of_the_cluster_does_not_fit(
    kafka: Stubber, ec2: Stubber, zones: dict[str, str]
) -> None:
    _described(kafka, cluster("euc1-az2", "euc1-az1"))
    ec2.add_response("describe_subnets", known_subnets(**zones))
    why = _unplaceable()
    assert (why.reason, why.params) == (Reason.ZONES_DIFFER, {"zones": "euc1-az1, euc1-az2"})


def test_as_many_subnets_as_the_cluster_has_are_wanted(kafka: Stubber, ec2: Stubber) -> None:
    answer = cluster("euc1-az1", "euc1-az2")
    answer["ClusterInfo"]["Provisioned"]["BrokerNodeGroupInfo"]["ClientSubnets"].append("subnet-third")
    _described(kafka, answer)
    known = known_subnets(subnet_1="euc1-az1", subnet_2="euc1-az2")
    ec2.add_response("describe_subnets", known)
    assert _unplaceable().reason is Reason.ZONES_DIFFER


@pytest.mark.parametrize(
    ("answer", "scheme", "reason", "params"),
    [
        (cluster("a", ClusterType="SERVERLESS"), "SASL_IAM", Reason.CLUSTER_UNFIT, {}),
        (cluster("a", State="CREATING"), "SASL_IAM", Reason.CLUSTER_NOT_ACTIVE, {"state": "CREATING"}),
        (cluster("a", iam=False), "SASL_IAM", Reason.SCHEME_OFF, {"scheme": "SASL_IAM"}),
        (cluster("a"), "SASL_SCRAM", Reason.SCHEME_OFF, {"scheme": "SASL_SCRAM"}),
        (cluster("a", Provisioned=BARE), "SASL_IAM", Reason.SCHEME_OFF, {"scheme": "SASL_IAM"}),
    ],
)
def test_a_cluster_that_cannot_be_connected_to_has_its_reason(
    kafka: Stubber, answer: dict[str, Any], scheme: str, reason: Reason, params: dict[str, str]
) -> None:
    _described(kafka, answer)
    why = _unplaceable(scheme=scheme)
    assert (why.reason, why.params) == (reason, params)


@pytest.mark.parametrize("code", ["NotFoundException", "BadRequestException"])
def test_an_unknown_cluster_is_not_visible(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("describe_cluster_v2", code)
    why = _unplaceable()
    assert (why.reason, why.params) == (Reason.CLUSTER_NOT_VISIBLE, {"cluster": CLUSTER})


@pytest.mark.parametrize("code", ["ForbiddenException", "AccessDeniedException"])
def test_a_403_is_the_owners_policy_where_our_own_list_works(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("describe_cluster_v2", code, http_status_code=403)
    kafka.add_response("list_vpc_connections", {"VpcConnections": []}, LIST_ONE)
    assert _unplaceable().reason is Reason.CLUSTER_NOT_VISIBLE


@pytest.mark.parametrize("code", ["ForbiddenException", "AccessDeniedException"])
def test_a_403_is_ours_to_fix_where_our_own_list_is_refused_too(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("describe_cluster_v2", "ForbiddenException", "words", http_status_code=403)
    kafka.add_client_error("list_vpc_connections", code, http_status_code=403)
    with pytest.raises(OperatorError) as error:
        _place()
    assert error.value.operation == "DescribeClusterV2"


@pytest.mark.parametrize(
    ("code", "kind"), [("TooManyRequestsException", Throttled), ("InternalServerErrorException", Unanswered)]
)
def test_whose_a_403_is_stays_open_while_our_own_list_cannot_be_read(
    kafka: Stubber, code: str, kind: type[Exception]
) -> None:
    kafka.add_client_error("describe_cluster_v2", "ForbiddenException", http_status_code=403)
    kafka.add_client_error("list_vpc_connections", code, http_status_code=500)
    with pytest.raises(kind):
        _place()


# --- creating and deleting ------------------------------------------------------------------------------


def _create(kafka: Stubber, code: str, message: str = "", status: int = 400) -> None:
    kafka.add_client_error("create_vpc_connection", code, message, http_status_code=status)
    msk_multi_vpc.create(OPERATOR, REQUEST)


@pytest.mark.parametrize("code", ["ForbiddenException", "AccessDeniedException"])
def test_a_refused_create_is_the_owners_policy_where_our_own_list_works(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("create_vpc_connection", code, http_status_code=403)
    kafka.add_response("list_vpc_connections", {"VpcConnections": []}, LIST_ONE)
    with pytest.raises(UserError) as error:
        msk_multi_vpc.create(OPERATOR, REQUEST)
    assert msk_multi_vpc.refusal(error.value) is Reason.CLUSTER_NOT_VISIBLE


def test_a_refused_create_is_ours_to_fix_where_our_own_list_is_refused_too(kafka: Stubber) -> None:
    kafka.add_client_error("create_vpc_connection", "ForbiddenException", http_status_code=403)
    kafka.add_client_error("list_vpc_connections", "AccessDeniedException", http_status_code=403)
    with pytest.raises(OperatorError) as error:
        msk_multi_vpc.create(OPERATOR, REQUEST)
    assert error.value.operation == "CreateVpcConnection"


def test_that_a_connection_already_exists_leaves_open_whose_it_is(kafka: Stubber) -> None:
    with pytest.raises(Unanswered):
        _create(kafka, "BadRequestException", "A VPC connection already exists for this cluster.")


def test_a_create_that_aws_finds_wrong_is_refused_in_its_words(kafka: Stubber) -> None:
    with pytest.raises(UserError) as error:
        _create(kafka, "BadRequestException", "The subnets are wrong.")
    assert error.value.raw_text == "The subnets are wrong."
    assert msk_multi_vpc.refusal(error.value) is Reason.REFUSED_BY_AWS


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("TooManyRequestsException", 429, Throttled),
        ("ServiceUnavailableException", 503, Unanswered),
        ("InternalServerErrorException", 500, Unanswered),
        ("UnauthorizedException", 401, OperatorError),
    ],
)
def test_a_create_that_failed_is_of_its_kind(
    kafka: Stubber, code: str, status: int, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        _create(kafka, code, status=status)


def test_a_cluster_that_went_away_before_the_create_is_not_visible() -> None:
    error = UserError("CreateVpcConnection", "NotFoundException", "words")
    assert msk_multi_vpc.refusal(error) is Reason.CLUSTER_NOT_VISIBLE


def test_a_connection_is_deleted_by_its_arn(kafka: Stubber) -> None:
    answer = {"VpcConnectionArn": CONNECTION, "State": "DELETING", **META}
    kafka.add_response("delete_vpc_connection", answer, {"Arn": CONNECTION})
    assert msk_multi_vpc.delete(OPERATOR, [CONNECTION]) == Deleted("r-1")


def test_deleting_what_is_not_known_any_more_is_no_error(kafka: Stubber) -> None:
    kafka.add_client_error("delete_vpc_connection", "NotFoundException", http_status_code=404)
    assert msk_multi_vpc.delete(OPERATOR, [CONNECTION]).refused == {}


@pytest.mark.parametrize("code", ["BadRequestException", "ForbiddenException"])
def test_a_refused_delete_is_an_error(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("delete_vpc_connection", code)
    with pytest.raises(UserError):
        msk_multi_vpc.delete(OPERATOR, [CONNECTION])
