"""VPC_ENDPOINT_SERVICE: permissions, regions, zones and connections, by the owner. Source: aws.md §1a."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from endpoints.domain.commands.balancing import balancer, service
from endpoints.domain.commands.base import Blank, Commands, Filled, GuideKey, Written, principal
from endpoints.domain.commands.writing import aws, aws_resource, resource, template
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import VpcEndpointServiceSpec
from endpoints.domain.types import EndpointType

_SEE = (GuideKey.SEE_CONNECTIONS,)
_LOOKS = (GuideKey.SEE_CONNECTIONS, GuideKey.SEE_SERVICE)


class VpcEndpointServiceCommands(Commands):
    """The service lies in its own region, which may not be that of the ClickPipes."""

    type: ClassVar[EndpointType] = EndpointType.VPC_ENDPOINT_SERVICE
    looks: ClassVar[tuple[GuideKey, ...]] = _LOOKS
    by_reason: ClassVar[Mapping[Reason, tuple[GuideKey, ...]]] = {
        Reason.OWNER_MUST_ACCEPT: (GuideKey.ACCEPT, GuideKey.SEE_CONNECTIONS, GuideKey.REJECT),
        Reason.AVAILABLE: _SEE,
        Reason.AVAILABLE_IN_PART: _LOOKS,
        Reason.MODIFYING: _SEE,
        Reason.PARTIAL_AT_AWS: _LOOKS,
        Reason.REJECTED_BY_OWNER: _SEE,
        Reason.NOT_ACCEPTED_IN_TIME: _LOOKS,
        Reason.FAILED_AT_AWS: _LOOKS,
        Reason.SERVICE_NOT_FOUND: (GuideKey.ALLOW_PRINCIPAL, GuideKey.SEE_SERVICE),
        Reason.SERVICE_NOT_INTERFACE: (GuideKey.CREATE_SERVICE, GuideKey.SEE_SERVICE),
        Reason.REGION_NOT_SUPPORTED: (GuideKey.ADD_REGION, GuideKey.ALLOW_PRINCIPAL, GuideKey.SEE_SERVICE),
        Reason.NO_COMMON_ZONE: (GuideKey.ADD_ZONE, GuideKey.SEE_SERVICE),
        Reason.REFUSED_BY_AWS: (GuideKey.SEE_SERVICE,),
        Reason.UNKNOWN_STATE: _LOOKS,
    }

    def __init__(self, spec: VpcEndpointServiceSpec | None, filled: Filled) -> None:
        self.filled = filled
        self.service_id = spec.service_name.rpartition(".")[2] if spec else Blank.SERVICE_ID.value
        self.region = spec.service_region if spec else filled.source_region or Blank.SERVICE_REGION.value
        self.is_elsewhere = self.region != filled.region
        self.endpoint_id = filled.external_id or Blank.ENDPOINT_ID.value
        self.principal = principal(filled.principal_account, filled.region)

    def preparation(self) -> tuple[GuideKey, ...]:
        """Balancer, service, permission; the region is added unless the source is known to lie in it."""
        opened = (GuideKey.ADD_REGION,) if self.is_elsewhere else ()
        return (GuideKey.CREATE_BALANCER, GuideKey.CREATE_SERVICE, GuideKey.ALLOW_PRINCIPAL, *opened)

    def clean_up(self) -> tuple[GuideKey, ...]:
        """What was opened to the installation; the service itself may serve others, so it comes last."""
        opened = (GuideKey.REMOVE_REGION,) if self.is_elsewhere else ()
        return (GuideKey.REMOVE_PRINCIPAL, *opened, GuideKey.DELETE_SERVICE)

    def write(self, key: GuideKey) -> Written:
        """Return the commands of a key."""
        return self._writers[key](self)

    def _balancer(self) -> Written:
        return balancer(self.region, self.filled.name, self.filled.port)

    def _service(self) -> Written:
        return service(self.region)

    def _allow(self) -> Written:
        arguments = {"vpc_endpoint_service_id": self.service_id, "principal_arn": self.principal}
        properties = {"ServiceId": self.service_id, "AllowedPrincipals": [self.principal]}
        return Written(
            self._permit(add_allowed_principals=[self.principal]),
            resource("aws_vpc_endpoint_service_allowed_principal", "postern", arguments),
            template(Permission=aws_resource("AWS::EC2::VPCEndpointServicePermissions", properties)),
        )

    def _add_region(self) -> Written:
        regions = list(dict.fromkeys((self.region, self.filled.region)))
        arguments = {
            "acceptance_required": True,
            "network_load_balancer_arns": [Blank.BALANCER_ARN.value],
            "supported_regions": regions,
        }
        properties = {
            "AcceptanceRequired": True,
            "NetworkLoadBalancerArns": [Blank.BALANCER_ARN.value],
            "SupportedRegions": regions,
        }
        return Written(
            self._modify(add_supported_regions=[self.filled.region]),
            resource("aws_vpc_endpoint_service", "source", arguments),
            template(Service=aws_resource("AWS::EC2::VPCEndpointService", properties)),
        )

    def _add_zone(self) -> Written:
        arn, subnets = Blank.BALANCER_ARN.value, [Blank.SUBNET_1.value, Blank.SUBNET_2.value]
        return Written(self._balancing("set-subnets", load_balancer_arn=arn, subnets=subnets))

    def _accept(self) -> Written:
        arguments = {"vpc_endpoint_service_id": self.service_id, "vpc_endpoint_id": self.endpoint_id}
        return Written(
            self._connection("accept-vpc-endpoint-connections"),
            resource("aws_vpc_endpoint_connection_accepter", "postern", arguments),
        )

    def _reject(self) -> Written:
        return Written(self._connection("reject-vpc-endpoint-connections"))

    def _see_service(self) -> Written:
        described = self._ec2(
            "describe-vpc-endpoint-service-configurations",
            service_ids=[self.service_id],
        )
        permitted = self._ec2("describe-vpc-endpoint-service-permissions", service_id=self.service_id)
        return Written(f"{described}\n{permitted}")

    def _see_connections(self) -> Written:
        wanted = [{"Name": "service-id", "Values": [self.service_id]}]
        return Written(self._ec2("describe-vpc-endpoint-connections", filters=wanted))

    def _see_targets(self) -> Written:
        arn = Blank.TARGET_GROUP_ARN.value
        return Written(self._balancing("describe-target-health", target_group_arn=arn))

    def _see_balancer(self) -> Written:
        arn = Blank.BALANCER_ARN.value
        balancers = self._balancing("describe-load-balancers", load_balancer_arns=[arn])
        return Written(f"{balancers}\n{self._balancing('describe-listeners', load_balancer_arn=arn)}")

    def _remove_principal(self) -> Written:
        return Written(self._permit(remove_allowed_principals=[self.principal]))

    def _remove_region(self) -> Written:
        return Written(self._modify(remove_supported_regions=[self.filled.region]))

    def _delete_service(self) -> Written:
        connected = self._see_connections().cli
        deleted = self._ec2("delete-vpc-endpoint-service-configurations", service_ids=[self.service_id])
        balancer_gone = self._balancing("delete-load-balancer", load_balancer_arn=Blank.BALANCER_ARN.value)
        return Written(f"{connected}\n{deleted}\n{balancer_gone}")

    def _permit(self, **options: Any) -> str:
        operation = "modify-vpc-endpoint-service-permissions"
        return self._ec2(operation, service_id=self.service_id, **options)

    def _modify(self, **options: Any) -> str:
        operation = "modify-vpc-endpoint-service-configuration"
        return self._ec2(operation, service_id=self.service_id, **options)

    def _connection(self, operation: str) -> str:
        return self._ec2(operation, service_id=self.service_id, vpc_endpoint_ids=[self.endpoint_id])

    def _ec2(self, operation: str, **options: Any) -> str:
        return aws("ec2", operation, region=self.region, **options)

    def _balancing(self, operation: str, **options: Any) -> str:
        return aws("elbv2", operation, region=self.region, **options)

    _writers: ClassVar[dict[GuideKey, Callable[["VpcEndpointServiceCommands"], Written]]] = {
        GuideKey.CREATE_BALANCER: _balancer,
        GuideKey.CREATE_SERVICE: _service,
        GuideKey.ALLOW_PRINCIPAL: _allow,
        GuideKey.ADD_REGION: _add_region,
        GuideKey.ADD_ZONE: _add_zone,
        GuideKey.ACCEPT: _accept,
        GuideKey.REJECT: _reject,
        GuideKey.SEE_SERVICE: _see_service,
        GuideKey.SEE_CONNECTIONS: _see_connections,
        GuideKey.SEE_TARGETS: _see_targets,
        GuideKey.SEE_BALANCER: _see_balancer,
        GuideKey.REMOVE_PRINCIPAL: _remove_principal,
        GuideKey.REMOVE_REGION: _remove_region,
        GuideKey.DELETE_SERVICE: _delete_service,
    }
