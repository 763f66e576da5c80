"""Reasons of VPC resources only."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import Reason
from endpoints.texts.advice.base import (
    NOBODY,
    SHARER,
    WAIT,
    YOU,
    Advice,
)

VPC_RESOURCE: dict[Reason, Advice] = {
    Reason.WAITING_FOR_SHARE: Advice(
        (
            _("Waiting for the resource share %(share)s to reach account %(account)s."),
            _("Waiting for the resource share to reach this installation."),
        ),
        SHARER,
        (
            _(
                "The owner shares the resource configuration with account %(account)s. Postern accepts the"
                " invitation by itself. Without a share the endpoint fails after 9 minutes."
            ),
            _(
                "The owner shares the resource configuration with this installation's AWS account. Postern"
                " accepts the invitation by itself. Without a share the endpoint fails after 9 minutes."
            ),
        ),
    ),
    Reason.SHARE_ACCEPTED: Advice(
        (_("The resource share was accepted; AWS is making its content visible."),), NOBODY, WAIT
    ),
    Reason.ASSOCIATING: Advice(
        (_("AWS made the endpoint and is connecting it to the resource."),), NOBODY, WAIT
    ),
    Reason.AVAILABLE_IN_PART: Advice(
        (_("The endpoint is connected, but in some zones only."),),
        NOBODY,
        (
            _(
                "It can be used: copy a DNS name and add the port of your source. If a zone that you"
                " need is missing, tell the operators, who can read what AWS said."
            ),
        ),
    ),
    Reason.INVITATION_REJECTED: Advice(
        (_("The invitation to the resource share was rejected in this installation's AWS account."),),
        SHARER,
        (
            _(
                "The owner shares the resource configuration again. The work then goes on by itself; nobody"
                " needs to retry."
            ),
        ),
    ),
    Reason.SHARE_NOT_FOUND: Advice(
        (
            _("The resource share %(share)s did not reach account %(account)s."),
            _("The resource share did not reach this installation."),
        ),
        SHARER,
        (
            _(
                "The owner checks the ARN and shares the resource configuration with account %(account)s. The"
                " work then goes on by itself."
            ),
            _(
                "The owner checks the ARN and shares the resource configuration with this installation's AWS"
                " account. The work then goes on by itself."
            ),
        ),
    ),
    Reason.INVITATION_EXPIRED: Advice(
        (_("The invitation to the resource share expired: AWS keeps an invitation for 12 hours."),),
        SHARER,
        (
            _(
                "The owner takes this installation's AWS account out of the share and adds it again, which"
                " makes a new invitation. The work then goes on by itself."
            ),
        ),
    ),
    Reason.INVITATION_REFUSED: Advice(
        (_("AWS does not let this installation accept the invitation to the resource share."),),
        SHARER,
        (
            _(
                "The owner shares the resource configuration again. The work then goes on by itself. The"
                " operators of this installation can read what AWS said."
            ),
        ),
    ),
    Reason.SHARE_GONE: Advice(
        (_("The resource share failed, or its owner deleted it."),),
        YOU,
        (_("Ask the owner for a new resource share, and create a new endpoint with its ARN."),),
    ),
    Reason.SHARE_HOLDS_OTHER: Advice(
        (
            _("The resource share does not hold exactly %(configuration)s, but: %(found)s"),
            _("The resource share does not hold exactly the resource configuration asked for."),
        ),
        SHARER,
        (
            _(
                "The owner makes a share with this one resource configuration. If the same share is"
                " corrected, the work goes on by itself; for a new share, create a new endpoint."
            ),
        ),
    ),
    Reason.CONFIGURATION_UNUSABLE: Advice(
        (
            _(
                "The resource configuration cannot be used: it failed, is being deleted, or is a child of a"
                " group."
            ),
        ),
        SHARER,
        (
            _(
                "The owner repairs the resource configuration, or shares the group instead of its child. The"
                " work then goes on by itself."
            ),
        ),
    ),
    Reason.CONFIGURATION_NOT_SHARED: Advice(
        (_("AWS does not let this installation use the resource configuration."),),
        SHARER,
        (_("The owner checks that the configuration is still shared and active. Then retry."),),
    ),
    Reason.RESOURCE_UNREACHABLE: Advice(
        (_("The endpoint has no working connection to the resource."),),
        SHARER,
        (
            _(
                "The owner checks the resource gateway and whether the association was deleted. If the"
                " connection comes back, the endpoint is Ready again by itself; else retry."
            ),
        ),
    ),
}
