"""MSK_MULTI_VPC: a managed VPC connection to a cluster. Source: aws.md §1c, §3, §6.

MSK makes an endpoint of its own for each connection; it is never touched here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from endpoints.domain.errors import OperatorError, ProviderError, Unanswered, Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, NetworkFacts, Placement, Sighting
from endpoints.domain.specs import Authentication, MskMultiVpcSpec, Spec
from endpoints.providers import plain, subnets
from endpoints.providers.base import Answer, Operator, Ownership, Recall
from endpoints.providers.errors import translated
from endpoints.providers.session import kafka_reader, kafka_writer
from endpoints.providers.tags import is_ours, read_tag_map, tag_map_for

if TYPE_CHECKING:
    from mypy_boto3_kafka.type_defs import ClusterTypeDef


create_operation = "CreateVpcConnection"
delete_operation = "DeleteVpcConnection"

verified_private_names = plain.verified_private_names
enable_private_dns = plain.enable_private_dns

details_page = 1

_FORBIDDEN = ("ForbiddenException", "AccessDeniedException")
_NOT_VISIBLE = (*_FORBIDDEN, "NotFoundException")
_NOT_A_CLUSTER = "BadRequestException"
_PAGE = 100  # connections a page, AWS's maximum
_BROKERS = {
    Authentication.SASL_IAM: "BootstrapBrokerStringVpcConnectivitySaslIam",
    Authentication.SASL_SCRAM: "BootstrapBrokerStringVpcConnectivitySaslScram",
}


# --- before the create ----------------------------------------------------------------------------------


def place(
    operator: Operator,
    spec: Spec,
    networks: Sequence[NetworkFacts],
    owner: Ownership,
    token: str,
    preparation: Mapping[str, Any],
) -> Placement:
    """Look at the cluster, choose one subnet in each of its zones, and return the exact request.

    Raises Unplaceable with the reason a person can act on, NoRoom, or ProviderError.
    """
    assert isinstance(spec, MskMultiVpcSpec)
    cluster = _cluster(operator, spec.cluster_arn)
    _must_be_fit(cluster, spec.authentication)
    brokers = cluster.get("Provisioned", {}).get("BrokerNodeGroupInfo", {})
    zones, wanted = set(brokers.get("ZoneIds", [])), len(brokers.get("ClientSubnets", []))
    known = subnets.describe(operator, networks)
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


def _cluster(operator: Operator, arn: str) -> ClusterTypeDef:
    try:
        with translated("DescribeClusterV2"):
            return kafka_reader(operator).describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    except ProviderError as error:
        if error.raw_code in _FORBIDDEN:
            _raise_if_ours_to_fix(operator, error)
        if error.raw_code not in (*_NOT_VISIBLE, _NOT_A_CLUSTER):
            raise
        raise Unplaceable(Reason.CLUSTER_NOT_VISIBLE, cluster=arn) from error


def _raise_if_ours_to_fix(operator: Operator, error: ProviderError) -> None:
    """Tell our permissions from the owner's policy: a plain list of our own needs only ours (aws.md §3)."""
    try:
        with translated("ListVpcConnections"):
            kafka_reader(operator).list_vpc_connections(MaxResults=1)
    except ProviderError as ours:
        if ours.raw_code in _FORBIDDEN:
            details = (error.operation, error.raw_code, error.raw_text, error.request_id)
            raise OperatorError(*details) from error
        raise ours from error


def _must_be_fit(cluster: ClusterTypeDef, authentication: Authentication) -> None:
    """Raise Unplaceable unless the cluster can be connected to with this authentication now."""
    if cluster.get("ClusterType", "PROVISIONED") != "PROVISIONED":
        raise Unplaceable(Reason.CLUSTER_UNFIT)
    if cluster.get("State", "").casefold() != "active":
        raise Unplaceable(Reason.CLUSTER_NOT_ACTIVE, state=cluster.get("State", ""))
    if not _scheme_is_on(cluster, authentication):
        raise Unplaceable(Reason.SCHEME_OFF, scheme=authentication.value)


