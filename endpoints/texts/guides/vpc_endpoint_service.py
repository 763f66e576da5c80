"""What owners of endpoint services do."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.texts.advice.base import OWNER
from endpoints.texts.guides.base import GuideText

_SERVICE = _("VPC → Endpoint services → the service")
_CONNECTIONS = _("VPC → Endpoint services → the service → Endpoint connections")
_PRINCIPALS = _("VPC → Endpoint services → the service → Allow principals")
_REGIONS = _("VPC → Endpoint services → the service → Actions → Modify supported Regions")
_SAME_ID = _("Compare the endpoint ID with the one shown here before you answer.")

VPC_ENDPOINT_SERVICE: dict[GuideKey, GuideText] = {
    GuideKey.CREATE_BALANCER: GuideText(
        _("Put a Network Load Balancer in front of the source"),
        _("EC2 → Load balancers → Create load balancer → Network Load Balancer"),
        OWNER,
        _(
            "The target is the IP address of the source; for a source on premises or in another cloud, one"
            " that the VPC reaches by VPN or Direct Connect. The address of an RDS database may change: the"
            " target must then change with it."
        ),
    ),
    GuideKey.CREATE_SERVICE: GuideText(
        _("Offer the load balancer as an endpoint service"),
        _("VPC → Endpoint services → Create endpoint service"),
        OWNER,
        _("The answer has the service name that the endpoint needs."),
    ),
    GuideKey.ALLOW_PRINCIPAL: GuideText(
        _("Allow this installation's account to connect"),
        _PRINCIPALS,
        OWNER,
        _(
            "CloudFormation sets the whole list of allowed principals: name there also those that are allowed"
            " already."
        ),
    ),
    GuideKey.ADD_REGION: GuideText(
        _("Allow connections from the region of the ClickPipes"),
        _REGIONS,
        OWNER,
        _(
            "Only for an endpoint service in another region. In Terraform and CloudFormation, add the"
            " supported regions to the service that you have, and leave its other settings as they are."
        ),
    ),
    GuideKey.ADD_ZONE: GuideText(
        _("Add an Availability Zone to the load balancer"),
        _("EC2 → Load balancers → the load balancer → Network mapping → Edit subnets"),
        OWNER,
        _("Name all subnets, those in use too: one in each zone."),
    ),
    GuideKey.ACCEPT: GuideText(
        _("Accept the connection"),
        _(
            "VPC → Endpoint services → the service → Endpoint connections → Actions → Accept endpoint"
            " connection request"
        ),
        OWNER,
        _SAME_ID,
    ),
    GuideKey.REJECT: GuideText(
        _("Or reject the connection"),
        _(
            "VPC → Endpoint services → the service → Endpoint connections → Actions → Reject endpoint"
            " connection request"
        ),
        OWNER,
        _SAME_ID,
    ),
    GuideKey.SEE_SERVICE: GuideText(
        _("See the endpoint service's zones, regions and allowed principals"),
        _SERVICE,
        OWNER,
        _("This installation's account must be among the allowed principals."),
    ),
    GuideKey.SEE_CONNECTIONS: GuideText(
        _("See the connections to the endpoint service"),
        _CONNECTIONS,
        OWNER,
        _("Each has its endpoint ID, its owner's account and its state."),
    ),
    GuideKey.SEE_TARGETS: GuideText(
        _("See whether the targets of the load balancer are healthy"),
        _("EC2 → Target groups → the target group → Targets"),
        OWNER,
    ),
    GuideKey.SEE_BALANCER: GuideText(
        _("See the load balancer's security groups and listeners"),
        _("EC2 → Load balancers → the load balancer"),
        OWNER,
    ),
    GuideKey.REMOVE_PRINCIPAL: GuideText(
        _("Take this installation's account out of the allowed principals"),
        _PRINCIPALS,
        OWNER,
        _("Only if no other endpoint of this installation connects to the endpoint service."),
    ),
    GuideKey.REMOVE_REGION: GuideText(
        _("Take the region of the ClickPipes out of the supported regions"),
        _REGIONS,
        OWNER,
        _("Only if nobody else connects from there."),
    ),
    GuideKey.DELETE_SERVICE: GuideText(
        _("Delete the endpoint service and its load balancer, if nothing else uses them"),
        _("VPC → Endpoint services → the endpoint service, then EC2 → Load balancers → the load balancer"),
        OWNER,
        _("The first command lists the connections that still use it."),
    ),
}
