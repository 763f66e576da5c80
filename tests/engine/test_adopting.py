"""Orphans that staff adopt: they become endpoints like any other, with nothing made twice or left behind."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from endpoints import intents, tasks
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Attempt,
    AuditEntry,
    Claim,
    Event,
    Network,
    Orphan,
    OrphanEnding,
    ReversePrivateEndpoint,
    Service,
    User,
)
from tests.engine.kinds import KINDS, Kind
from tests.engine.orphans import AGAIN, DAILY, daily, delete, found, look, standing, stranger, tags
from tests.engine.world import GRACE, REGION, World, attempt_of, codes, removed, resource, told, wanted
from tests.people import make_service, make_user
from tests.sandbox_client import service_name


@pytest.fixture
def staff(world: World) -> User:
    return make_user("staff@example.com", is_staff=True)


@pytest.fixture(params=list(KINDS), ids=[kind.value for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def forget_rows() -> None:
    """Lose every endpoint's row, as a restored older copy of the database does."""
    Event.objects.all().delete()
    Attempt.objects.all().delete()
    ReversePrivateEndpoint.objects.all().delete()
    Claim.objects.all().delete()


def lose(world: World, kind: Kind) -> tuple[str, uuid.UUID]:
    """Return the external id of an object whose row is lost, and the id that its tags name."""
    row = world.make_of(kind.asked)
    known = row.external_id, row.pk
    forget_rows()
    settle(world)
    assert standing() == [known[0]]
    return known


def settle(world: World) -> None:
    """Let two matches agree."""
    world.box.advance(GRACE + 1)
    daily(world, after=DAILY)
    daily(world, after=AGAIN)


def ask(
    external_id: str, staff: User, service: Service, description: str = "Taken back", typed: str | None = None
) -> Orphan:
    orphan = Orphan.objects.get(external_id=external_id)
    return intents.request_adoption(
        orphan=orphan, service=service, description=description, by=staff,
        typed=external_id if typed is None else typed,
    )  # fmt: skip


def adopt(world: World, external_id: str, staff: User, service: Service | None = None) -> Orphan:
    orphan = ask(external_id, staff, service or world.service)
    assert tasks.adopt_orphans() == 1
    orphan.refresh_from_db()
    return orphan


def test_what_lost_its_row_is_ready_after_the_next_pass_and_removed_like_any_other(
    world: World, staff: User, kind: Kind
) -> None:
    external_id, named = lose(world, kind)
    since = world.box.last_seq()
    orphan = adopt(world, external_id, staff)
    assert (orphan.ending, orphan.adopt_due_at, orphan.adopt_problem) == (OrphanEnding.OWNED, None, "")
    row = ReversePrivateEndpoint.objects.get()
    assert (row.pk, row.external_id, row.service, row.type) == (named, external_id, world.service, kind.type)
    assert (row.description, row.created_by) == ("Taken back", staff)
    world.work()
    assert told(row)[0] == "Ready"
    assert row.answered_names
    assert row.changed_outside == []
    assert world.writes(since=since) == 0, "nothing was made or changed in AWS"
    assert codes(row)[0] == "orphan_adopted"
    settle(world)
    assert (found(look()), standing()) == ({}, [])
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    assert (world.alive(), Claim.objects.filter(used_up_at__isnull=True).count()) == ([], 0)
    assert world.box.count(operation=kind.delete, since=since) == 1


@pytest.mark.full
def test_it_is_retried_with_a_generation_of_its_own(world: World, staff: User, kind: Kind) -> None:
    external_id, _named = lose(world, kind)
    adopt(world, external_id, staff)
    row = ReversePrivateEndpoint.objects.get()
    world.work()
    kind.fail(world, row)
    world.work()
    assert told(row)[0] == "Failed"
    world.retry(row)
    for _ in range(4):
        world.later(GRACE)
    assert told(row)[0] == "Ready"
    assert attempt_of(row).generation == 2
    assert [thing["tags"]["postern:generation"] for thing in world.alive()] == ["2"]


