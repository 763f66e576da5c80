"""What removal leaves in the owner's AWS account: the clean-up list of each type."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.types import EndpointType
from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Leftover:
    """One thing to clean up; `key` is what `intents.tick` keeps, `where` tells how to find it."""

    key: str
    title: "StrOrPromise"
    where: Templates


CLEAN_UP: dict[str, tuple[Leftover, ...]] = {
    EndpointType.VPC_RESOURCE: (
        Leftover(
            "share",
            _("Delete the resource share"),
            (_("In the owner's AWS console under Resource Access Manager → Shared by me: %(share)s"),),
        ),
        Leftover(
            "configuration",
            _("Delete the resource configuration, if nothing else uses it"),
            (_("In the owner's AWS console under VPC → Resource configurations: %(configuration)s"),),
        ),
        Leftover(
            "gateway",
            _("Delete the resource gateway, if no other resource configuration uses it"),
            (_("In the owner's AWS console under VPC → Resource gateways."),),
        ),
    ),
    EndpointType.VPC_ENDPOINT_SERVICE: (
        Leftover(
            "principal",
            _("Take our principal out of the allowed principals, if no other endpoint needs it"),
            (
                _(
                    "In the owner's AWS console under VPC → Endpoint services → %(service_name)s → Allow"
                    " principals: arn:aws:iam::%(account)s:root"
                ),
                _("In the owner's AWS console under VPC → Endpoint services → %(service_name)s"),
            ),
        ),
        Leftover(
            "service",
            _("Delete the endpoint service, if nothing else uses it"),
            (_("In the owner's AWS console under VPC → Endpoint services: %(service_name)s"),),
        ),
        Leftover(
            "balancer",
            _("Delete the Network Load Balancer, if nothing else uses it"),
            (_("In the owner's AWS console under EC2 → Load balancers."),),
        ),
    ),
    EndpointType.MSK_MULTI_VPC: (
        Leftover(
            "policy",
            _("Take our statement out of the cluster policy, if no other connection needs it"),
            (
                _(
                    "In the policy of %(cluster)s: the statement that allows arn:aws:iam::%(account)s:root"
                    " what a connection needs."
                ),
                _("In the policy of %(cluster)s: the statement that allows this installation."),
            ),
        ),
    ),
}
"""Most certain first."""

TITLES = {item.key: item.title for items in CLEAN_UP.values() for item in items}
