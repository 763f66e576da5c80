"""MSK clusters: who sees them, what they show, and their policies."""

import json
from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused
from tests.sandbox.msk import cluster_arn, connect, request
from tests.sandbox_client import OPERATOR, OWNER, OWNER_KEY, REGIONS, ControlFailed, Sandbox

ALLOWED = ("create_vpc_connection", "get_bootstrap_brokers", "describe_cluster", "describe_cluster_v2")


@pytest.fixture
def kafka(box: Sandbox) -> Any:
    """The operator's kafka client in us-east-1."""
    return box.boto3("kafka")


@pytest.fixture
def theirs(box: Sandbox) -> Any:
    """The customer's kafka client in us-east-1."""
    return box.boto3("kafka", key=OWNER_KEY)


def attempt(kafka: Any, method: str, arn: str) -> tuple[str, int]:
    """Call one of the four client operations, which must fail."""
    params = request(arn) if method == "create_vpc_connection" else {"ClusterArn": arn}
    return refused(getattr(kafka, method), **params)


class TestReads:
    """DescribeCluster, DescribeClusterV2, ListClustersV2."""

    def test_an_allowed_account_sees_what_it_needs_before_connecting(self, kafka: Any) -> None:
        info = kafka.describe_cluster_v2(ClusterArn=cluster_arn())["ClusterInfo"]
        assert (info["ClusterArn"], info["State"], info["ClusterType"]) == (
            cluster_arn(), "ACTIVE", "PROVISIONED",
        )  # fmt: skip
        nodes = info["Provisioned"]["BrokerNodeGroupInfo"]
        assert nodes["ZoneIds"] == ["use1-az1", "use1-az2", "use1-az4"]
        assert len(nodes["ClientSubnets"]) == 3
        sasl = nodes["ConnectivityInfo"]["VpcConnectivity"]["ClientAuthentication"]["Sasl"]
        assert sasl == {"Scram": {"Enabled": True}, "Iam": {"Enabled": True}}
        assert info["CreationTime"].tzinfo is not None
        older = kafka.describe_cluster(ClusterArn=cluster_arn())["ClusterInfo"]
        assert older["BrokerNodeGroupInfo"] == nodes

    def test_one_scheme_alone_is_shown_as_such(self, kafka: Any) -> None:
        arn = cluster_arn(name="iam-only")
        nodes = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["BrokerNodeGroupInfo"]
        sasl = nodes["ConnectivityInfo"]["VpcConnectivity"]["ClientAuthentication"]["Sasl"]
        assert sasl == {"Scram": {"Enabled": False}, "Iam": {"Enabled": True}}

    def test_every_region_has_its_clusters(self, box: Sandbox) -> None:
        for region in REGIONS:
            kafka = box.boto3("kafka", region)
            info = kafka.describe_cluster_v2(ClusterArn=cluster_arn(region))["ClusterInfo"]
            assert info["ClusterArn"] == cluster_arn(region)
            assert connect(kafka, region=region)

    def test_an_arn_without_its_uuid_is_understood(self, kafka: Any) -> None:
        short = cluster_arn().rpartition("/")[0]
        assert kafka.describe_cluster_v2(ClusterArn=short)["ClusterInfo"]["ClusterArn"] == cluster_arn()
        wrong = short + "/00000000-0000-4000-8000-999999999999-1"
        assert refused(kafka.describe_cluster_v2, ClusterArn=wrong) == ("NotFoundException", 404)

    def test_the_owner_lists_its_own_and_nobody_else_does(self, kafka: Any, theirs: Any) -> None:
        names = [item["ClusterName"] for item in theirs.list_clusters_v2()["ClusterInfoList"]]
        assert names == ["closed", "iam-only", "orders"]
        some = theirs.list_clusters_v2(ClusterNameFilter="o")["ClusterInfoList"]
        assert [item["ClusterName"] for item in some] == ["orders"]
        assert theirs.list_clusters_v2(ClusterTypeFilter="SERVERLESS")["ClusterInfoList"] == []
        assert kafka.list_clusters_v2()["ClusterInfoList"] == []
        pages = theirs.get_paginator("list_clusters_v2").paginate(PaginationConfig={"PageSize": 1})
        assert [len(page["ClusterInfoList"]) for page in pages] == [1, 1, 1]

    def test_serverless_clusters_are_of_another_shape(self, box: Sandbox, kafka: Any) -> None:
        made = box.create_cluster(REGION, "less", cluster_type="SERVERLESS", schemes=[])
        info = kafka.describe_cluster_v2(ClusterArn=made["id"])["ClusterInfo"]
        assert (info["ClusterType"], "Provisioned" in info) == ("SERVERLESS", False)
        assert attempt(kafka, "create_vpc_connection", made["id"]) == ("BadRequestException", 400)


