"""VPC connections: their checks, their life, the endpoint that comes with them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.helpers import REGION, create, refused
from tests.sandbox.msk import cluster_arn, connect, managed, request, state
from tests.sandbox_client import (
    OPERATOR,
    OWNER,
    OWNER_KEY,
    ControlFailed,
    Sandbox,
    group_id,
    start_sandbox,
    subnet_id,
    vpc_id,
)


@pytest.fixture
def kafka(box: Sandbox) -> Any:
    """The operator's kafka client in us-east-1."""
    return box.boto3("kafka")


@pytest.fixture
def theirs(box: Sandbox) -> Any:
    """The customer's kafka client in us-east-1."""
    return box.boto3("kafka", key=OWNER_KEY)


def wrong(kafka: Any, **changed: Any) -> str:
    """Ask for a connection that AWS refuses as a bad request, and return which parameter it blames."""
    with pytest.raises(kafka.exceptions.BadRequestException) as caught:
        kafka.create_vpc_connection(**request(**changed))
    return str(caught.value.response["InvalidParameter"])


class TestCreate:
    """CreateVpcConnection."""

    def test_the_answer_and_the_reads_agree(self, box: Sandbox, kafka: Any) -> None:
        made = kafka.create_vpc_connection(**request(Tags={"a": "1"}))
        arn = made["VpcConnectionArn"]
        assert arn.startswith(f"arn:aws:kafka:{REGION}:{OPERATOR}:vpc-connection/{OWNER}/orders/")
        assert (made["State"], made["Tags"]) == ("CREATING", {"a": "1"})
        seen = kafka.describe_vpc_connection(Arn=arn)
        assert (seen["State"], seen["TargetClusterArn"]) == ("AVAILABLE", cluster_arn())
        assert (seen["Subnets"], seen["SecurityGroups"]) == (made["ClientSubnets"], [group_id(REGION)])
        assert (seen["Tags"], seen["VpcId"]) == ({"a": "1"}, vpc_id(REGION))
        assert seen["CreationTime"] == made["CreationTime"]
        [listed] = kafka.list_vpc_connections()["VpcConnections"]
        assert set(listed) == {
            "VpcConnectionArn", "TargetClusterArn", "CreationTime", "Authentication", "VpcId", "State",
        }  # fmt: skip
        assert box.connections()[0]["id"] == arn

    def test_a_short_cluster_arn_is_answered_with_the_whole(self, kafka: Any) -> None:
        arn = connect(kafka, cluster_arn().rpartition("/")[0])
        assert kafka.describe_vpc_connection(Arn=arn)["TargetClusterArn"] == cluster_arn()

    def test_bad_requests_say_what_is_wrong(self, kafka: Any) -> None:
        subnets = [subnet_id(REGION, n) for n in (1, 2, 3)]
        assert wrong(kafka, Authentication="PLAIN") == "authentication"
        assert wrong(kafka, Authentication="TLS") == "authentication"
        assert (
            wrong(kafka, cluster=cluster_arn(name="iam-only"), Authentication="SASL_SCRAM")
            == "authentication"
        )
        assert wrong(kafka, VpcId=vpc_id("us-east-2")) == "vpcId"
        assert wrong(kafka, ClientSubnets=subnets[:2]) == "clientSubnets"
        assert wrong(kafka, ClientSubnets=[]) == "clientSubnets"
        assert wrong(kafka, ClientSubnets=[subnets[0], subnets[0], subnets[1]]) == "clientSubnets"
        assert wrong(kafka, ClientSubnets=[*subnets[:2], subnet_id("us-east-2", 3)]) == "clientSubnets"
        assert wrong(kafka, SecurityGroups=[]) == "securityGroups"
        assert wrong(kafka, SecurityGroups=[group_id("us-east-2")]) == "securityGroups"
        assert wrong(kafka, Tags={"aws:x": "1"}) == "tags"
        assert wrong(kafka, cluster="orders") == "targetClusterArn"

    def test_zones_are_compared_by_id(self, box: Sandbox, kafka: Any) -> None:
        two = box.create_cluster(REGION, "two", zone_ids=["use1-az1", "use1-az4"])["id"]
        third = [subnet_id(REGION, 1), subnet_id(REGION, 2)]
        assert wrong(kafka, cluster=two, ClientSubnets=third) == "clientSubnets"
        assert connect(kafka, two, ClientSubnets=[subnet_id(REGION, 3), subnet_id(REGION, 1)])

    @pytest.mark.parametrize(
        "settings",
        [{"state": "CREATING"}, {"kafka_version": "2.6.3"}, {"instance_type": "kafka.t3.small"}],
    )
    def test_the_cluster_must_be_fit_for_it(self, box: Sandbox, kafka: Any, settings: dict[str, Any]) -> None:
        box.change_cluster(cluster_arn(), **settings)
        assert wrong(kafka) == "targetClusterArn"

    def test_there_is_one_for_each_cluster_vpc_and_scheme(self, box: Sandbox, kafka: Any) -> None:
        first = connect(kafka)
        with pytest.raises(ClientError, match="already exists"):
            connect(kafka)
        connect(kafka, Authentication="SASL_SCRAM")
        connect(kafka, cluster_arn(name="iam-only"))
        box.fail_connection(first)
        assert wrong(kafka) == "targetClusterArn"
        kafka.delete_vpc_connection(Arn=first)
        assert connect(kafka) != first

    def test_the_quota_and_the_addresses_are_those_of_endpoints(
        self, box: Sandbox, kafka: Any, ec2: Any
    ) -> None:
        box.knobs(interface_quota_per_vpc=1)
        arn = connect(kafka)
        assert refused(create, ec2=ec2) == ("VpcEndpointLimitExceeded", 400)
        assert wrong(kafka, Authentication="SASL_SCRAM") == "vpcId"
        kafka.delete_vpc_connection(Arn=arn)
        box.knobs(interface_quota_per_vpc=50)
        box.reserve_addresses(subnet_id(REGION, 2), [f"10.1.2.{n}" for n in range(4, 255)])
        assert wrong(kafka) == "clientSubnets"
        assert box.connections() == []


