"""MSK connections: the cluster's consent, its zones and schemes, creates without a token, and brokers."""

from typing import Any

import pytest

from endpoints.intents import IntentRefused
from endpoints.models import Attempt, Claim, read_clock
from tests.engine.world import DAY, GRACE, REGION, World, attempt_of, cluster, codes, removed, told
from tests.sandbox_client import OPERATOR, OWNER, subnet_id

CREATE, LIST = "CreateVpcConnection", "ListVpcConnections"
WHOLE_ARN = f"arn:aws:kafka:{REGION}:{OWNER}:cluster/orders/00000000-0000-4000-8000-000000000041-1"


def test_a_connection_is_made_for_the_cluster_in_its_zones_and_has_msks_own_string(world: World) -> None:
    row = world.make_of(cluster())
    assert attempt_of(row).request == {
        "TargetClusterArn": WHOLE_ARN,
        "Authentication": "SASL_IAM",
        "VpcId": world.network.vpc_id,
        "ClientSubnets": [subnet_id(REGION, n) for n in (1, 2, 3)],
        "SecurityGroups": world.network.security_group_ids,
        "Tags": {
            "postern:endpoint-id": str(row.pk),
            "postern:generation": "1",
            "postern:installation": attempt_of(row).request["Tags"]["postern:installation"],
        },
    }
    (made,) = world.ours()
    assert row.external_id == made["id"]
    assert row.parameters["mskClusterArn"] == f"arn:aws:kafka:{REGION}:{OWNER}:cluster/orders"
    hosts = [pair.rpartition(":")[0] for pair in row.connection_string.split(",")]
    assert row.private_dns_names == hosts
    assert all(14001 <= int(pair.rpartition(":")[2]) <= 14100 for pair in row.connection_string.split(","))
    assert row.dns_names == []


def test_each_authentication_has_its_own_brokers(world: World) -> None:
    iam, scram = world.make_of(cluster()), world.make_of(cluster(scheme="SASL_SCRAM"))
    assert iam.connection_string != scram.connection_string
    assert len(world.alive()) == 2


def test_the_endpoint_that_msk_makes_is_never_touched(world: World) -> None:
    row = world.make_of(cluster())
    managed = [e for e in world.box.endpoints() if e["account"] == OPERATOR]
    assert len(managed) == 1
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert world.box.count(operation="DeleteVpcEndpoints") == 0
    assert [e for e in world.box.endpoints() if e["account"] == OPERATOR and e["state"] != "deleted"] == []


def test_brokers_for_which_a_pass_has_no_time_are_read_by_the_next(world: World, settings: Any) -> None:
    rows = [world.ask_for(cluster(scheme=scheme)) for scheme in ("SASL_IAM", "SASL_SCRAM")]
    rows.append(world.ask_for(cluster("iam-only")))
    for _ in range(4):
        world.reconcile()
    slow = world.box.fault("slow", operation="GetBootstrapBrokers", seconds=0.4)
    settings.TASK_TIMEOUT_SECONDS = 0.6
    for ready in (1, 2, 3):
        world.observe()
        assert [told(row)[0] for row in rows].count("Ready") == ready
        assert all(told(row)[1] in ("available", "creating") for row in rows)
    assert not any(row.raw_error for row in rows)
    world.box.clear_fault(slow)


# --- the owner's side -----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [cluster("closed"), cluster("unknown")])
def test_a_cluster_that_does_not_allow_us_or_does_not_exist_is_not_visible(
    world: World, asked: dict[str, str]
) -> None:
    row = world.ask_for(asked)
    world.work()
    assert told(row) == ("Failed", "cluster_not_visible")
    assert row.reason_params["account"] == OPERATOR
    assert world.writes() == 0


def test_a_policy_without_the_create_is_told_as_the_policy(world: World) -> None:
    world.box.change_cluster("orders", REGION, policy_actions=["kafka:DescribeClusterV2"])
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Failed", "cluster_not_visible")
    assert world.ours() == []
    assert not Claim.objects.exists(), "a row without an object holds no slot"


