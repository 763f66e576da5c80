"""A burst of creates by real workers at AWS's documented rates: nothing is throttled, and no time is lost."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from endpoints.models import Region, ReversePrivateEndpoint
from tests.engine.world import REGION
from tests.kill.conftest import Furnish
from tests.kill.house import SHORT
from tests.sandbox_client import Json

pytestmark = pytest.mark.kill

SCALE = 5
SIZE, REFILL = 4, 0.29  # calls at once, calls a second: aws.md §4, and what issue and design allow us of it
CREATE = "CreateVpcEndpoint"


def moved(call: Json) -> float:
    """Return when AWS got a call, in seconds of moved time."""
    return datetime.fromisoformat(str(call["moved_at"])).timestamp()


@pytest.mark.parametrize("number", [pytest.param(100, marks=pytest.mark.full)])
def test_a_burst_of_creates_meets_no_throttling_and_ends_in_time(
    furnished: Furnish, settings: Any, tell: Callable[[object], None], number: int
) -> None:
    settings.ENDPOINTS_PER_SERVICE = settings.ENDPOINTS_PER_ORGANIZATION = number
    house = furnished({**SHORT, "AWS_RATE_FACTOR": "1"})
    box = house.box
    box.knobs(real_rates=1, interface_quota_per_vpc=500)
    Region.objects.filter(pk=REGION).update(quotas={"interface": 500})
    for worker in (house.start_worker(), house.start_worker()):
        worker.crew()
    box.scale(SCALE)
    for _ in range(number):
        house.ask()
    longest = 1.05 * (number - SIZE) / REFILL
    house.wait(lambda: box.count(operation=CREATE) >= number, longest / SCALE + 60, "the last create")
    calls = box.calls(operation=CREATE)
    took = moved(calls[-1]) - moved(calls[0])
    tell(
        f"{number} creates: {took:.0f} s of moved time between the first and the last, at most {longest:.0f}"
    )
    assert box.count(error_code="RequestLimitExceeded") == 0
    assert len(calls) == number
    assert took <= longest
    house.wait(
        lambda: ReversePrivateEndpoint.objects.filter(status="Ready").count() == number, 60, "all Ready"
    )
