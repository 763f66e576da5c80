"""The process: one line when it listens, clear refusals, and a world that survives kill -9."""

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from tests.sandbox.helpers import REGION, create, listed, refused, state, tags
from tests.sandbox_client import (
    OPERATOR,
    OWNER,
    Sandbox,
    configuration_arn,
    service_id,
    service_name,
    share_arn,
    start_sandbox,
    subnet_id,
    vpc_id,
)

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Start a sandbox that is expected to refuse."""
    command = [sys.executable, "-m", "endpoints.sandbox", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_even_while_a_call_is_held(tmp_path: Path, number: int) -> None:
    with start_sandbox(tmp_path) as box:
        box.fault("hold_before", operation="DescribeVpcs")
        ec2 = box.boto3("ec2")

        def call() -> None:
            with pytest.raises(BotoCoreError):
                ec2.describe_vpcs()

        thread = threading.Thread(target=call)
        thread.start()
        box.wait_for_hold()
        assert box.stop(number) == 0
        thread.join(10)
    assert (tmp_path / "sandbox.log").read_text() == ""


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--port", str(port), "--state", str(tmp_path / "s.sqlite3"))
    assert done.returncode == 1
    assert done.stderr == f"The sandbox cannot listen on 127.0.0.1:{port}: Address already in use.\n"
    assert done.stdout == ""


def test_an_impossible_port_is_one_clear_line() -> None:
    done = run("--port", "70000", "--state", ":memory:")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_only_loopback_is_listened_on(host: str) -> None:
    done = run("--host", host, "--port", "0", "--state", ":memory:")
    assert done.returncode == 2
    assert "loopback" in done.stderr


def test_a_foreign_or_locked_state_file_is_one_clear_line(tmp_path: Path) -> None:
    junk, newer = tmp_path / "junk.sqlite3", tmp_path / "newer.sqlite3"
    junk.write_bytes(b"this is no database at all, but long enough to be looked at" * 20)
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    for path in (junk, newer, tmp_path):
        done = run("--port", "0", "--state", str(path))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert done.stderr.startswith(f"The state file {path} cannot be used: ")
    with start_sandbox(tmp_path):
        done = run("--port", "0", "--state", str(tmp_path / "sandbox.sqlite3"))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr


def test_kill_9_forgets_nothing_that_was_answered(tmp_path: Path) -> None:
    with start_sandbox(tmp_path) as box:
        ec2 = box.boto3("ec2")
        box.knobs(pending_seconds=100, deleting_seconds=100, deleted_visible_seconds=100)
        waiting = create(ec2, 1)
        subnets = [subnet_id(REGION, 1)]
        coming = create(ec2, SubnetIds=subnets, ClientToken="t", TagSpecifications=tags(a="1"))
        leaving = create(ec2)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[leaving])
        box.create_service("us-west-2", private_dns_name="x.example")
        box.fault("throttle", operation="DescribeSubnets", count=5)
        refused(ec2.describe_subnets)
        before = box.state()
        calls, faults = box.calls(), box.faults()
        box.kill()
        box.start()
        after = box.state()
        assert {**after, "now": ""} == {**before, "now": ""}
        assert box.calls() == calls
        assert box.faults() == faults
        ec2 = box.boto3("ec2")
        assert create(ec2, SubnetIds=subnets, ClientToken="t", TagSpecifications=tags(a="1")) == coming
        other = {"VpcEndpointType": "Interface", "VpcId": vpc_id(REGION), "ClientToken": "t"}
        other["ServiceName"] = service_name(REGION, 1)
        assert refused(ec2.create_vpc_endpoint, **other) == ("IdempotentParameterMismatch", 400)
        assert box.last_seq() == len(calls) + 2
        box.advance(101)
        assert [state(ec2, key) for key in (waiting, coming, leaving)] == [
            "pendingAcceptance",
            "available",
            "deleted",
        ]
        assert create(ec2, SubnetIds=subnets) not in (waiting, coming, leaving)
        assert [nic["address"] for nic in box.state()["network_interfaces"]] == ["10.1.1.4", "10.1.1.5"]


def test_a_call_whose_effect_is_done_survives_a_kill_before_its_answer(tmp_path: Path) -> None:
    with start_sandbox(tmp_path) as box:
        ec2 = box.boto3("ec2")
        box.fault("hold_after", operation="CreateVpcEndpoint", nth=1)

        def call() -> None:
            with pytest.raises(BotoCoreError):
                create(ec2)

        thread = threading.Thread(target=call)
        thread.start()
        box.wait_for_hold(phase="after")
        box.kill()
        thread.join(10)
        box.start()
        assert len(box.endpoints()) == 1
        [logged] = box.calls(operation="CreateVpcEndpoint")
        assert (logged["effect"], logged["answered"]) == (True, False)


def test_memory_state_writes_no_file(tmp_path: Path) -> None:
    with start_sandbox(tmp_path, state=":memory:") as box:
        create(box.boto3("ec2"))
        assert len(box.endpoints()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"sandbox.log"}


def test_the_profile_counts_at_the_first_start_only(tmp_path: Path) -> None:
    with start_sandbox(tmp_path, profile="aws") as box:
        assert box.knobs()["pending_seconds"] == 90
    with start_sandbox(tmp_path, profile="instant") as box:
        assert box.knobs()["profile"] == "aws"
        box.reset("demo")
        assert box.knobs()["pending_seconds"] == 8


def test_two_sandboxes_share_one_clock_file(tmp_path: Path) -> None:
    shared = tmp_path / "clock.json"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        start_sandbox(tmp_path / "a", clock_file=shared) as a,
        start_sandbox(tmp_path / "b", clock_file=shared) as b,
    ):
        a.advance(3600)
        assert b.clock()["offset_seconds"] == pytest.approx(3600, abs=5)


def test_the_sandbox_knows_nothing_else_of_ours() -> None:
    """Neither Django's settings nor another room is loaded by it, not even for a page of the console."""
    program = """
import sys
from endpoints.sandbox.app import Sandbox
from endpoints.sandbox.wire.http import Request
box = Sandbox(":memory:", None, "instant")
page = box.answer(Request("GET", "/_console/", {"host": "127.0.0.1"}))
assert page.status == 200, page.body
ours = {name for name in sys.modules if name.startswith("endpoints.")}
ours -= {name for name in ours if name.startswith("endpoints.sandbox")}
assert ours == {"endpoints.clock"}, ours
from django.conf import settings
assert not settings.configured
assert "django.db.models" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_seed_is_as_documented(box: Sandbox) -> None:
    world = box.state()
    assert [account["id"] for account in world["accounts"]] == ["111111111111", "222222222222"]
    vpcs: dict[str, list[str]] = {OPERATOR: [], OWNER: []}
    for vpc in world["vpcs"]:
        vpcs[vpc["account"]].append(vpc["id"])
    assert vpcs[OPERATOR] == [f"vpc-{n:017d}" for n in range(1, 7)]
    assert vpcs[OWNER] == [f"vpc-{n:016d}0" for n in range(1, 7)]
    assert len(world["subnets"]) == 18 * 2
    first = [item for item in world["subnets"] if item["vpc_id"] == "vpc-00000000000000001"]
    assert [item["id"] for item in first] == [f"subnet-000000000000000{n}" for n in (11, 12, 13)]
    services = {item["id"]: item for item in world["services"]}
    assert len(services) == 6 * 3 + 2 * 3
    assert services["vpce-svc-00000000000000011"]["acceptance_required"] is True
    assert services["vpce-svc-00000000000000013"]["allowed_principals"] == []
    assert services["vpce-svc-00000000000000032"]["supported_regions"] == ["us-west-2", "us-east-2"]
    assert services[service_id("eu-central-1", 4)]["private_dns_state"] == "verified"
    assert services[service_id("eu-central-1", 6)]["zone_ids"] == ["euc1-az1"]
    assert world["endpoints"] == []
    configurations = {item["id"]: item for item in world["resource_configurations"]}
    assert len(configurations) == 6 * 3 + 2
    assert configurations["rcfg-00000000000000041"]["arn"] == configuration_arn("eu-central-1", 1)
    assert configurations["rcfg-00000000000000041"]["zone_ids"] == ["euc1-az1", "euc1-az3"]
    shares = {item["arn"]: item for item in world["shares"]}
    ids = [item["id"] for item in world["shares"] if item["region"] == "eu-central-1"]
    assert ids == [f"00000000-0000-0000-0000-00000000004{k}" for k in range(1, 6)]
    pending, active, others = (shares[share_arn("eu-central-1", k)] for k in (1, 2, 3))
    assert pending["principals"] == {OPERATOR: "ASSOCIATING"}
    assert [item["status"] for item in pending["invitations"]] == ["PENDING"]
    assert (active["principals"], active["invitations"]) == ({OPERATOR: "ASSOCIATED"}, [])
    assert OPERATOR not in others["principals"]


def test_the_clock_scales_moves_and_returns(box: Sandbox, ec2: Any) -> None:
    box.knobs(pending_seconds=3600)
    key = create(ec2)
    box.scale(1_000_000)
    assert box.clock()["scale"] == 1_000_000
    box.advance(0)
    assert state(ec2, key) in ("pending", "available")
    box.advance(3600)
    assert state(ec2, key) == "available"
    assert box.reset_clock()["offset_seconds"] == 0
    assert listed(ec2)[0]["State"] == "available"