class TestReads:
    """Listings, and who sees a connection."""

    def test_pages_are_at_most_a_hundred_and_survive_changes(self, box: Sandbox, kafka: Any) -> None:
        box.knobs(page_size_limit=2)
        names = [f"c{n}" for n in range(5)]
        arns = [connect(kafka, box.create_cluster(REGION, name)["id"]) for name in names]
        first = kafka.list_vpc_connections()
        assert [item["VpcConnectionArn"] for item in first["VpcConnections"]] == arns[:2]
        kafka.delete_vpc_connection(Arn=arns[1])
        rest = kafka.list_vpc_connections(NextToken=first["NextToken"])
        assert [item["VpcConnectionArn"] for item in rest["VpcConnections"]] == arns[2:4]
        pages = kafka.get_paginator("list_vpc_connections").paginate()
        assert len([item for page in pages for item in page["VpcConnections"]]) == 4
        for bad in ({"MaxResults": 101}, {"NextToken": "x"}):
            assert refused(kafka.list_vpc_connections, **bad) == ("BadRequestException", 400)
        box.knobs(page_size_limit=1000)
        assert len(kafka.list_vpc_connections(MaxResults=100)["VpcConnections"]) == 4

    def test_a_connection_is_its_makers(self, box: Sandbox, kafka: Any, theirs: Any) -> None:
        arn = connect(kafka)
        for other in (theirs, box.boto3("kafka", "us-east-2")):
            assert other.list_vpc_connections()["VpcConnections"] == []
            assert refused(other.describe_vpc_connection, Arn=arn) == ("NotFoundException", 404)
            assert refused(other.delete_vpc_connection, Arn=arn) == ("NotFoundException", 404)
            assert refused(other.list_tags_for_resource, ResourceArn=arn) == ("NotFoundException", 404)

    def test_tags_are_set_and_removed(self, kafka: Any, theirs: Any) -> None:
        arn = connect(kafka, Tags={"a": "1"})
        kafka.tag_resource(ResourceArn=arn, Tags={"a": "2", "한글": "<&>"})
        assert kafka.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "2", "한글": "<&>"}
        kafka.untag_resource(ResourceArn=arn, TagKeys=["a", "none"])
        assert kafka.describe_vpc_connection(Arn=arn)["Tags"] == {"한글": "<&>"}
        theirs.tag_resource(ResourceArn=cluster_arn(), Tags={"team": "x"})
        assert kafka.describe_cluster_v2(ClusterArn=cluster_arn())["ClusterInfo"]["Tags"] == {"team": "x"}
        asked = {"ResourceArn": arn, "Tags": {f"k{n}": "" for n in range(51)}}
        assert refused(kafka.tag_resource, **asked) == ("BadRequestException", 400)


