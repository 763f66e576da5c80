"""`manage.py audit_aws`: exit codes, what it prints, and that it writes nothing but the list of orphans."""

from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from endpoints.models import Orphan, Region, ReversePrivateEndpoint
from tests.engine.orphans import AGAIN, daily, run, standing, stranger, told
from tests.engine.world import GRACE, REGION, World, add_network, cluster

LIST = "DescribeVpcEndpoints"


def test_nothing_differs(world: World) -> None:
    world.make(2)
    world.box.advance(GRACE + 1)
    code, text = run()
    assert code == 0
    (line,) = text.splitlines()
    assert line.startswith("1 regions, 1 endpoints as their rows say, 0 differences, 0 to look at again, 0 ")


def test_a_difference_is_a_line_that_says_what_and_what_to_do(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    world.box.reject(row.external_id)
    code, text = run()
    assert code == 1
    head, line, summary = text.splitlines()
    assert head.split("  ")[0] == "REGION"
    assert head.endswith("WHAT TO DO")
    for part in (
        REGION,
        "endpoint",
        row.external_id,
        str(row.pk),
        "AWS says “rejected”",
        "Wait for the next",
    ):
        assert part in line
    assert line.index(REGION) == head.index("REGION")
    assert line.index(row.external_id) == head.index("EXTERNAL ID")
    assert "1 differences" in summary
    world.work()
    assert run()[0] == 0


def test_what_somebody_changed_in_aws_is_told_in_words(world: World) -> None:
    world.make(2)
    world.box.advance(GRACE + 1)
    other = [{"GroupId": "sg-0123456789abcdef0", "GroupName": "other"}]
    world.box.fault("rewrite", operation=LIST, set={"Groups": other})
    code, text = run()
    assert code == 1
    assert "Somebody else changed it in AWS: security groups" in text
    for _ in range(3):
        world.later(GRACE)
    assert run()[0] == 1, "its row says it too, and it still differs from what was asked for"


def test_json_is_the_last_line(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE + 1)
    world.box.delete_by_hand(row.external_id)
    world.box.advance(GRACE + 1)
    code, found = told()
    assert code == 1
    assert found == {
        "regions": [REGION],
        "equal": 0,
        "differences": [
            {
                "region": REGION,
                "kind": "endpoint",
                "external_id": row.external_id,
                "endpoint_id": str(row.pk),
                "code": "missing",
                "params": {},
                "certain": True,
            }
        ],
        "could_not_read": [],
    }


def test_an_orphan_counts_once_a_second_look_agrees_whoever_looked_first(world: World) -> None:
    made = stranger(world)
    code, text = run()
    assert (code, standing()) == (0, [])
    assert "Look again in some minutes." in text
    assert "1 to look at again" in text
    world.box.advance(AGAIN)
    code, text = run()
    assert (code, standing()) == (1, [made])
    assert "In Django admin, under Orphans, adopt it for a service, or delete it." in text
    daily(world)
    assert standing() == [made]


def test_an_orphan_that_is_old_counts_at_once(world: World) -> None:
    stranger(world)
    world.box.advance(GRACE + 1)
    assert run()[0] == 1


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"operation": LIST}, f"{REGION} (endpoints)"),
        ({"operation": "ListVpcConnections"}, f"{REGION} (connections)"),
        ({"operation": "GetCallerIdentity"}, REGION),
        ({}, REGION),
    ],
)
def test_what_could_not_be_read_is_named_with_the_reason(
    world: World, caplog: pytest.LogCaptureFixture, fault: dict[str, Any], named: str
) -> None:
    world.make_of(cluster())
    world.box.advance(GRACE + 1)
    world.box.fault("denied", **fault)
    with caplog.at_level("INFO", "endpoints.management"):
        code, text = run()
    assert code == 2
    assert "Traceback" not in caplog.text
    (line,) = [line for line in text.splitlines() if line.startswith("Could not read")]
    assert line.startswith(f"Could not read {named}: ")
    assert "not authorized" in line.lower() or "AccessDenied" in line or "Unauthorized" in line
    world.box.clear_faults()
    assert run()[0] == 0


def test_without_credentials_nothing_was_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.engine.conftest import forget_clients

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    forget_clients()
    code, found = told()
    assert code == 2
    assert [one["where"] for one in found["could_not_read"]] == [REGION]
    monkeypatch.undo()
    forget_clients()


def test_another_account_is_not_looked_at_and_not_pinned(world: World) -> None:
    world.observe()
    Region.objects.update(account_id="999999999999")
    code, text = run()
    assert code == 2
    assert "WrongAccount" in text
    assert Region.objects.get().account_id == "999999999999"


def test_one_region_that_is_dead_does_not_hide_the_others(world: World) -> None:
    add_network("eu-west-1")
    world.make(2)
    stranger(world)
    world.box.advance(GRACE + 1)
    world.box.fault("drop", region="eu-west-1")
    code, found = told()
    assert code == 2
    assert [one["where"] for one in found["could_not_read"]] == ["eu-west-1"]
    assert [one["code"] for one in found["differences"]] == ["row_unknown"]
    assert told("--region", REGION)[0] == 1
    assert told("--region", "eu-west-1")[1]["regions"] == ["eu-west-1"]


def test_a_region_without_a_network_is_refused_with_2(world: World) -> None:
    with pytest.raises(CommandError, match="no network in us-east-1") as refused:
        run("--region", "us-east-1")
    assert refused.value.returncode == 2


def test_it_writes_the_list_of_orphans_and_nothing_else(world: World) -> None:
    row = world.make(2)
    stranger(world)
    world.box.advance(GRACE + 1)
    world.box.reject(row.external_id)

    def counters() -> dict[str, tuple[int, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
                " WHERE relname LIKE 'endpoints_%%' OR relname LIKE 'django_q_%%'"
            )
            return {name: tuple(numbers) for name, *numbers in cursor.fetchall()}

    before, writes = counters(), world.writes()
    assert run()[0] == 1
    changed = {name for name, numbers in counters().items() if numbers != before.get(name)}
    assert changed == {"endpoints_orphan"}
    assert world.writes() == writes
    assert Orphan.objects.count() == 1
    assert ReversePrivateEndpoint.objects.get().status == "Ready"