def test_our_own_missing_permission_is_the_operators_and_not_the_owners(world: World) -> None:
    for operation in ("DescribeClusterV2", LIST):
        world.box.fault("error", operation=operation, code="ForbiddenException")
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Provisioning", "operator_must_act")
    world.box.clear_faults()
    world.later(60)
    assert told(row) == ("Ready", "available")


def test_a_policy_without_the_brokers_makes_it_ready_and_says_what_is_missing(world: World) -> None:
    allowed = ["kafka:CreateVpcConnection", "kafka:DescribeCluster", "kafka:DescribeClusterV2"]
    world.box.change_cluster("orders", REGION, policy_actions=allowed)
    row = world.make_of(cluster())
    assert told(row) == ("Ready", "brokers_refused")
    assert row.connection_string == ""
    world.box.change_cluster("orders", REGION, policy_actions=[*allowed, "kafka:GetBootstrapBrokers"])
    world.later(3700)
    assert told(row) == ("Ready", "available")
    assert row.connection_string


def test_credentials_that_run_out_while_brokers_are_read_are_not_the_owners_fault(world: World) -> None:
    fault = world.box.fault("error", operation="GetBootstrapBrokers", code="ExpiredToken", status=403)
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Provisioning", "operator_must_act")
    world.box.clear_fault(fault)
    world.later(15)
    assert told(row) == ("Ready", "available")


def test_a_scheme_that_is_off_is_told(world: World) -> None:
    row = world.ask_for(cluster("iam-only", "SASL_SCRAM"))
    world.work()
    assert told(row) == ("Failed", "scheme_off")
    assert row.reason_params["scheme"] == "SASL_SCRAM"


@pytest.mark.parametrize("state", ["UPDATING", "CREATING", "FAILED"])
def test_a_cluster_that_is_not_active_is_told(world: World, state: str) -> None:
    world.box.change_cluster("orders", REGION, state=state)
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Failed", "cluster_not_active")
    world.box.change_cluster("orders", REGION, state="ACTIVE")
    world.retry(row)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_a_serverless_cluster_is_told(world: World) -> None:
    made = world.box.create_cluster(REGION, "serverless", cluster_type="SERVERLESS")
    row = world.ask_for(cluster(arn=made["id"]))
    world.work()
    assert told(row) == ("Failed", "cluster_unfit")


def test_zones_that_no_network_covers_are_told(world: World) -> None:
    world.network.subnet_ids = world.network.subnet_ids[:2]
    world.network.save()
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Failed", "zones_differ")
    assert row.reason_params["zones"] == "euc1-az1, euc1-az2, euc1-az3"


def test_a_cluster_in_two_zones_gets_the_two_subnets_in_them(world: World) -> None:
    made = world.box.create_cluster(REGION, "two", zone_ids=["euc1-az1", "euc1-az3"])
    row = world.make_of(cluster(arn=made["id"]))
    assert attempt_of(row).request["ClientSubnets"] == [subnet_id(REGION, 1), subnet_id(REGION, 3)]


def test_a_network_at_its_quota_of_interface_endpoints_has_no_room_for_a_connection(world: World) -> None:
    world.box.knobs(interface_quota_per_vpc=1)
    world.make(2)
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Provisioning", "no_room")
    assert row.reason_params["quota"] == world.network.vpc_id


# --- a life ---------------------------------------------------------------------------------------------


def test_rejected_by_the_clusters_owner_and_retried(world: World) -> None:
    row = world.make_of(cluster())
    world.box.reject_connection(row.external_id)
    world.later(300)
    assert told(row) == ("Rejected", "rejected_by_cluster_owner")
    assert row.connection_string == ""
    first = row.external_id
    world.retry(row)
    for _ in range(3):
        world.later(GRACE)
    assert told(row) == ("Ready", "available")
    assert row.external_id != first
    assert len(world.alive()) == 1


def test_a_scheme_turned_off_fails_its_connections_and_a_retry_makes_them_anew(world: World) -> None:
    world.box.knobs(msk_deactivating_seconds=30)
    row = world.make_of(cluster(scheme="SASL_SCRAM"))
    world.box.change_cluster("orders", REGION, schemes=["SASL_IAM"])
    world.later(300)
    assert told(row) == ("Failed", "turned_off_by_owner")
    world.box.change_cluster("orders", REGION, schemes=["SASL_IAM", "SASL_SCRAM"])
    world.later(300)
    assert told(row) == ("Failed", "turned_off_by_owner"), "it must be made anew"
    world.retry(row)
    for _ in range(3):
        world.later(GRACE)
    assert told(row) == ("Ready", "available")


