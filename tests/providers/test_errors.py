"""Every code of the reference in its drawer: waited out, unknown, the operator's, the user's."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from endpoints.domain.errors import OperatorError, ProviderError, Throttled, Unanswered, UserError
from endpoints.providers.errors import translated

WAITED_OUT = [
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "EC2ThrottledException",
    "ConcurrentTagAccess",
    "IncorrectState",
    "InsufficientAddressCapacity",
    "InvalidVpcEndpointId.NotFound",
    "TooManyRequestsException",
]
UNKNOWN = [
    "InternalError",
    "InternalFailure",
    "ServiceUnavailable",
    "Unavailable",
    # RAM, kafka, VPC Lattice
    "ServerInternalException",
    "ServiceUnavailableException",
    "InternalServerErrorException",
    "InternalServerException",
]
OPERATORS = [
    "AuthFailure",
    "UnauthorizedOperation",
    "AccessDenied",
    "AccessDeniedException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "ExpiredToken",
    "RequestExpired",
    "OptInRequired",
    "Blocked",
    "PendingVerification",
    "VpcEndpointLimitExceeded",
    "InsufficientFreeAddressesInSubnet",
    "InvalidSubnetID.NotFound",
    "InvalidVpcID.NotFound",
    "InvalidGroup.NotFound",
    "DuplicateSubnetsInSameZone",
    "TagPolicyViolation",
    "IdempotentParameterMismatch",
    "UnauthorizedException",  # kafka's 401
    "ExpiredTokenException",  # of services that speak JSON
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
]
USERS = [
    "InvalidServiceName",
    "InvalidVpcEndpointService.NotFound",
    "InvalidVpcEndpointServiceId.NotFound",
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidParameterCombination",
    "InvalidParameterDependency",
    "InvalidResourceConfigurationArn.NotFound",
    # RAM
    "UnknownResourceException",
    "ResourceShareInvitationArnNotFoundException",
    "ResourceShareInvitationAlreadyAcceptedException",
    "ResourceShareInvitationExpiredException",
    "ResourceShareInvitationAlreadyRejectedException",
    "MalformedArnException",
    "OperationNotPermittedException",
    # kafka; whose a 403 is, the adapter tells
    "BadRequestException",
    "ForbiddenException",
    "NotFoundException",
    # VPC Lattice
    "ResourceNotFoundException",
    "ValidationException",
]
KINDS = {
    **dict.fromkeys(WAITED_OUT, Throttled),
    **dict.fromkeys(UNKNOWN, Unanswered),
    **dict.fromkeys(OPERATORS, OperatorError),
    **dict.fromkeys(USERS, UserError),
}


def sorted_error(error: Exception) -> ProviderError:
    with pytest.raises(ProviderError) as found, translated("CreateVpcEndpoint"):
        raise error
    return found.value


def client_error(code: str, status: int) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": "AWS's words"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
    }
    return ClientError(answer, "CreateVpcEndpoint")  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "kind"), KINDS.items())
def test_every_code_of_the_reference_has_its_kind(code: str, kind: type[ProviderError]) -> None:
    assert type(sorted_error(client_error(code, 400))) is kind


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "Throttling"])
def test_a_throttle_is_one_whatever_its_http_status(code: str) -> None:
    assert type(sorted_error(client_error(code, 503))) is Throttled


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("TooManyRequestsException", 429, Throttled),
        ("ThrottlingException", 429, Throttled),
        ("ServiceUnavailableException", 503, Unanswered),
        ("ServerInternalException", 500, Unanswered),
        ("AccessDeniedException", 403, OperatorError),
        ("ForbiddenException", 403, UserError),
        ("NotFoundException", 404, UserError),
    ],
)
def test_codes_keep_their_kind_at_the_status_they_come_with(
    code: str, status: int, kind: type[ProviderError]
) -> None:
    assert type(sorted_error(client_error(code, status))) is kind


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_any_5xx_leaves_open_whether_it_took_effect(status: int) -> None:
    assert type(sorted_error(client_error("Strange", status))) is Unanswered


def test_an_unknown_4xx_did_nothing_and_is_told_to_the_user() -> None:
    assert type(sorted_error(client_error("Strange", 400))) is UserError


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="http://aws.example"),
        ReadTimeoutError(endpoint_url="http://aws.example"),
        EndpointConnectionError(endpoint_url="http://aws.example"),
        BotoCoreError(),
        ConnectionResetError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_broken_line_leaves_open_whether_it_took_effect(error: Exception) -> None:
    assert type(sorted_error(error)) is Unanswered


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        CredentialRetrievalError(provider="custom-process", error_msg="it ended with 1"),
        MetadataRetrievalError(error_msg="no answer"),
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="it has expired"),
    ],
)
def test_missing_credentials_are_the_operators(error: Exception) -> None:
    assert type(sorted_error(error)) is OperatorError


def test_awss_own_words_are_kept() -> None:
    error = sorted_error(client_error("InvalidParameter", 400))
    assert (error.operation, error.raw_code, error.raw_text, error.request_id) == (
        "CreateVpcEndpoint",
        "InvalidParameter",
        "AWS's words",
        "r-1",
    )
