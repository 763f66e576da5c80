"""The confirmation of removals, one or many: what depends on each endpoint, and what must be typed for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from endpoints import intents
from endpoints.domain.types import EndpointType
from endpoints.models import Affected, ClaimKind, ReversePrivateEndpoint, affected_by
from endpoints.texts import LEFT_BEHIND, SHARE_LEFT_UNUSED, refusal_text


@dataclass(frozen=True)
class Removal:
    """One endpoint of a confirmation; `typed` stands in `field`, and `error` says what is wrong with it."""

    endpoint: ReversePrivateEndpoint
    affected: Affected
    typed: str
    error: str

    @property
    def field(self) -> str:
        """The name of the field for the description."""
        return f"typed-{self.endpoint.pk}"

    @property
    def left_behind(self) -> str:
        """What stays in the owner's AWS account."""
        endpoint = self.endpoint
        if endpoint.type == EndpointType.VPC_RESOURCE and not endpoint.external_id:
            shares = [claim for claim in endpoint.claims.all() if claim.kind == ClaimKind.RESOURCE_SHARE]
            if not any(share.used_up_at for share in shares):
                return str(SHARE_LEFT_UNUSED)
        return str(LEFT_BEHIND[endpoint.type])


def read_removals(
    endpoints: QuerySet[ReversePrivateEndpoint], posted: Mapping[str, str] | None, most: int
) -> tuple[list[Removal], int]:
    """Return the first endpoints that nobody removes yet, and how many more there are.

    `posted` is what was typed for each, None before anything was. As many queries for many as for one.
    """
    staying = endpoints.filter(removal_requested_at__isnull=True).order_by(
        "service__name", "description", "pk"
    )
    known = list(staying.prefetch_related("claims")[:most])
    affected = affected_by(known)
    removals = [_read(endpoint, affected[endpoint.pk], posted) for endpoint in known]
    return removals, staying.count() - len(known)


def _read(endpoint: ReversePrivateEndpoint, affected: Affected, posted: Mapping[str, str] | None) -> Removal:
    removal = Removal(endpoint, affected, "", "")
    if posted is None:
        return removal
    typed = posted.get(removal.field, "")
    try:
        intents.check_confirmation(endpoint, affected, typed, removal.field)
    except intents.IntentRefused as refused:
        return Removal(endpoint, affected, typed, refusal_text(refused.code, refused.params))
    return Removal(endpoint, affected, typed, "")
