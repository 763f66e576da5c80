"""Who may ask for what, and what asking leaves behind."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_q.models import OrmQ

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, Principal, ReversePrivateEndpoint, Role, User, read_clock
from tests.engine.world import REGION, World, checked, codes, told
from tests.people import give_role, make_endpoint, make_network, make_region, make_service, make_user
from tests.sandbox_client import service_name

NAME = service_name(REGION, 1)
Doing = Callable[[ReversePrivateEndpoint, Principal], object]


def _ask(row: ReversePrivateEndpoint, by: Principal) -> object:
    return intents.request_endpoint(service=row.service, wanted=checked(row.service, NAME), by=by)


def _retry(row: ReversePrivateEndpoint, by: Principal) -> object:
    return intents.retry(endpoint=row, by=by)


def _remove(row: ReversePrivateEndpoint, by: Principal) -> object:
    return intents.request_removal(endpoint=row, by=by)


def _user(name: str, role: Role | None, on: object) -> User:
    user = make_user(f"{name}@example.com")
    if role is not None:
        give_role(user, role, on)  # type: ignore[arg-type]
    return user


@pytest.fixture
def row(world: World) -> ReversePrivateEndpoint:
    return make_endpoint(world.service, Status.FAILED)


@pytest.mark.parametrize("doing", [_ask, _retry, _remove])
def test_viewers_and_strangers_may_not_act(row: ReversePrivateEndpoint, world: World, doing: Doing) -> None:
    organization = row.service.organization
    viewer_key, _ = ApiKey.issue(organization=organization, service=None, role="viewer", name="read")
    elsewhere = make_service(organization, "elsewhere")
    narrow_key, _ = ApiKey.issue(organization=organization, service=elsewhere, role="admin", name="narrow")
    nobodies: list[Principal] = [
        _user("viewer", Role.VIEWER, row.service),
        _user("stranger", None, None),
        _user("neighbour", Role.ADMIN, elsewhere),
        world.other_user,
        viewer_key,
        narrow_key,
    ]
    before = (row.generation, row.removal_requested_at, ReversePrivateEndpoint.objects.count())
    for nobody in nobodies:
        with pytest.raises(PermissionDenied):
            doing(row, nobody)
    row.refresh_from_db()
    assert before == (row.generation, row.removal_requested_at, ReversePrivateEndpoint.objects.count())
    assert OrmQ.objects.count() == 0


@pytest.mark.parametrize("doing", [_ask, _retry, _remove])
def test_operators_and_admins_of_service_or_organization_and_staff_may_act(
    row: ReversePrivateEndpoint, doing: Doing
) -> None:
    organization = row.service.organization
    key, _ = ApiKey.issue(organization=organization, service=row.service, role="operator", name="script")
    doing(row, _user("o", Role.OPERATOR, row.service))
    doing(row, _user("a", Role.ADMIN, row.service))
    doing(row, _user("oo", Role.OPERATOR, organization))
    doing(row, key)
    doing(row, make_user("staff@example.com", is_staff=True))
    assert codes(row) or doing is _ask


def test_the_strongest_of_several_roles_counts(row: ReversePrivateEndpoint) -> None:
    user = _user("both", Role.VIEWER, row.service)
    give_role(user, Role.OPERATOR, row.service.organization)
    _remove(row, user)
    assert told(row)[0] == "Failed"
    assert row.removal_requested_by == "both@example.com"


@pytest.mark.parametrize("doing", [_ask, _retry, _remove])
def test_one_intent_enqueues_exactly_one_task(
    row: ReversePrivateEndpoint, world: World, doing: Doing
) -> None:
    doing(row, world.user)
    assert OrmQ.objects.count() == 1


def test_many_intents_at_once_enqueue_no_more_tasks_than_a_worker_has_hands(
    row: ReversePrivateEndpoint, world: World, settings: Any
) -> None:
    settings.WORKERS = 2
    for _ in range(4):
        _ask(row, world.user)
    assert OrmQ.objects.count() == 2
    OrmQ.objects.update(lock=read_clock().real + timedelta(minutes=1))  # all hands are at work
    _ask(row, world.user)
    assert OrmQ.objects.count() == 2


@pytest.mark.parametrize("doing", [_ask, _retry, _remove])
def test_a_rollback_enqueues_nothing_and_leaves_nothing(
    row: ReversePrivateEndpoint, world: World, doing: Doing
) -> None:
    count = ReversePrivateEndpoint.objects.count()
    with transaction.atomic():
        doing(row, world.user)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0
    assert ReversePrivateEndpoint.objects.count() == count
    assert codes(row) == []


def test_a_refused_request_leaves_no_row_and_no_task(world: World) -> None:
    world.ask(1, other=True)
    OrmQ.objects.all().delete()
    with pytest.raises(IntentRefused):
        world.ask(1)
    assert not world.service.endpoints.exists()
    assert OrmQ.objects.count() == 0


def test_a_second_removal_keeps_the_first_asker_and_enqueues_nothing(world: World) -> None:
    row = world.ask(1)
    world.remove(row)
    OrmQ.objects.all().delete()
    admin = _user("admin", Role.ADMIN, world.service)
    intents.request_removal(endpoint=row, by=admin)
    row.refresh_from_db()
    assert row.removal_requested_by == world.user.email
    assert codes(row) == ["requested", "removal_requested"]
    assert OrmQ.objects.count() == 0


def test_cleanup_after_a_persons_removal_changes_nothing(world: World) -> None:
    row = world.ask(1)
    world.remove(row)
    intents.clean_up(endpoint=row)
    row.refresh_from_db()
    assert row.removal_requested_by == world.user.email
    assert row.removal_reason == "removal_requested"


@pytest.mark.parametrize("status", ["Unknown", "Provisioning", "PendingAcceptance", "Ready", "Deleting"])
def test_what_did_not_end_badly_cannot_be_retried(world: World, status: str) -> None:
    row = make_endpoint(world.service, Status(status))
    with pytest.raises(IntentRefused) as refusal:
        world.retry(row)
    assert refusal.value.code == "cannot_retry"
    assert codes(row) == []


def test_what_is_being_removed_cannot_be_retried(world: World) -> None:
    row = world.make(3, status="Failed")
    world.remove(row)
    with pytest.raises(IntentRefused):
        world.retry(row)


def test_a_second_retry_while_the_first_is_under_way_changes_nothing(world: World) -> None:
    row = world.make(3, status="Failed")
    world.retry(row)
    world.retry(row)
    row.refresh_from_db()
    assert row.generation == 2
    assert codes(row).count("retry_requested") == 1


def test_the_same_form_again_returns_the_same_row_and_enqueues_nothing(world: World) -> None:
    key, target = uuid.uuid4(), checked(world.service, NAME)
    first = intents.request_endpoint(service=world.service, wanted=target, by=world.user, form_key=key)
    OrmQ.objects.all().delete()
    again = intents.request_endpoint(service=world.service, wanted=target, by=world.user, form_key=key)
    assert again.pk == first.pk
    assert OrmQ.objects.count() == 0
    assert codes(first) == ["requested"]


def test_a_form_key_of_another_service_never_shows_its_row(world: World) -> None:
    key = uuid.uuid4()
    mine = intents.request_endpoint(
        service=world.service, wanted=checked(world.service, NAME), by=world.user, form_key=key
    )
    theirs = intents.request_endpoint(
        service=world.other_service,
        wanted=checked(world.other_service, service_name(REGION, 2)),
        by=world.other_user,
        form_key=key,
    )
    assert theirs.pk != mine.pk
    assert theirs.service == world.other_service


def test_bad_wishes_are_told_at_every_field_at_once(world: World) -> None:
    wanted, errors = intents.check_wanted(
        world.service,
        {"type": "VPC_ENDPOINT_SERVICE", "description": "x" * 300, "vpcEndpointServiceName": "<b>"},
    )
    assert wanted is None
    assert [(error.field, error.code) for error in errors] == [
        ("description", "too_long"),
        ("vpcEndpointServiceName", "shape"),
    ]


def test_a_region_without_a_network_or_with_only_a_draining_one_is_told(world: World) -> None:
    far = make_service(world.service.organization, "far", clickpipes_region_override="ap-northeast-2")
    good = {"type": "VPC_ENDPOINT_SERVICE", "description": "x", "vpcEndpointServiceName": NAME}
    assert [e.code for e in intents.check_wanted(far, good)[1]] == ["no_network"]
    network = make_network(make_region("ap-northeast-2"), draining=True)
    assert [e.code for e in intents.check_wanted(far, good)[1]] == ["no_network"]
    network.draining = False
    network.save()
    assert intents.check_wanted(far, good)[1] == []