def test_a_connection_that_msk_works_on_stays_ready_with_its_addresses(world: World) -> None:
    row = world.make_of(cluster())
    before = row.connection_string
    world.box.update_connection(row.external_id, 600)
    world.later(300)
    assert told(row) == ("Ready", "modifying")
    assert row.connection_string == before
    asked = world.box.count(operation="GetBootstrapBrokers")
    world.later(600)
    assert told(row) == ("Ready", "available")
    assert world.box.count(operation="GetBootstrapBrokers") == asked + 1, "brokers may have been added"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "failed_without_reason"),
        ({"policy_principals": []}, "cluster_not_visible"),
        ({"state": "FAILED"}, "cluster_not_active"),
        ({"schemes": ["SASL_SCRAM"]}, "scheme_off"),
    ],
)
def test_a_failed_connection_is_explained_by_a_fresh_look(
    world: World, change: dict[str, object], reason: str
) -> None:
    world.box.knobs(msk_creating_seconds=60)
    row = world.ask_for(cluster())
    world.work()
    world.box.fail_connection(attempt_of(row).external_id)
    if change:
        world.box.change_cluster("orders", REGION, **change)
    world.later(10)
    assert told(row) == ("Failed", reason)


def test_a_state_that_nobody_knows_is_unknown(world: World) -> None:
    row = world.make_of(cluster())
    world.box.fault("rewrite", operation=LIST, set={"State": "HIBERNATING"})
    world.later(300)
    assert told(row) == ("Unknown", "unknown_state")
    assert row.reason_params == {"state": "HIBERNATING"}


# --- without a token ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [0, 30])
@pytest.mark.parametrize("kind", ["lost_answer", "error_after"])
def test_a_lost_create_answer_never_makes_a_second_connection(world: World, kind: str, lag: int) -> None:
    if lag:
        world.box.fault("read_lag", operation=LIST, seconds=lag)
    world.box.fault(kind, operation=CREATE, count=1)
    row = world.ask_for(cluster())
    world.work()
    for _ in range(6):
        world.later(15)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1


def test_a_create_that_never_arrived_is_sent_again_after_two_listings(world: World) -> None:
    world.box.fault("drop", operation=CREATE, count=1)
    row = world.ask_for(cluster())
    world.reconcile()
    assert world.box.count(operation=CREATE) == 1
    world.box.advance(60)
    world.reconcile()
    assert world.box.count(operation=CREATE) == 1, "not one listing yet"
    world.observe()
    world.box.advance(60)
    world.reconcile()
    assert world.box.count(operation=CREATE) == 1, "one listing only"
    world.observe()
    world.box.advance(60)
    world.reconcile()
    assert world.box.count(operation=CREATE) == 2
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_removal_while_the_create_is_unanswered_sends_no_second_create(world: World) -> None:
    world.box.fault("drop", operation=CREATE, count=1)
    row = world.ask_for(cluster())
    world.reconcile()
    world.remove(row)
    for _ in range(4):
        world.later(GRACE / 2)
    assert removed(row)
    assert world.box.count(operation=CREATE) == 1
    assert world.ours() == []


