"""What an owner makes so that a source can be offered as an endpoint service. Source: aws.md §1a."""

from endpoints.domain.commands.base import Blank, Written
from endpoints.domain.commands.writing import (
    Block,
    Expression,
    aws,
    aws_resource,
    ref,
    resource,
    template,
    terraform,
)

_SUBNETS = (Blank.SUBNET_1.value, Blank.SUBNET_2.value)


def balancer(region: str, name: str, port: int | str) -> Written:
    """Return how a Network Load Balancer is put in front of the address of a source."""
    return Written(_by_cli(region, name, port), _by_terraform(name, port), _by_template(name, port))


def _by_cli(region: str, name: str, port: int | str) -> str:
    group = Blank.TARGET_GROUP_ARN.value
    return "\n".join(
        (
            aws(
                "elbv2",
                "create-load-balancer",
                region=region,
                name=name,
                type="network",
                scheme="internal",
                subnets=_SUBNETS,
            ),
            aws(
                "elbv2",
                "create-target-group",
                region=region,
                name=name,
                protocol="TCP",
                port=port,
                target_type="ip",
                vpc_id=Blank.VPC.value,
            ),
            aws(
                "elbv2",
                "register-targets",
                region=region,
                target_group_arn=group,
                targets=[{"Id": Blank.ADDRESS.value}],
            ),
            aws(
                "elbv2",
                "create-listener",
                region=region,
                load_balancer_arn=Blank.BALANCER_ARN.value,
                protocol="TCP",
                port=port,
                default_actions=[{"Type": "forward", "TargetGroupArn": group}],
            ),
        )
    )


def _by_terraform(name: str, port: int | str) -> str:
    group = Expression("aws_lb_target_group.source.arn")
    return terraform(
        resource(
            "aws_lb",
            "source",
            {"name": name, "load_balancer_type": "network", "internal": True, "subnets": _SUBNETS},
        ),
        resource(
            "aws_lb_target_group",
            "source",
            {
                "name": name,
                "protocol": "TCP",
                "port": port,
                "target_type": "ip",
                "vpc_id": Blank.VPC.value,
            },
        ),
        resource(
            "aws_lb_target_group_attachment",
            "source",
            {"target_group_arn": group, "target_id": Blank.ADDRESS.value},
        ),
        resource(
            "aws_lb_listener",
            "source",
            {
                "load_balancer_arn": Expression("aws_lb.source.arn"),
                "protocol": "TCP",
                "port": port,
                "default_action": Block(type="forward", target_group_arn=group),
            },
        ),
    )


def _by_template(name: str, port: int | str) -> str:
    balancing = "AWS::ElasticLoadBalancingV2"
    targets = {
        "Name": name,
        "Protocol": "TCP",
        "Port": port,
        "TargetType": "ip",
        "VpcId": Blank.VPC.value,
        "Targets": [{"Id": Blank.ADDRESS.value}],
    }
    listener = {
        "LoadBalancerArn": ref("LoadBalancer"),
        "Protocol": "TCP",
        "Port": port,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref("TargetGroup")}],
    }
    made = {"Name": name, "Type": "network", "Scheme": "internal", "Subnets": _SUBNETS}
    return template(
        LoadBalancer=aws_resource(f"{balancing}::LoadBalancer", made),
        TargetGroup=aws_resource(f"{balancing}::TargetGroup", targets),
        Listener=aws_resource(f"{balancing}::Listener", listener),
    )


def service(region: str) -> Written:
    """Return how the balancer is offered as an endpoint service whose connections are accepted by hand."""
    arn = Blank.BALANCER_ARN.value
    cli = aws(
        "ec2",
        "create-vpc-endpoint-service-configuration",
        region=region,
        network_load_balancer_arns=[arn],
        acceptance_required=True,
    )
    arguments = {
        "acceptance_required": True,
        "network_load_balancer_arns": [Expression("aws_lb.source.arn")],
    }
    properties = {"AcceptanceRequired": True, "NetworkLoadBalancerArns": [arn]}
    return Written(
        cli,
        resource("aws_vpc_endpoint_service", "source", arguments),
        template(Service=aws_resource("AWS::EC2::VPCEndpointService", properties)),
    )
