"""Switching the owner's private names on, and changes while an endpoint is Ready."""

from tests.engine.world import DAY, GRACE, World, codes, told
from tests.sandbox_client import service_id


def test_a_verified_private_name_is_switched_on_only_once_the_endpoint_is_available(world: World) -> None:
    world.box.knobs(pending_seconds=60, modify_seconds=45)
    row = world.ask(4)
    world.work()
    assert told(row)[0] == "Provisioning"
    assert world.box.count(operation="ModifyVpcEndpoint") == 0
    world.later(61)
    assert world.box.count(operation="ModifyVpcEndpoint") == 1
    world.observe()
    assert told(row) == ("Ready", "modifying")
    assert "private_dns_on" in codes(row)
    world.later(46)
    assert told(row) == ("Ready", "available")
    assert row.private_dns_names == ["kafka.orders.eu-central-1.example.com"]
    assert world.box.count(operation="ModifyVpcEndpoint") == 1
    (made,) = world.ours()
    assert made["private_dns_enabled"] is True


def test_an_unverified_private_name_is_never_switched_on(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.work()
    assert told(row) == ("Ready", "available")
    world.later(2 * 3600)
    world.later(30 * DAY)
    assert world.box.count(operation="ModifyVpcEndpoint") == 0
    assert row.private_dns_names == []


def test_a_private_name_that_is_verified_later_is_switched_on_within_an_hour(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.work()
    world.box.change_service(service_id("eu-central-1", 5), private_dns_state="verified")
    world.later(3601)
    assert told(row) == ("Ready", "available")
    assert row.private_dns_names == ["kafka.payments.eu-central-1.example.com"]


def test_a_private_name_taken_in_the_vpc_stays_off_for_the_second_until_the_first_is_gone(
    world: World,
) -> None:
    first = world.make(4)
    assert told(first)[0] == "Ready"
    assert len(first.private_dns_names) == 1
    second = world.make(4)
    assert second.private_dns_names == []
    assert "private_dns_taken" in codes(second)
    assert "private_dns_on" not in codes(second)
    assert [e["private_dns_enabled"] for e in world.alive()] == [True, False]
    world.remove(first)
    world.later(GRACE)
    world.later(3600)
    assert told(second) == ("Ready", "available")
    assert len(second.private_dns_names) == 1