class TestLife:
    """States on the moved clock."""

    def test_it_comes_up_and_goes_in_its_time(self, box: Sandbox, kafka: Any) -> None:
        box.knobs(msk_creating_seconds=300, msk_deleting_seconds=180)
        arn = connect(kafka)
        box.advance(299)
        assert (state(kafka, arn), managed(box, arn)["State"]) == ("CREATING", "pending")
        box.advance(2)
        assert (state(kafka, arn), managed(box, arn)["State"]) == ("AVAILABLE", "available")
        assert kafka.delete_vpc_connection(Arn=arn)["State"] == "DELETING"
        assert kafka.delete_vpc_connection(Arn=arn)["State"] == "DELETING"
        assert wrong(kafka) == "targetClusterArn"
        box.advance(179)
        assert (state(kafka, arn), managed(box, arn)["State"]) == ("DELETING", "deleting")
        box.advance(2)
        assert refused(kafka.describe_vpc_connection, Arn=arn) == ("NotFoundException", 404)
        assert refused(kafka.delete_vpc_connection, Arn=arn) == ("NotFoundException", 404)
        assert box.connections() == []
        assert box.state()["network_interfaces"] == []

    def test_the_owner_rejects_what_is_available(self, box: Sandbox, kafka: Any, theirs: Any) -> None:
        box.knobs(msk_creating_seconds=10, msk_rejecting_seconds=60)
        arn = connect(kafka)
        asked = {"ClusterArn": cluster_arn(), "VpcConnectionArn": arn}
        assert refused(theirs.reject_client_vpc_connection, **asked) == ("BadRequestException", 400)
        box.advance(11)
        assert refused(kafka.reject_client_vpc_connection, **asked) == ("ForbiddenException", 403)
        theirs.reject_client_vpc_connection(**asked)
        assert state(kafka, arn) == "REJECTING"
        box.advance(61)
        assert (state(kafka, arn), managed(box, arn)["State"]) == ("REJECTED", "rejected")
        other = {"ClusterArn": cluster_arn(name="closed"), "VpcConnectionArn": arn}
        assert refused(theirs.reject_client_vpc_connection, **other) == ("BadRequestException", 400)
        box.advance(86400)
        [seen] = theirs.list_client_vpc_connections(ClusterArn=cluster_arn())["ClientVpcConnections"]
        assert (seen["Owner"], seen["State"], seen["Authentication"]) == (OPERATOR, "REJECTED", "SASL_IAM")
        asked = {"ClusterArn": cluster_arn()}
        assert refused(kafka.list_client_vpc_connections, **asked) == ("ForbiddenException", 403)

    def test_a_scheme_turned_off_ends_its_connections(self, box: Sandbox, kafka: Any) -> None:
        box.knobs(msk_deactivating_seconds=180)
        iam, scram = connect(kafka), connect(kafka, Authentication="SASL_SCRAM")
        kafka.list_vpc_connections()
        box.change_cluster(cluster_arn(), schemes=["SASL_SCRAM"])
        assert (state(kafka, iam), state(kafka, scram)) == ("DEACTIVATING", "AVAILABLE")
        box.advance(181)
        assert state(kafka, iam) == "INACTIVE"
        box.change_cluster(cluster_arn(), schemes=["SASL_SCRAM", "SASL_IAM"])
        assert state(kafka, iam) == "INACTIVE"
        kafka.delete_vpc_connection(Arn=iam)
        assert connect(kafka)

    def test_fate_through_the_control_interface(self, box: Sandbox, kafka: Any) -> None:
        arn = connect(kafka)
        box.update_connection(arn, seconds=60)
        assert state(kafka, arn) == "UPDATING"
        box.advance(61)
        assert state(kafka, arn) == "AVAILABLE"
        uuid = arn.rpartition("/")[2]
        assert box.retag_connection(uuid, {"b": "2"})["tags"] == {"b": "2"}
        assert box.fail_connection(uuid)["state"] == "FAILED"
        assert managed(box, arn)["State"] == "failed"
        for act in (box.reject_connection, box.update_connection, box.deactivate_connection):
            with pytest.raises(ControlFailed) as caught:
                act(arn)
            assert caught.value.status == 409
        box.delete_connection(arn)
        assert box.connections() == []
        second = connect(kafka)
        box.state()
        box.deactivate_connection(second)
        assert state(kafka, second) == "INACTIVE"

    def test_a_restart_loses_nothing(self, tmp_path: Any) -> None:
        with start_sandbox(tmp_path) as other:
            other.knobs(msk_creating_seconds=60)
            arn = connect(other.boto3("kafka"), Tags={"a": "1"})
            other.kill()
            other.start()
            kafka = other.boto3("kafka")
            assert state(kafka, arn) == "CREATING"
            other.advance(61)
            assert state(kafka, arn) == "AVAILABLE"
            kafka.delete_vpc_connection(Arn=arn)
            assert other.connections() == []


