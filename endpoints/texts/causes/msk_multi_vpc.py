"""Likely causes for MSK multi-VPC connections. Source: ui.md §4, aws.md §1c."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.domain.reasons import Reason
from endpoints.texts.causes.base import Likely, TypeCauses

CAUSES = TypeCauses(
    failed=(
        Likely(
            _("The cluster policy does not allow this installation's account all four actions."),
            _(
                "They are kafka:CreateVpcConnection, kafka:GetBootstrapBrokers, kafka:DescribeCluster and"
                " kafka:DescribeClusterV2."
            ),
            GuideKey.SEE_POLICY,
            frozenset({Reason.CLUSTER_NOT_VISIBLE}),
        ),
        Likely(
            _("Multi-VPC connectivity is off, or off for this authentication."),
            _("The owner looks at VpcConnectivity in the cluster's details."),
            GuideKey.SEE_CLUSTER,
            frozenset({Reason.SCHEME_OFF, Reason.TURNED_OFF_BY_OWNER}),
        ),
        Likely(
            _("The cluster already has a connection with this authentication, of another service."),
            _("AWS allows one for each cluster and authentication. The owner looks whose it is."),
            GuideKey.SEE_CLIENT_CONNECTIONS,
            frozenset({Reason.CONNECTION_OF_OTHERS}),
        ),
        Likely(
            _("The cluster cannot have multi-VPC connectivity."),
            _(
                "It must be provisioned, run Kafka 2.7.1 or newer, not have brokers of the size t3.small, and"
                " not allow unauthenticated access."
            ),
            GuideKey.SEE_CLUSTER,
            frozenset({Reason.CLUSTER_UNFIT}),
        ),
        Likely(
            _("This installation has no subnets in the zones of the cluster."),
            _("The operators compare the zone IDs of their network with those of the cluster."),
            GuideKey.SEE_CLUSTER,
            frozenset({Reason.ZONES_DIFFER}),
        ),
        Likely(
            _("The cluster was not active."),
            _("Its state must be ACTIVE. While it is being updated, AWS makes no connection."),
            GuideKey.SEE_CLUSTER,
            frozenset({Reason.CLUSTER_NOT_ACTIVE}),
        ),
    ),
    rejected=(
        Likely(
            _("The owner did not know whose connection it was."),
            _("Send the owner the endpoint ID and the AWS account of this installation, and ask why."),
            GuideKey.SEE_CLIENT_CONNECTIONS,
        ),
    ),
    expired=(),
    silent=(
        Likely(
            _("The ClickPipe uses another string than the one for private connectivity."),
            _("Use MSK's own string with its ports; those of the cluster's own VPC do not answer here."),
            GuideKey.SEE_BROKERS,
        ),
        Likely(
            _("The credentials are not for the authentication of this endpoint."),
            _("An endpoint serves one authentication: SASL_IAM or SASL_SCRAM."),
        ),
        Likely(
            _("A security group of this installation does not let the broker ports through."),
            _("The operators allow the ports 14001 to 14100 in the network of the endpoint."),
        ),
        Likely(
            _("The owner is turning off multi-VPC connectivity."),
            _("The owner looks at the state of the connection; the page follows when it changes."),
            GuideKey.SEE_CLIENT_CONNECTIONS,
        ),
    ),
)
