"""Many endpoints asked for at once: what one run asks of AWS once, and what it asks of each of them."""

from typing import Any

import pytest

from endpoints.models import Installation
from endpoints.providers import recent
from endpoints.reconcile import calls, creating
from tests.engine.world import World, attempt_of, told

SERVICE, SUBNETS, FIND, CREATE = (
    "DescribeVpcEndpointServices", "DescribeSubnets", "DescribeVpcEndpoints", "CreateVpcEndpoint",
)  # fmt: skip
UNKNOWN = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"


def test_a_burst_looks_once_at_service_subnets_and_for_all_its_objects(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "KEPT_SECONDS", 600.0)  # however slow the machine is
    for _ in range(3):
        world.ask(2)
    world.reconcile()
    asked = {each: world.box.count(operation=each) for each in (SERVICE, SUBNETS, FIND, CREATE)}
    assert asked == {SERVICE: 1, SUBNETS: 1, FIND: 1, CREATE: 3}


def test_a_service_that_is_not_found_is_asked_for_each_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "KEPT_SECONDS", 600.0)
    rows = [world.ask(name=UNKNOWN), world.ask(name=UNKNOWN)]
    world.reconcile()
    assert world.box.count(operation=SERVICE) == 2
    assert [told(row) for row in rows] == [("Failed", "service_not_found")] * 2


def test_writes_that_are_paused_during_a_run_stop_its_next_create(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_and_pause(work: Any, **settings: Any) -> Any:
        made = calls.send(work, **settings)
        Installation.objects.update(writes_paused=True)
        return made

    monkeypatch.setattr(creating, "send", send_and_pause)
    rows = [world.ask(2), world.ask(2)]
    world.reconcile()
    assert world.writes() == 1
    (waiting,) = (row for row in rows if not attempt_of(row).external_id)
    assert told(waiting) == ("Provisioning", "writes_paused")
    assert not attempt_of(waiting).in_doubt
