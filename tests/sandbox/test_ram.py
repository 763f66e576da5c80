"""RAM: invitations and shares from both sides, with lags, ends and empty pages (aws.md §1b, §2, §3)."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused, state
from tests.sandbox.sharing import (
    PENDING,
    RESOURCE,
    SHARE,
    SHARED,
    accept,
    associations,
    everything,
    invitations,
    pages,
    reach,
)
from tests.sandbox_client import (
    OPERATOR,
    OWNER,
    OWNER_KEY,
    Sandbox,
    configuration_id,
    share_arn,
)


@pytest.fixture
def ram(box: Sandbox) -> Any:
    """The operator's RAM client in us-east-1."""
    return box.boto3("ram")


@pytest.fixture
def theirs(box: Sandbox) -> Any:
    """The customer's RAM client in us-east-1."""
    return box.boto3("ram", key=OWNER_KEY)


def seen(ram: Any, **params: Any) -> list[dict[str, Any]]:
    """Return the shares of others."""
    return everything(ram.get_resource_shares, "resourceShares", resourceOwner="OTHER-ACCOUNTS", **params)


def offered(ram: Any, **params: Any) -> list[str]:
    """Return the ARNs shared with the caller."""
    rows = everything(ram.list_resources, "resources", resourceOwner="OTHER-ACCOUNTS", **params)
    return [row["arn"] for row in rows]


def test_the_invitation_of_the_seed_is_looked_into_and_accepted(ram: Any) -> None:
    [invitation] = invitations(ram)
    assert (invitation["status"], invitation["senderAccountId"]) == ("PENDING", OWNER)
    assert (invitation["receiverAccountId"], invitation["resourceShareArn"]) == (OPERATOR, SHARE)
    arn = invitation["resourceShareInvitationArn"]
    inside = everything(ram.list_pending_invitation_resources, "resources", resourceShareInvitationArn=arn)
    assert [(row["arn"], row["status"]) for row in inside] == [(PENDING, "AVAILABLE")]
    assert inside[0]["type"] == "vpc-lattice:ResourceConfiguration"
    answer = ram.accept_resource_share_invitation(resourceShareInvitationArn=arn, clientToken="t")
    assert answer["clientToken"] == "t"
    assert answer["resourceShareInvitation"]["status"] == "ACCEPTED"
    assert [share["status"] for share in seen(ram, resourceShareArns=[SHARE])] == ["ACTIVE"]
    assert offered(ram, resourceShareArns=[SHARE]) == [PENDING]


def test_each_step_lags(box: Sandbox, ram: Any) -> None:
    box.knobs(share_lag_seconds=5, accept_lag_seconds=8, resource_lag_seconds=8)
    share = box.create_share(box.create_configuration(REGION)["id"])["arn"]
    params = {"resourceOwner": "OTHER-ACCOUNTS", "resourceShareArns": [share]}
    assert refused(ram.get_resource_share_invitations, resourceShareArns=[share])[0] == (
        "UnknownResourceException"
    )
    box.advance(6)
    accept(box, share)
    assert invitations(ram, share)[0]["status"] == "ACCEPTED"
    assert seen(ram, resourceShareArns=[share]) == []
    box.advance(9)
    assert len(seen(ram, resourceShareArns=[share])) == 1
    assert offered(ram, resourceShareArns=[share]) == []
    box.advance(8)
    assert len(offered(ram, resourceShareArns=[share])) == 1
    assert len(ram.list_resources(**params)["resources"]) <= 1


def test_the_same_organization_needs_no_invitation(box: Sandbox, ram: Any) -> None:
    share = share_arn(REGION, 2)
    assert [item["status"] for item in seen(ram, resourceShareArns=[share])] == ["ACTIVE"]
    assert offered(ram) == [SHARED]
    assert invitations(ram, share) == []