def test_removal_while_the_create_is_unanswered_deletes_what_was_made(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    world.box.fault("read_lag", operation=LIST, seconds=120)
    row = world.ask_for(cluster())
    world.reconcile()
    world.remove(row)
    for _ in range(8):
        world.later(GRACE / 4)
    assert removed(row)
    assert world.ours() == []


def test_a_connection_that_somebody_else_made_is_not_adopted(world: World) -> None:
    kafka = world.box.boto3("kafka", REGION)
    kafka.create_vpc_connection(
        TargetClusterArn=WHOLE_ARN, Authentication="SASL_IAM", VpcId=world.network.vpc_id,
        ClientSubnets=world.network.subnet_ids, SecurityGroups=world.network.security_group_ids,
        Tags={"made-by": "hand"},
    )  # fmt: skip
    row = world.ask_for(cluster())
    world.work()
    assert told(row) == ("Failed", "connection_of_others")
    assert world.box.count(operation=CREATE) == 1, "the one by hand"
    assert [c["tags"] for c in world.box.connections()] == [{"made-by": "hand"}]
    assert not Claim.objects.exists()


def test_a_foreign_connection_is_described_once_and_never_again(world: World) -> None:
    world.make_of(cluster("iam-only"))
    kafka = world.box.boto3("kafka", REGION)
    kafka.create_vpc_connection(
        TargetClusterArn=WHOLE_ARN, Authentication="SASL_IAM", VpcId=world.network.vpc_id,
        ClientSubnets=world.network.subnet_ids, SecurityGroups=world.network.security_group_ids,
    )  # fmt: skip
    since = world.box.last_seq()
    for _ in range(4):
        world.later(300)
    assert world.box.count(operation="DescribeVpcConnection", since=since) == 1
    assert len(world.box.connections()) == 2


def test_the_late_create_of_a_dead_worker_is_taken_back_and_deleted(world: World) -> None:
    hold = world.box.fault("drop", operation=CREATE, count=1)
    row = world.ask_for(cluster())
    world.reconcile()
    world.box.clear_fault(hold)
    request = Attempt.objects.get().request
    world.remove(row)
    for _ in range(4):
        world.later(GRACE / 2)
    assert removed(row)
    world.box.boto3("kafka", REGION).create_vpc_connection(**request)
    for _ in range(3):
        world.later(GRACE)
    assert "seen_again" in codes(row)
    assert removed(row)
    assert world.ours() == []


# --- two APIs, two fates --------------------------------------------------------------------------------


def test_while_msk_cannot_be_listed_other_types_go_on_and_connections_keep_their_status(world: World) -> None:
    connection = world.make_of(cluster())
    world.box.fault("error", operation=LIST, code="AccessDeniedException", status=403)
    endpoint = world.make(1, status="PendingAcceptance")
    world.box.accept(endpoint.external_id)
    world.later(60)
    assert told(endpoint) == ("Ready", "available")
    world.later(3700)
    connection.refresh_from_db()
    assert connection.status == "Ready"
    assert connection.is_stale(read_clock().now)
    assert not endpoint.is_stale(read_clock().now)


def test_a_deadline_of_a_connection_acts_only_on_a_listing_of_connections(world: World) -> None:
    row = world.make_of(cluster())
    world.box.reject_connection(row.external_id)
    world.later(300)
    assert told(row)[0] == "Rejected"
    world.box.fault("error", operation=LIST, code="AccessDeniedException", status=403)
    world.later(DAY + 600)
    assert told(row)[0] == "Rejected"
    world.box.clear_faults()
    world.later(60)
    world.later(60)
    assert told(row)[0] == "Deleting"


# --- the slot -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arn", [WHOLE_ARN, WHOLE_ARN.rpartition("/")[0]])
@pytest.mark.parametrize("other", [False, True])
def test_a_cluster_has_one_live_connection_of_each_authentication(
    world: World, arn: str, other: bool
) -> None:
    world.ask_for(cluster())
    with pytest.raises(IntentRefused) as caught:
        world.ask_for(cluster(arn=arn), other=other)
    refused = caught.value
    assert (refused.code, refused.field, refused.is_conflict) == ("msk_slot_taken", "mskClusterArn", True)
    world.ask_for(cluster(arn=arn, scheme="SASL_SCRAM"), other=other)


def test_a_slot_is_free_again_once_its_row_is_gone(world: World) -> None:
    row = world.make_of(cluster())
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    world.ask_for(cluster(), other=True)


def test_a_row_that_failed_without_an_object_may_lose_its_slot_and_says_so_at_the_retry(
    world: World,
) -> None:
    row = world.ask_for(cluster("closed"))
    world.work()
    assert told(row)[0] == "Failed"
    world.ask_for(cluster("closed"), other=True)
    with pytest.raises(IntentRefused) as caught:
        world.retry(row)
    assert caught.value.code == "msk_slot_taken"