class TestManagedEndpoint:
    """The requester-managed Interface endpoint of a connection."""

    def test_it_is_msks_and_holds_addresses(self, box: Sandbox, kafka: Any, ec2: Any) -> None:
        arn = connect(kafka, Tags={"a": "1"})
        endpoint = managed(box, arn)
        assert (endpoint["RequesterManaged"], endpoint["VpcEndpointType"]) == (True, "Interface")
        assert endpoint["Tags"] == [{"Key": "AWSMSKManaged", "Value": "true"}]
        assert endpoint["SubnetIds"] == [subnet_id(REGION, n) for n in (1, 2, 3)]
        assert endpoint["ServiceName"].startswith(f"com.amazonaws.vpce.{REGION}.vpce-svc-")
        nics = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])
        assert len(nics["NetworkInterfaces"]) == 3
        subnet = ec2.describe_subnets(SubnetIds=[subnet_id(REGION, 1)])["Subnets"][0]
        assert subnet["AvailableIpAddressCount"] == 250

    def test_ec2_may_neither_change_nor_delete_it(self, box: Sandbox, kafka: Any, ec2: Any) -> None:
        arn = connect(kafka)
        key = managed(box, arn)["VpcEndpointId"]
        mine = create(ec2)
        failed = ec2.delete_vpc_endpoints(VpcEndpointIds=[key, mine])["Unsuccessful"]
        assert [(item["ResourceId"], item["Error"]["Code"]) for item in failed] == [
            (key, "OperationNotPermitted")
        ]
        asked = {"VpcEndpointId": key, "RemoveSubnetIds": [subnet_id(REGION, 1)]}
        assert refused(ec2.modify_vpc_endpoint, **asked) == ("OperationNotPermitted", 400)
        with pytest.raises(ControlFailed):
            box.delete_by_hand(key)
        assert managed(box, arn)["State"] == "available"

    def test_it_goes_with_the_connection(self, box: Sandbox, kafka: Any, ec2: Any) -> None:
        arn = connect(kafka)
        key = managed(box, arn)["VpcEndpointId"]
        kafka.delete_vpc_connection(Arn=arn)
        asked = {"VpcEndpointIds": [key]}
        assert refused(ec2.describe_vpc_endpoints, **asked) == ("InvalidVpcEndpointId.NotFound", 400)
        assert box.state()["network_interfaces"] == []


class TestFaults:
    """Faults in kafka's words."""

    def test_errors_are_the_services_own(self, box: Sandbox, kafka: Any) -> None:
        for settings, outcome in (
            ({"kind": "throttle"}, ("TooManyRequestsException", 429)),
            ({"kind": "error"}, ("InternalServerErrorException", 500)),
            ({"kind": "error", "code": "ServiceUnavailableException"}, ("ServiceUnavailableException", 503)),
            ({"kind": "error", "code": "ForbiddenException", "status": 409}, ("ForbiddenException", 409)),
        ):
            fault = box.fault(**settings, service="kafka")
            assert refused(kafka.list_vpc_connections) == outcome
            box.clear_fault(fault)

    def test_an_answer_is_lost_after_the_effect(self, box: Sandbox, kafka: Any) -> None:
        box.fault("lost_answer", operation="CreateVpcConnection", count=1)
        with pytest.raises(Exception, match=r"[Cc]onnection"):
            connect(kafka)
        assert len(box.connections()) == 1
        assert wrong(kafka) == "targetClusterArn"

    def test_reads_lag_both_ways(self, box: Sandbox, kafka: Any) -> None:
        box.fault("read_lag", service="kafka", seconds=60)
        arn = connect(kafka)
        assert kafka.list_vpc_connections()["VpcConnections"] == []
        assert refused(kafka.describe_vpc_connection, Arn=arn) == ("NotFoundException", 404)
        box.advance(61)
        assert state(kafka, arn) == "AVAILABLE"
        kafka.delete_vpc_connection(Arn=arn)
        assert box.connections() == []
        [ghost] = kafka.list_vpc_connections()["VpcConnections"]
        assert (ghost["VpcConnectionArn"], ghost["State"]) == (arn, "AVAILABLE")
        box.advance(61)
        assert kafka.list_vpc_connections()["VpcConnections"] == []

    def test_it_may_be_listed_and_not_found(self, box: Sandbox, kafka: Any) -> None:
        box.fault("read_lag", service="kafka", seconds=60, hide="by_id")
        arn = connect(kafka)
        assert len(kafka.list_vpc_connections()["VpcConnections"]) == 1
        assert refused(kafka.describe_vpc_connection, Arn=arn) == ("NotFoundException", 404)

    def test_a_state_is_rewritten_for_one(self, box: Sandbox, kafka: Any) -> None:
        first, second = connect(kafka), connect(kafka, Authentication="SASL_SCRAM")
        box.fault("rewrite", operation="ListVpcConnections", set={"State": "MOVING"}, resource=second)
        states = {
            item["VpcConnectionArn"]: item["State"] for item in kafka.list_vpc_connections()["VpcConnections"]
        }
        assert states == {first: "AVAILABLE", second: "MOVING"}
        assert state(kafka, second) == "AVAILABLE"
