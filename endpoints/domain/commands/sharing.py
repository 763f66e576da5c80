"""What an owner makes in VPC Lattice and RAM so that a VPC resource can be reached. Source: aws.md §1b."""

from typing import Any

from endpoints.domain.commands.base import Blank, Target, Written
from endpoints.domain.commands.writing import (
    Block,
    Expression,
    aws,
    aws_resource,
    resource,
    template,
    terraform,
)

_SUBNETS = (Blank.SUBNET_1.value, Blank.SUBNET_2.value)
_GROUPS = (Blank.SECURITY_GROUP.value,)


def gateway(region: str, name: str) -> Written:
    """Return how a resource gateway is made, and watched until it is active."""
    create = aws(
        "vpc-lattice",
        "create-resource-gateway",
        region=region,
        name=name,
        vpc_identifier=Blank.VPC.value,
        subnet_ids=_SUBNETS,
        security_group_ids=_GROUPS,
    )
    watch = aws(
        "vpc-lattice",
        "get-resource-gateway",
        region=region,
        resource_gateway_identifier=Blank.GATEWAY.value,
        query="status",
    )
    arguments = {
        "name": name,
        "vpc_id": Blank.VPC.value,
        "subnet_ids": _SUBNETS,
        "security_group_ids": _GROUPS,
    }
    properties = {
        "Name": name,
        "VpcIdentifier": Blank.VPC.value,
        "SubnetIds": _SUBNETS,
        "SecurityGroupIds": _GROUPS,
    }
    return Written(
        f"{create}\n{watch}",
        resource("aws_vpclattice_resource_gateway", "source", arguments),
        template(Gateway=aws_resource("AWS::VpcLattice::ResourceGateway", properties)),
    )


# For each way to name a source: the AWS CLI's definition, Terraform's and CloudFormation's.
_DEFINITIONS: dict[Target, tuple[dict[str, Any], Block, dict[str, Any]]] = {
    Target.RDS: (
        {"arnResource": {"arn": Blank.RDS_ARN.value}},
        Block(arn_resource=Block(arn=Blank.RDS_ARN.value)),
        {"ArnResource": Blank.RDS_ARN.value},
    ),
    Target.HOST: (
        {"dnsResource": {"domainName": Blank.HOST.value, "ipAddressType": "IPV4"}},
        Block(dns_resource=Block(domain_name=Blank.HOST.value, ip_address_type="IPV4")),
        {"DnsResource": {"DomainName": Blank.HOST.value, "IpAddressType": "IPV4"}},
    ),
    Target.ADDRESS: (
        {"ipResource": {"ipAddress": Blank.ADDRESS.value}},
        Block(ip_resource=Block(ip_address=Blank.ADDRESS.value)),
        {"IpResource": Blank.ADDRESS.value},
    ),
}


def configuration(region: str, name: str, target: Target, port: int | str = "") -> Written:
    """Return how a resource configuration is made; without a port for an ARN, which brings its own."""
    definition, block, formed = _DEFINITIONS[target]
    kind = "ARN" if target is Target.RDS else "SINGLE"
    ports = [str(port)] if port else []
    cli = aws(
        "vpc-lattice",
        "create-resource-configuration",
        region=region,
        name=name,
        type=kind,
        resource_gateway_identifier=Blank.GATEWAY.value,
        **({"port_ranges": ports} if ports else {}),
        resource_configuration_definition=definition,
    )
    arguments = {
        "name": name,
        "type": kind,
        "resource_gateway_identifier": Expression("aws_vpclattice_resource_gateway.source.id"),
        **({"port_ranges": ports, "protocol": "TCP"} if ports else {}),
        "resource_configuration_definition": block,
    }
    properties = {
        "Name": name,
        "ResourceConfigurationType": kind,
        "ResourceGatewayId": Blank.GATEWAY.value,
        **({"PortRanges": ports, "ProtocolType": "TCP"} if ports else {}),
        "ResourceConfigurationDefinition": formed,
    }
    return Written(
        cli,
        resource("aws_vpclattice_resource_configuration", "source", arguments),
        template(Configuration=aws_resource("AWS::VpcLattice::ResourceConfiguration", properties)),
    )


def share(region: str, name: str, account: str, configuration_arn: str) -> Written:
    """Return how a configuration is shared with an account; one not known yet is Terraform's own."""
    cli = aws(
        "ram",
        "create-resource-share",
        region=region,
        name=name,
        resource_arns=[configuration_arn],
        principals=[account],
    )
    is_known = configuration_arn != Blank.CONFIGURATION_ARN
    shared = configuration_arn if is_known else Expression("aws_vpclattice_resource_configuration.source.arn")
    share_arn = Expression("aws_ram_resource_share.source.arn")
    properties = {
        "Name": name,
        "AllowExternalPrincipals": True,
        "Principals": [account],
        "ResourceArns": [configuration_arn],
    }
    return Written(
        cli,
        terraform(
            resource("aws_ram_resource_share", "source", {"name": name, "allow_external_principals": True}),
            resource(
                "aws_ram_resource_association",
                "source",
                {"resource_arn": shared, "resource_share_arn": share_arn},
            ),
            resource(
                "aws_ram_principal_association",
                "postern",
                {"principal": account, "resource_share_arn": share_arn},
            ),
        ),
        template(Share=aws_resource("AWS::RAM::ResourceShare", properties)),
    )
