"""Endpoint services of another region; the other two types are refused there before AWS refuses them."""

import pytest

from endpoints import intents, texts
from endpoints.domain.dns import sort_interface_names
from tests.engine.world import REGION, Asked, World, attempt_of, cluster, resource, told
from tests.sandbox_client import OWNER, Json, service_name, share_arn

FAR = "us-west-2"


def _far_service(world: World, *supported: str) -> Json:
    return world.box.create_service(FAR, supported_regions=[FAR, *supported])


def test_a_service_that_serves_our_region_is_reached_by_its_regional_name_only(world: World) -> None:
    service = _far_service(world, REGION)
    row = world.ask(name=service["name"])
    world.work()
    assert told(row) == ("Ready", "available")
    assert row.region_id == REGION
    assert attempt_of(row).request["ServiceRegion"] == FAR
    names = sort_interface_names(row.dns_names)
    assert (len(names.regional), names.zonal, names.private) == (1, (), ())
    assert f".{FAR}.vpce.amazonaws.com" in names.regional[0]


def test_a_service_that_does_not_serve_our_region_is_told_with_the_region_to_add(world: World) -> None:
    row = world.ask(name=_far_service(world)["name"])
    world.work()
    assert told(row) == ("Failed", "region_not_supported")
    assert row.reason_params["region"] == REGION
    assert world.writes() == 0


@pytest.mark.parametrize("k", [2, 3, 99])
def test_what_aws_does_not_tell_apart_is_told_with_all_its_causes(world: World, k: int) -> None:
    """One answer for a region that is not served, an account that is not allowed and a wrong name."""
    row = world.ask(name=service_name(FAR, k))
    world.work()
    assert told(row) == ("Failed", "region_not_supported")
    for cause in ("does not exist", "does not allow account 111111111111", f"the region {REGION}"):
        assert cause in texts.reason_text(row)
    assert "arn:aws:iam::111111111111:root" in texts.next_step_text(row)
    assert f"add {REGION}" in texts.next_step_text(row)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (resource(share=share_arn(FAR, 1)), "vpcResourceShareArn"),
        (cluster(arn=f"arn:aws:kafka:{FAR}:{OWNER}:cluster/orders"), "mskClusterArn"),
    ],
)
def test_resources_and_clusters_of_another_region_are_refused_at_their_field(
    world: World, asked: Asked, field: str
) -> None:
    wanted, errors = intents.check_wanted(world.service, asked)
    assert wanted is None
    (error,) = errors
    assert (error.field, error.code) == (field, "wrong_region")
    assert error.params == {"region": FAR, "wanted": REGION}
