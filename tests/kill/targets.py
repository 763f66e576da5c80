"""What kill tests ask for, one of its own for each row, and what has to be in AWS for a row afterwards."""

import uuid

from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.engine.world import REGION, Asked, cluster, resource, wanted
from tests.sandbox_client import Json, Sandbox, service_name

_GONE = ("deleting", "deleted")


def target(box: Sandbox, kind: EndpointType, k: int = 2) -> Asked:
    """Return a request in the API's words: for the seed's service k, a new share or a new cluster."""
    if kind is EndpointType.VPC_RESOURCE:
        made = box.create_configuration(REGION)
        return resource(share=box.create_share(made["id"])["arn"], configuration=made["id"])
    if kind is EndpointType.MSK_MULTI_VPC:
        return cluster(arn=box.create_cluster(REGION, f"kill-{uuid.uuid4().hex[:12]}")["id"])
    return wanted(service_name(REGION, k))


def alive(box: Sandbox, row: ReversePrivateEndpoint) -> list[str]:
    """Return the ids of the living endpoints and connections that carry a row's tag."""
    return [
        made["id"]
        for made in [*box.endpoints(), *box.connections()]
        if made["tags"].get("postern:endpoint-id") == str(row.pk) and made["state"].casefold() not in _GONE
    ]


def assert_one_object_each(box: Sandbox, *rows: ReversePrivateEndpoint) -> None:
    """One living object in AWS for a live row, none for a removed one; and nothing beside them.

    Of each share exactly one invitation, accepted once. Of MSK's own endpoints those of the connections.
    """
    for row in rows:
        row.refresh_from_db()
        found = alive(box, row)
        assert found == ([] if row.removed_at else [row.external_id]), (row.status, row.removed_at, found)
        if row.type == EndpointType.VPC_RESOURCE:
            _assert_accepted_once(box, row)
    of_msk = [made for made in box.endpoints(requester_managed=True) if made["state"] not in _GONE]
    live = [made for made in box.connections() if made["state"].casefold() not in _GONE]
    assert sorted(made["id"] for made in of_msk) == sorted(made["endpoint_id"] for made in live)


def _assert_accepted_once(box: Sandbox, row: ReversePrivateEndpoint) -> None:
    arn = row.spec.parameters()["vpcResourceShareArn"]
    invited: list[Json] = box.invitations(share_arn=arn)
    assert [invitation["status"] for invitation in invited] == ["ACCEPTED"]
    accepts = box.calls(operation="AcceptResourceShareInvitation", effect=True, mentions=invited[0]["arn"])
    assert len(accepts) == 1, accepts
