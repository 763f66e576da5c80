"""Likely causes for VPC resources. Source: ui.md §4, aws.md §1b."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.domain.reasons import Reason
from endpoints.texts.causes.base import CERTIFICATE, KAFKA_NAMES, Likely, TypeCauses

_NOT_SHARED = frozenset(
    {
        Reason.SHARE_NOT_FOUND,
        Reason.SHARE_GONE,
        Reason.SHARE_HOLDS_OTHER,
        Reason.INVITATION_REJECTED,
        Reason.INVITATION_EXPIRED,
        Reason.INVITATION_REFUSED,
        Reason.CONFIGURATION_NOT_SHARED,
    }
)

CAUSES = TypeCauses(
    failed=(
        Likely(
            _("A subnet has no block of 16 consecutive free addresses (a /28) left."),
            _(
                "The owner looks at the subnets of the resource gateway, and the operators at those of this"
                " installation. Many free addresses do not help if they are scattered."
            ),
            GuideKey.SEE_CONFIGURATION,
        ),
        Likely(
            _("The resource share was already used for another endpoint."),
            _("The owner makes a share for this endpoint alone; create a new endpoint with its ARN."),
            reasons=frozenset({Reason.SHARE_GONE}),
        ),
        Likely(
            _("The resource configuration is not shared with this installation's account."),
            _("In the share, account and resource configuration must both be ASSOCIATED."),
            GuideKey.SEE_SHARE,
            _NOT_SHARED,
        ),
        Likely(
            _("The source lies in another region than the ClickPipes."),
            _(
                "Resource gateway, configuration and share must lie in the ClickPipes region. From another"
                " region only a VPC endpoint service can be reached."
            ),
        ),
        Likely(
            _("The resource gateway or the resource configuration is not active."),
            _("Both must be ACTIVE."),
            GuideKey.SEE_CONFIGURATION,
            frozenset({Reason.CONFIGURATION_UNUSABLE, Reason.RESOURCE_UNREACHABLE}),
        ),
        Likely(
            _("The resource gateway and this installation share no Availability Zone."),
            _("The owner adds a subnet of the gateway in another zone, or the operators add one."),
            GuideKey.SEE_CONFIGURATION,
            frozenset({Reason.NO_COMMON_ZONE}),
        ),
        Likely(
            _("The owner deleted the association of the endpoint with the resource configuration."),
            _("The endpoint is then missing from the associations."),
            GuideKey.SEE_ASSOCIATIONS,
            frozenset({Reason.RESOURCE_UNREACHABLE}),
        ),
    ),
    rejected=(
        Likely(
            _("Somebody with access to this installation's AWS account answered the invitation by hand."),
            _("The operators look in AWS CloudTrail who called RejectResourceShareInvitation."),
        ),
    ),
    expired=(
        Likely(
            _("An expired invitation also took this installation's account out of the share."),
            _("The account is then no longer ASSOCIATED. The owner adds it again."),
            GuideKey.SEE_SHARE,
        ),
    ),
    silent=(
        Likely(
            _("The port is not one of those of the resource configuration."),
            _("Compare the port of the ClickPipe with the port ranges of the resource configuration."),
            GuideKey.SEE_CONFIGURATION,
        ),
        Likely(
            _("A security group stands in the way."),
            _(
                "That of the resource gateway must let traffic out to the source, and that of the source must"
                " let traffic from the gateway in."
            ),
        ),
        Likely(
            _("The source has another address than the resource configuration says."),
            _("Compare host name or IP address. A host name must lead to the source from the gateway's VPC."),
            GuideKey.SEE_CONFIGURATION,
        ),
        KAFKA_NAMES,
        CERTIFICATE,
    ),
)