def test_what_is_for_others_is_unknown(ram: Any, theirs: Any) -> None:
    other = share_arn(REGION, 3)
    for ask in (ram.get_resource_shares, ram.list_resources):
        params = {"resourceOwner": "OTHER-ACCOUNTS", "resourceShareArns": [SHARE, other]}
        assert refused(ask, **params) == ("UnknownResourceException", 400)
    [mine] = invitations(ram)
    with pytest.raises(theirs.exceptions.ResourceShareInvitationArnNotFoundException):
        theirs.accept_resource_share_invitation(resourceShareInvitationArn=mine["resourceShareInvitationArn"])
    bad = {"resourceShareInvitationArn": "arn:x"}
    assert refused(ram.accept_resource_share_invitation, **bad) == ("MalformedArnException", 400)


def test_an_invitation_is_answered_once(ram: Any) -> None:
    [invitation] = invitations(ram)
    arn = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    first = ram.accept_resource_share_invitation(**arn, clientToken="t")
    again = ram.accept_resource_share_invitation(**arn, clientToken="t")
    assert first["resourceShareInvitation"] == again["resourceShareInvitation"]
    with pytest.raises(ram.exceptions.ResourceShareInvitationAlreadyAcceptedException):
        ram.accept_resource_share_invitation(**arn, clientToken="other")
    with pytest.raises(ram.exceptions.ResourceShareInvitationAlreadyAcceptedException):
        ram.reject_resource_share_invitation(**arn)


def test_a_token_is_for_one_invitation(box: Sandbox, ram: Any) -> None:
    share = box.create_share(box.create_configuration(REGION)["id"])["arn"]
    one, other = (invitations(ram, key)[0]["resourceShareInvitationArn"] for key in (SHARE, share))
    ram.accept_resource_share_invitation(resourceShareInvitationArn=one, clientToken="t")
    params = {"resourceShareInvitationArn": other, "clientToken": "t"}
    assert refused(ram.accept_resource_share_invitation, **params) == (
        "IdempotentParameterMismatchException",
        400,
    )


def test_a_rejected_one_cannot_be_accepted_but_offered_again(box: Sandbox, ram: Any) -> None:
    arn = {"resourceShareInvitationArn": invitations(ram)[0]["resourceShareInvitationArn"]}
    assert ram.reject_resource_share_invitation(**arn)["resourceShareInvitation"]["status"] == "REJECTED"
    for ask in (ram.accept_resource_share_invitation, ram.list_pending_invitation_resources):
        assert refused(ask, **arn)[0] == "ResourceShareInvitationAlreadyRejectedException"
    box.share_again(SHARE)
    assert [item["status"] for item in invitations(ram)] == ["REJECTED", "PENDING"]


def test_an_invitation_expires_after_twelve_hours_and_a_new_one_is_of_the_same_share(
    box: Sandbox, ram: Any, theirs: Any
) -> None:
    box.advance(43_100)
    assert invitations(ram)[0]["status"] == "PENDING"
    box.advance(200)
    [old] = invitations(ram)
    assert old["status"] == "EXPIRED"
    arn = {"resourceShareInvitationArn": old["resourceShareInvitationArn"]}
    for ask in (ram.accept_resource_share_invitation, ram.list_pending_invitation_resources):
        assert refused(ask, **arn)[0] == "ResourceShareInvitationExpiredException"
    assert box.shares(arn=SHARE)[0]["principals"] == {OPERATOR: "DISASSOCIATED"}
    theirs.associate_resource_share(resourceShareArn=SHARE, principals=[OPERATOR])
    expired, new = invitations(ram)
    assert (expired["status"], new["status"]) == ("EXPIRED", "PENDING")
    assert new["resourceShareInvitationArn"] != old["resourceShareInvitationArn"]
    accept(box)
    assert offered(ram, resourceShareArns=[SHARE]) == [PENDING]


def test_an_accepted_one_vanishes_after_a_week_and_the_share_stays(box: Sandbox, ram: Any) -> None:
    accept(box)
    box.advance(604_801)
    assert invitations(ram) == []
    assert [item["status"] for item in seen(ram, resourceShareArns=[SHARE])] == ["ACTIVE"]


