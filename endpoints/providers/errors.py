"""Sorting of AWS errors into the few kinds the engine tells apart. Source: aws.md §3."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from endpoints.domain.errors import OperatorError, ProviderError, Throttled, Unanswered, UserError

_THROTTLED = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "EC2ThrottledException",
        "TooManyRequestsException",
        "ConcurrentTagAccess",
        "IncorrectState",  # wait for the running change
        "InsufficientAddressCapacity",
        # Eventual consistency just after a create: wait, then ask again.
        "InvalidVpcEndpointId.NotFound",
    }
)
_UNANSWERED = frozenset(
    {
        "InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable",
        "ServiceUnavailableException", "InternalServerErrorException",
        "InternalServerException", "ServerInternalException",
    }
)  # fmt: skip
_OPERATOR = frozenset(
    {
        "AuthFailure",
        "UnauthorizedOperation",
        "AccessDenied",
        "AccessDeniedException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",  # the same, in the words of the JSON services: a clock is wrong
        "OptInRequired",
        "Blocked",
        "PendingVerification",
        "VpcEndpointLimitExceeded",
        "InsufficientFreeAddressesInSubnet",
        "InvalidSubnetID.NotFound",
        "InvalidSubnetId.NotFound",
        "InvalidVpcID.NotFound",
        "InvalidVpcId.NotFound",
        "InvalidGroup.NotFound",
        "InvalidSecurityGroupID.NotFound",
        "DuplicateSubnetsInSameZone",
        "TagPolicyViolation",
        "UnauthorizedException",
        "IdempotentParameterMismatch",  # a bug of ours: the saved request was changed
    }
)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    SSOError,
    TokenRetrievalError,
)
"""Whatever supplies our credentials has none: botocore sent nothing."""

SERVICE_UNKNOWN = frozenset(
    {"InvalidServiceName", "InvalidVpcEndpointService.NotFound", "InvalidVpcEndpointServiceId.NotFound"}
)
"""One answer for three causes: no such service, our account is not allowed, or the wrong region."""


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Turn whatever boto3 raises inside into a ProviderError of the right kind."""
    try:
        yield
    except ClientError as error:
        # A role is assumed inside other calls; that it may not be is another trouble than theirs.
        met = "AssumeRole" if error.operation_name == "AssumeRole" else operation
        raise _from_client_error(met, error) from error
    except _NO_CREDENTIALS as error:
        raise OperatorError(operation, type(error).__name__, str(error)) from error
    except (BotoCoreError, OSError) as error:
        raise Unanswered(operation, type(error).__name__, str(error)) from error


def sorted_error(
    operation: str, code: str, text: str, request_id: str = "", status: int = 0
) -> ProviderError:
    """Return the error of the right kind for AWS's code; also for one of several objects of a call."""
    details = (operation, code, text, request_id)
    if code in _THROTTLED:
        return Throttled(*details)
    if code in _UNANSWERED or status >= 500:
        return Unanswered(*details)
    if code in _OPERATOR:
        return OperatorError(*details)
    return UserError(*details)


def _from_client_error(operation: str, error: ClientError) -> ProviderError:
    told = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    return sorted_error(
        operation,
        str(told.get("Code", "")),
        str(told.get("Message", "")),
        str(metadata.get("RequestId", "")),
        int(metadata.get("HTTPStatusCode", 0)),
    )
