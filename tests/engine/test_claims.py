"""Who may hold an endpoint service name, and when it is free again."""

import threading
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Claim, ClaimKind, ReversePrivateEndpoint
from tests.engine.world import GRACE, REGION, Asked, World, checked, cluster, removed, resource, told
from tests.sandbox_client import OWNER, service_id, service_name


def _refused(ask: Callable[[], object]) -> str:
    with pytest.raises(IntentRefused) as refusal:
        ask()
    return refusal.value.code


def test_another_organization_is_refused_while_a_live_endpoint_holds_the_name(world: World) -> None:
    world.ask(1)
    assert _refused(lambda: world.ask(1, other=True)) == "name_taken"
    assert not world.other_service.endpoints.exists()
    world.ask(2, other=True)


def test_the_refusal_is_at_the_field_and_does_not_say_who_holds_the_name(world: World) -> None:
    world.ask(1)
    with pytest.raises(IntentRefused) as refusal:
        world.ask(1, other=True)
    assert refusal.value.field == "vpcEndpointServiceName"
    assert "Example Shop" not in str(refusal.value)


def test_an_organization_may_use_its_name_for_many_endpoints(world: World) -> None:
    first, second = world.ask(1), world.ask(1)
    assert first.pk != second.pk
    claim = Claim.objects.get(kind=ClaimKind.SERVICE_NAME)
    assert set(claim.endpoints.all()) == {first, second}


def test_a_failed_endpoint_without_an_object_gives_the_name_back(world: World) -> None:
    world.make(3, status="Failed")
    assert not Claim.objects.exists()
    world.ask(3, other=True)


def test_a_failed_endpoint_with_an_object_keeps_the_name(world: World) -> None:
    row = world.make(2)
    world.box.fail(row.external_id, "Broken", "x")
    world.work()
    assert told(row)[0] == "Failed"
    assert _refused(lambda: world.ask(2, other=True)) == "name_taken"


def test_an_endpoint_with_an_unanswered_create_keeps_the_name(world: World) -> None:
    world.box.fault("lost_answer", operation="CreateVpcEndpoint", count=1)
    world.ask(2)
    world.reconcile()
    assert _refused(lambda: world.ask(2, other=True)) == "name_taken"


def test_the_name_is_held_until_the_removed_endpoint_is_proven_gone(world: World) -> None:
    row = world.make(2)
    world.remove(row)
    world.work()
    assert not removed(row)
    assert _refused(lambda: world.ask(2, other=True)) == "name_taken"
    world.later(GRACE)
    assert removed(row)
    world.ask(2, other=True)


def test_of_two_holders_the_last_gives_the_name_back(world: World) -> None:
    first, second = world.make(2), world.make(2)
    world.remove(first)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(first)
    assert _refused(lambda: world.ask(2, other=True)) == "name_taken"
    world.remove(second)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(second)
    assert not Claim.objects.exists()


def test_retry_claims_again(world: World) -> None:
    row = world.make(3, status="Failed")
    world.retry(row)
    assert _refused(lambda: world.ask(3, other=True)) == "name_taken"


def test_retry_says_that_the_name_was_taken_meanwhile_and_changes_nothing(world: World) -> None:
    row = world.make(3, status="Failed")
    world.ask(3, other=True)
    assert _refused(lambda: world.retry(row)) == "name_taken"
    row.refresh_from_db()
    assert row.generation == 1
    assert told(row)[0] == "Failed"


def test_a_single_company_installation_claims_no_names(world: World, settings: Any) -> None:
    settings.CLAIM_SERVICE_NAMES = False
    world.ask(1)
    world.ask(1, other=True)
    assert not Claim.objects.exists()


def test_a_private_name_is_given_back_with_the_endpoint(world: World) -> None:
    row = world.make(4)
    key = f"{world.network.vpc_id}/kafka.orders.eu-central-1.example.com"
    assert Claim.objects.get(kind=ClaimKind.PRIVATE_NAME).key == key
    world.remove(row)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(row)
    assert not Claim.objects.exists()


