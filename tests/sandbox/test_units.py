"""Parts of the sandbox that are better tested without a process."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.sandbox.app import Sandbox
from endpoints.sandbox.faults.rates import Rates
from endpoints.sandbox.wire import models, query_in
from endpoints.sandbox.world.store import StateError, Store


def test_a_write_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite3"))
    unwritable: dict[str, Any] = {"id": "b", "bad": object()}
    with pytest.raises(TypeError):
        store.write([("x", "a", {"id": "a"}), ("x", "b", unwritable)], [])
    store.write([("x", "c", {"id": "c"})], [])
    assert list(store.load("x")) == [{"id": "c"}]
    store.close()


def test_objects_of_another_version_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = str(tmp_path / "s.sqlite3")
    store = Store(path)
    store.write([("account", "1", {"id": "1", "colour": "red"})], [])
    store.close()
    with pytest.raises(StateError, match="another version"):
        Sandbox(path, None)


class TestBuckets:
    """Sizes and refills of aws.md §4, and a factor on them."""

    @staticmethod
    def granted(
        rates: Rates, now: float, operation: str = "CreateVpcEndpoint", factor: float = 1.0, **params: object
    ) -> int:
        return sum(rates.take("1", "r", operation, params, now, factor) for _ in range(1000))

    def test_they_hold_their_size_and_refill_at_their_rate(self) -> None:
        rates = Rates()
        assert self.granted(rates, 0.0) == 4
        assert self.granted(rates, 10.0) == 3
        assert self.granted(rates, 1000.0) == 4
        assert self.granted(rates, 1000.0, "DeleteVpcEndpoints") == 4
        assert self.granted(rates, 1000.0, "ModifyVpcEndpoint") == 4
        assert self.granted(rates, 1000.0, "DescribeVpcs") == 100
        assert self.granted(rates, 1000.5, "DescribeVpcs") == 10

    def test_asking_for_all_interfaces_or_groups_is_dearer(self) -> None:
        rates = Rates()
        for operation in ("DescribeNetworkInterfaces", "DescribeSecurityGroups"):
            assert self.granted(rates, 0.0, operation) == 50
            assert self.granted(rates, 1.0, operation) == 10
        assert self.granted(rates, 1.0, "DescribeNetworkInterfaces", Filters=[{}]) == 100
        assert self.granted(rates, 1.0, "DescribeSecurityGroups", GroupIds=["sg-1"]) == 0

    def test_a_factor_multiplies_both_and_another_one_fills_them(self) -> None:
        rates = Rates()
        assert self.granted(rates, 0.0, factor=100) == 400
        assert self.granted(rates, 1.0, factor=100) == 30
        assert self.granted(rates, 1.0, factor=0.5) == 2
        assert self.granted(rates, 1.0, factor=0.1) == 1
        assert self.granted(rates, 1.0, factor=0) == 1000
        assert self.granted(rates, 1.0) == 4

    def test_route_53_has_one_bucket_for_all_regions_and_more_for_some_calls(self) -> None:
        rates = Rates()

        def granted(region: str, operation: str, now: float) -> int:
            taken = (rates.take("1", region, operation, {}, now, service="route53") for _ in range(100))
            return sum(taken)

        assert granted("us-east-1", "CreateHostedZone", 0.0) == 40
        assert granted("eu-central-1", "ListHostedZones", 0.0) == 10
        assert granted("us-east-1", "GetChange", 1.0) == 10
        assert granted("us-east-1", "CreateHostedZone", 2.0) == 4
        assert granted("us-east-1", "GetChange", 2.0) == 6, "what was refused took nothing"
        assert self.granted(rates, 2.0) == 4, "EC2's are others"

    def test_a_clock_that_went_back_refills_nothing_by_that(self) -> None:
        rates = Rates()
        assert self.granted(rates, 100.0) == 4
        assert self.granted(rates, 50.0) == 0
        assert self.granted(rates, 60.0) == 3


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARAMS = st.fixed_dictionaries(
    {"VpcId": TEXT},
    optional={
        "DryRun": st.booleans(),
        "ServiceName": TEXT,
        "SubnetIds": st.lists(TEXT, min_size=1, max_size=12),
        "TagSpecifications": st.lists(
            st.fixed_dictionaries(
                {"ResourceType": TEXT},
                optional={
                    "Tags": st.lists(
                        st.fixed_dictionaries({"Key": TEXT, "Value": TEXT}), min_size=1, max_size=11
                    )
                },
            ),
            min_size=1,
            max_size=3,
        ),
    },
)


@settings(deadline=None)  # a machine with other work may pause for longer
@given(PARAMS)
def test_what_botocore_spells_is_read_back_the_same(params: dict[str, Any]) -> None:
    """The reader is the inverse of botocore's own serializer, order and emptiness included."""
    from botocore.serialize import create_serializer

    model = models.load("ec2")
    assert model is not None
    operation = model.operation_model("CreateVpcEndpoint")
    spelled = create_serializer("ec2", include_validation=False).serialize_to_request(params, operation)
    fields = {name: _on_the_wire(value) for name, value in spelled["body"].items()}
    assert query_in.parse(operation, fields) == params


def _on_the_wire(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_documented_operation_exists_in_the_model() -> None:
    """A registered name that botocore does not know could never be called."""
    from endpoints.sandbox.operations import built

    for service, name in built():
        model = models.load(service)
        assert model is not None
        assert name in model.operation_names
