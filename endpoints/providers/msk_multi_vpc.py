"""MSK_MULTI_VPC: a managed VPC connection to a cluster. Source: aws.md §1c, §3, §6.

MSK makes an endpoint of its own for each connection; it is never touched here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from endpoints.domain.errors import ProviderError, Unanswered, Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import NetworkFacts, Placement, Sighting
from endpoints.domain.specs import MskMultiVpcSpec, Spec
from endpoints.providers import msk_clusters, plain, subnets
from endpoints.providers.base import Answer, Deleted, Operator, Ownership, Recall
from endpoints.providers.errors import translated
from endpoints.providers.recent import Recent
from endpoints.providers.session import kafka_reader, kafka_writer
from endpoints.providers.tags import is_ours, read_tag_map, tag_map_for

create_operation = "CreateVpcConnection"
delete_operation = "DeleteVpcConnection"

verified_private_names = plain.verified_private_names
enable_private_dns = plain.enable_private_dns

details_page = 1
read_details = msk_clusters.read_details

_PAGE = 100  # connections a page, AWS's maximum


# --- before the create ----------------------------------------------------------------------------------


def place(
    operator: Operator,
    spec: Spec,
    networks: Sequence[NetworkFacts],
    owner: Ownership,
    token: str,
    preparation: Mapping[str, Any],
    recent: Recent,
) -> Placement:
    """Look at the cluster, choose one subnet in each of its zones, and return the exact request.

    Raises Unplaceable with the reason a person can act on, NoRoom, or ProviderError.
    """
    assert isinstance(spec, MskMultiVpcSpec)
    cluster = msk_clusters.describe(operator, spec.cluster_arn)
    msk_clusters.must_be_fit(cluster, spec.authentication)
    brokers = cluster.get("Provisioned", {}).get("BrokerNodeGroupInfo", {})
    zones, wanted = set(brokers.get("ZoneIds", [])), len(brokers.get("ClientSubnets", []))
    known = subnets.describe_for_many(operator, networks, recent)
    full: list[NetworkFacts] = []
    for network in networks:
        chosen = subnets.one_per_zone(network, known, lambda subnet: subnet.zone in zones)
        if not chosen or chosen.keys() != zones or len(chosen) != wanted:
            continue
        if network.room > 0 and all(known[key].free > 0 for key in chosen.values()):
            arn = cluster.get("ClusterArn", "") or spec.cluster_arn
            request = _request(operator, arn, spec, network, list(chosen.values()), owner)
            return Placement(network.vpc_id, request, ())
        full.append(network)
    if full:
        raise subnets.no_room(operator, full, "addresses")
    raise Unplaceable(Reason.ZONES_DIFFER, zones=", ".join(sorted(zones)))


def _request(
    operator: Operator,
    arn: str,
    spec: MskMultiVpcSpec,
    network: NetworkFacts,
    subnet_ids: list[str],
    owner: Ownership,
) -> dict[str, object]:
    return {
        "TargetClusterArn": arn,
        "Authentication": spec.authentication.value,
        "VpcId": network.vpc_id,
        "ClientSubnets": subnet_ids,
        "SecurityGroups": list(network.security_group_ids),
        "Tags": tag_map_for(operator, owner),
    }


# --- create, find, delete -------------------------------------------------------------------------------


def find(operator: Operator, owner: Ownership, request: Mapping[str, Any]) -> Sighting | None:
    """Return the one connection that (cluster, authentication, VPC) can have, if it is ours.

    Raises Unplaceable(CONNECTION_OF_OTHERS) when it carries other tags.
    """
    pinned = (request["TargetClusterArn"], request["Authentication"], request["VpcId"])
    for one in _connections(operator):
        if (one.target, one.scheme, one.vpc_id) != pinned or one.state.casefold() == "deleting":
            continue
        said = _tags_of(operator, one.arn)
        if said != (str(owner.endpoint_id), owner.generation):
            raise Unplaceable(Reason.CONNECTION_OF_OTHERS, external_id=one.arn)
        return one.sighting(*said)
    return None


def find_together(
    operator: Operator, wanted: Mapping[Ownership, Mapping[str, Any]]
) -> dict[Ownership, Sighting]:
    """Do what `find` does, one after the other."""
    found = {owner: find(operator, owner, request) for owner, request in wanted.items()}
    return {owner: seen for owner, seen in found.items() if seen is not None}


def create(operator: Operator, request: dict[str, Any]) -> Answer:
    """Send a saved CreateVpcConnection request, which has no token: never repeat it unlooked."""
    try:
        with translated("CreateVpcConnection"):
            answer = kafka_writer(operator).create_vpc_connection(**request)
    except ProviderError as error:
        details = (error.operation, error.raw_code, error.raw_text, error.request_id)
        if error.raw_code in msk_clusters.FORBIDDEN:
            msk_clusters.raise_if_ours_to_fix(operator, error)
            raise UserError(*details) from error
        if "already exist" in error.raw_text.casefold():
            # Ours of an unanswered call, or somebody's: listings and the next look tell which.
            raise Unanswered(*details) from error
        raise
    endpoint_id, generation = read_tag_map(operator, request["Tags"])
    sighting = Sighting(
        answer["VpcConnectionArn"],
        answer.get("State", ""),
        endpoint_id,
        generation,
        target=request["TargetClusterArn"],
        scheme=request["Authentication"],
    )
    return Answer(sighting, answer["ResponseMetadata"].get("RequestId", ""))


def refusal(error: UserError) -> Reason:
    """A 403 or 404 is the cluster policy's; anything else is told in AWS's own words."""
    unseen = error.raw_code in msk_clusters.NOT_VISIBLE
    return Reason.CLUSTER_NOT_VISIBLE if unseen else Reason.REFUSED_BY_AWS


def delete(operator: Operator, external_ids: Sequence[str]) -> Deleted:
    """Ask for the deletion of a connection; listings say whether one that is not found is gone."""
    (arn,) = external_ids
    try:
        with translated("DeleteVpcConnection"):
            answer = kafka_writer(operator).delete_vpc_connection(Arn=arn)
    except UserError as error:
        if error.raw_code != "NotFoundException":
            raise
        return Deleted(error.request_id)
    return Deleted(answer["ResponseMetadata"].get("RequestId", ""))


# --- listings and details -------------------------------------------------------------------------------


def list_owned(operator: Operator, recall: Recall) -> Iterator[Sighting]:
    """Yield our connections. Listings show no tags: only connections that no row knows are described."""
    page: list[_Listed] = []
    for listed in _connections(operator):
        page.append(listed)
        if len(page) == _PAGE:
            yield from _sightings(operator, recall, page)
            page = []
    yield from _sightings(operator, recall, page)


def _sightings(operator: Operator, recall: Recall, page: Sequence[_Listed]) -> Iterator[Sighting]:
    known = recall([one.arn for one in page]) if page else {}
    for one in page:
        if one.arn in known:
            yield one.sighting(str(known[one.arn].endpoint_id), known[one.arn].generation)
        elif said := _tags_of(operator, one.arn):
            yield one.sighting(*said)


def look_up(operator: Operator, external_ids: Sequence[str]) -> dict[str, Sighting]:
    """Return connections by ARN, one call each: only a description shows tags."""
    found: dict[str, Sighting] = {}
    for arn in external_ids:
        try:
            with translated("DescribeVpcConnection"):
                item = kafka_reader(operator).describe_vpc_connection(Arn=arn)
        except UserError as error:
            if error.raw_code != "NotFoundException":
                raise
            continue
        tags = item.get("Tags", {})
        one = _Listed(
            arn,
            item.get("TargetClusterArn", ""),
            item.get("Authentication", ""),
            item.get("VpcId", ""),
            item.get("State", ""),
            item.get("CreationTime"),
        )
        found[arn] = replace(one.sighting(*read_tag_map(operator, tags)), is_ours=is_ours(operator, tags))
    return found


@dataclass(frozen=True)
class _Listed:
    """What a listing tells of one connection."""

    arn: str
    target: str
    scheme: str
    vpc_id: str
    state: str
    made_at: datetime | None

    def sighting(self, endpoint_id: str, generation: int) -> Sighting:
        """Return it as a sighting of what its tags say, or its row."""
        return Sighting(
            self.arn,
            self.state,
            endpoint_id,
            generation,
            target=self.target,
            scheme=self.scheme,
            made_at=self.made_at,
        )


def _connections(operator: Operator) -> Iterator[_Listed]:
    """Yield every connection of our account in the region."""
    paginator = kafka_reader(operator).get_paginator("list_vpc_connections")
    with translated("ListVpcConnections"):
        for page in paginator.paginate(PaginationConfig={"PageSize": _PAGE}):
            for item in page["VpcConnections"]:
                yield _Listed(
                    item["VpcConnectionArn"],
                    item.get("TargetClusterArn", ""),
                    item.get("Authentication", ""),
                    item.get("VpcId", ""),
                    item.get("State", ""),
                    item.get("CreationTime"),
                )


_foreign: set[tuple[Operator, str]] = set()
"""Connections seen to be nobody's of this installation: MSK writes tags at creation, so they stay so."""


def _tags_of(operator: Operator, arn: str) -> tuple[str, int] | None:
    """Return (endpoint id, generation); None for a connection that is not ours or is gone by now."""
    if (operator, arn) in _foreign:
        return None
    try:
        with translated("DescribeVpcConnection"):
            tags = kafka_reader(operator).describe_vpc_connection(Arn=arn).get("Tags", {})
    except UserError as error:
        if error.raw_code != "NotFoundException":
            raise
        return None
    if is_ours(operator, tags):
        return read_tag_map(operator, tags)
    _foreign.add((operator, arn))
    return None
