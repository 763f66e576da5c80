"""How MSK connections are found and listed, whose tags no listing shows, and what brokers tell."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.stub import Stubber

from endpoints.domain.errors import Throttled, Unanswered, Unplaceable
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Sighting
from endpoints.providers import msk_multi_vpc
from endpoints.providers.base import Ownership
from tests.providers.test_wire_msk import CLUSTER, CONNECTION, LIST_ONE, REQUEST, cluster
from tests.providers.wire import OPERATOR, OWNER, TAG_MAP

FOREIGN = {"postern:installation": "another", "postern:endpoint-id": str(OWNER.endpoint_id)}


def _item(arn: str = CONNECTION, **more: str) -> dict[str, str]:
    """Return one connection as ListVpcConnections shows it."""
    pinned = {"TargetClusterArn": CLUSTER, "Authentication": "SASL_IAM", "VpcId": "vpc-1"}
    return {"VpcConnectionArn": arn, **pinned, "State": "AVAILABLE", **more}


def _listed(kafka: Stubber, *pages: list[dict[str, str]]) -> None:
    asked: dict[str, Any] = {"MaxResults": 100}
    for number, page in enumerate(pages, start=1):
        more = {"NextToken": f"t{number}"} if number < len(pages) else {}
        kafka.add_response("list_vpc_connections", {"VpcConnections": page, **more}, dict(asked))
        asked["NextToken"] = f"t{number}"


def _tagged(kafka: Stubber, tags: Mapping[str, str], arn: str = CONNECTION) -> None:
    kafka.add_response("describe_vpc_connection", {"Tags": tags}, {"Arn": arn})


def _mine(arn: str = CONNECTION, state: str = "AVAILABLE") -> Sighting:
    return Sighting(arn, state, str(OWNER.endpoint_id), 3, target=CLUSTER, scheme="SASL_IAM")


# --- find -----------------------------------------------------------------------------------------------


def test_ours_is_found_by_cluster_authentication_and_vpc(kafka: Stubber) -> None:
    others = [
        _item("a", TargetClusterArn=CLUSTER + "2"),
        _item("b", Authentication="SASL_SCRAM"),
        _item("c", VpcId="vpc-2"),
    ]
    _listed(kafka, others, [_item(State="CREATING")])
    _tagged(kafka, TAG_MAP)
    assert msk_multi_vpc.find(OPERATOR, OWNER, REQUEST) == _mine(state="CREATING")


def test_none_is_found_where_there_is_none(kafka: Stubber) -> None:
    _listed(kafka, [])
    assert msk_multi_vpc.find(OPERATOR, OWNER, REQUEST) is None


def test_one_that_is_being_deleted_is_passed_over(kafka: Stubber) -> None:
    _listed(kafka, [_item("old", State="DELETING"), _item()])
    _tagged(kafka, TAG_MAP)
    assert msk_multi_vpc.find(OPERATOR, OWNER, REQUEST) == _mine()


@pytest.mark.parametrize(
    "tags",
    [
        {},
        FOREIGN,
        TAG_MAP | {"postern:endpoint-id": "another"},
        TAG_MAP | {"postern:generation": "2"},
        TAG_MAP | {"postern:installation": "another"},
    ],
)
def test_one_with_other_tags_belongs_to_others(kafka: Stubber, tags: dict[str, str]) -> None:
    _listed(kafka, [_item()])
    _tagged(kafka, tags)
    with pytest.raises(Unplaceable) as why:
        msk_multi_vpc.find(OPERATOR, OWNER, REQUEST)
    assert (why.value.reason, why.value.params) == (
        Reason.CONNECTION_OF_OTHERS,
        {"external_id": CONNECTION},
    )


def test_a_look_that_breaks_off_is_an_error(kafka: Stubber) -> None:
    _listed(kafka, [_item()])
    kafka.add_client_error("describe_vpc_connection", "TooManyRequestsException")
    with pytest.raises(Throttled):
        msk_multi_vpc.find(OPERATOR, OWNER, REQUEST)


# --- list -----------------------------------------------------------------------------------------------


class Rows:
    """What rows know of external ids, and what they were asked."""

    def __init__(self, *known: str) -> None:
        self.known = known
        self.asked: list[Sequence[str]] = []

    def recall(self, external_ids: Sequence[str]) -> Mapping[str, Ownership]:
        self.asked.append(external_ids)
        return {key: OWNER for key in external_ids if key in self.known}


def _list(rows: Rows) -> list[Sighting]:
    return list(msk_multi_vpc.list_owned(OPERATOR, rows.recall))


def test_what_rows_know_is_not_described(kafka: Stubber) -> None:
    _listed(kafka, [_item("a"), _item("b", State="FAILED")])
    rows = Rows("a", "b")
    assert _list(rows) == [_mine("a"), _mine("b", "FAILED")]
    assert rows.asked == [["a", "b"]]


def test_what_no_row_knows_is_described_and_ours_are_listed(kafka: Stubber) -> None:
    _listed(kafka, [_item("a"), _item("b")])
    _tagged(kafka, TAG_MAP, "b")
    assert _list(Rows("a")) == [_mine("a"), _mine("b")]


def test_foreign_ones_are_described_once_and_left_out(kafka: Stubber) -> None:
    _listed(kafka, [_item("a"), _item("b")])
    _tagged(kafka, FOREIGN, "a")
    _tagged(kafka, {}, "b")
    assert _list(Rows()) == []
    _listed(kafka, [_item("a"), _item("b")])
    assert _list(Rows()) == []


def test_ours_with_a_damaged_tag_is_listed_as_nobodys(kafka: Stubber) -> None:
    _listed(kafka, [_item("a")])
    _tagged(kafka, {"postern:installation": TAG_MAP["postern:installation"]}, "a")
    assert [(seen.external_id, seen.endpoint_id, seen.generation) for seen in _list(Rows())] == [("a", "", 0)]


def test_one_that_was_gone_when_it_was_described_is_asked_for_again(kafka: Stubber) -> None:
    for _ in range(2):
        _listed(kafka, [_item()])
        kafka.add_client_error("describe_vpc_connection", "NotFoundException", http_status_code=404)
        assert _list(Rows()) == []


def test_rows_are_asked_for_a_hundred_at_a_time(kafka: Stubber) -> None:
    names = [f"c{n}" for n in range(230)]
    pages = [[_item(name) for name in names[start : start + 100]] for start in (0, 100, 200)]
    _listed(kafka, *pages)
    rows = Rows(*names)
    assert [sighting.external_id for sighting in _list(rows)] == names
    assert [len(asked) for asked in rows.asked] == [100, 100, 30]


def test_rows_are_not_asked_for_nothing(kafka: Stubber) -> None:
    _listed(kafka, [])
    rows = Rows()
    assert (_list(rows), rows.asked) == ([], [])


@pytest.mark.parametrize(
    ("code", "kind"), [("TooManyRequestsException", Throttled), ("InternalServerErrorException", Unanswered)]
)
def test_a_listing_that_breaks_off_is_an_error_and_not_a_short_listing(
    kafka: Stubber, code: str, kind: type[Exception]
) -> None:
    page = {"VpcConnections": [_item()], "NextToken": "t"}
    kafka.add_response("list_vpc_connections", page)
    asked = {"MaxResults": 100, "NextToken": "t"}
    kafka.add_client_error("list_vpc_connections", code, expected_params=asked)
    with pytest.raises(kind):
        _list(Rows(CONNECTION))


def test_a_listing_whose_describe_failed_is_an_error(kafka: Stubber) -> None:
    _listed(kafka, [_item()])
    kafka.add_client_error("describe_vpc_connection", "ServiceUnavailableException")
    with pytest.raises(Unanswered):
        _list(Rows())


# --- details --------------------------------------------------------------------------------------------

BROKERS = {
    "BootstrapBrokerString": "inside:9092",
    "BootstrapBrokerStringVpcConnectivitySaslIam": "b-1.iam:14001,b-2.iam:14002",
    "BootstrapBrokerStringVpcConnectivitySaslScram": "b-1.scram:14001",
}


def _read(state: str, scheme: str = "SASL_IAM") -> dict[str, Any]:
    seen = Sighting(CONNECTION, state, str(OWNER.endpoint_id), 3, target=CLUSTER, scheme=scheme)
    return {key: dict(value) for key, value in msk_multi_vpc.read_details(OPERATOR, [seen]).items()}


@pytest.mark.parametrize(
    ("scheme", "brokers"), [("SASL_IAM", "b-1.iam:14001,b-2.iam:14002"), ("SASL_SCRAM", "b-1.scram:14001")]
)
def test_the_brokers_of_the_own_authentication_are_read(kafka: Stubber, scheme: str, brokers: str) -> None:
    kafka.add_response("get_bootstrap_brokers", BROKERS, {"ClusterArn": CLUSTER})
    assert _read("AVAILABLE", scheme) == {CONNECTION: {"state": "available", "brokers": brokers}}


def test_brokers_that_the_answer_lacks_are_none(kafka: Stubber) -> None:
    kafka.add_response("get_bootstrap_brokers", {"BootstrapBrokerString": "inside:9092"})
    assert _read("AVAILABLE") == {CONNECTION: {"state": "available", "brokers": ""}}


@pytest.mark.parametrize("code", ["ForbiddenException", "AccessDeniedException", "BadRequestException"])
def test_refused_brokers_are_noted_with_the_code(kafka: Stubber, code: str) -> None:
    kafka.add_client_error("get_bootstrap_brokers", code)
    assert _read("AVAILABLE") == {CONNECTION: {"state": "available", "brokers": "", "refused": code}}


def test_a_failure_that_could_not_be_explained_is_left_out(kafka: Stubber) -> None:
    kafka.add_client_error("describe_cluster_v2", "InternalServerErrorException", http_status_code=500)
    assert _read("FAILED") == {}


def test_brokers_that_could_not_be_read_are_an_error(kafka: Stubber) -> None:
    kafka.add_client_error("get_bootstrap_brokers", "InternalServerErrorException", http_status_code=500)
    with pytest.raises(Unanswered):
        _read("AVAILABLE")


@pytest.mark.parametrize(
    ("answer", "reason", "params"),
    [
        (cluster("euc1-az1", iam=False), "scheme_off", {"scheme": "SASL_IAM"}),
        (cluster("euc1-az1", State="UPDATING"), "cluster_not_active", {"state": "UPDATING"}),
    ],
)
def test_a_failed_connection_is_explained_by_a_fresh_look_at_the_cluster(
    kafka: Stubber, answer: dict[str, Any], reason: str, params: dict[str, str]
) -> None:
    kafka.add_response("describe_cluster_v2", answer, {"ClusterArn": CLUSTER})
    expected = {"state": "failed", "diagnosis": reason, "params": params}
    assert _read("FAILED") == {CONNECTION: expected}


def test_a_failed_connection_to_a_cluster_that_looks_fit_has_no_reason(kafka: Stubber) -> None:
    kafka.add_response("describe_cluster_v2", cluster("euc1-az1"))
    assert _read("FAILED") == {CONNECTION: {"state": "failed", "diagnosis": "failed_without_reason"}}


def test_a_failed_connection_whose_cluster_hides_from_us_says_so(kafka: Stubber) -> None:
    kafka.add_client_error("describe_cluster_v2", "ForbiddenException", http_status_code=403)
    kafka.add_response("list_vpc_connections", {"VpcConnections": []}, LIST_ONE)
    expected = {"state": "failed", "diagnosis": "cluster_not_visible", "params": {"cluster": CLUSTER}}
    assert _read("FAILED") == {CONNECTION: expected}


# --- look up --------------------------------------------------------------------------------------------


def test_connections_are_looked_up_one_by_one_with_their_tags(kafka: Stubber) -> None:
    _tagged(kafka, TAG_MAP, "a")
    kafka.add_client_error("describe_vpc_connection", "NotFoundException", http_status_code=404)
    _tagged(kafka, FOREIGN, "c")
    found = msk_multi_vpc.look_up(OPERATOR, ["a", "b", "c"])
    assert {key: seen.is_ours for key, seen in found.items()} == {"a": True, "c": False}
    assert (found["a"].endpoint_id, found["a"].generation) == (str(OWNER.endpoint_id), 3)


def test_a_look_that_fails_is_no_absence(kafka: Stubber) -> None:
    kafka.add_client_error("describe_vpc_connection", "TooManyRequestsException", http_status_code=429)
    with pytest.raises(Throttled):
        msk_multi_vpc.look_up(OPERATOR, ["a"])
