"""What owners of MSK clusters do."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.texts.advice.base import CLUSTER_OWNER
from endpoints.texts.guides.base import GuideText

_CLUSTER = _("MSK → Clusters → the cluster → Properties")
_POLICY = _("MSK → Clusters → the cluster → Actions → Edit cluster policy")
_CONNECTIONS = _("MSK → Clusters → the cluster → Properties → Client VPC connections")

MSK_MULTI_VPC: dict[GuideKey, GuideText] = {
    GuideKey.TURN_ON_CONNECTIVITY: GuideText(
        _("Turn on multi-VPC connectivity"),
        _("MSK → Clusters → the cluster → Actions → Turn on multi-VPC connectivity"),
        CLUSTER_OWNER,
        _(
            "The authentication itself must be on already. The first command shows the current version for"
            " the second. Name there every authentication that shall have it: Iam, Scram or both. It takes 30"
            " minutes or more, while the brokers restart one by one. In Terraform, add the block to the"
            " cluster that you have."
        ),
    ),
    GuideKey.ALLOW_IN_POLICY: GuideText(
        _("Allow this installation's account in the cluster policy"),
        _POLICY,
        CLUSTER_OWNER,
        _(
            "The first command shows the policy in force; a refusal means that there is none. If there is"
            " one, add the statement to it and put the whole, for the second command replaces it."
        ),
    ),
    GuideKey.SEE_CLUSTER: GuideText(
        _("See the cluster's state, zones and connectivity"),
        _CLUSTER,
        CLUSTER_OWNER,
        _("It must be ACTIVE and PROVISIONED, with multi-VPC connectivity on for the authentication."),
    ),
    GuideKey.SEE_POLICY: GuideText(
        _("See the cluster policy"), _POLICY, CLUSTER_OWNER, _("A refusal means that there is none.")
    ),
    GuideKey.SEE_BROKERS: GuideText(
        _("See the connection string for private connectivity"),
        _("MSK → Clusters → the cluster → View client information"),
        CLUSTER_OWNER,
        _("It is the string whose name has VpcConnectivity in it. It carries its ports."),
    ),
    GuideKey.SEE_CLIENT_CONNECTIONS: GuideText(
        _("See the VPC connections to the cluster"),
        _CONNECTIONS,
        CLUSTER_OWNER,
        _("Each has its owner's account, its authentication and its state."),
    ),
    GuideKey.REJECT_CLIENT_CONNECTION: GuideText(
        _("Reject a VPC connection"),
        _CONNECTIONS,
        CLUSTER_OWNER,
        _("ClickPipes that use it lose their connection. Only an available connection can be rejected."),
    ),
    GuideKey.TAKE_OUT_OF_POLICY: GuideText(
        _("Take this installation's account out of the cluster policy"),
        _POLICY,
        CLUSTER_OWNER,
        _(
            "Only if no other endpoint of this installation connects to the cluster. The first command shows"
            " the policy: put it back without the statement for this account."
        ),
    ),
}
