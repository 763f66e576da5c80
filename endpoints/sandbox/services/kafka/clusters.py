"""Reads of clusters: the owner's own, and those whose policy allows the caller (aws.md §1c, §6)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.kafka.common import page, usable_cluster
from endpoints.sandbox.world.msk import Cluster, digest

# Scheme → (label in the brokers' names, member's tail, port inside the owner's VPC).
_SCHEMES = {
    "SASL_IAM": ("iam", "SaslIam", 9098), "SASL_SCRAM": ("scram", "SaslScram", 9096),
    "TLS": ("tls", "Tls", 9094),
}  # fmt: skip
_FIRST_CLIENT_PORT = 14001


@operation("kafka", "DescribeClusterV2")
def describe_cluster_v2(call: Call) -> dict[str, Any]:
    """Show a cluster. Raises AwsError BadRequestException, NotFoundException, ForbiddenException."""
    return {"ClusterInfo": _view(usable_cluster(call, call.params["ClusterArn"]))}


@operation("kafka", "DescribeCluster")
def describe_cluster(call: Call) -> dict[str, Any]:
    """Show a cluster in the older shape. Raises AwsError as DescribeClusterV2 does."""
    cluster = usable_cluster(call, call.params["ClusterArn"])
    return {"ClusterInfo": _common(cluster) | _provisioned(cluster)}


@operation("kafka", "ListClustersV2")
def list_clusters_v2(call: Call) -> dict[str, Any]:
    """List the caller's own clusters in this Region; those of others are never listed."""
    name, kind = call.params.get("ClusterNameFilter", ""), call.params.get("ClusterTypeFilter")
    mine = [
        item
        for item in call.world.msk.clusters
        if call.mine(item) and item.name.startswith(name) and kind in (None, item.cluster_type)
    ]
    mine.sort(key=lambda item: item.id)
    chosen, token = page(call, mine, lambda item: item.id)
    return {"ClusterInfoList": [_view(item) for item in chosen], "NextToken": token}


def _common(cluster: Cluster) -> dict[str, Any]:
    return {
        "ClusterArn": cluster.id, "ClusterName": cluster.name, "CreationTime": cluster.created_at,
        "CurrentVersion": "K3AEGXETSR30VB", "State": cluster.state, "Tags": cluster.tags,
    }  # fmt: skip


def _view(cluster: Cluster) -> dict[str, Any]:
    view = {**_common(cluster), "ClusterType": cluster.cluster_type}
    if cluster.cluster_type == "PROVISIONED":
        return {**view, "Provisioned": _provisioned(cluster)}
    sasl = {"Iam": {"Enabled": True}}
    network = {"SubnetIds": cluster.subnet_ids, "SecurityGroupIds": []}
    return {**view, "Serverless": {"VpcConfigs": [network], "ClientAuthentication": {"Sasl": sasl}}}


def _provisioned(cluster: Cluster) -> dict[str, Any]:
    multi_vpc = {"ClientAuthentication": _authentication(cluster.schemes)}
    nodes = {
        "BrokerAZDistribution": "DEFAULT", "ClientSubnets": cluster.subnet_ids,
        "InstanceType": cluster.instance_type, "SecurityGroups": [f"sg-{digest(cluster.id)[:17]}"],
        "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 100}}, "ZoneIds": cluster.zone_ids,
        "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED"}, "VpcConnectivity": multi_vpc},
    }  # fmt: skip
    unauthenticated = {"Enabled": "UNAUTHENTICATED" in cluster.authentication}
    return {
        "BrokerNodeGroupInfo": nodes, "NumberOfBrokerNodes": len(cluster.zone_ids),
        "CurrentBrokerSoftwareInfo": {"KafkaVersion": cluster.kafka_version},
        "ClientAuthentication": {
            **_authentication(cluster.authentication), "Unauthenticated": unauthenticated,
        },
        "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True}},
        "EnhancedMonitoring": "DEFAULT", "StorageMode": "LOCAL",
    }  # fmt: skip


def _authentication(schemes: list[str]) -> dict[str, Any]:
    sasl = {"Scram": {"Enabled": "SASL_SCRAM" in schemes}, "Iam": {"Enabled": "SASL_IAM" in schemes}}
    return {"Sasl": sasl, "Tls": {"Enabled": "TLS" in schemes}}


@operation("kafka", "GetBootstrapBrokers")
def get_bootstrap_brokers(call: Call) -> dict[str, Any]:
    """Tell where the brokers are: for the owner inside its VPC, for all who may know over multi-VPC.

    A scheme has a multi-VPC string while it is switched on, connection or not. Raises AwsError as
    DescribeClusterV2 does.
    """
    cluster = usable_cluster(call, call.params["ClusterArn"])
    found = {}
    for scheme, (label, tail, port) in _SCHEMES.items():
        if cluster.account == call.account and scheme in cluster.authentication:
            found[f"BootstrapBrokerString{tail}"] = _brokers(cluster, "", [port] * len(cluster.zone_ids))
        if scheme in cluster.schemes:
            ports = [_FIRST_CLIENT_PORT + n for n in range(len(cluster.zone_ids))]
            found[f"BootstrapBrokerStringVpcConnectivity{tail}"] = _brokers(cluster, f"{label}.", ports)
    return found


def _brokers(cluster: Cluster, label: str, ports: list[int]) -> str:
    tail = f"{label}{cluster.name}.{cluster.label}.c2.kafka.{cluster.region}.amazonaws.com"
    return ",".join(f"b-{n}.{tail}:{port}" for n, port in enumerate(ports, start=1))
