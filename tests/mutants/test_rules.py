"""Rules that a mutant breaks and that no other test states by itself."""

from datetime import timedelta

from endpoints.domain.status import Status
from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.reconcile.leases import claim_due
from tests.people import Cast, make_endpoint


def test_a_row_that_one_worker_holds_is_claimed_by_another_only_after_its_lease(cast: Cast) -> None:
    row = make_endpoint(cast.service, Status.PROVISIONING, due_at=read_clock().now)
    first = claim_due(read_clock())
    assert first is not None
    assert claim_due(read_clock()) is None
    over = read_clock().real - timedelta(seconds=1)
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(lease_until=over)
    second = claim_due(read_clock())
    assert second is not None
    assert second.token != first.token
