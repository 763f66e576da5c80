"""Faults that hit a whole network: which errors they are, and how patiently AWS is tried again.

Source: aws.md §3, "Permanent, the operator's to fix".
"""

from datetime import timedelta
from enum import StrEnum

from endpoints.domain.errors import OperatorError, ProviderError, Unanswered
from endpoints.domain.specs import Family


class Kind(StrEnum):
    """What is broken for all rows of a network, and so which of their steps must wait."""

    ACCOUNT = "account"  # credentials, or the account may not act at all: every call
    UNREACHABLE = "unreachable"  # AWS does not answer there: every call
    INTERFACE_QUOTA = "interface_quota"  # creates of this family
    RESOURCE_QUOTA = "resource_quota"


QUOTA: dict[Family, Kind] = {Family.INTERFACE: Kind.INTERFACE_QUOTA, Family.RESOURCE: Kind.RESOURCE_QUOTA}

_ACCOUNT = frozenset(
    {
        "AuthFailure",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",  # the same in the words of the JSON services
        "OptInRequired",
        "Blocked",
        "PendingVerification",
        "NoCredentials",
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "MetadataRetrievalError",
        "SSOError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "TokenRetrievalError",
        "WrongAccount",
    }
)
_NO_ANSWER = frozenset({"ConnectTimeoutError", "ReadTimeoutError", "EndpointConnectionError"})

STRIKES = {Kind.UNREACHABLE: 3}
"""How many times in a row it must happen before the breaker opens; once, where nothing stands here."""

_FIRST = timedelta(seconds=15)
_MOST = timedelta(minutes=5)


def kind_of(error: ProviderError, family: Family) -> Kind | None:
    """Return which fault of its whole network an error is; None for one row's own."""
    if isinstance(error, Unanswered):
        return Kind.UNREACHABLE if error.raw_code in _NO_ANSWER else None
    if not isinstance(error, OperatorError):
        return None
    # Not being allowed to assume the role is a matter of credentials; other denials may be one row's own.
    if error.raw_code in _ACCOUNT or error.operation == "AssumeRole":
        return Kind.ACCOUNT
    return QUOTA[family] if error.raw_code == "VpcEndpointLimitExceeded" else None


def stops(kind: Kind, *, family: Family, creates: bool) -> bool:
    """Say whether a fault stops a row's step: a full quota stops nothing but creates of its family."""
    if kind in (Kind.ACCOUNT, Kind.UNREACHABLE):
        return True
    return creates and kind is QUOTA[family]


def probe_after(probes: int) -> timedelta:
    """Return the wait before the next try, after so many (0, 1, …): 15 s, doubling, at most 5 min."""
    return min(_MOST, _FIRST * (1 << min(probes, 10)))
