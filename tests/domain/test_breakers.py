"""Which errors are a whole network's, and whom they stop."""

import pytest

from endpoints.domain.breakers import Kind, kind_of, probe_after, stops
from endpoints.domain.errors import OperatorError, ProviderError, Throttled, Unanswered, UserError
from endpoints.domain.specs import Family


def met(kind: type[ProviderError], code: str, operation: str = "CreateVpcEndpoint") -> ProviderError:
    return kind(operation, code, "words")


@pytest.mark.parametrize(
    ("error", "family", "kind"),
    [
        (met(OperatorError, "ExpiredToken"), Family.INTERFACE, Kind.ACCOUNT),
        (met(OperatorError, "InvalidSignatureException"), Family.INTERFACE, Kind.ACCOUNT),
        (met(OperatorError, "UnauthorizedSSOTokenError"), Family.INTERFACE, Kind.ACCOUNT),
        (met(OperatorError, "OptInRequired"), Family.RESOURCE, Kind.ACCOUNT),
        (met(OperatorError, "AccessDenied", "AssumeRole"), Family.INTERFACE, Kind.ACCOUNT),
        (met(OperatorError, "VpcEndpointLimitExceeded"), Family.INTERFACE, Kind.INTERFACE_QUOTA),
        (met(OperatorError, "VpcEndpointLimitExceeded"), Family.RESOURCE, Kind.RESOURCE_QUOTA),
        (met(Unanswered, "ReadTimeoutError"), Family.INTERFACE, Kind.UNREACHABLE),
        # One row's own:
        (met(OperatorError, "UnauthorizedOperation"), Family.INTERFACE, None),
        (met(OperatorError, "InsufficientFreeAddressesInSubnet"), Family.INTERFACE, None),
        (met(Unanswered, "ConnectionClosedError"), Family.INTERFACE, None),
        (met(Unanswered, "InternalError"), Family.INTERFACE, None),
        (met(Throttled, "RequestLimitExceeded"), Family.INTERFACE, None),
        (met(UserError, "InvalidServiceName"), Family.INTERFACE, None),
    ],
)
def test_an_error_is_its_networks_or_one_rows_own(
    error: ProviderError, family: Family, kind: Kind | None
) -> None:
    assert kind_of(error, family) is kind


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("creates", [True, False])
def test_a_full_quota_stops_creates_of_its_family_alone(family: Family, *, creates: bool) -> None:
    assert stops(Kind.ACCOUNT, family=family, creates=creates)
    assert stops(Kind.UNREACHABLE, family=family, creates=creates)
    assert stops(Kind.INTERFACE_QUOTA, family=family, creates=creates) == (
        creates and family is Family.INTERFACE
    )


def test_tries_grow_rarer_but_never_rarer_than_every_five_minutes() -> None:
    waits = [probe_after(n).total_seconds() for n in range(12)]
    assert waits[:5] == [15, 30, 60, 120, 240]
    assert set(waits[5:]) == {300}
