"""The MSK cluster as its consumer sees it: whether it can be connected to, and what it tells of a connection.

Source: aws.md §1c, §3, §5, §6. Visible is what the owner's cluster policy allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from endpoints.domain.errors import OperatorError, ProviderError, Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs import Authentication
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import kafka_reader

if TYPE_CHECKING:
    from mypy_boto3_kafka.type_defs import ClusterTypeDef


FORBIDDEN = ("ForbiddenException", "AccessDeniedException")
NOT_VISIBLE = (*FORBIDDEN, "NotFoundException")
_NOT_A_CLUSTER = "BadRequestException"
_BROKERS = {
    Authentication.SASL_IAM: "BootstrapBrokerStringVpcConnectivitySaslIam",
    Authentication.SASL_SCRAM: "BootstrapBrokerStringVpcConnectivitySaslScram",
}


def describe(operator: Operator, arn: str) -> ClusterTypeDef:
    """Return a cluster. Raises Unplaceable when it is not visible to us, or ProviderError."""
    try:
        with translated("DescribeClusterV2"):
            return kafka_reader(operator).describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    except ProviderError as error:
        if error.raw_code in FORBIDDEN:
            raise_if_ours_to_fix(operator, error)
        if error.raw_code not in (*NOT_VISIBLE, _NOT_A_CLUSTER):
            raise
        raise Unplaceable(Reason.CLUSTER_NOT_VISIBLE, cluster=arn) from error


def raise_if_ours_to_fix(operator: Operator, error: ProviderError) -> None:
    """Tell our permissions from the owner's policy: a plain list of our own needs only ours (aws.md §3)."""
    try:
        with translated("ListVpcConnections"):
            kafka_reader(operator).list_vpc_connections(MaxResults=1)
    except ProviderError as ours:
        if ours.raw_code in FORBIDDEN:
            details = (error.operation, error.raw_code, error.raw_text, error.request_id)
            raise OperatorError(*details) from error
        raise ours from error


def must_be_fit(cluster: ClusterTypeDef, authentication: Authentication) -> None:
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


def _brokers(operator: Operator, sighting: Sighting) -> Details:
    try:
        with translated("GetBootstrapBrokers"):
            answer = kafka_reader(operator).get_bootstrap_brokers(ClusterArn=sighting.target)
    except ProviderError as error:
        if error.raw_code in FORBIDDEN or isinstance(error, UserError):
            return {"brokers": "", "refused": error.raw_code}
        raise  # such as credentials of ours that ran out: no fault of the owner's
    return {"brokers": answer.get(_BROKERS[Authentication(sighting.scheme)], "")}


def _diagnosis(operator: Operator, sighting: Sighting) -> Details | None:
    """MSK gives no reason for a failed connection (aws.md §2): look at the cluster afresh."""
    try:
        must_be_fit(describe(operator, sighting.target), Authentication(sighting.scheme))
    except Unplaceable as why:
        return {"diagnosis": why.reason.value, "params": why.params}
    except ProviderError:
        return None
    return {"diagnosis": Reason.FAILED_WITHOUT_REASON.value}
