"""What all kafka operations share: errors, clusters by ARN and policy, pages."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.pages import BadToken, cut
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import policy
from endpoints.sandbox.world.msk import Cluster

T = TypeVar("T")
PAGE_LIMIT = 100
_ARN = re.compile(r"arn:aws:kafka:[a-z0-9-]+:\d{12}:cluster/[a-zA-Z0-9-]{1,64}(/[a-zA-Z0-9-]+)?")


def bad_request(message: str, parameter: str | None = None) -> AwsError:
    """The request is not as AWS wants it; `parameter` is the wire name of what is wrong."""
    members = {"invalidParameter": parameter} if parameter else None
    return AwsError("BadRequestException", message, members=members)


def not_found(message: str) -> AwsError:
    """What was asked for does not exist, for this caller."""
    return AwsError("NotFoundException", message, 404)


def named_cluster(call: Call, arn: str, parameter: str = "clusterArn") -> Cluster:
    """Return a cluster of this Region by its ARN, whoever owns it.

    The closing uuid may be left out, which is a reading of ours. Raises AwsError BadRequestException,
    NotFoundException.
    """
    if not _ARN.fullmatch(arn):
        raise bad_request("The cluster ARN is not valid.", parameter)
    cluster = call.world.msk.cluster_of(arn)
    if cluster is None or cluster.region != call.region:
        raise not_found(f"The cluster {arn} does not exist.")
    return cluster


def usable_cluster(call: Call, arn: str, parameter: str = "clusterArn") -> Cluster:
    """Return a cluster that is the caller's, or whose policy allows this very operation.

    Raises AwsError BadRequestException, NotFoundException, ForbiddenException.
    """
    cluster = named_cluster(call, arn, parameter)
    if cluster.account != call.account:
        action = f"kafka:{call.operation}"
        identity = call.identity
        if not policy.allows(cluster.policy, cluster.id, action, call.account, identity.principal):
            raise _forbidden(call, cluster)
    return cluster


def own_cluster(call: Call, arn: str) -> Cluster:
    """Return the caller's own cluster. Raises AwsError BadRequest-, NotFound-, ForbiddenException."""
    cluster = named_cluster(call, arn)
    if cluster.account != call.account:
        raise _forbidden(call, cluster)
    return cluster


def _forbidden(call: Call, cluster: Cluster) -> AwsError:
    text = (
        f"User: {call.identity.arn} is not authorized to perform: kafka:{call.operation} "
        f"on resource: {cluster.id}"
    )
    return AwsError("ForbiddenException", text, 403)


def page(call: Call, items: Sequence[T], place: Callable[[T], str]) -> tuple[list[T], str | None]:
    """Return one page and the next token; at most 100 rows. Raises AwsError BadRequestException."""
    limit = min(PAGE_LIMIT, call.world.knobs.page_size_limit)
    size = min(call.params.get("MaxResults", limit), limit)
    try:
        return cut(call, items, place, size, call.params.get("NextToken"))
    except BadToken as error:
        raise bad_request("The next token is not valid.", "nextToken") from error
