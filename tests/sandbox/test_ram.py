"""RAM: invitations and shares from both sides, with lags, ends and empty pages (aws.md §1b, §2, §3)."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused
from tests.sandbox.sharing import (
    PENDING,
    SHARE,
    SHARED,
    accept,
    everything,
    invitations,
    offered,
    pages,
    seen,
)
from tests.sandbox_client import (
    OPERATOR,
    OWNER,
    Sandbox,
    configuration_id,
    share_arn,
)


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
