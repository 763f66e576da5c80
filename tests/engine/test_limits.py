"""How many endpoints there may be: counted where rows are made, by any number of people at once."""

import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import (
    Claim,
    Organization,
    Replacement,
    ReversePrivateEndpoint,
    Role,
    Service,
    usages_of,
)
from tests.engine.replacing import TOGETHER, admin_of, new_of, pipe_on, replace
from tests.engine.test_claims import in_parallel
from tests.engine.world import GRACE, REGION, World, checked, cluster, removed, wanted
from tests.people import give_role, make_endpoint, make_service, make_tombstone
from tests.sandbox_client import service_name

NAME = service_name(REGION, 2)


def sibling(world: World) -> Service:
    """Return a second service of the first organization, for the same person."""
    service = make_service(world.service.organization, "returns")
    give_role(world.user, Role.OPERATOR, service)
    return service


def ask(world: World, service: Service | None = None, **more: Any) -> ReversePrivateEndpoint:
    into = service or world.service
    return intents.request_endpoint(service=into, wanted=checked(into, NAME), by=world.user, **more)


def refusal(job: Callable[[], object]) -> tuple[str, dict[str, str]]:
    with pytest.raises(IntentRefused) as caught:
        job()
    assert (caught.value.field, caught.value.is_conflict) == ("", False)
    return caught.value.code, caught.value.params


def limit(of: Service | Organization, number: int | None) -> None:
    of.endpoint_limit = number
    of.save()


def fill(service: Service, number: int) -> None:
    for _ in range(number):
        make_endpoint(service)


def test_the_settings_limit_what_has_no_limit_of_its_own(world: World, settings: Any) -> None:
    settings.ENDPOINTS_PER_SERVICE, settings.ENDPOINTS_PER_ORGANIZATION = 2, 3
    other = sibling(world)
    ask(world), ask(world)
    assert refusal(partial(ask, world)) == ("service_full", {"used": "2", "limit": "2"})
    ask(world, other)
    assert refusal(partial(ask, world, other)) == ("organization_full", {"used": "3", "limit": "3"})
    assert ReversePrivateEndpoint.objects.count() == 3
    world.ask(3, other=True)  # another organization is not concerned


def test_a_limit_that_staff_set_wins_over_the_settings(world: World, settings: Any) -> None:
    settings.ENDPOINTS_PER_SERVICE = settings.ENDPOINTS_PER_ORGANIZATION = 1
    limit(world.service, 3)
    limit(world.service.organization, 2)
    ask(world), ask(world)
    assert refusal(partial(ask, world)) == ("organization_full", {"used": "2", "limit": "2"})
    limit(world.service.organization, 9)
    ask(world)
    assert refusal(partial(ask, world)) == ("service_full", {"used": "3", "limit": "3"})
    limit(world.service, 0)
    assert refusal(partial(ask, world)) == ("service_full", {"used": "3", "limit": "0"})
    settings.ENDPOINTS_PER_SERVICE = 4
    limit(world.service, None)
    ask(world)


def test_what_is_being_removed_counts_until_it_is_gone(world: World) -> None:
    limit(world.service, 1)
    make_tombstone(world.service)
    row = world.make(2)
    world.remove(row)
    assert refusal(partial(ask, world))[0] == "service_full"
    world.later(60)
    world.later(GRACE)
    assert removed(row)
    ask(world)


def test_a_form_that_was_sent_before_still_finds_its_row(world: World) -> None:
    key = uuid.uuid4()
    row = ask(world, form_key=key)
    limit(world.service, 1)
    assert ask(world, form_key=key).pk == row.pk
    assert refusal(partial(ask, world, form_key=uuid.uuid4()))[0] == "service_full"


def test_a_refused_request_leaves_nothing_behind(world: World) -> None:
    limit(world.service, 0)
    refusal(partial(ask, world))
    assert not ReversePrivateEndpoint.objects.exists()
    assert not Claim.objects.exists()


def test_a_replacement_beside_the_old_one_needs_a_place(world: World) -> None:
    limit(world.service, 1)
    old = world.make(2)
    code, _ = refusal(partial(replace, world, old, wanted(NAME, "new")))
    assert code == "service_full"
    assert not Replacement.objects.exists()
    limit(world.service, 2)
    assert replace(world, old, wanted(NAME, "new")).mode == TOGETHER


def test_a_replacement_after_the_old_one_keeps_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(world.service, 1)
    old = world.make_of(cluster())
    pipe_on(old)
    replacement = replace(world, old, cluster(), by=admin_of(world), typed="orders")
    with monkeypatch.context() as patched:
        patched.setattr("endpoints.reconcile.settle.follow_removal", lambda row: None)
        patched.setattr("endpoints.reconcile.act.advance_replacements", lambda: 0)
        world.work()
        world.later(GRACE)
        assert removed(old)
        used = usages_of(world.service)
        assert (used.service.used, used.organization.used) == (1, 1)
        assert refusal(partial(ask, world))[0] == "service_full"
    world.later(60)
    assert new_of(replacement).service_id == world.service.pk
    assert usages_of(world.service).service.used == 1


@pytest.mark.parametrize("whose", ["service", "organization"])
def test_of_fifty_that_ask_at_once_for_the_last_place_one_gets_it(committed_world: World, whose: str) -> None:
    world = committed_world
    other = sibling(world)
    fill(world.service, 19)
    limit(world.service.organization, 20 if whose == "organization" else 1000)
    places = [world.service, other] if whose == "organization" else [world.service]
    jobs: list[Callable[[], object]] = [partial(ask, world, places[n % len(places)]) for n in range(50)]
    results = in_parallel(jobs)
    assert ReversePrivateEndpoint.objects.count() == 20
    told = Counter(item.code for item in results if isinstance(item, IntentRefused))
    assert sum(isinstance(item, ReversePrivateEndpoint) for item in results) == 1, results
    if whose == "service":
        assert told == {"service_full": 49}
    else:
        # Once the first service has its twentieth, its own limit is met as well.
        assert told["organization_full"] >= 25
        assert told.total() == 49


def test_forms_replacements_and_retries_at_once_neither_wait_for_ever_nor_exceed(
    committed_world: World,
) -> None:
    world = committed_world
    old = world.make(2)
    fill(world.service, 17)
    target = checked(world.service, wanted(NAME, "new"))
    key, form = uuid.uuid4(), uuid.uuid4()
    jobs: list[Callable[[], object]] = []
    for _ in range(8):
        jobs += [
            partial(ask, world),
            partial(ask, world, form_key=form),
            partial(intents.request_replacement, old=old, wanted=target, by=world.user, form_key=key),
        ]
    results = in_parallel(jobs)
    trouble = [
        item for item in results if isinstance(item, Exception) and not isinstance(item, IntentRefused)
    ]
    assert trouble == []
    assert ReversePrivateEndpoint.objects.count() == 20
    made = {item.pk for item in results if isinstance(item, ReversePrivateEndpoint | Replacement)}
    assert len(made) == 2
