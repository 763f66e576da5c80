"""The table: every state of aws.md §2 and every error of §3, as it reaches a row and the eyes of people.

Each line says what AWS does, and then status, reason code and the beginning of the sentence in English.
"""

from dataclasses import dataclass

import pytest

from endpoints import texts
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.engine.kinds import KINDS
from tests.engine.world import GRACE, LOOK_AGAIN, REGION, Asked, World, cluster, resource, told, wanted
from tests.sandbox_client import service_name, share_arn

INTERFACE, RESOURCE, MSK = EndpointType
EC2_LIST, MSK_LIST = "DescribeVpcEndpoints", "ListVpcConnections"

WAITS = ("Provisioning", "aws_unavailable", "AWS does not answer or asks us to wait.")
OPERATORS = ("Provisioning", "operator_must_act", "The AWS set-up of this installation in eu-central-1 needs")
NOT_FOUND = ("Failed", "service_not_found", "AWS knows no endpoint service com.amazonaws.vpce.eu-central-1.")
REFUSED = ("Failed", "refused_by_aws", "AWS refused the request.")
NOT_SHARED = ("Failed", "configuration_not_shared", "AWS does not let this installation use the resource")
NOT_VISIBLE = ("Failed", "cluster_not_visible", "AWS knows no cluster arn:aws:kafka:eu-central-1:")

Told = tuple[str, str, str]


def expect(row: ReversePrivateEndpoint, expected: Told) -> None:
    """Hold a row and its sentence against a line of the table."""
    status, reason, sentence = expected
    assert told(row) == (status, reason), (row.raw_error, row.reason_params)
    assert texts.reason_text(row).startswith(sentence)
    assert texts.who_text(row)
    assert texts.next_step_text(row)


# --- states of objects ----------------------------------------------------------------------------------

CREATING = ("Provisioning", "creating", "The endpoint is being created in AWS.")
UNKNOWN = ("Unknown", "unknown_state", "AWS reports a state that Postern does not know.")
FAILED = ("Failed", "failed_at_aws", "AWS could not bring up the endpoint.")
REJECTED = ("Rejected", "rejected_by_owner", "The owner of the endpoint service rejected the connection.")
EXPIRED = ("Expired", "not_accepted_in_time", "The owner of the endpoint service did not accept")
MODIFYING = ("Ready", "modifying", "The endpoint is connected; AWS is applying a change to it.")
TURNED_OFF = ("Failed", "turned_off_by_owner", "The owner turned off multi-VPC connectivity,")
DELETING_OUTSIDE = ("Deleting", "deleting_outside", "Somebody is deleting the endpoint in AWS, and it is not")
BY_CLUSTER = ("Rejected", "rejected_by_cluster_owner", "The owner of the MSK cluster rejected")

STATES: list[tuple[EndpointType, str, Told]] = [
    # of a row that was Ready, as its next listing shows it
    (INTERFACE, "pendingAcceptance", ("PendingAcceptance", "owner_must_accept", "The connection waits")),
    (INTERFACE, "pending", MODIFYING),
    (INTERFACE, "available", ("Ready", "available", "The endpoint is connected.")),
    (INTERFACE, "partial", ("Ready", "available_in_part", "The endpoint is connected, but in some zones")),
    (INTERFACE, "rejected", REJECTED),
    (INTERFACE, "expired", EXPIRED),
    (INTERFACE, "failed", FAILED),
    (INTERFACE, "deleting", DELETING_OUTSIDE),
    (INTERFACE, "deleted", ("Failed", "removed_outside", "The endpoint was deleted in AWS, and not by")),
    (INTERFACE, "rebooting", UNKNOWN),
    (RESOURCE, "Pending", MODIFYING),
    (RESOURCE, "Available", ("Ready", "available", "The endpoint is connected.")),
    (RESOURCE, "Partial", ("Ready", "available_in_part", "The endpoint is connected, but in some zones")),
    (RESOURCE, "Rejected", ("Rejected", "resource_unreachable", "The endpoint has no working connection")),
    (RESOURCE, "Expired", ("Expired", "resource_unreachable", "The endpoint has no working connection")),
    (RESOURCE, "Failed", FAILED),
    (RESOURCE, "Deleting", DELETING_OUTSIDE),
    (RESOURCE, "Deleted", ("Failed", "removed_outside", "The endpoint was deleted in AWS, and not by")),
    (RESOURCE, "Rebooting", UNKNOWN),
    (MSK, "CREATING", CREATING),
    (MSK, "UPDATING", MODIFYING),
    (MSK, "AVAILABLE", ("Ready", "available", "The endpoint is connected.")),
    (MSK, "REJECTING", BY_CLUSTER),
    (MSK, "REJECTED", BY_CLUSTER),
    (MSK, "DEACTIVATING", TURNED_OFF),
    (MSK, "INACTIVE", TURNED_OFF),
    (MSK, "FAILED", ("Failed", "failed_without_reason", "AWS could not make the connection and gave no")),
    (MSK, "DELETING", DELETING_OUTSIDE),
    (MSK, "HIBERNATING", UNKNOWN),
]


