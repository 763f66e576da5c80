"""What every adapter of the registry keeps, against the sandbox's process: the same for each of KINDS."""

import json
import uuid

import pytest

from endpoints.domain import shares
from endpoints.domain.errors import Throttled, Unanswered
from endpoints.domain.shares import ShareSeen, Verdict
from endpoints.domain.specs import SPECS, VpcResourceSpec
from endpoints.domain.status import Status
from endpoints.providers.registry import ADAPTERS, SHARED
from tests.engine.kinds import KINDS
from tests.engine.world import REGION, resource
from tests.providers.contract import NETWORK, OPERATOR, Work, look, spec_of
from tests.sandbox_client import share_arn

of_shares = pytest.mark.parametrize(
    "work", [kind for kind in KINDS.values() if SPECS[kind.type].prepares], indirect=True
)


def test_every_type_has_a_spec_an_adapter_and_a_place_in_the_list() -> None:
    assert list(KINDS) == list(SPECS) == list(ADAPTERS)
    assert set(SHARED) == {kind for kind, spec in SPECS.items() if spec.prepares}
    for kind in KINDS.values():
        adapter = ADAPTERS[kind.type]
        assert (kind.create, kind.delete) == (adapter.create_operation, adapter.delete_operation)


# --- placing --------------------------------------------------------------------------------------------


def test_a_request_is_json_and_stays_the_same(work: Work) -> None:
    first, second = work.place(), work.place()
    assert first == second
    assert json.loads(json.dumps(first.request)) == first.request
    assert first.vpc_id == NETWORK.vpc_id


def test_placing_changes_nothing(work: Work) -> None:
    work.place()
    assert work.box.count(effect=True) == 0


# --- shares ---------------------------------------------------------------------------------------------


@of_shares
def test_an_active_share_is_ready(work: Work) -> None:
    assert look(work.spec).verdict is Verdict.READY


@of_shares
def test_an_invitation_is_seen_accepted_and_may_be_accepted_again(work: Work) -> None:
    spec, shared = spec_of(resource(1)), SHARED[work.kind.type]
    assert isinstance(spec, VpcResourceSpec)
    assert look(spec).verdict is Verdict.ACCEPT
    invitation = shared.look_at_share(OPERATOR, spec).invitation_arn
    assert shares.holds_only(shared.invited_to(OPERATOR, invitation), spec.configuration_id)
    for token in ("one", "one", "another"):
        shared.accept(OPERATOR, invitation, token)
    work.box.advance(60)
    assert look(spec).verdict is Verdict.READY


@of_shares
def test_a_share_that_never_was_is_none(work: Work) -> None:
    spec = spec_of(resource(share=share_arn(REGION, 1)[:-12] + "f" * 12))
    assert SHARED[work.kind.type].look_at_share(OPERATOR, spec) == ShareSeen("")


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
    reading = SPECS[work.kind.type].read(seen, details, Status.PROVISIONING)
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
    if work.spec.repeatable:
        assert work.create().external_id == made.external_id
    else:
        with pytest.raises(Unanswered):
            work.create()
    assert [sighting.external_id for sighting in work.listed()] == [made.external_id]


# --- trouble --------------------------------------------------------------------------------------------


def test_a_write_without_an_answer_is_tried_once_and_a_read_twice(work: Work) -> None:
    placement, adapter = work.place(), work.adapter
    external_id = work.create().external_id
    work.box.fault("drop")
    work.box.forget_calls()
    with pytest.raises(Unanswered):
        adapter.create(work.operator, placement.request)
    with pytest.raises(Unanswered):
        adapter.delete(work.operator, [external_id])
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
    external_id = work.create().external_id
    work.box.fault("throttle")
    with pytest.raises(Throttled):
        adapter.create(work.operator, placement.request)
    with pytest.raises(Throttled):
        adapter.delete(work.operator, [external_id])
    with pytest.raises(Throttled):
        adapter.find(work.operator, work.owner, placement.request)
    with pytest.raises(Throttled):
        work.listed()
    with pytest.raises(Throttled):
        work.place()
    work.box.clear_faults()
    assert [sighting.external_id for sighting in work.listed()] == [external_id]


def test_objects_are_looked_up_by_id_whatever_their_tags_say(work: Work) -> None:
    made = work.create()
    unknown = made.external_id[:-1] + ("0" if made.external_id[-1] != "0" else "1")
    seen = work.adapter.look_up(work.operator, [made.external_id, unknown])
    assert seen.keys() == {made.external_id}
    mine = seen[made.external_id]
    assert mine.is_ours
    assert mine.made_at is not None
    assert (mine.endpoint_id, mine.generation) == (str(work.owner.endpoint_id), 1)
    work.retag(made.external_id, {"postern:generation": "1"})
    assert not work.adapter.look_up(work.operator, [made.external_id])[made.external_id].is_ours


# --- deleting -------------------------------------------------------------------------------------------


def test_a_delete_may_be_repeated_until_and_after_the_object_is_gone(work: Work) -> None:
    made = work.create()
    for _ in range(2):
        assert work.adapter.delete(work.operator, [made.external_id]).refused == {}
    work.box.advance(3600)
    seen = list(work.adapter.list_owned(work.operator, lambda ids: {}))
    assert seen == []
    assert work.find() is None
    work.adapter.delete(work.operator, [made.external_id])


def test_deleting_what_never_was_is_no_error(work: Work) -> None:
    external_id = work.create().external_id
    unknown = external_id[:-1] + ("0" if external_id[-1] != "0" else "1")
    work.adapter.delete(work.operator, [unknown])
    assert [sighting.external_id for sighting in work.listed()] == [external_id]


def test_a_next_generation_can_be_made_once_the_last_is_gone(work: Work) -> None:
    first = work.create()
    work.adapter.delete(work.operator, [first.external_id])
    work.box.advance(3600)
    second = work.as_other(generation=2)
    assert second.find() is None
    assert second.create().external_id != first.external_id
    (seen,) = second.listed()
    assert seen.generation == 2
