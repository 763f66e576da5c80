"""MSK_MULTI_VPC: connectivity, cluster policy and connections, by the cluster's owner. Source: aws.md §1c."""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from endpoints.domain.commands.base import Blank, Commands, Filled, GuideKey, Written, principal
from endpoints.domain.commands.writing import Block, Encoded, aws, aws_resource, resource, template
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import Authentication, MskMultiVpcSpec
from endpoints.domain.types import EndpointType

ACTIONS = (
    "kafka:CreateVpcConnection",
    "kafka:GetBootstrapBrokers",
    "kafka:DescribeCluster",
    "kafka:DescribeClusterV2",
)
"""What the cluster policy must allow."""

_SCHEMES = {Authentication.SASL_IAM: "Iam", Authentication.SASL_SCRAM: "Scram"}
_LOOKS = (GuideKey.SEE_CLIENT_CONNECTIONS, GuideKey.SEE_CLUSTER)
_TURN_ON = (GuideKey.TURN_ON_CONNECTIVITY, GuideKey.SEE_CLUSTER)
_IN_USE = (GuideKey.SEE_BROKERS, GuideKey.SEE_CLIENT_CONNECTIONS, GuideKey.REJECT_CLIENT_CONNECTION)


class MskMultiVpcCommands(Commands):
    """A cluster ARN that was given without its closing uuid has a blank there: AWS wants the whole one."""

    type: ClassVar[EndpointType] = EndpointType.MSK_MULTI_VPC
    looks: ClassVar[tuple[GuideKey, ...]] = _LOOKS
    by_reason: ClassVar[Mapping[Reason, tuple[GuideKey, ...]]] = {
        Reason.READING_BROKERS: (GuideKey.SEE_BROKERS,),
        Reason.AVAILABLE: _IN_USE,
        Reason.MODIFYING: _IN_USE,
        Reason.BROKERS_REFUSED: (GuideKey.ALLOW_IN_POLICY, GuideKey.SEE_BROKERS),
        Reason.REJECTED_BY_CLUSTER_OWNER: _LOOKS,
        Reason.CLUSTER_NOT_VISIBLE: (GuideKey.ALLOW_IN_POLICY, GuideKey.SEE_CLUSTER),
        Reason.CLUSTER_NOT_ACTIVE: (GuideKey.SEE_CLUSTER,),
        Reason.CLUSTER_UNFIT: (GuideKey.SEE_CLUSTER,),
        Reason.SCHEME_OFF: _TURN_ON,
        Reason.TURNED_OFF_BY_OWNER: _TURN_ON,
        Reason.ZONES_DIFFER: (GuideKey.SEE_CLUSTER,),
        Reason.CONNECTION_OF_OTHERS: (GuideKey.SEE_CLIENT_CONNECTIONS, GuideKey.REJECT_CLIENT_CONNECTION),
        Reason.FAILED_WITHOUT_REASON: (GuideKey.SEE_CLUSTER, GuideKey.SEE_CLIENT_CONNECTIONS),
        Reason.REFUSED_BY_AWS: (GuideKey.ALLOW_IN_POLICY, GuideKey.SEE_CLUSTER),
        Reason.UNKNOWN_STATE: _LOOKS,
    }

    def __init__(self, spec: MskMultiVpcSpec | None, filled: Filled) -> None:
        self.filled = filled
        self.region = spec.cluster_region if spec else filled.region
        self.cluster = _whole(spec.cluster_arn) if spec else Blank.CLUSTER_ARN.value
        self.authentication = spec.authentication if spec else Authentication.SASL_IAM
        self.connection = filled.external_id or Blank.CONNECTION_ARN.value

    def preparation(self) -> tuple[GuideKey, ...]:
        """Connectivity, then the policy: the policy is the consent."""
        return (GuideKey.TURN_ON_CONNECTIVITY, GuideKey.ALLOW_IN_POLICY)

    def clean_up(self) -> tuple[GuideKey, ...]:
        """The consent; connectivity may serve others."""
        return (GuideKey.TAKE_OUT_OF_POLICY,)

    def write(self, key: GuideKey) -> Written:
        """Return the commands of a key."""
        return self._writers[key](self)

    def _turn_on(self) -> Written:
        scheme = _SCHEMES[self.authentication]
        authentication = {"Sasl": {scheme: {"Enabled": True}}}
        connectivity = {"VpcConnectivity": {"ClientAuthentication": authentication}}
        version = self._kafka("describe-cluster-v2", query="ClusterInfo.CurrentVersion", output="text")
        update = self._kafka(
            "update-connectivity",
            current_version=Blank.CLUSTER_VERSION.value,
            connectivity_info=connectivity,
        )
        sasl = Block(client_authentication=Block(sasl=Block({scheme.lower(): True})))
        group = Block(connectivity_info=Block(vpc_connectivity=sasl))
        name = self.cluster.split("/")[1] if "/" in self.cluster else Blank.CLUSTER_NAME.value
        return Written(
            f"{version}\n{update}",
            resource("aws_msk_cluster", "source", {"cluster_name": name, "broker_node_group_info": group}),
        )

    def _allow(self) -> Written:
        policy = self._policy()
        text = json.dumps(policy, ensure_ascii=False)
        arguments = {"cluster_arn": self.cluster, "policy": Encoded(policy)}
        properties = {"ClusterArn": self.cluster, "Policy": policy}
        now, put = self._kafka("get-cluster-policy"), self._kafka("put-cluster-policy", policy=text)
        return Written(
            f"{now}\n{put}",
            resource("aws_msk_cluster_policy", "source", arguments),
            template(Policy=aws_resource("AWS::MSK::ClusterPolicy", properties)),
        )

    def _policy(self) -> dict[str, Any]:
        allowed = {
            "Sid": "Postern",
            "Effect": "Allow",
            "Principal": {"AWS": principal(self.filled.principal_account, self.region)},
            "Action": list(ACTIONS),
            "Resource": self.cluster,
        }
        return {"Version": "2012-10-17", "Statement": [allowed]}

    def _see_cluster(self) -> Written:
        return Written(self._kafka("describe-cluster-v2"))

    def _see_policy(self) -> Written:
        return Written(self._kafka("get-cluster-policy"))

    def _see_brokers(self) -> Written:
        return Written(self._kafka("get-bootstrap-brokers"))

    def _see_connections(self) -> Written:
        return Written(self._kafka("list-client-vpc-connections"))

    def _reject(self) -> Written:
        return Written(self._kafka("reject-client-vpc-connection", vpc_connection_arn=self.connection))

    def _take_out(self) -> Written:
        now = self._kafka("get-cluster-policy")
        put = self._kafka(
            "put-cluster-policy",
            policy=Blank.POLICY.value,
            current_version=Blank.POLICY_VERSION.value,
        )
        return Written(f"{now}\n{put}")

    def _kafka(self, operation: str, **options: Any) -> str:
        return aws("kafka", operation, region=self.region, cluster_arn=self.cluster, **options)

    _writers: ClassVar[dict[GuideKey, Callable[["MskMultiVpcCommands"], Written]]] = {
        GuideKey.TURN_ON_CONNECTIVITY: _turn_on,
        GuideKey.ALLOW_IN_POLICY: _allow,
        GuideKey.SEE_CLUSTER: _see_cluster,
        GuideKey.SEE_POLICY: _see_policy,
        GuideKey.SEE_BROKERS: _see_brokers,
        GuideKey.SEE_CLIENT_CONNECTIONS: _see_connections,
        GuideKey.REJECT_CLIENT_CONNECTION: _reject,
        GuideKey.TAKE_OUT_OF_POLICY: _take_out,
    }


def _whole(arn: str) -> str:
    return arn if arn.count("/") > 1 else f"{arn}/{Blank.CLUSTER_UUID.value}"