def _scheme_is_on(cluster: ClusterTypeDef, authentication: Authentication) -> bool:
    brokers = cluster.get("Provisioned", {}).get("BrokerNodeGroupInfo", {})
    connectivity = brokers.get("ConnectivityInfo", {})
    sasl = connectivity.get("VpcConnectivity", {}).get("ClientAuthentication", {}).get("Sasl", {})
    scheme = sasl.get("Iam", {}) if authentication is Authentication.SASL_IAM else sasl.get("Scram", {})
    return bool(scheme.get("Enabled", False))


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
        endpoint_id, generation = _tags_of(operator, one.arn)
        if (endpoint_id, generation) != (str(owner.endpoint_id), owner.generation):
            raise Unplaceable(Reason.CONNECTION_OF_OTHERS, external_id=one.arn)
        return Sighting(one.arn, one.state, endpoint_id, generation, target=one.target, scheme=one.scheme)
    return None


def create(operator: Operator, request: dict[str, Any]) -> Answer:
    """Send a saved CreateVpcConnection request, which has no token: never repeat it unlooked."""
    try:
        with translated("CreateVpcConnection"):
            answer = kafka_writer(operator).create_vpc_connection(**request)
    except ProviderError as error:
        details = (error.operation, error.raw_code, error.raw_text, error.request_id)
        if error.raw_code in _FORBIDDEN:
            _raise_if_ours_to_fix(operator, error)
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
    return Reason.CLUSTER_NOT_VISIBLE if error.raw_code in _NOT_VISIBLE else Reason.REFUSED_BY_AWS


def delete(operator: Operator, external_id: str) -> Answer:
    """Ask for the deletion of a connection; listings say whether one that is not found is gone."""
    try:
        with translated("DeleteVpcConnection"):
            answer = kafka_writer(operator).delete_vpc_connection(Arn=external_id)
    except UserError as error:
        if error.raw_code != "NotFoundException":
            raise
        return Answer(None, error.request_id)
    return Answer(None, answer["ResponseMetadata"].get("RequestId", ""))


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
            endpoint_id, generation = str(known[one.arn].endpoint_id), known[one.arn].generation
        else:
            endpoint_id, generation = _tags_of(operator, one.arn)
        if endpoint_id:
            yield Sighting(one.arn, one.state, endpoint_id, generation, target=one.target, scheme=one.scheme)


@dataclass(frozen=True)
class _Listed:
    """What a listing tells of one connection."""

    arn: str
    target: str
    scheme: str
    vpc_id: str
    state: str


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
                )


_foreign: set[tuple[Operator, str]] = set()
"""Connections seen to be nobody's of this installation: MSK writes tags at creation, so they stay so."""


def _tags_of(operator: Operator, arn: str) -> tuple[str, int]:
    """Return (endpoint id, generation); ("", 0) for a connection that is not ours or is gone by now."""
    if (operator, arn) in _foreign:
        return "", 0
    try:
        with translated("DescribeVpcConnection"):
            tags = kafka_reader(operator).describe_vpc_connection(Arn=arn).get("Tags", {})
    except UserError as error:
        if error.raw_code != "NotFoundException":
            raise
        return "", 0
    if is_ours(operator, tags):
        return read_tag_map(operator, tags)
    _foreign.add((operator, arn))
    return "", 0


def read_details(operator: Operator, wanted: Iterable[Sighting]) -> dict[str, Details]:
    """Return the brokers of those that are available, and why others failed, as far as the cluster tells."""
    found: dict[str, Details] = {}
    for sighting in wanted:
        state = sighting.state.casefold()
        read = _brokers if state == "available" else _diagnosis
        details = read(operator, sighting)
        if details is not None:
            found[sighting.external_id] = {"state": state, **details}
    return found


def _brokers(operator: Operator, sighting: Sighting) -> Details | None:
    try:
        with translated("GetBootstrapBrokers"):
            answer = kafka_reader(operator).get_bootstrap_brokers(ClusterArn=sighting.target)
    except (UserError, OperatorError) as error:
        return {"brokers": "", "refused": error.raw_code}
    except ProviderError:
        return None
    return {"brokers": answer.get(_BROKERS[Authentication(sighting.scheme)], "")}


def _diagnosis(operator: Operator, sighting: Sighting) -> Details | None:
    """MSK gives no reason for a failed connection (aws.md §2): look at the cluster afresh."""
    try:
        _must_be_fit(_cluster(operator, sighting.target), Authentication(sighting.scheme))
    except Unplaceable as why:
        return {"diagnosis": why.reason.value, "params": why.params}
    except ProviderError:
        return None
    return {"diagnosis": Reason.FAILED_WITHOUT_REASON.value}