class TestWhoMay:
    """The cluster policy is the consent."""

    @pytest.mark.parametrize("method", ALLOWED)
    def test_without_a_policy_everything_is_forbidden(self, kafka: Any, method: str) -> None:
        assert attempt(kafka, method, cluster_arn(name="closed")) == ("ForbiddenException", 403)

    @pytest.mark.parametrize("method", ALLOWED)
    def test_what_does_not_exist_is_not_found(self, kafka: Any, method: str) -> None:
        nothing = cluster_arn().replace("orders", "nothing")
        assert attempt(kafka, method, nothing) == ("NotFoundException", 404)
        elsewhere = cluster_arn("us-east-2")
        assert attempt(kafka, method, elsewhere) == ("NotFoundException", 404)
        assert attempt(kafka, method, "orders") == ("BadRequestException", 400)

    @pytest.mark.parametrize(
        ("principal", "good"),
        [
            (OPERATOR, True),
            (f"arn:aws:iam::{OPERATOR}:root", True),
            (f"arn:aws:iam::{OPERATOR}:user/operator", True),
            ("*", True),
            ("333333333333", False),
            (f"arn:aws:iam::{OPERATOR}:role/other", False),
        ],
    )
    def test_principals_are_accounts_roots_or_the_caller(
        self, box: Sandbox, kafka: Any, principal: str, good: bool
    ) -> None:
        box.change_cluster(cluster_arn(), policy_principals=[principal])
        if good:
            kafka.describe_cluster_v2(ClusterArn=cluster_arn())
        else:
            assert attempt(kafka, "describe_cluster_v2", cluster_arn()) == ("ForbiddenException", 403)

    def test_every_action_is_allowed_by_itself(self, box: Sandbox, kafka: Any) -> None:
        box.change_cluster(cluster_arn(), policy_actions=["kafka:GetBootstrap*"])
        assert "BootstrapBrokerStringVpcConnectivitySaslIam" in kafka.get_bootstrap_brokers(
            ClusterArn=cluster_arn()
        )
        for method in ("create_vpc_connection", "describe_cluster", "describe_cluster_v2"):
            assert attempt(kafka, method, cluster_arn()) == ("ForbiddenException", 403)
        box.change_cluster(cluster_arn(), policy_principals=[])
        assert attempt(kafka, "get_bootstrap_brokers", cluster_arn()) == ("ForbiddenException", 403)

    def test_the_owner_needs_no_policy(self, theirs: Any) -> None:
        arn = cluster_arn(name="closed")
        assert theirs.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]["ClusterName"] == "closed"


class TestPolicies:
    """GetClusterPolicy, PutClusterPolicy, DeleteClusterPolicy."""

    def test_a_policy_is_put_read_and_deleted(self, box: Sandbox, kafka: Any, theirs: Any) -> None:
        arn = cluster_arn(name="closed")
        assert refused(theirs.get_cluster_policy, ClusterArn=arn) == ("NotFoundException", 404)
        statement = {
            "Effect": "Allow", "Principal": {"AWS": OPERATOR}, "Action": "kafka:*", "Resource": arn,
        }  # fmt: skip
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        version = theirs.put_cluster_policy(ClusterArn=arn, Policy=text)["CurrentVersion"]
        found = theirs.get_cluster_policy(ClusterArn=arn)
        assert (found["Policy"], found["CurrentVersion"]) == (text, version)
        connect(kafka, arn)
        stale = {"ClusterArn": arn, "Policy": text, "CurrentVersion": "K0"}
        assert refused(theirs.put_cluster_policy, **stale) == ("BadRequestException", 400)
        theirs.put_cluster_policy(ClusterArn=arn, Policy=text, CurrentVersion=version)
        theirs.delete_cluster_policy(ClusterArn=arn)
        assert refused(theirs.delete_cluster_policy, ClusterArn=arn) == ("NotFoundException", 404)
        assert attempt(kafka, "describe_cluster", arn) == ("ForbiddenException", 403)
        assert len(box.connections()) == 1

    def test_a_deny_wins(self, kafka: Any, theirs: Any) -> None:
        both = [
            {"Effect": effect, "Principal": "*", "Action": ["kafka:*"], "Resource": "*"}
            for effect in ("Allow", "Deny")
        ]
        theirs.put_cluster_policy(ClusterArn=cluster_arn(), Policy=json.dumps({"Statement": both}))
        assert attempt(kafka, "describe_cluster", cluster_arn()) == ("ForbiddenException", 403)

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"Statement": [{"Effect": "Maybe"}]}'])
    def test_a_text_that_is_no_policy_is_refused(self, theirs: Any, text: str) -> None:
        asked = {"ClusterArn": cluster_arn(), "Policy": text}
        assert refused(theirs.put_cluster_policy, **asked) == ("BadRequestException", 400)

    def test_conditions_are_not_pretended(self, theirs: Any) -> None:
        statement = {
            "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {}},
        }  # fmt: skip
        asked = {"ClusterArn": cluster_arn(), "Policy": json.dumps({"Statement": statement})}
        assert refused(theirs.put_cluster_policy, **asked) == ("NotImplemented", 501)

    def test_policies_are_the_owners_business(self, kafka: Any) -> None:
        asked = {"ClusterArn": cluster_arn()}
        assert refused(kafka.get_cluster_policy, **asked) == ("ForbiddenException", 403)
        assert refused(kafka.put_cluster_policy, Policy="{}", **asked) == ("ForbiddenException", 403)
        assert refused(kafka.delete_cluster_policy, **asked) == ("ForbiddenException", 403)