def test_an_unverified_private_name_is_not_claimed(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.work()
    assert told(row)[0] == "Ready"
    assert not Claim.objects.filter(kind=ClaimKind.PRIVATE_NAME).exists()
    world.box.change_service(service_id(REGION, 5), private_dns_state="verified")
    world.later(3601)
    assert Claim.objects.filter(kind=ClaimKind.PRIVATE_NAME).exists()


# --- in parallel ---------------------------------------------------------------------------------------


def in_parallel(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs at once, each in a thread with its own connection; return results or exceptions."""
    barrier = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = jobs[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_of_two_organizations_that_ask_at_once_only_one_gets_the_name(committed_world: World) -> None:
    world = committed_world
    name = service_name(REGION, 1)
    jobs: list[Callable[[], object]] = []
    for place in range(20):
        other = place % 2 == 1
        service, user = (world.other_service, world.other_user) if other else (world.service, world.user)
        target = checked(service, name)

        def job(service: Any = service, target: Any = target, user: Any = user) -> object:
            return intents.request_endpoint(service=service, wanted=target, by=user)

        jobs.append(job)
    results = in_parallel(jobs)
    rows = [item for item in results if isinstance(item, ReversePrivateEndpoint)]
    refusals = [item for item in results if isinstance(item, IntentRefused)]
    assert len(rows) + len(refusals) == 20, results
    assert len(rows) == 10
    owners = set(ReversePrivateEndpoint.objects.values_list("service__organization", flat=True))
    assert len(owners) == 1
    assert Claim.objects.get().organization_id in owners


WHOLE_ARN = f"arn:aws:kafka:{REGION}:{OWNER}:cluster/orders/00000000-0000-4000-8000-000000000041-1"


@pytest.mark.parametrize(
    ("spellings", "refusal"),
    [
        ((cluster(), cluster(arn=WHOLE_ARN)), "msk_slot_taken"),
        ((resource(1), resource(1)), "share_taken"),
    ],
    ids=["an MSK slot, with and without its uuid", "a resource share"],
)
def test_of_fifty_that_ask_at_once_from_two_organizations_one_gets_it(
    committed_world: World, spellings: tuple[Asked, Asked], refusal: str
) -> None:
    world = committed_world
    jobs: list[Callable[[], object]] = []
    for place in range(50):
        asked, other = spellings[place % 2], place % 4 < 2
        jobs.append(partial(world.ask_for, asked, other=other))
    results = in_parallel(jobs)
    rows = [item for item in results if isinstance(item, ReversePrivateEndpoint)]
    refusals = [item.code for item in results if isinstance(item, IntentRefused)]
    assert len(rows) == 1, results
    assert refusals == [refusal] * 49, results
    assert ReversePrivateEndpoint.objects.count() == 1
    assert Claim.objects.count() == 1


def test_one_form_posted_ten_times_at_once_makes_one_row(committed_world: World) -> None:
    world = committed_world
    key, target = uuid.uuid4(), checked(world.service, service_name(REGION, 1))
    results = in_parallel(
        [lambda: intents.request_endpoint(service=world.service, wanted=target, by=world.user, form_key=key)]
        * 10
    )
    row = ReversePrivateEndpoint.objects.get()
    assert [getattr(item, "pk", item) for item in results] == [row.pk] * 10
    assert row.events.filter(code="requested").count() == 1


def test_ten_removals_at_once_make_one_line_and_one_delete(committed_world: World) -> None:
    world = committed_world
    row = world.make(2)
    results = in_parallel([lambda: intents.request_removal(endpoint=row, by=world.user)] * 10)
    assert [getattr(item, "pk", item) for item in results] == [row.pk] * 10
    assert row.events.filter(code="removal_requested").count() == 1
    in_parallel([world.reconcile] * 4)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert world.ours() == []
    assert world.box.count(operation="CreateVpcEndpoint") == 1
    assert world.box.count(operation="DeleteVpcEndpoints") == 1


def test_many_workers_at_once_make_one_object_for_each_row(committed_world: World) -> None:
    world = committed_world
    rows = [world.ask(2) for _ in range(6)]
    for _ in range(3):
        results = in_parallel([world.reconcile] * 4 + [world.observe] * 2)
        assert not [item for item in results if isinstance(item, Exception)], results
    world.later(20)  # two of the six had to wait for their turn
    assert {told(row) for row in rows} == {("Ready", "available")}
    assert len(world.ours()) == 6
    assert world.box.count(operation="CreateVpcEndpoint") == 6
    for row in rows:
        assert world.box.count(operation="DescribeVpcEndpoints", tag_value=str(row.pk)) <= 2


def test_ten_retries_at_once_ask_for_one_next_attempt(committed_world: World) -> None:
    world = committed_world
    row = world.make(3, status="Failed")
    results = in_parallel([lambda: intents.retry(endpoint=row, by=world.user)] * 10)
    assert [getattr(item, "pk", item) for item in results] == [row.pk] * 10
    row.refresh_from_db()
    assert row.generation == 2
    assert row.events.filter(code="retry_requested").count() == 1
