"""What every adapter of the registry keeps, against the sandbox's process: the same for each type."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from endpoints.domain import shares
from endpoints.domain.errors import Throttled, Unanswered, Unplaceable
from endpoints.domain.shares import ShareSeen, Verdict
from endpoints.domain.sighting import NetworkFacts, Placement, Sighting
from endpoints.domain.specs import SPECS, VpcResourceSpec
from endpoints.domain.status import Status
from endpoints.providers.base import Adapter, Operator, Ownership
from endpoints.providers.registry import ADAPTERS, SHARED
from tests.engine.conftest import forget_clients
from tests.providers.contract import CASES, REGION, Case
from tests.sandbox_client import Sandbox, group_id, start_sandbox, subnet_id, vpc_id

NETWORK = NetworkFacts(
    vpc_id(REGION), tuple(subnet_id(REGION, n) for n in (1, 2, 3)), (group_id(REGION),), 50
)
OPERATOR = Operator(REGION, "", uuid.UUID(int=77), "postern", 2.0, 8.0)
GONE = ("deleting", "deleted")


@dataclass
class Work:
    """One adapter at work for one endpoint of one installation."""

    box: Sandbox
    case: Case
    adapter: Adapter
    operator: Operator
    owner: Ownership

    def place(self, *networks: NetworkFacts) -> Placement:
        token = f"{self.owner.endpoint_id.hex}-{self.owner.generation}"
        given = (self.operator, self.case.spec, networks or (NETWORK,), self.owner, token)
        return self.adapter.place(*given, self.case.preparation)

    def create(self) -> Sighting:
        sighting = self.adapter.create(self.operator, self.place().request).sighting
        assert sighting is not None
        return sighting

    def find(self) -> Sighting | None:
        return self.adapter.find(self.operator, self.owner, self.place().request)

    def owns_what_is_there(self) -> bool:
        """Say whether an object is found as ours; that it is somebody else's is a no."""
        try:
            return self.find() is not None
        except Unplaceable:
            return False

    def listed(self, **known: Ownership) -> list[Sighting]:
        """List with rows that know only what is given, and leave the dying out."""
        seen = self.adapter.list_owned(self.operator, lambda ids: {k: known[k] for k in ids if k in known})
        return [sighting for sighting in seen if sighting.state.casefold() not in GONE]

    def as_other(self, **changes: Any) -> "Work":
        """The same work of another endpoint, generation or installation."""
        operator = replace(self.operator, **{k: v for k, v in changes.items() if k == "installation_id"})
        owner = replace(self.owner, **{k: v for k, v in changes.items() if k != "installation_id"})
        return replace(self, operator=operator, owner=owner)


@pytest.fixture(scope="module")
def contract_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one AWS of these tests."""
    forget_clients()
    with start_sandbox(tmp_path_factory.mktemp("contract-sandbox"), state=":memory:") as box:
        yield box
    forget_clients()


@pytest.fixture(params=CASES, ids=lambda case: case.kind)
def work(request: pytest.FixtureRequest, contract_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Each case of the list, in a sandbox at its seed."""
    contract_sandbox.reset("instant")
    for name, value in contract_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    case: Case = request.param
    return Work(contract_sandbox, case, ADAPTERS[case.kind], OPERATOR, Ownership(uuid.uuid4(), 1))


def test_every_type_has_a_spec_an_adapter_and_a_case() -> None:
    assert [case.kind for case in CASES] == list(SPECS) == list(ADAPTERS)
    assert set(SHARED) == {kind for kind, spec in SPECS.items() if spec.prepares}


of_shares = pytest.mark.parametrize(
    "work", [case for case in CASES if case.spec.prepares], indirect=True, ids=lambda case: case.kind
)


# --- placing --------------------------------------------------------------------------------------------


def test_a_request_is_json_and_stays_the_same(work: Work) -> None:
    first, second = work.place(), work.place()
    assert first == second
    assert json.loads(json.dumps(first.request)) == first.request
    assert first.vpc_id == NETWORK.vpc_id


def test_placing_changes_nothing(work: Work) -> None:
    work.place()
    assert work.box.count(effect=True) == 0


@of_shares
def test_a_share_brings_what_the_adapter_is_given(work: Work) -> None:
    spec = work.case.spec
    assert isinstance(spec, VpcResourceSpec)
    seen = SHARED[work.case.kind].look_at_share(work.operator, spec)
    judgement = shares.judge(seen, spec.configuration_id, waited=timedelta(0))
    assert judgement.verdict is Verdict.READY
    assert {"configuration_arn": judgement.configuration_arn} == work.case.preparation


@of_shares
def test_an_invitation_is_seen_accepted_and_may_be_accepted_again(work: Work) -> None:
    spec, shared = work.case.waiting, SHARED[work.case.kind]
    assert isinstance(spec, VpcResourceSpec)
    seen = shared.look_at_share(work.operator, spec)
    assert shares.judge(seen, spec.configuration_id, waited=timedelta(0)).verdict is Verdict.ACCEPT
    brings = shared.invited_to(work.operator, seen.invitation_arn)
    assert shares.holds_only(brings, spec.configuration_id)
    for token in ("one", "one", "another"):
        shared.accept(work.operator, seen.invitation_arn, token)
    work.box.advance(60)
    seen = shared.look_at_share(work.operator, spec)
    assert shares.judge(seen, spec.configuration_id, waited=timedelta(0)).verdict is Verdict.READY


