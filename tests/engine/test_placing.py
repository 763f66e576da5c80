"""Endpoints that cannot be made, with the reason that a person can act on."""

from tests.engine.world import World, told
from tests.sandbox_client import service_id, service_name


def test_a_service_that_has_not_allowed_us_fails_with_its_reason_and_makes_nothing(world: World) -> None:
    row = world.make(3, status="Failed")
    assert row.reason == "service_not_found"
    assert row.reason_params["account"] == "111111111111"
    assert row.raw_error.startswith("InvalidServiceName: "), "AWS's own words, for operators"
    assert world.writes() == 0
    assert not row.claims.exists()


def test_an_unknown_service_fails_the_same_way(world: World) -> None:
    row = world.ask(name="com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0")
    world.work()
    assert told(row) == ("Failed", "service_not_found")
    assert world.writes() == 0


def test_an_allowed_principal_lets_a_retry_succeed(world: World) -> None:
    row = world.make(3, status="Failed")
    world.box.change_service(
        service_id("eu-central-1", 3), allowed_principals=["arn:aws:iam::111111111111:root"]
    )
    world.retry(row)
    world.work()
    assert told(row)[0] == "PendingAcceptance"


def test_a_service_of_another_region_that_does_not_serve_ours_fails_with_its_reason(world: World) -> None:
    row = world.ask(name=service_name("us-west-2", 1))
    world.work()
    assert told(row) == ("Failed", "region_not_supported")
    assert row.raw_error.startswith("Invalid")
    assert world.writes() == 0


def test_a_service_of_another_region_that_serves_ours_becomes_ready(world: World) -> None:
    world.box.change_service(service_id("us-west-2", 2), supported_regions=["us-west-2", "eu-central-1"])
    row = world.ask(name=service_name("us-west-2", 2))
    world.work()
    assert told(row) == ("Ready", "available")


def test_without_a_common_zone_it_fails_and_names_the_zones(world: World) -> None:
    world.network.subnet_ids = world.network.subnet_ids[1:]
    world.network.save()
    row = world.ask(6)
    world.work()
    assert told(row) == ("Failed", "no_common_zone")
    assert row.reason_params["zones"] == "euc1-az1"
    assert world.writes() == 0


def test_only_subnets_in_zones_that_the_service_offers_are_used(world: World) -> None:
    world.make(6)
    (made,) = world.ours()
    assert made["subnet_ids"] == world.network.subnet_ids[:1]


def test_a_network_that_began_draining_after_the_request_is_not_used(world: World) -> None:
    row = world.ask(2)
    world.network.draining = True
    world.network.save()
    world.work()
    assert told(row) == ("Failed", "no_network")
    assert world.writes() == 0