@pytest.mark.full
def test_what_somebody_deletes_after_it_was_adopted_is_told(world: World, staff: User, kind: Kind) -> None:
    external_id, _named = lose(world, kind)
    adopt(world, external_id, staff)
    row = ReversePrivateEndpoint.objects.get()
    world.work()
    kind.delete_by_hand(world, row)
    for _ in range(3):
        world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")


def test_a_tombstone_lives_again_in_its_own_service_only(world: World, staff: User) -> None:
    row = world.make(2)
    gone_id = row.external_id
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    copy = stranger(world, tags(row.pk, 2))
    settle(world)
    assert standing() == [copy]
    with pytest.raises(intents.IntentRefused, match="adopt_other_service"):
        ask(copy, staff, world.other_service)
    adopt(world, copy, staff)
    world.work()
    assert told(row) == ("Ready", "available")
    assert (row.external_id, row.removed_at, row.removal_requested_by) == (copy, None, "")
    assert (row.external_id != gone_id, row.generation, row.attempts.count()) == (True, 2, 2)
    settle(world)
    assert (found(look()), standing()) == ({}, [])
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert (removed(row), world.alive()) == (True, [])


def test_of_two_objects_of_one_attempt_the_second_stays_an_orphan(world: World, staff: User) -> None:
    same = tags()
    one, other = stranger(world, same), stranger(world, same)
    settle(world)
    adopt(world, one, staff)
    with pytest.raises(intents.IntentRefused, match="adopt_row_lives"):
        ask(other, staff, world.service)
    world.work()
    row = ReversePrivateEndpoint.objects.get()
    assert (told(row)[0], row.external_id) == ("Ready", one)
    settle(world)
    assert standing() == [other]


@pytest.mark.parametrize(
    "case", ["live", "older", "unreadable", "region", "typed", "empty", "going", "operator"]
)
def test_what_cannot_be_adopted_is_refused_at_once(world: World, staff: User, case: str) -> None:
    row = world.make(2)
    carried = {"live": tags(row.pk, 7), "unreadable": tags("orders"), "older": tags(row.pk, 1)}
    if case == "older":
        ReversePrivateEndpoint.objects.filter(pk=row.pk).update(generation=2, observed_generation=2)
    made = stranger(world, carried.get(case))
    settle(world)
    service, description, typed, by = world.service, "Taken back", made, staff
    if case == "older":
        row.attempts.update(gone_at=row.created_at)
        ReversePrivateEndpoint.objects.filter(pk=row.pk).update(
            removed_at=row.created_at, removal_requested_at=row.created_at
        )
    elif case == "region":
        service = make_service(world.service.organization, "elsewhere", region="us-east-1")
    elif case == "typed":
        typed = "vpce-other"
    elif case == "empty":
        description = " "
    elif case == "going":
        intents.request_orphan_deletion(orphan=Orphan.objects.get(external_id=made), by=staff, typed=made)
    elif case == "operator":
        by = world.user
    code = {
        "live": "adopt_row_lives", "older": "adopt_older_attempt", "unreadable": "adopt_not_ours",
        "region": "adopt_wrong_region", "typed": "type_the_external_id", "empty": "required",
        "going": "orphan_being_deleted", "operator": None,
    }[case]  # fmt: skip
    expected: Any = PermissionDenied if case == "operator" else intents.IntentRefused
    with pytest.raises(expected, match=code):
        ask(made, by, service, description, typed)
    assert tasks.adopt_orphans() == 0
    assert not AuditEntry.objects.filter(action__startswith="orphan.adopt").exists()


