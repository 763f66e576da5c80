"""The type chooser: no answer that cannot work, and an answer or a plain no for everything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.choosing import Choice, Nearness, Place, Why, choose
from endpoints.domain.commands import Filled, GuideKey, Target, prepare
from endpoints.domain.specs import SPECS, SpecErrors, parse_spec
from endpoints.domain.types import EndpointType, Source
from tests.people import PARAMETERS, REGION

INTERFACE, RESOURCE, MSK = EndpointType
sources, places, nearnesses = (st.sampled_from(kind) for kind in (Source, Place, Nearness))
unhurried = settings(deadline=None, database=None)


def fitting(choice: Choice) -> tuple[EndpointType, ...]:
    return (choice.recommended, *choice.alternatives) if choice.recommended else choice.alternatives


def may_cross_regions(kind: EndpointType) -> bool:
    """Whether the type's own spec takes a source of another region than the ClickPipes'."""
    try:
        parse_spec(kind, PARAMETERS[kind]).check_region("us-east-2")
    except SpecErrors:
        return False
    return True


@unhurried
@given(sources, places, nearnesses)
def test_every_type_that_is_named_takes_the_source(source: Source, place: Place, near: Nearness) -> None:
    assert all(source in SPECS[kind].sources for kind in fitting(choose(source, place, near)))


@unhurried
@given(sources, places)
def test_only_what_crosses_regions_is_named_for_another_region(source: Source, place: Place) -> None:
    assert all(may_cross_regions(kind) for kind in fitting(choose(source, place, Nearness.OTHER)))


@unhurried
@given(sources, places, nearnesses)
def test_there_is_an_answer_or_a_plain_no(source: Source, place: Place, near: Nearness) -> None:
    choice = choose(source, place, near)
    says_no = choice.why in (Why.NOT_ON_RDS, Why.NOT_ON_MSK)
    assert says_no is (choice.recommended is None)
    assert not (says_no and choice.alternatives)
    assert choice.recommended not in choice.alternatives


@unhurried
@given(sources, places, nearnesses)
def test_what_is_recommended_can_be_prepared(source: Source, place: Place, near: Nearness) -> None:
    choice = choose(source, place, near)
    if choice.recommended:
        guides = prepare(choice.recommended, source, Filled(REGION, targets=choice.targets))
        left = [one.key for one in guides if one.key not in choice.done]
        assert left
        if choice.recommended is RESOURCE:
            ways = {GuideKey.CONFIGURE_RDS, GuideKey.CONFIGURE_HOST, GuideKey.CONFIGURE_ADDRESS}
            assert set(left) & ways, "there is a way to name the source"


def test_every_reason_is_given_for_something() -> None:
    given_reasons = {choose(s, p, n).why for s in Source for p in Place for n in Nearness}
    assert given_reasons == set(Why)


@pytest.mark.parametrize(
    ("source", "place", "near", "recommended", "why"),
    [
        (Source.POSTGRES, Place.RDS, Nearness.SAME, RESOURCE, Why.RDS_BY_ARN),
        (Source.POSTGRES, Place.RDS, Nearness.OTHER, INTERFACE, Why.ONLY_ONE_ACROSS_REGIONS),
        (Source.MYSQL, Place.AURORA, Nearness.SAME, RESOURCE, Why.AURORA_BY_WRITER),
        (Source.MONGODB, Place.HOST, Nearness.SAME, RESOURCE, Why.HOST_WITHOUT_BALANCER),
        (Source.KAFKA, Place.HOST, Nearness.SAME, INTERFACE, Why.BROKERS_BY_NAME),
        (Source.KAFKA, Place.MSK, Nearness.SAME, MSK, Why.MSK_BUILT_IN),
        (Source.KAFKA, Place.MSK, Nearness.OTHER, INTERFACE, Why.ONLY_ONE_ACROSS_REGIONS),
        (Source.KAFKA, Place.MSK_PLAIN, Nearness.SAME, INTERFACE, Why.MSK_CANNOT),
        (Source.KAFKA, Place.ON_PREMISES, Nearness.SAME, INTERFACE, Why.OUTSIDE_AWS),
        (Source.MYSQL, Place.BALANCER, Nearness.SAME, INTERFACE, Why.BALANCER_STANDS),
        (Source.KAFKA, Place.RDS, Nearness.SAME, None, Why.NOT_ON_RDS),
        (Source.MONGODB, Place.AURORA, Nearness.OTHER, None, Why.NOT_ON_RDS),
        (Source.POSTGRES, Place.MSK, Nearness.SAME, None, Why.NOT_ON_MSK),
    ],
)
def test_the_documented_recommendations(
    source: Source, place: Place, near: Nearness, recommended: EndpointType | None, why: Why
) -> None:
    choice = choose(source, place, near)
    assert (choice.recommended, choice.why) == (recommended, why)


def test_aurora_is_named_by_its_writer_and_a_balancer_is_not_made_twice() -> None:
    assert choose(Source.POSTGRES, Place.AURORA, Nearness.SAME).targets == (Target.HOST,)
    for near in Nearness:
        assert choose(Source.MYSQL, Place.BALANCER, near).done == (GuideKey.CREATE_BALANCER,)


def test_the_region_is_opened_only_to_a_source_elsewhere() -> None:
    here = [one.key for one in prepare(INTERFACE, None, Filled(REGION, source_region=REGION))]
    unknown = [one.key for one in prepare(INTERFACE, None, Filled(REGION))]
    assert GuideKey.ADD_REGION not in here
    assert [*here, GuideKey.ADD_REGION] == unknown