@pytest.mark.parametrize(("kind", "state", "expected"), STATES, ids=lambda value: str(value)[:40])
def test_a_state_of_an_object(world: World, kind: EndpointType, state: str, expected: Told) -> None:
    row = world.make_of(KINDS[kind].asked)
    world.box.fault("rewrite", operation=MSK_LIST if kind is MSK else EC2_LIST, set={"State": state})
    world.observe()
    if state.casefold() == "deleted":
        world.reconcile()
    expect(row, expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (INTERFACE, CREATING),
        (RESOURCE, CREATING),
        (MSK, CREATING),
    ],
)
def test_a_new_object_is_being_created(world: World, kind: EndpointType, expected: Told) -> None:
    world.box.knobs(pending_seconds=600, resource_pending_seconds=600, msk_creating_seconds=600)
    row = world.ask_for(KINDS[kind].asked)
    world.work()
    expect(row, expected)


def test_an_interface_endpoint_that_is_partial_from_the_start(world: World) -> None:
    world.box.knobs(pending_seconds=600)
    row = world.ask_for(KINDS[INTERFACE].asked)
    world.work()
    world.box.fault("rewrite", operation=EC2_LIST, set={"State": "partial"})
    world.observe()
    expect(row, ("Provisioning", "partial_at_aws", "AWS made the endpoint in some zones only"))
    world.later(31 * 60)
    world.later(LOOK_AGAIN)
    expect(row, FAILED)


@pytest.mark.parametrize("kind", [INTERFACE, RESOURCE, MSK])
def test_absent_without_our_doing(world: World, kind: EndpointType) -> None:
    row = world.make_of(KINDS[kind].asked)
    KINDS[kind].delete_by_hand(world, row)
    world.later(GRACE)
    expect(row, ("Failed", "removed_outside", "The endpoint was deleted in AWS, and not by Postern."))


# --- states of a share, its invitation and its configuration ----------------------------------------------


@dataclass(frozen=True)
class Share:
    """What a share looks like to a row that needs it: `k` of the seed, and what its owner did to it."""

    name: str
    expected: Told
    k: int = 2
    status: str = ""
    configuration: str = ""


NO_SHARE = ("Failed", "share_not_found", "The resource share arn:aws:ram:eu-central-1:222222222222:")
GONE = ("Failed", "share_gone", "The resource share failed, or its owner deleted it.")
UNUSABLE = ("Failed", "configuration_unusable", "The resource configuration cannot be used:")
ON_ITS_WAY = ("Provisioning", "share_accepted", "The resource share was accepted; AWS is making")
READY = ("Ready", "available", "The endpoint is connected.")

NOT_ACCEPTED = ("Provisioning", "invitation_refused", "AWS does not let this installation accept the")

SHARES = [
    Share("no share, no invitation", ("Provisioning", "waiting_for_share", "Waiting for the"), k=3),
    Share("invitation PENDING, accepted", READY, k=1),
    Share("invitation EXPIRED", ("Failed", "invitation_expired", "The invitation to the"), k=1),
    Share("invitation REJECTED", ("Rejected", "invitation_rejected", "The invitation to the"), k=1),
    Share("share deleted", GONE),
    Share("configuration CREATE_IN_PROGRESS", ON_ITS_WAY, configuration="CREATE_IN_PROGRESS"),
    Share("configuration CREATE_FAILED", UNUSABLE, configuration="CREATE_FAILED"),
    Share("configuration DELETE_IN_PROGRESS", UNUSABLE, configuration="DELETE_IN_PROGRESS"),
    Share("configuration DELETE_FAILED", UNUSABLE, configuration="DELETE_FAILED"),
]