@pytest.mark.parametrize("case", ["taken", "full", "network", "gone", "tags", "demoted", "names"])
def test_what_the_worker_finds_against_it_is_told_and_nothing_is_changed(
    world: World, staff: User, case: str, settings: Any
) -> None:
    if case == "names":
        external_id, _ = _with_private_name(world)
    else:
        external_id = stranger(world)
        settle(world)
    ask(external_id, staff, world.service)
    if case == "taken":
        world.ask(2, other=True)
    elif case == "full":
        settings.ENDPOINTS_PER_SERVICE = 0
    elif case == "network":
        Network.objects.update(vpc_id="vpc-0ffff")
    elif case == "gone":
        world.box.delete_by_hand(external_id)
    elif case == "tags":
        world.box.retag(external_id, tags())
    elif case == "demoted":
        User.objects.filter(pk=staff.pk).update(is_staff=False)
    before = ReversePrivateEndpoint.objects.count()
    assert tasks.adopt_orphans() == 1
    orphan = Orphan.objects.get(external_id=external_id)
    known = {
        "taken": "name_taken", "full": "service_full", "network": "adopt_no_network",
        "gone": "orphan_not_here", "tags": "adopt_not_ours", "demoted": "adopt_not_allowed",
        "names": "adopt_names_taken",
    }  # fmt: skip
    assert orphan.adopt_problem == known[case]
    assert (orphan.ended_at, orphan.adopt_due_at) == (None, None)
    assert ReversePrivateEndpoint.objects.count() == before
    assert not AuditEntry.objects.filter(action="orphan.adopted").exists()
    assert tasks.adopt_orphans() == 0


def _with_private_name(world: World) -> tuple[str, uuid.UUID]:
    """Return an orphan whose private name another row of its network answers by now."""
    asked = wanted(service_name(REGION, 4))
    row = world.make_of(asked)
    for _ in range(3):
        world.later(61 * 60)
    row.refresh_from_db()
    assert row.private_dns_names
    known = row.external_id, row.pk
    key = f"{world.network.vpc_id}/{row.private_dns_names[0]}"
    forget_rows()
    settle(world)
    other = world.make(2)
    other.claims.add(
        Claim.objects.create(kind="private_name", key=key, organization_id=other.service.organization_id)
    )
    return known


def test_private_names_that_are_on_stay_on_and_are_claimed(world: World, staff: User) -> None:
    external_id, _ = _with_private_name(world)
    Claim.objects.filter(kind="private_name").delete()
    adopt(world, external_id, staff)
    world.work()
    row = ReversePrivateEndpoint.objects.get(external_id=external_id)
    assert told(row)[0] == "Ready"
    assert (len(row.private_dns_names), row.changed_outside) == (1, [])
    assert row.claims.filter(kind="private_name").count() == 1


def test_a_resource_whose_share_is_gone_or_used_by_another_is_not_adopted(world: World, staff: User) -> None:
    external_id, _named = lose(world, KINDS[EndpointType.VPC_RESOURCE])
    holder = world.make(2)
    share = resource(2)["vpcResourceShareArn"].casefold()
    held = Claim.objects.create(
        kind="resource_share", key=share, organization_id=holder.service.organization_id
    )
    holder.claims.add(held)
    assert adopt(world, external_id, staff).adopt_problem == "share_taken"
    held.delete()
    world.box.unshare(resource(2)["vpcResourceShareArn"])
    assert adopt(world, external_id, staff).adopt_problem == "adopt_no_share"
    assert standing() == [external_id]


def test_an_answer_that_is_missing_puts_it_off_and_deletion_waits(world: World, staff: User) -> None:
    made = stranger(world)
    settle(world)
    fault = world.box.fault("error", operation="DescribeVpcEndpoints", code="InternalError")
    orphan = adopt(world, made, staff)
    assert (orphan.failures, orphan.adopt_problem) == (1, "")
    assert "InternalError" in orphan.raw_error
    with pytest.raises(intents.IntentRefused, match="orphan_being_adopted"):
        intents.request_orphan_deletion(orphan=orphan, by=staff, typed=made)
    assert delete(world) == 0
    world.box.clear_fault(fault)
    world.box.advance(15 * 60)
    assert tasks.adopt_orphans() == 1
    assert ReversePrivateEndpoint.objects.get().external_id == made


def test_who_asked_and_what_came_of_it_is_in_the_audit(world: World, staff: User) -> None:
    made = stranger(world)
    settle(world)
    adopt(world, made, staff)
    entries = list(AuditEntry.objects.filter(action__startswith="orphan.").order_by("id"))
    assert [entry.action for entry in entries] == ["orphan.adoption_requested", "orphan.adopted"]
    assert {entry.actor_name for entry in entries} == {"staff@example.com"}
    assert {entry.service_id for entry in entries} == {world.service.pk}
    assert entries[1].after["external_id"] == made
