"""Which endpoint type fits a source: three questions, one answer with its reason.

Source: ui.md §1.2 (advice banner, rules of each type), the seed's recommendations, aws.md §1.
"""

from dataclasses import dataclass
from enum import StrEnum

from endpoints.domain.commands import GuideKey, Target
from endpoints.domain.types import EndpointType, Source


class Place(StrEnum):
    """Where a source runs."""

    RDS = "rds"
    AURORA = "aurora"
    HOST = "host"
    MSK = "msk"
    MSK_PLAIN = "msk-plain"
    BALANCER = "balancer"
    ON_PREMISES = "on-premises"
    OTHER_CLOUD = "other-cloud"


class Nearness(StrEnum):
    """Whether a source lies in the region of the ClickPipes."""

    SAME = "same"
    OTHER = "other"


class Why(StrEnum):
    """Why a type is recommended, or why nothing fits."""

    RDS_BY_ARN = "rds_by_arn"
    AURORA_BY_WRITER = "aurora_by_writer"
    HOST_WITHOUT_BALANCER = "host_without_balancer"
    BROKERS_BY_NAME = "brokers_by_name"
    MSK_BUILT_IN = "msk_built_in"
    MSK_CANNOT = "msk_cannot"
    BALANCER_STANDS = "balancer_stands"
    OUTSIDE_AWS = "outside_aws"
    ONLY_ONE_ACROSS_REGIONS = "only_one_across_regions"
    NOT_ON_RDS = "not_on_rds"
    NOT_ON_MSK = "not_on_msk"


@dataclass(frozen=True)
class Choice:
    """The answer. `recommended` is None where the source cannot run at that place; `why` then says so.

    `alternatives` would do as well, with more work. `targets`: by what a resource configuration may name the
    source. `done`: what is there already and need not be prepared.
    """

    recommended: EndpointType | None
    why: Why
    alternatives: tuple[EndpointType, ...] = ()
    targets: tuple[Target, ...] = tuple(Target)
    done: tuple[GuideKey, ...] = ()


_SERVICE, _RESOURCE = EndpointType.VPC_ENDPOINT_SERVICE, EndpointType.VPC_RESOURCE
_MSK = EndpointType.MSK_MULTI_VPC

_SOURCES = {
    Place.RDS: (Source.POSTGRES, Source.MYSQL),
    Place.AURORA: (Source.POSTGRES, Source.MYSQL),
    Place.MSK: (Source.KAFKA,),
    Place.MSK_PLAIN: (Source.KAFKA,),
}

_NEAR = {
    Place.RDS: Choice(_RESOURCE, Why.RDS_BY_ARN, (_SERVICE,), (Target.RDS,)),
    Place.AURORA: Choice(_RESOURCE, Why.AURORA_BY_WRITER, (_SERVICE,), (Target.HOST,)),
    Place.HOST: Choice(_RESOURCE, Why.HOST_WITHOUT_BALANCER, (_SERVICE,), (Target.HOST, Target.ADDRESS)),
    Place.MSK: Choice(_MSK, Why.MSK_BUILT_IN, (_SERVICE,)),
    Place.MSK_PLAIN: Choice(_SERVICE, Why.MSK_CANNOT),
    Place.BALANCER: Choice(
        _SERVICE, Why.BALANCER_STANDS, (_RESOURCE,), (Target.HOST,), (GuideKey.CREATE_BALANCER,)
    ),
    Place.ON_PREMISES: Choice(_SERVICE, Why.OUTSIDE_AWS),
    Place.OTHER_CLOUD: Choice(_SERVICE, Why.OUTSIDE_AWS),
}


def choose(source: Source, place: Place, nearness: Nearness) -> Choice:
    """Return the type to create for a source, or why there is none."""
    if source not in _SOURCES.get(place, tuple(Source)):
        on_msk = place in (Place.MSK, Place.MSK_PLAIN)
        return Choice(None, Why.NOT_ON_MSK if on_msk else Why.NOT_ON_RDS)
    near = _NEAR[place]
    if nearness is Nearness.OTHER:
        return Choice(_SERVICE, Why.ONLY_ONE_ACROSS_REGIONS, done=near.done)
    if place is Place.HOST and source is Source.KAFKA:
        # One balancer and one private name serve all brokers; a VPC resource serves one of them.
        return Choice(_SERVICE, Why.BROKERS_BY_NAME, (_RESOURCE,), near.targets)
    return near
