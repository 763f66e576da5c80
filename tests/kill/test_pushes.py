"""A whole worker hears of an acceptance within seconds where the cadence is a minute, and needs no push."""

import time

from endpoints.domain.timing import OBSERVE_PENDING_ACCEPTANCE
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from tests.engine.world import REGION
from tests.kill.house import House

SOON = 12.0  # seconds; a look every two, and a machine that is busy


def test_an_acceptance_is_heard_and_a_lost_message_costs_the_cadence(house: House) -> None:
    assert OBSERVE_PENDING_ACCEPTANCE.total_seconds() >= 5 * SOON
    Region.objects.filter(pk=REGION).update(push_queue_url=house.box.feed(REGION))
    heard, unheard = house.ask(k=1), house.ask(k=1)
    house.start_worker()
    both = {"PendingAcceptance"}
    house.wait(lambda: {_status(heard), _status(unheard)} == both, 40, "the wait for the owner")
    house.wait(lambda: _rests(house), 90, "a listing that is followed by none for long")

    house.box.accept(heard.external_id)
    house.wait(lambda: _status(heard) == "Ready", SOON, "the message")
    house.wait(lambda: _rests(house), 90, "a listing that is followed by none for long")

    house.box.fault("push_lost")
    house.box.accept(unheard.external_id)
    time.sleep(3)
    assert _status(unheard) == "PendingAcceptance"
    house.box.advance(OBSERVE_PENDING_ACCEPTANCE.total_seconds())
    house.wait(lambda: _status(unheard) == "Ready", 2 * SOON, "the cadence")


def _status(row: ReversePrivateEndpoint) -> str:
    row.refresh_from_db()
    return str(row.status)


def _rests(house: House) -> bool:
    """Say whether the region's next listing is still far away."""
    region = Region.objects.get(pk=REGION)
    if region.observe_due_at is None or region.lease_token is not None:
        return False
    return region.observe_due_at - read_clock().now > OBSERVE_PENDING_ACCEPTANCE * 0.7
