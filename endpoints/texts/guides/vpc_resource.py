"""What owners of VPC resources do."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.texts.advice.base import SHARER
from endpoints.texts.guides.base import GuideText

_CONFIGURATIONS = _("VPC → PrivateLink and Lattice → Resource configurations → Create resource configuration")
_OPEN_CONFIGURATION = _("VPC → PrivateLink and Lattice → Resource configurations → the configuration")
_OPEN_SHARE = _("Resource Access Manager → Shared by me → Resource shares → the share")
_MODIFY_SHARE = _("Resource Access Manager → Shared by me → Resource shares → the share → Modify")

VPC_RESOURCE: dict[GuideKey, GuideText] = {
    GuideKey.CREATE_GATEWAY: GuideText(
        _("Create a resource gateway"),
        _("VPC → PrivateLink and Lattice → Resource gateways → Create resource gateway"),
        SHARER,
        _(
            "Each of its subnets needs 16 consecutive free addresses (a /28); a /26 is advised. Its security"
            " group must let traffic out to the port of the source. Go on once it is ACTIVE. If the host"
            " name is known inside the VPC only, create the gateway with DNS resolution IN_VPC."
        ),
    ),
    GuideKey.CONFIGURE_RDS: GuideText(
        _("Create a resource configuration for a database of Amazon RDS"),
        _CONFIGURATIONS,
        SHARER,
        _(
            "The ARN brings its own port. The database must not be publicly accessible. For Aurora, use the"
            " writer endpoint as a host name instead."
        ),
    ),
    GuideKey.CONFIGURE_HOST: GuideText(
        _("Create a resource configuration for a host name"),
        _CONFIGURATIONS,
        SHARER,
        _(
            "The host must be reachable from the subnets of the resource gateway. Change the port if yours"
            " differs."
        ),
    ),
    GuideKey.CONFIGURE_ADDRESS: GuideText(
        _("Create a resource configuration for an IP address"),
        _CONFIGURATIONS,
        SHARER,
        _("Only addresses inside the VPC can be used. Change the port if yours differs."),
    ),
    GuideKey.SHARE: GuideText(
        _("Share the resource configuration"),
        _("Resource Access Manager → Shared by me → Resource shares → Create resource share"),
        SHARER,
        _(
            "A share serves one endpoint only: make another share for another endpoint. The answer has the"
            " ARN that the endpoint needs. AWS keeps the invitation for 12 hours."
        ),
    ),
    GuideKey.ADD_TO_SHARE: GuideText(
        _("Add this installation's account to the share"), _MODIFY_SHARE, SHARER
    ),
    GuideKey.SHARE_AGAIN: GuideText(
        _("Take this installation's account out of the share, and add it again"),
        _MODIFY_SHARE,
        SHARER,
        _("Add it again once the account is shown as DISASSOCIATED. This makes a new invitation."),
    ),
    GuideKey.CORRECT_SHARE: GuideText(
        _("Leave only this resource configuration in the share"),
        _MODIFY_SHARE,
        SHARER,
        _(
            "The first command lists what is shared. Take out everything else: repeat the last command for"
            " each."
        ),
    ),
    GuideKey.SEE_SHARE: GuideText(
        _("See with whom the share shares what"),
        _OPEN_SHARE,
        SHARER,
        _("This installation's account and the resource configuration must both be ASSOCIATED."),
    ),
    GuideKey.SEE_CONFIGURATION: GuideText(
        _("See whether resource configuration and gateway are active"),
        _OPEN_CONFIGURATION,
        SHARER,
        _("Both must be ACTIVE. The configuration must not be of type CHILD: share its group instead."),
    ),
    GuideKey.SEE_ASSOCIATIONS: GuideText(
        _("See which endpoints are associated with the resource configuration"),
        _OPEN_CONFIGURATION,
        SHARER,
        _("The endpoint is missing from the list if its association was deleted."),
    ),
    GuideKey.DELETE_SHARE: GuideText(
        _("Delete the resource share"),
        _OPEN_SHARE,
        SHARER,
        _("It served this endpoint and cannot be used for another one."),
    ),
    GuideKey.DELETE_CONFIGURATION: GuideText(
        _("Delete the resource configuration, if nothing else uses it"),
        _OPEN_CONFIGURATION,
        SHARER,
        _("The first command lists the endpoints that still use it."),
    ),
    GuideKey.DELETE_GATEWAY: GuideText(
        _("Delete the resource gateway, if nothing else uses it"),
        _("VPC → PrivateLink and Lattice → Resource gateways → the gateway"),
        SHARER,
        _("The first command lists the resource configurations that still use it."),
    ),
}