@pytest.mark.parametrize("case", SHARES, ids=lambda case: case.name)
def test_a_state_of_a_share(world: World, case: Share) -> None:
    _prepare(world, case)
    row = world.ask_for(resource(case.k))
    world.work()
    expect(row, case.expected)


def _prepare(world: World, case: Share) -> None:
    arn = share_arn(REGION, case.k)
    if case.name == "invitation EXPIRED":
        world.box.expire_invitation(arn)
    elif case.name == "invitation REJECTED":
        (invitation,) = world.box.invitations(share_arn=arn)
        ram = world.box.boto3("ram", REGION)
        ram.reject_resource_share_invitation(resourceShareInvitationArn=invitation["arn"])
    elif case.name == "share deleted":
        world.box.unshare(arn)
    elif case.configuration:
        configuration = resource(case.k)["vpcResourceConfigurationId"]
        world.box.change_configuration(configuration, status=case.configuration)


def test_a_share_that_never_came(world: World) -> None:
    row = world.ask_for(resource(3))
    world.work()
    world.later(9 * 60)
    expect(row, NO_SHARE)


# --- errors ---------------------------------------------------------------------------------------------

SERVICE, ON_RESOURCE, ON_MSK = wanted(service_name(REGION, 2)), resource(2), cluster()
BY_INVITATION = resource(1)

