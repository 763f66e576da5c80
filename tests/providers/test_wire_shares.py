"""How a resource share is looked at and accepted over the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from endpoints.domain.errors import OperatorError, Throttled, Unanswered, UserError
from endpoints.domain.shares import ShareSeen
from endpoints.domain.specs import VpcResourceSpec
from endpoints.providers import vpc_resource
from tests.providers.wire import META, OPERATOR, REGION

SHARE = f"arn:aws:ram:{REGION}:222222222222:resource-share/7c6f5f0e-0000-4000-8000-01"
INVITATION = f"arn:aws:ram:{REGION}:222222222222:resource-share-invitation/1"
CONFIGURATION = f"arn:aws:vpc-lattice:{REGION}:222222222222:resourceconfiguration/rcfg-0123456789abcdef0"
SPEC = VpcResourceSpec.parse(
    {"vpcResourceConfigurationId": "rcfg-0123456789abcdef0", "vpcResourceShareArn": SHARE}
)
THEIRS = {"resourceOwner": "OTHER-ACCOUNTS", "resourceShareArns": [SHARE]}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def _look() -> ShareSeen:
    return vpc_resource.look_at_share(OPERATOR, SPEC)


def _share(ram: Stubber, *states: str) -> None:
    found = [{"resourceShareArn": SHARE, "status": state} for state in states]
    ram.add_response("get_resource_shares", {"resourceShares": found}, THEIRS)


def _invitation(key: str, state: str, hours: int = 0) -> dict[str, Any]:
    """Return an invitation, sent so many hours after the first."""
    told = {"resourceShareInvitationArn": key, "status": state, "resourceShareArn": SHARE}
    return {**told, "invitationTimestamp": BEGAN + timedelta(hours=hours)}


def _invitations(ram: Stubber, *pages: list[dict[str, Any]]) -> None:
    asked: dict[str, Any] = {"resourceShareArns": [SHARE]}
    for number, page in enumerate(pages, start=1):
        more = {"nextToken": f"t{number}"} if number < len(pages) else {}
        ram.add_response(
            "get_resource_share_invitations", {"resourceShareInvitations": page, **more}, dict(asked)
        )
        asked["nextToken"] = f"t{number}"


def _resources(ram: Stubber, *arns: str) -> None:
    ram.add_response("list_resources", {"resources": [{"arn": arn} for arn in arns]}, THEIRS)


def _configuration(lattice: Stubber, **told: str) -> None:
    asked = {"resourceConfigurationIdentifier": CONFIGURATION}
    lattice.add_response("get_resource_configuration", told, asked)


# --- looking --------------------------------------------------------------------------------------------


def test_an_active_share_needs_no_invitation(ram: Stubber, lattice: Stubber) -> None:
    _share(ram, "ACTIVE")
    _resources(ram, CONFIGURATION)
    _configuration(lattice, status="ACTIVE", type="SINGLE")
    assert _look() == ShareSeen(
        "active", resources=(CONFIGURATION,), configuration="active", configuration_type="single"
    )


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_configuration_that_aws_does_not_tell_of_is_not_known(
    ram: Stubber, lattice: Stubber, code: str
) -> None:
    _share(ram, "ACTIVE")
    _resources(ram, CONFIGURATION)
    lattice.add_client_error("get_resource_configuration", code, http_status_code=403)
    assert _look() == ShareSeen("active", resources=(CONFIGURATION,))


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ThrottlingException", Throttled), ("InternalServerException", Unanswered)],
)
def test_a_configuration_that_could_not_be_read_is_an_error(
    ram: Stubber, lattice: Stubber, code: str, kind: type[Exception]
) -> None:
    _share(ram, "ACTIVE")
    _resources(ram, CONFIGURATION)
    lattice.add_client_error("get_resource_configuration", code, http_status_code=500)
    with pytest.raises(kind):
        _look()


@pytest.mark.parametrize("arns", [(), (CONFIGURATION, CONFIGURATION + "1")])
def test_of_none_and_of_several_resources_no_configuration_is_asked_for(
    ram: Stubber, lattice: Stubber, arns: tuple[str, ...]
) -> None:
    _share(ram, "ACTIVE")
    _resources(ram, *arns)
    assert _look() == ShareSeen("active", resources=arns)


def test_empty_pages_are_read_past(ram: Stubber, lattice: Stubber) -> None:
    ram.add_response("get_resource_shares", {"resourceShares": [], "nextToken": "t"}, THEIRS)
    one = {"resourceShares": [{"status": "ACTIVE"}]}
    ram.add_response("get_resource_shares", one, {**THEIRS, "nextToken": "t"})
    ram.add_response("list_resources", {"resources": [], "nextToken": "t"}, THEIRS)
    more = {"resources": [{"arn": CONFIGURATION}]}
    ram.add_response("list_resources", more, {**THEIRS, "nextToken": "t"})
    _configuration(lattice, status="ACTIVE", type="GROUP")
    assert _look().configuration_type == "group"


@pytest.mark.parametrize("code", ["UnknownResourceException", "MalformedArnException"])
def test_a_share_that_aws_does_not_know_is_none(ram: Stubber, code: str) -> None:
    ram.add_client_error("get_resource_shares", code, expected_params=THEIRS)
    ram.add_client_error("get_resource_share_invitations", code)
    assert _look() == ShareSeen("")


def test_a_pending_invitation_is_found_past_an_empty_page(ram: Stubber) -> None:
    _share(ram)
    _invitations(ram, [], [_invitation(INVITATION, "PENDING")])
    assert _look() == ShareSeen("", "pending", INVITATION)


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_newest_invitation_counts_whatever_their_order(ram: Stubber, newest_first: bool) -> None:
    found = [_invitation("new", "PENDING", 13), _invitation("old", "EXPIRED", 0)]
    _share(ram)
    _invitations(ram, found if newest_first else found[::-1])
    assert _look() == ShareSeen("", "pending", "new")


@pytest.mark.parametrize("state", ["PENDING", "FAILED", "DELETING", "DELETED"])
def test_a_share_that_is_not_active_is_seen_with_its_invitation(ram: Stubber, state: str) -> None:
    _share(ram, state)
    _invitations(ram, [_invitation(INVITATION, "ACCEPTED")])
    assert _look() == ShareSeen(state.casefold(), "accepted", INVITATION)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ThrottlingException", Throttled),
        ("ServerInternalException", Unanswered),
        ("AccessDeniedException", OperatorError),
    ],
)
def test_what_could_not_be_read_is_never_taken_for_no_share(
    ram: Stubber, code: str, kind: type[Exception]
) -> None:
    _share(ram)
    ram.add_client_error("get_resource_share_invitations", code)
    with pytest.raises(kind):
        _look()


def test_half_a_list_is_an_error(ram: Stubber) -> None:
    _share(ram)
    page = {"resourceShareInvitations": [_invitation(INVITATION, "PENDING")], "nextToken": "t"}
    ram.add_response("get_resource_share_invitations", page)
    asked = {"resourceShareArns": [SHARE], "nextToken": "t"}
    ram.add_client_error(
        "get_resource_share_invitations", "ServiceUnavailableException", expected_params=asked
    )
    with pytest.raises(Unanswered):
        _look()


# --- accepting ------------------------------------------------------------------------------------------


def test_all_that_an_invitation_brings_is_read(ram: Stubber) -> None:
    asked = {"resourceShareInvitationArn": INVITATION}
    pages = [[{"arn": "a"}, {"arn": "b"}], [], [{"arn": "c"}]]
    for number, page in enumerate(pages):
        more = {"nextToken": f"t{number}"} if number < 2 else {}
        ram.add_response("list_pending_invitation_resources", {"resources": page, **more}, dict(asked))
        asked["nextToken"] = f"t{number}"
    assert vpc_resource.invited_to(OPERATOR, INVITATION) == ("a", "b", "c")


def test_an_invitation_is_accepted_with_a_token_of_ours(ram: Stubber) -> None:
    asked = {"resourceShareInvitationArn": INVITATION, "clientToken": "1"}
    ram.add_response("accept_resource_share_invitation", META, asked)
    assert vpc_resource.accept(OPERATOR, INVITATION, "1") == "r-1"


def test_what_was_accepted_already_is_accepted(ram: Stubber) -> None:
    ram.add_client_error(
        "accept_resource_share_invitation", "ResourceShareInvitationAlreadyAcceptedException"
    )
    vpc_resource.accept(OPERATOR, INVITATION, "1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ResourceShareInvitationExpiredException", UserError),
        ("ResourceShareInvitationAlreadyRejectedException", UserError),
        ("OperationNotPermittedException", UserError),
        ("AccessDeniedException", OperatorError),
        ("ServerInternalException", Unanswered),
        ("ThrottlingException", Throttled),
    ],
)
def test_what_was_not_accepted_is_an_error(ram: Stubber, code: str, kind: type[Exception]) -> None:
    ram.add_client_error("accept_resource_share_invitation", code)
    with pytest.raises(kind) as error:
        vpc_resource.accept(OPERATOR, INVITATION, "1")
    assert code in str(error.value)
