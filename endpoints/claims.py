"""Taking and giving back claims. Called with a transaction open; the unique constraint decides races."""

from django.conf import settings
from django.db import transaction

from endpoints.domain.types import EndpointType
from endpoints.models import Claim, ClaimKind, ReversePrivateEndpoint


class Taken(Exception):
    """Somebody else holds the claim. It is not said who."""


def claim_target(endpoint: ReversePrivateEndpoint) -> None:
    """Claim what the endpoint's type needs for itself: its service name. Raises Taken."""
    if endpoint.type == EndpointType.VPC_ENDPOINT_SERVICE and settings.CLAIM_SERVICE_NAMES:
        _take(endpoint, ClaimKind.SERVICE_NAME, endpoint.spec.service_name, shared=True)


def claim_private_names(endpoint: ReversePrivateEndpoint, vpc_id: str, names: list[str]) -> None:
    """Claim an owner's private DNS names in one VPC, so that it never answers one for two. Raises Taken."""
    for name in sorted(names):
        _take(endpoint, ClaimKind.PRIVATE_NAME, f"{vpc_id}/{name.lower()}", shared=False)


def release(endpoint: ReversePrivateEndpoint) -> None:
    """Give back whatever the endpoint holds; a claim goes with its last holder."""
    held = Claim.objects.select_for_update().filter(pk__in=endpoint.claims.values("pk")).order_by("pk")
    for claim in held:
        endpoint.claims.remove(claim)
        if not claim.endpoints.exists():
            claim.delete()


def _take(endpoint: ReversePrivateEndpoint, kind: ClaimKind, key: str, *, shared: bool) -> None:
    organization = endpoint.service.organization_id
    while True:
        with transaction.atomic():
            Claim.objects.bulk_create(
                [Claim(kind=kind, key=key, organization_id=organization)], ignore_conflicts=True
            )
            claim = Claim.objects.select_for_update().filter(kind=kind, key=key).first()
            if claim is None:
                continue  # its last holder let go between the two statements
            if claim.organization_id != organization:
                raise Taken
            if not shared and claim.endpoints.exclude(pk=endpoint.pk).exists():
                raise Taken
            endpoint.claims.add(claim)
            return
