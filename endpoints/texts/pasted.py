"""What is said of what was pasted into the wrong field: what it is, where it belongs, what is wanted."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.pasted import Pasted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASTED: dict[str, "StrOrPromise"] = {
    Pasted.SERVICE_NAME: _("This is the name of an endpoint service."),
    Pasted.SERVICE_ID: _("This is the ID of an endpoint service."),
    Pasted.ENDPOINT_ID: _("This is the ID of an endpoint."),
    Pasted.CONFIGURATION_ID: _("This is the ID of a resource configuration."),
    Pasted.CONFIGURATION_ARN: _("This is the ARN of a resource configuration."),
    Pasted.GATEWAY: _("This is a resource gateway."),
    Pasted.SHARE_ARN: _("This is the ARN of a resource share."),
    Pasted.INVITATION_ARN: _("This is the ARN of an invitation."),
    Pasted.CLUSTER_ARN: _("This is the ARN of an MSK cluster."),
    Pasted.CONNECTION_ARN: _("This is the ARN of a connection to an MSK cluster."),
    Pasted.OTHER_ARN: _("This is the ARN of something else."),
    Pasted.AWS_SERVICE: _("This is a service of AWS itself."),
    Pasted.ENDPOINT_DNS_NAME: _("This is the DNS name of an endpoint."),
    Pasted.BROKERS: _("This is a list of hosts with ports."),
    Pasted.ACCOUNT_ID: _("This is an AWS account ID."),
    Pasted.AUTHENTICATION: _("This is an authentication method."),
    Pasted.CONSOLE_URL: _("This is the address of a page of the AWS console."),
    Pasted.URL: _("This is a web address."),
}
"""What was pasted, said first."""

BELONGS: dict[str, "StrOrPromise"] = {
    "vpcEndpointServiceName": _(
        "It belongs to the type VPC endpoint service, in the field VPC endpoint service name."
    ),
    "vpcResourceConfigurationId": _(
        "It belongs to the type VPC resource, in the field Resource configuration ID."
    ),
    "vpcResourceShareArn": _("It belongs to the type VPC resource, in the field Resource share ARN."),
    "mskClusterArn": _("It belongs to the type MSK multi-VPC, in the field MSK cluster ARN."),
    "mskAuthentication": _("It belongs to the type MSK multi-VPC, in the field Authentication."),
}
"""Where it would be right, said next."""

WANTED: dict[str, "StrOrPromise"] = {
    "vpcEndpointServiceName": _(
        "Enter the whole service name: com.amazonaws.vpce.<region>.vpce-svc-0123456789abcdef0"
    ),
    "vpcResourceConfigurationId": _("Enter the ID of the resource configuration: rcfg-0123456789abcdef0"),
    "vpcResourceShareArn": _(
        "Enter the ARN of the resource share: arn:aws:ram:<region>:<account>:resource-share/<ID>"
    ),
    "mskClusterArn": _("Enter the ARN of the cluster: arn:aws:kafka:<region>:<account>:cluster/<name>/<ID>"),
    "mskAuthentication": _("Choose SASL_IAM or SASL_SCRAM."),
}
"""What to enter instead, said last."""
