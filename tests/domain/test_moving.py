"""Where a ClickPipe leads once another endpoint takes the place of the one it goes through."""

import pytest

from endpoints.domain.moving import Entrance, entrance_of, moved_address
from endpoints.domain.types import EndpointType, Source

SERVICE, RESOURCE, MSK = EndpointType
OLD, NEW = (
    "vpce-0a-x.vpce-svc-0.eu-central-1.vpce.amazonaws.com",
    "vpce-0b-y.vpce-svc-0.eu-central-1.vpce.amazonaws.com",
)
ZONAL = "vpce-0b-y-eu-central-1a.vpce-svc-0.eu-central-1.vpce.amazonaws.com"
BROKERS = "b-1.scram.orders.kafka.test:14001,b-2.scram.orders.kafka.test:14002"


def of_configuration(endpoint: str, configuration: str) -> str:
    return f"{endpoint}.{configuration}.abc1234.vpc-lattice-rsc.eu-central-1.on.aws"


def test_an_interface_endpoint_is_entered_by_the_name_of_all_zones_whatever_their_order() -> None:
    names = ["db.example.com", ZONAL, NEW.upper(), "*.example.com"]
    assert entrance_of(SERVICE, names, "").hosts == (NEW,)
    assert entrance_of(SERVICE, ["*.example.com", "db.example.com"], "").hosts == ("db.example.com",)
    assert entrance_of(SERVICE, ["*.example.com"], "").hosts == ()


def test_msk_is_entered_by_its_string_alone() -> None:
    assert entrance_of(MSK, ["b-1.kafka.test"], BROKERS) == Entrance(MSK, (), BROKERS)


def test_only_lost_hosts_change_and_keep_their_ports() -> None:
    into = Entrance(SERVICE, (NEW,))
    address = f"{OLD}:9094,other.example.com:9092,{OLD}:9095"
    moved = moved_address(address, Source.KAFKA, {OLD}, SERVICE, into)
    assert moved == f"{NEW}:9094,other.example.com:9092,{NEW}:9095"
    assert moved_address(address, Source.KAFKA, set(), SERVICE, Entrance(SERVICE)) == address


def test_what_is_not_known_is_not_guessed() -> None:
    for into in (Entrance(SERVICE), Entrance(MSK), Entrance(MSK, (), "no port")):
        assert moved_address(f"{OLD}:9092", Source.KAFKA, {OLD}, SERVICE, into) is None


def test_msks_string_comes_with_its_ports_once_and_they_do_not_go_elsewhere() -> None:
    both = f"{OLD}:9092,{ZONAL}:9092"
    assert moved_address(both, Source.KAFKA, {OLD, ZONAL}, SERVICE, Entrance(MSK, (), BROKERS)) == BROKERS
    brokers = {pair.rpartition(":")[0] for pair in BROKERS.split(",")}
    into = Entrance(SERVICE, (NEW,))
    assert moved_address(BROKERS, Source.KAFKA, brokers, MSK, into) == f"{NEW}:9092"


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        (of_configuration("vpce-0a", "rcfg-01"), of_configuration("vpce-0b", "rcfg-01")),
        (of_configuration("vpce-0a", "rcfg-03"), None),
        (OLD, None),
    ],
)
def test_of_several_resources_behind_an_endpoint_each_leads_to_its_own(
    old: str, expected: str | None
) -> None:
    names = [of_configuration("vpce-0b", "rcfg-01"), of_configuration("vpce-0b", "rcfg-02")]
    moved = moved_address(f"{old}:5432", Source.POSTGRES, {old}, RESOURCE, entrance_of(RESOURCE, names, ""))
    assert moved == (f"{expected}:5432" if expected else None)
    alone = entrance_of(RESOURCE, names[1:], "")
    assert moved_address(f"{old}:5432", Source.POSTGRES, {old}, RESOURCE, alone) == f"{names[1]}:5432"