def test_lists_begin_with_an_empty_page_now_and_then(box: Sandbox, ram: Any) -> None:
    shapes = [
        pages(ram.get_resource_shares, "resourceShares", resourceOwner="OTHER-ACCOUNTS") for _ in range(6)
    ]
    assert sum(shape[0] == [] for shape in shapes) == 2
    assert all(len([row for rows in shape for row in rows]) == 1 for shape in shapes)
    box.knobs(ram_empty_pages=0)
    assert all(invitations(ram) and len(pages(ram.list_resources, "resources", resourceOwner="SELF")) == 1
               for _ in range(6))  # fmt: skip


def test_pages_are_cut_and_tokens_are_bound(box: Sandbox, ram: Any) -> None:
    box.knobs(ram_empty_pages=0)
    configuration = box.create_configuration(REGION)["id"]
    arns = [SHARE, *(box.create_share(configuration)["arn"] for _ in range(4))]
    ask = ram.get_resource_share_invitations
    found = pages(ask, "resourceShareInvitations", maxResults=2)
    assert [len(rows) for rows in found] == [2, 2, 1]
    assert [row["resourceShareArn"] for rows in found for row in rows] == arns
    token = ask(maxResults=2)["nextToken"]
    other = {"nextToken": token, "resourceShareArns": [SHARE]}
    assert refused(ask, **other) == ("InvalidNextTokenException", 400)
    assert refused(ask, maxResults=501) == ("InvalidParameterException", 400)


def test_the_owner_shares_by_the_wire(box: Sandbox, ram: Any, theirs: Any) -> None:
    arn = box.create_configuration(REGION)["arn"]
    made = theirs.create_resource_share(name="db", resourceArns=[arn], principals=[OPERATOR], clientToken="t")
    share = made["resourceShare"]["resourceShareArn"]
    again = theirs.create_resource_share(name="db", clientToken="t")
    assert again["resourceShare"]["resourceShareArn"] == share
    accept(box, share)
    assert offered(ram, resourceShareArns=[share]) == [arn]
    own = everything(theirs.get_resource_shares, "resourceShares", resourceOwner="SELF", name="db")
    assert [item["status"] for item in own] == ["ACTIVE"]
    [principal] = everything(
        theirs.get_resource_share_associations, "resourceShareAssociations", associationType="PRINCIPAL",
        resourceShareArns=[share],
    )  # fmt: skip
    assert (principal["associatedEntity"], principal["status"]) == (OPERATOR, "ASSOCIATED")
    assert principal["external"] is True


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"resourceArns": [PENDING[:-1] + "9"]}, "UnknownResourceException"),
        ({"resourceArns": ["rcfg"]}, "MalformedArnException"),
        ({"principals": ["somebody"]}, "InvalidParameterException"),
        ({"principals": [OWNER]}, "InvalidParameterException"),
        (
            {"principals": [OPERATOR], "allowExternalPrincipals": False},
            "OperationNotPermittedException",
        ),
    ],
)
def test_bad_shares_are_refused(box: Sandbox, theirs: Any, params: dict[str, Any], code: str) -> None:
    assert refused(theirs.create_resource_share, name="bad", **params) == (code, 400)
    assert len(box.shares()) == 18


def test_a_child_is_not_shared_alone(box: Sandbox, theirs: Any) -> None:
    group = box.create_configuration(REGION, type="GROUP")
    child = box.create_configuration(REGION, type="CHILD", group_id=group["id"])
    params = {"name": "child", "resourceArns": [child["arn"]]}
    assert refused(theirs.create_resource_share, **params) == ("OperationNotPermittedException", 400)


def test_a_consumer_cannot_leave_or_delete_a_share(ram: Any) -> None:
    share = share_arn(REGION, 2)
    leave = {"resourceShareArn": share, "principals": [OPERATOR]}
    assert refused(ram.disassociate_resource_share, **leave) == ("OperationNotPermittedException", 400)
    assert refused(ram.delete_resource_share, resourceShareArn=share)[0] == "OperationNotPermittedException"
    strange = {"resourceShareArn": share_arn(REGION, 3), "principals": [OPERATOR]}
    assert refused(ram.disassociate_resource_share, **strange)[0] == "UnknownResourceException"


