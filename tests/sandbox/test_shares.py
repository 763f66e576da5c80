"""RAM from the owner's side: sharing, and unsharing with live endpoints (aws.md §1b)."""

from typing import Any

import pytest

from tests.sandbox.helpers import REGION, refused, state
from tests.sandbox.sharing import (
    PENDING,
    RESOURCE,
    SHARE,
    accept,
    associations,
    everything,
    offered,
    reach,
    seen,
)
from tests.sandbox_client import OPERATOR, OWNER, Sandbox, share_arn


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
    assert len(box.shares()) == 20


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
        assert len(box.shares()) == 19

    def test_before_anybody_answered_takes_the_invitation_along(self, box: Sandbox, ram: Any) -> None:
        box.detach(SHARE)
        rows = everything(ram.get_resource_share_invitations, "resourceShareInvitations")
        assert [row for row in rows if row["resourceShareArn"] == SHARE] == []
