"""A name that another organization holds: staff let one more in, exactly one, and nobody learns of whom."""

from collections.abc import Callable

import pytest

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Claim, Organization, ReversePrivateEndpoint, Role, Service, User
from endpoints.texts import refusal_text
from tests.engine.world import GRACE, REGION, Asked, World, checked, cluster, removed, resource
from tests.people import give_role, make_service, make_user
from tests.sandbox_client import service_name

NAME = service_name(REGION, 2)


@pytest.fixture
def staff(world: World) -> User:
    return make_user("staff@example.com", is_staff=True)


@pytest.fixture
def third(world: World) -> Callable[[], ReversePrivateEndpoint]:
    """A third organization's operator, who asks for the same."""
    service = make_service(Organization.objects.create(name="Example Mill"), "sacks")
    user = make_user("miller@example.com")
    give_role(user, Role.OPERATOR, service)
    return lambda: intents.request_endpoint(service=service, wanted=checked(service, NAME), by=user)


def allow(service: Service, staff: User) -> None:
    intents.allow_pair(
        service_name=NAME, organization=service.organization, by=staff, reason="They share the service."
    )


def refusal(ask: Callable[[], object]) -> tuple[str, str, dict[str, str], str]:
    with pytest.raises(IntentRefused) as refused:
        ask()
    error = refused.value
    return error.code, error.field, error.params, refusal_text(error.code, error.params)


def test_a_pair_lets_exactly_that_organization_in(
    world: World, staff: User, third: Callable[[], ReversePrivateEndpoint]
) -> None:
    world.ask(2)
    allow(world.other_service, staff)
    world.ask(2, other=True)
    world.ask(2, other=True)
    assert refusal(third)[0] == "name_taken"
    assert Claim.objects.get().endpoints.count() == 3


def test_a_pair_is_of_one_name_only(world: World, staff: User) -> None:
    world.ask(1)
    allow(world.other_service, staff)
    assert refusal(lambda: world.ask(1, other=True))[0] == "name_taken"


def test_a_pair_that_is_taken_back_refuses_the_next_and_keeps_what_came_by_it(
    world: World, staff: User
) -> None:
    world.make(2)
    allow(world.other_service, staff)
    theirs = world.ask(2, other=True)
    pair = world.other_service.organization.allowed_pairs.get()
    intents.forbid_pair(pair=pair, by=staff, reason="Dispute settled.")
    assert refusal(lambda: world.ask(2, other=True))[0] == "name_taken"
    world.work()
    theirs.refresh_from_db()
    assert theirs.status == "Ready"
    intents.forbid_pair(pair=pair, by=staff, reason="Again.")


@pytest.mark.parametrize("together", [True, False], ids=["forgotten-together", "forgotten-alone"])
def test_the_name_passes_to_the_allowed_one_that_alone_holds_it(
    world: World, staff: User, third: Callable[[], ReversePrivateEndpoint], together: bool
) -> None:
    mine = [world.make(2), world.make(2)] if together else [world.ask(2)]
    allow(world.other_service, staff)
    world.ask(2, other=True)
    for row in mine:
        world.remove(row)
    world.work()
    world.later(GRACE)
    assert all(removed(row) for row in mine)
    assert Claim.objects.get().organization == world.other_service.organization
    assert refusal(lambda: world.ask(2))[0] == "name_taken", "a pair lets nobody else in"
    assert refusal(third)[0] == "name_taken"
    world.ask(2, other=True)


def test_what_the_loser_is_told_is_the_same_whoever_has_it_and_whatever_became_of_it(
    world: World, staff: User
) -> None:
    asked: dict[str, str | Asked] = {"name": NAME, "slot": cluster(), "share": resource(2)}
    told: dict[str, set[str]] = {kind: set() for kind in asked}

    def lose(kind: str) -> None:
        service, user = world.other_service, world.other_user
        ask = asked[kind]
        found = refusal(
            lambda: intents.request_endpoint(service=service, wanted=checked(service, ask), by=user)
        )
        told[kind].add(repr(found))

    winners = {kind: intents.request_endpoint(
        service=world.service, wanted=checked(world.service, ask), by=world.user
    ) for kind, ask in asked.items()}  # fmt: skip
    for kind in asked:
        lose(kind)  # just asked for
    world.work()
    for kind in asked:
        lose(kind)  # Ready
    world.service.name = world.service.organization.name = "Another"
    world.service.save()
    world.service.organization.save()
    for row in winners.values():
        world.remove(row)
    for kind in asked:
        lose(kind)  # being removed
    assert {kind: len(said) for kind, said in told.items()} == dict.fromkeys(asked, 1)
    secrets = [str(row.pk) for row in winners.values()] + ["Example Shop", "Another", "operator@"]
    assert not any(secret in said for known in told.values() for said in known for secret in secrets)