ERRORS: list[tuple[Asked, str, str, int, Told]] = [
    # waited out: the same call again
    *(
        (SERVICE, "CreateVpcEndpoint", code, status, WAITS)
        for code, status in (
            ("RequestLimitExceeded", 503), ("Throttling", 400), ("ThrottlingException", 400),
            ("EC2ThrottledException", 400), ("InternalError", 500), ("InternalFailure", 500),
            ("ServiceUnavailable", 503), ("Unavailable", 503), ("ConcurrentTagAccess", 400),
            ("IncorrectState", 400), ("InsufficientAddressCapacity", 400), ("SomethingNew", 500),
        )
    ),
    (SERVICE, "DescribeVpcEndpointServices", "InternalError", 500, WAITS),
    (ON_RESOURCE, "GetResourceShares", "ServerInternalException", 500, WAITS),
    (ON_RESOURCE, "GetResourceShares", "ServiceUnavailableException", 503, WAITS),
    (ON_RESOURCE, "GetResourceShares", "ThrottlingException", 400, WAITS),
    (BY_INVITATION, "AcceptResourceShareInvitation", "ServerInternalException", 500, WAITS),
    (ON_RESOURCE, "GetResourceConfiguration", "ThrottlingException", 429, WAITS),
    (ON_RESOURCE, "GetResourceConfiguration", "InternalServerException", 500, WAITS),
    (ON_MSK, "DescribeClusterV2", "TooManyRequestsException", 429, WAITS),
    (ON_MSK, "DescribeClusterV2", "ServiceUnavailableException", 503, WAITS),
    (ON_MSK, "CreateVpcConnection", "InternalServerErrorException", 500, WAITS),
    # the owner's or the requester's to fix
    (SERVICE, "DescribeVpcEndpointServices", "InvalidServiceName", 400, NOT_FOUND),
    (SERVICE, "CreateVpcEndpoint", "InvalidServiceName", 400, NOT_FOUND),
    (SERVICE, "CreateVpcEndpoint", "InvalidVpcEndpointService.NotFound", 400, NOT_FOUND),
    (SERVICE, "CreateVpcEndpoint", "InvalidVpcEndpointServiceId.NotFound", 400, NOT_FOUND),
    (SERVICE, "CreateVpcEndpoint", "InvalidParameter", 400, REFUSED),
    (SERVICE, "CreateVpcEndpoint", "InvalidParameterValue", 400, REFUSED),
    (SERVICE, "CreateVpcEndpoint", "InvalidParameterCombination", 400, REFUSED),
    (SERVICE, "CreateVpcEndpoint", "InvalidParameterDependency", 400, REFUSED),
    (ON_RESOURCE, "CreateVpcEndpoint", "InvalidResourceConfigurationArn.NotFound", 400, NOT_SHARED),
    (ON_RESOURCE, "CreateVpcEndpoint", "InvalidParameter", 400, REFUSED),
    *(
        (BY_INVITATION, "AcceptResourceShareInvitation", code, 400, NOT_ACCEPTED)
        for code in (
            "ResourceShareInvitationExpiredException", "ResourceShareInvitationAlreadyRejectedException",
            "MalformedArnException", "OperationNotPermittedException",
        )
    ),
    (ON_MSK, "DescribeClusterV2", "ForbiddenException", 403, NOT_VISIBLE),
    (ON_MSK, "DescribeClusterV2", "NotFoundException", 404, NOT_VISIBLE),
    (ON_MSK, "CreateVpcConnection", "ForbiddenException", 403, NOT_VISIBLE),
    (ON_MSK, "CreateVpcConnection", "BadRequestException", 400, REFUSED),
    (
        ON_MSK, "GetBootstrapBrokers", "ForbiddenException", 403,
        ("Ready", "brokers_refused", "The connection stands, but the cluster's owner does not let us"),
    ),
    # the operators' to fix
    *(
        (SERVICE, "CreateVpcEndpoint", code, status, OPERATORS)
        for code, status in (
            ("AuthFailure", 401), ("UnauthorizedOperation", 403), ("AccessDenied", 403),
            ("InvalidClientTokenId", 403), ("UnrecognizedClientException", 403), ("ExpiredToken", 403),
            ("RequestExpired", 400), ("OptInRequired", 401), ("Blocked", 400), ("PendingVerification", 400),
            ("VpcEndpointLimitExceeded", 400), ("InsufficientFreeAddressesInSubnet", 400),
            ("InvalidSubnetID.NotFound", 400), ("InvalidVpcID.NotFound", 400),
            ("DuplicateSubnetsInSameZone", 400), ("TagPolicyViolation", 400),
            ("IdempotentParameterMismatch", 400),
        )
    ),
    (ON_RESOURCE, "GetResourceShares", "AccessDeniedException", 403, OPERATORS),
    (BY_INVITATION, "AcceptResourceShareInvitation", "AccessDeniedException", 403, OPERATORS),
    (ON_MSK, "CreateVpcConnection", "UnauthorizedException", 401, OPERATORS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "operation", "code", "status", "expected"),
    ERRORS,
    ids=[f"{operation}-{code}" for _, operation, code, _, _ in ERRORS],
)
def test_an_error(world: World, asked: Asked, operation: str, code: str, status: int, expected: Told) -> None:
    world.box.fault("error", operation=operation, code=code, status=status, message="AWS's own words.")
    row = world.ask_for(asked)
    world.reconcile()
    world.observe()
    world.reconcile()
    expect(row, expected)
    if expected[1] not in ("cluster_not_visible", "brokers_refused"):
        assert row.raw_error == f"{code}: AWS's own words."


@pytest.mark.parametrize("kind", [INTERFACE, RESOURCE, MSK])
@pytest.mark.parametrize("fault", ["drop", "slow"])
def test_no_answer(world: World, kind: EndpointType, fault: str, settings: object) -> None:
    settings.AWS_READ_SECONDS = 0.5  # type: ignore[attr-defined]
    seconds = {"seconds": 1.5} if fault == "slow" else {}
    world.box.fault(fault, operation=KINDS[kind].create, **seconds)
    row = world.ask_for(KINDS[kind].asked)
    world.reconcile()
    expect(row, WAITS)


@pytest.mark.parametrize("kind", [INTERFACE, RESOURCE, MSK])
@pytest.mark.parametrize("code", ["UnauthorizedOperation", "DependencyViolation", "InternalError"])
def test_a_refused_delete_is_tried_for_ever_and_told(world: World, kind: EndpointType, code: str) -> None:
    row = world.make_of(KINDS[kind].asked)
    world.box.fault("error", operation=KINDS[kind].delete, code=code, status=400)
    world.remove(row)
    for _ in range(4):
        world.later(20 * 60)
    assert world.box.count(operation=KINDS[kind].delete) >= 3
    assert told(row)[0] == "Deleting"
    assert row.raw_error.startswith(f"{code}:")
    world.box.clear_faults()
    world.later(20 * 60)
    world.later(GRACE)
    row.refresh_from_db()
    assert row.is_removed