class TestBrokers:
    """GetBootstrapBrokers."""

    def test_a_client_gets_the_schemes_that_are_on(self, kafka: Any) -> None:
        found = kafka.get_bootstrap_brokers(ClusterArn=cluster_arn())
        del found["ResponseMetadata"]
        assert set(found) == {
            "BootstrapBrokerStringVpcConnectivitySaslIam", "BootstrapBrokerStringVpcConnectivitySaslScram",
        }  # fmt: skip
        brokers = found["BootstrapBrokerStringVpcConnectivitySaslIam"].split(",")
        hosts, ports = zip(*(item.split(":") for item in brokers), strict=True)
        assert ports == ("14001", "14002", "14003")
        assert all(host.startswith(f"b-{n}.iam.orders.") for n, host in enumerate(hosts, start=1))
        assert all(host.endswith(".kafka.us-east-1.amazonaws.com") for host in hosts)
        only = kafka.get_bootstrap_brokers(ClusterArn=cluster_arn(name="iam-only"))
        assert "BootstrapBrokerStringVpcConnectivitySaslScram" not in only

    def test_the_owner_gets_those_of_its_vpc_too(self, theirs: Any) -> None:
        found = theirs.get_bootstrap_brokers(ClusterArn=cluster_arn())
        assert found["BootstrapBrokerStringSaslIam"].split(",")[2].endswith(":9098")
        assert found["BootstrapBrokerStringSaslScram"].startswith("b-1.orders.")
        assert "BootstrapBrokerStringTls" not in found


class TestControl:
    """Clusters through the control interface."""

    def test_a_cluster_is_made_changed_and_deleted(self, box: Sandbox, kafka: Any) -> None:
        made = box.create_cluster(
            REGION, "events", subnet_count=2, schemes=["SASL_IAM"], kafka_version="2.8.1"
        )
        assert (made["account"], made["zone_ids"]) == (OWNER, ["use1-az1", "use1-az2"])
        assert made["policy_principals"] == [f"arn:aws:iam::{OPERATOR}:root"]
        assert made["policy_actions"][0] == "kafka:CreateVpcConnection"
        changed = box.change_cluster("events", state="REBOOTING_BROKER", policy_principals=[])
        assert (changed["state"], changed["policy"]) == ("REBOOTING_BROKER", "")
        assert box.clusters(name="events") == [changed]
        box.delete_cluster(made["id"])
        assert box.clusters(name="events") == []

    def test_a_name_that_several_have_needs_a_region(self, box: Sandbox) -> None:
        with pytest.raises(ControlFailed) as caught:
            box.change_cluster("orders", state="UPDATING")
        assert caught.value.status == 409
        assert box.change_cluster("orders", "eu-west-1", state="UPDATING")["id"] == cluster_arn("eu-west-1")

    @pytest.mark.parametrize(
        ("settings", "status"),
        [
            ({"name": "orders"}, 409),
            ({"name": "or ders"}, 400),
            ({"region": "mars-1"}, 400),
            ({"account": "999999999999"}, 404),
            ({"zone_ids": ["use1-az3"]}, 400),
            ({"zone_ids": ["use1-az1", "use1-az1"]}, 400),
            ({"subnet_count": 4}, 400),
            ({"schemes": ["PLAIN"]}, 400),
            ({"schemes": [5]}, 400),
            ({"state": "ASLEEP"}, 400),
            ({"colour": "red"}, 400),
        ],
    )
    def test_bad_settings_are_refused(self, box: Sandbox, settings: dict[str, Any], status: int) -> None:
        with pytest.raises(ControlFailed) as caught:
            box.ask("POST", "/clusters", {"region": REGION, "name": "x", **settings})
        assert caught.value.status == status

    def test_unknown_clusters_and_connections_are_404(self, box: Sandbox) -> None:
        for act in (box.delete_cluster, box.reject_connection):
            with pytest.raises(ControlFailed) as caught:
                act("nothing")
            assert caught.value.status == 404

    def test_a_cluster_with_live_connections_stays(self, box: Sandbox, kafka: Any) -> None:
        arn = connect(kafka)
        with pytest.raises(ControlFailed) as caught:
            box.delete_cluster(cluster_arn())
        assert caught.value.status == 409
        box.change_cluster(cluster_arn(), schemes=[])
        assert box.connections(id=arn)[0]["state"] == "INACTIVE"
        box.delete_cluster(cluster_arn())
        assert attempt(kafka, "describe_cluster", cluster_arn()) == ("NotFoundException", 404)