class TestUnshare:
    """A live endpoint survives; only new ones are refused (aws.md §1b)."""

    def test_by_taking_the_principal_out(self, box: Sandbox, ram: Any, theirs: Any, ec2: Any) -> None:
        accept(box)
        key = reach(ec2, ResourceConfigurationArn=PENDING)
        theirs.disassociate_resource_share(resourceShareArn=SHARE, principals=[OPERATOR])
        assert seen(ram) == seen(ram, resourceShareArns=[share_arn(REGION, 2)])
        params = {**RESOURCE, "ResourceConfigurationArn": PENDING}
        code = "InvalidResourceConfigurationArn.NotFound"
        assert refused(ec2.create_vpc_endpoint, **params) == (code, 400)
        assert state(ec2, key) == "Available"
        assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"
        theirs.associate_resource_share(resourceShareArn=SHARE, principals=[OPERATOR])
        accept(box)
        reach(ec2, ResourceConfigurationArn=PENDING)

    def test_by_taking_the_resource_out(self, box: Sandbox, ram: Any, theirs: Any, ec2: Any) -> None:
        accept(box)
        theirs.disassociate_resource_share(resourceShareArn=SHARE, resourceArns=[PENDING])
        assert [item["status"] for item in seen(ram, resourceShareArns=[SHARE])] == ["ACTIVE"]
        assert offered(ram, resourceShareArns=[SHARE]) == []
        twice = {"resourceShareArn": SHARE, "resourceArns": [PENDING]}
        assert refused(theirs.disassociate_resource_share, **twice)[0] == "UnknownResourceException"

    def test_by_deleting_the_share(self, box: Sandbox, ram: Any, ec2: Any) -> None:
        accept(box)
        key = reach(ec2, ResourceConfigurationArn=PENDING)
        box.unshare(SHARE)
        assert [item["status"] for item in seen(ram, resourceShareArns=[SHARE])] == ["DELETED"]
        assert offered(ram, resourceShareArns=[SHARE]) == []
        assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"
        box.advance(7201)
        assert seen(ram) == seen(ram, resourceShareArns=[share_arn(REGION, 2)])
        assert len(box.shares()) == 17

    def test_before_anybody_answered_takes_the_invitation_along(self, box: Sandbox, ram: Any) -> None:
        box.detach(SHARE)
        rows = everything(ram.get_resource_share_invitations, "resourceShareInvitations")
        assert [row for row in rows if row["resourceShareArn"] == SHARE] == []


def test_shares_are_of_one_region(box: Sandbox) -> None:
    elsewhere = box.boto3("ram", "eu-west-1")
    assert refused(elsewhere.get_resource_share_invitations, resourceShareArns=[SHARE])[0] == (
        "UnknownResourceException"
    )
    [one] = everything(elsewhere.get_resource_share_invitations, "resourceShareInvitations")
    assert one["resourceShareArn"] == share_arn("eu-west-1", 1)


def test_faults_speak_rams_words_and_lag_hides(box: Sandbox, ram: Any) -> None:
    box.fault("throttle", operation="GetResourceShares", count=1)
    box.fault("error", operation="GetResourceShareInvitations", count=1)
    ask = {"resourceOwner": "OTHER-ACCOUNTS"}
    assert refused(ram.get_resource_shares, **ask) == ("ThrottlingException", 429)
    assert refused(ram.get_resource_share_invitations) == ("ServerInternalException", 500)
    box.fault("read_lag", service="ram", seconds=3600)
    assert everything(ram.get_resource_share_invitations, "resourceShareInvitations") == []
    assert seen(ram) == []
    assert offered(ram) == []
    box.clear_faults()
    box.fault("lost_answer", operation="AcceptResourceShareInvitation", count=1)
    with pytest.raises(Exception, match="Connection was closed"):
        accept(box)
    with pytest.raises(ram.exceptions.ResourceShareInvitationAlreadyAcceptedException):
        accept(box)
    assert box.configurations(id=configuration_id(REGION, 1))