@of_shares
def test_a_share_that_never_was_is_none(work: Work) -> None:
    spec = work.case.waiting
    assert isinstance(spec, VpcResourceSpec)
    unknown = replace(spec, share_arn=spec.share_arn[:-12] + "f" * 12)
    assert SHARED[work.case.kind].look_at_share(work.operator, unknown) == ShareSeen("")


# --- creating and finding -------------------------------------------------------------------------------


def test_before_the_create_nothing_is_found_or_listed(work: Work) -> None:
    assert work.find() is None
    assert work.listed() == []


def test_what_was_created_is_found_and_listed_as_ours(work: Work) -> None:
    made = work.create()
    mine = (made.external_id, str(work.owner.endpoint_id), work.owner.generation)
    assert made.external_id
    found = work.find()
    assert found is not None
    (listed,) = work.listed()
    (recalled,) = work.listed(**{made.external_id: work.owner})
    for seen in (made, found, listed, recalled):
        assert (seen.external_id, seen.endpoint_id, seen.generation) == mine
    assert listed.digest == recalled.digest == found.digest


def test_one_create_call_carries_our_tags(work: Work) -> None:
    work.create()
    (call,) = work.box.calls(operation=work.adapter.create_operation)
    sent = json.dumps(call["params"])
    for value in (work.owner.endpoint_id, work.operator.installation_id, "postern:generation"):
        assert str(value) in sent


def test_once_aws_is_done_the_spec_reads_ready_with_names(work: Work) -> None:
    work.create()
    work.box.advance(1)
    (seen,) = work.listed()
    details = work.adapter.read_details(work.operator, [seen]).get(seen.external_id, {})
    reading = SPECS[work.case.kind].read(seen, details, Status.PROVISIONING)
    assert reading.status is Status.READY
    assert reading.dns_names or reading.private_dns_names
    assert json.loads(json.dumps(details)) == details


@pytest.mark.parametrize("other", ["endpoint_id", "generation", "installation_id"])
def test_an_object_of_somebody_else_is_never_ours(work: Work, other: str) -> None:
    made = work.create()
    theirs = work.as_other(**{other: 2 if other == "generation" else uuid.uuid4()})
    assert not theirs.owns_what_is_there()
    expected = [] if other == "installation_id" else [made]
    assert [sighting.external_id for sighting in theirs.listed()] == [s.external_id for s in expected]
    assert work.owns_what_is_there()


def test_a_lost_answer_leaves_one_object_that_is_found(work: Work) -> None:
    work.box.fault("lost_answer", operation=work.adapter.create_operation, count=1)
    with pytest.raises(Unanswered):
        work.create()
    assert work.find() is not None
    assert len(work.listed()) == 1


def test_a_repeated_create_makes_no_second_object(work: Work) -> None:
    made = work.create()
    if work.case.spec.repeatable:
        assert work.create().external_id == made.external_id
    else:
        with pytest.raises(Unanswered):
            work.create()
    assert [sighting.external_id for sighting in work.listed()] == [made.external_id]


# --- trouble --------------------------------------------------------------------------------------------


def test_a_write_without_an_answer_is_tried_once_and_a_read_twice(work: Work) -> None:
    placement, adapter = work.place(), work.adapter
    work.box.fault("drop")
    work.box.forget_calls()
    with pytest.raises(Unanswered):
        adapter.create(work.operator, placement.request)
    with pytest.raises(Unanswered):
        adapter.delete(work.operator, work.case.absent)
    assert work.box.count() == 2
    work.box.forget_calls()
    with pytest.raises(Unanswered):
        adapter.find(work.operator, work.owner, placement.request)
    with pytest.raises(Unanswered):
        work.listed()
    with pytest.raises(Unanswered):
        work.place()
    assert work.box.count() == 6


def test_a_throttle_is_one_for_every_call(work: Work) -> None:
    placement, adapter = work.place(), work.adapter
    work.box.fault("throttle")
    with pytest.raises(Throttled):
        adapter.create(work.operator, placement.request)
    with pytest.raises(Throttled):
        adapter.delete(work.operator, work.case.absent)
    with pytest.raises(Throttled):
        adapter.find(work.operator, work.owner, placement.request)
    with pytest.raises(Throttled):
        work.listed()
    with pytest.raises(Throttled):
        work.place()
    assert work.box.endpoints() == work.box.connections() == []


# --- deleting -------------------------------------------------------------------------------------------


def test_a_delete_may_be_repeated_until_and_after_the_object_is_gone(work: Work) -> None:
    made = work.create()
    for _ in range(2):
        assert work.adapter.delete(work.operator, made.external_id).sighting is None
    work.box.advance(3600)
    seen = list(work.adapter.list_owned(work.operator, lambda ids: {}))
    assert seen == []
    assert work.find() is None
    work.adapter.delete(work.operator, made.external_id)


def test_deleting_what_never_was_is_no_error(work: Work) -> None:
    work.adapter.delete(work.operator, work.case.absent)


def test_a_next_generation_can_be_made_once_the_last_is_gone(work: Work) -> None:
    first = work.create()
    work.adapter.delete(work.operator, first.external_id)
    work.box.advance(3600)
    second = work.as_other(generation=2)
    assert second.find() is None
    assert second.create().external_id != first.external_id
    (seen,) = second.listed()
    assert seen.generation == 2
