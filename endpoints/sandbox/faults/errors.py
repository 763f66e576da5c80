"""What services say when they throttle, fail or refuse, where a fault does not name its own error.

Source: aws.md §3. What each service says of credentials, clocks and Regions is a reading of ours.
"""

from botocore.model import ServiceModel

from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.json_errors import modelled_status

_Word = tuple[int, str, str]
_SLOW_DOWN = "Rate exceeded"
_BROKEN = "An internal error has occurred"
_DENIED = "The caller is not authorized to perform this operation."
_EXPIRED = "The security token included in the request is expired"
_SKEWED = "The signature is more than 15 minutes away from this service's time."
_NOT_SUBSCRIBED = "The account is not subscribed to this service, or the Region is not enabled for it."

# Kind → signing name → what that service says; "" stands for the services that are not named.
_WORDS: dict[str, dict[str, _Word]] = {
    "throttle": {
        "": (503, "RequestLimitExceeded", "Request limit exceeded."),
        "kafka": (429, "TooManyRequestsException", _SLOW_DOWN),
        "ram": (429, "ThrottlingException", _SLOW_DOWN),
        "vpc-lattice": (429, "ThrottlingException", _SLOW_DOWN),
        "servicequotas": (400, "TooManyRequestsException", _SLOW_DOWN),
        "sqs": (403, "RequestThrottled", _SLOW_DOWN),
        "route53": (400, "Throttling", _SLOW_DOWN),
    },
    "error": {
        "": (500, "InternalError", _BROKEN),
        "kafka": (500, "InternalServerErrorException", _BROKEN),
        "ram": (500, "ServerInternalException", _BROKEN),
        "vpc-lattice": (500, "InternalServerException", _BROKEN),
        "servicequotas": (500, "ServiceException", _BROKEN),
        "sqs": (500, "InternalFailure", _BROKEN),
        "route53": (500, "InternalFailure", _BROKEN),
    },
    "denied": {
        "": (403, "AccessDeniedException", _DENIED),
        "ec2": (403, "UnauthorizedOperation", _DENIED),
        "sts": (403, "AccessDenied", _DENIED),
        "route53": (403, "AccessDenied", _DENIED),
        "sqs": (403, "AccessDenied", _DENIED),
    },
    "expired_token": {
        "": (403, "ExpiredTokenException", _EXPIRED),
        "ec2": (400, "RequestExpired", "Request has expired."),
        "sts": (403, "ExpiredToken", _EXPIRED),
        "route53": (403, "ExpiredToken", _EXPIRED),
    },
    "clock_skew": {
        "": (403, "InvalidSignatureException", _SKEWED),
        "ec2": (400, "RequestExpired", "Request has expired."),
        "sts": (403, "SignatureDoesNotMatch", _SKEWED),
        "route53": (403, "SignatureDoesNotMatch", _SKEWED),
    },
    "opt_in": {"": (403, "OptInRequired", _NOT_SUBSCRIBED)},
}
REFUSALS = ("clock_skew", "expired_token", "opt_in", "denied")
"""Kinds by which a service refuses a caller before it looks at what is asked, in the order of its checks."""

# Statuses of well-known codes that no model of EC2 tells, for faults that name a code and no status.
_STATUSES = {
    "AuthFailure": 401, "UnauthorizedOperation": 403, "AccessDenied": 403, "AccessDeniedException": 403,
    "ExpiredToken": 403, "ExpiredTokenException": 403, "InvalidClientTokenId": 403,
    "UnrecognizedClientException": 403, "InvalidSignatureException": 403, "SignatureDoesNotMatch": 403,
    "OptInRequired": 403, "RequestExpired": 400, "Blocked": 400, "PendingVerification": 400,
    "VpcEndpointLimitExceeded": 400, "InsufficientFreeAddressesInSubnet": 400, "IncorrectState": 400,
    "TagPolicyViolation": 400,
}  # fmt: skip


def throttled(service: str) -> AwsError:
    """Return what a service says to one call too many."""
    status, code, message = _WORDS["throttle"].get(service, _WORDS["throttle"][""])
    return AwsError(code, message, status)


def planned(fault: Fault, service: str, model: ServiceModel | None) -> AwsError:
    """Return a fault's error: what it names, else what the service would say.

    A code that the service's model or `_STATUSES` knows brings its status along.
    """
    words = _WORDS.get(fault.kind, _WORDS["error"])
    status, code, message = words.get(service, words[""])
    if fault.code:
        code, status = fault.code, modelled_status(model, fault.code) or _STATUSES.get(fault.code, status)
    return AwsError(code, fault.message or message, fault.status or status)
