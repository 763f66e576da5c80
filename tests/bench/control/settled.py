"""Any number of Ready endpoints in a region, in AWS and as rows that say what a listing says."""

import uuid
from collections.abc import Iterable

from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Attempt,
    Installation,
    Network,
    Region,
    ReversePrivateEndpoint,
    Service,
    read_clock,
)
from endpoints.providers import vpc_endpoints
from endpoints.providers.base import Ownership
from endpoints.providers.tags import tag_map_for
from endpoints.reconcile.operators import operator_of
from tests.bench.control.house import House
from tests.engine.world import add_network
from tests.kill import house as kill
from tests.people import make_service
from tests.sandbox_client import service_id, service_name

_BATCH = 1_000


def settle(house: House, people: kill.House, region: str, count: int) -> Service:
    """Make so many Ready endpoints in a region, for a new service. Only inside.

    None of them is due, and nobody looks at the region by itself for an age.
    """
    network = Network.objects.filter(region=region).first() or add_network(region)
    service = make_service(people.service.organization, f"settled-{region}", region=region)
    operator = operator_of(network, Installation.get())
    head = str(uuid.uuid4())[:-12]
    any_owner = tag_map_for(operator, Ownership(uuid.UUID(int=0), 1))
    tags = {
        key: f"{head}{{n:012}}" if key.endswith(":endpoint-id") else value for key, value in any_owner.items()
    }
    house.box.fabricate(service_id(region, 2), count, tags=tags)
    seen = list(vpc_endpoints.list_owned(operator, lambda _: {}))
    for start in range(0, len(seen), _BATCH):
        _save(network, service, seen[start : start + _BATCH])
    later = read_clock().now.replace(year=9000)
    Region.objects.filter(pk=region).update(observe_due_at=later)
    return service


def _save(network: Network, service: Service, seen: Iterable[Sighting]) -> None:
    now = read_clock().now
    rows, attempts = [], []
    for sighting in seen:
        row = ReversePrivateEndpoint(
            id=uuid.UUID(sighting.endpoint_id),
            service=service,
            type=EndpointType.VPC_ENDPOINT_SERVICE,
            description="settled",
            parameters={"vpcEndpointServiceName": service_name(network.region_id, 2)},
            region_id=network.region_id,
            created_at=now,
            created_by_name="bench",
            status=Status.READY,
            reason=Reason.AVAILABLE,
            status_since=now,
            first_ready_at=now,
            external_id=sighting.external_id,
            dns_names=[name.lower() for name in sighting.dns_names],
        )
        rows.append(row)
        attempts.append(
            Attempt(
                endpoint=row,
                generation=1,
                network=network,
                request={},
                token=f"{row.pk.hex}-1",
                tries=1,
                created_at=now,
                started_at=now,
                answered_at=now,
                external_id=sighting.external_id,
                state=sighting.state,
                seen_at=now,
                seen_digest=sighting.digest,
            )
        )
    ReversePrivateEndpoint.objects.bulk_create(rows)
    Attempt.objects.bulk_create(attempts)
