"""The words for statuses, types and fields."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from endpoints.domain.drift import Changed
from endpoints.domain.pipes import Connection
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATUS_LABELS: dict[str, "StrOrPromise"] = {
    Status.UNKNOWN: _("Unknown"),
    Status.PROVISIONING: _("Provisioning"),
    Status.PENDING_ACCEPTANCE: _("Pending acceptance"),
    Status.READY: pgettext_lazy("status", "Ready"),
    Status.REJECTED: _("Rejected"),
    Status.EXPIRED: _("Expired"),
    Status.FAILED: _("Failed"),
    Status.DELETING: _("Deleting"),
    "Removed": _("Removed"),
}

TYPE_LABELS: dict[str, "StrOrPromise"] = {
    EndpointType.VPC_ENDPOINT_SERVICE: _("VPC endpoint service"),
    EndpointType.VPC_RESOURCE: _("VPC resource"),
    EndpointType.MSK_MULTI_VPC: _("MSK multi-VPC"),
}

FIELD_LABELS: dict[str, "StrOrPromise"] = {
    "type": _("VPC endpoint type"),
    "description": _("Description"),
    "vpcEndpointServiceName": _("VPC endpoint service name"),
    "vpcResourceConfigurationId": _("Resource configuration ID"),
    "vpcResourceShareArn": _("Resource share ARN"),
    "mskClusterArn": _("MSK cluster ARN"),
    "mskAuthentication": _("Authentication"),
}

LEFT_BEHIND: dict[str, "StrOrPromise"] = {
    EndpointType.VPC_RESOURCE: _(
        "The resource share stays in its owner's AWS account, and cannot be used for another endpoint. Its"
        " owner deletes it there."
    ),
    EndpointType.MSK_MULTI_VPC: _(
        "The cluster policy of the MSK cluster stays as it is; its owner takes our account out of it."
    ),
    EndpointType.VPC_ENDPOINT_SERVICE: _(
        "The endpoint service and its allowed principals stay as they are; their owner changes them."
    ),
}
"""What removal does not undo in the owner's account."""

SHARE_LEFT_UNUSED: "StrOrPromise" = _(
    "The resource share stays in its owner's AWS account. Nothing was made with it: it may serve another"
    " endpoint."
)
"""What is said instead of a VPC resource whose share was never accepted or used."""

CHANGED_LABELS: dict[str, "StrOrPromise"] = {
    Changed.ADDRESS_TYPE: _("IP address type"),
    Changed.POLICY: _("policy"),
    Changed.PRIVATE_DNS: _("private DNS"),
    Changed.SECURITY_GROUPS: _("security groups"),
    Changed.SUBNETS: _("subnets"),
    Changed.TAGS: _("tags"),
}
"""What was changed in AWS by somebody else, within a sentence."""

CONNECTION_LABELS: dict[str, "StrOrPromise"] = {
    Connection.READY: _("Can connect"),
    Connection.WAITING: _("Waiting for an endpoint"),
    Connection.BROKEN: _("Cannot connect"),
    Connection.UNKNOWN: _("Not known"),
}

CONNECTION_TEXTS: dict[str, tuple["StrOrPromise", "StrOrPromise"]] = {
    Connection.READY: (
        _("The endpoints of this ClickPipe are Ready."),
        _(
            "Nothing to do here. If the ClickPipe cannot read, check its port, its credentials and whether"
            " the source itself is up."
        ),
    ),
    Connection.WAITING: (
        _("An endpoint of this ClickPipe is not Ready yet."),
        _("Open the endpoint: its page says who must act next, and follows by itself."),
    ),
    Connection.BROKEN: (
        _(
            "An endpoint of this ClickPipe failed, was rejected or is removed, or none answers its host any"
            " more."
        ),
        _(
            "Open the endpoint: its page says why. If it does not come back, create another endpoint and set"
            " this ClickPipe up again with it."
        ),
    ),
    Connection.UNKNOWN: (
        _("The state of an endpoint of this ClickPipe is not known at present."),
        _("Wait a few minutes. If it lasts, ask the operators of this installation."),
    ),
}
"""What is the matter with a ClickPipe's connection, and what to do."""
