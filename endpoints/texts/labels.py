"""The words for statuses, types and fields."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
