"""Reasons of MSK multi-VPC connections only."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import Reason
from endpoints.texts.advice.base import (
    CLUSTER_OWNER,
    NOBODY,
    OPERATORS,
    WAIT,
    YOU,
    Advice,
)

USE_CONNECTION_STRING = _("Copy the connection string and use it in a ClickPipe. It carries its ports.")
"""The next step of a connection whose broker addresses are known."""

MSK_MULTI_VPC: dict[Reason, Advice] = {
    Reason.READING_BROKERS: Advice(
        (_("The connection stands; its broker addresses are being read."),), NOBODY, WAIT
    ),
    Reason.BROKERS_REFUSED: Advice(
        (_("The connection stands, but the cluster's owner does not let us read its broker addresses."),),
        CLUSTER_OWNER,
        (
            _(
                "The owner copies the connection string for private connectivity from the AWS console"
                " (cluster → View client information), or adds kafka:GetBootstrapBrokers for account"
                " %(account)s to the cluster policy, which Postern notices within an hour."
            ),
            _(
                "The owner copies the connection string for private connectivity from the AWS console"
                " (cluster → View client information)."
            ),
        ),
    ),
    Reason.REJECTED_BY_CLUSTER_OWNER: Advice(
        (_("The owner of the MSK cluster rejected the connection."),),
        YOU,
        (_("Ask the owner of the cluster why, and retry when they agree."),),
    ),
    Reason.CLUSTER_NOT_VISIBLE: Advice(
        (
            _("AWS knows no cluster %(cluster)s that account %(account)s may connect to."),
            _("AWS knows no such MSK cluster that this installation may connect to."),
        ),
        CLUSTER_OWNER,
        (
            _(
                "The owner checks the whole ARN and allows arn:aws:iam::%(account)s:root in the cluster"
                " policy: kafka:CreateVpcConnection, kafka:GetBootstrapBrokers, kafka:DescribeCluster and"
                " kafka:DescribeClusterV2. Then retry."
            ),
            _(
                "The owner checks the whole ARN and allows this installation's AWS account in the cluster"
                " policy: kafka:CreateVpcConnection, kafka:GetBootstrapBrokers, kafka:DescribeCluster and"
                " kafka:DescribeClusterV2. Then retry."
            ),
        ),
    ),
    Reason.CLUSTER_NOT_ACTIVE: Advice(
        (
            _("The MSK cluster is not active. Its state: %(state)s"),
            _("The MSK cluster is not active."),
        ),
        CLUSTER_OWNER,
        (_("Wait until the cluster is active again, then retry."),),
    ),
    Reason.CLUSTER_UNFIT: Advice(
        (_("This MSK cluster cannot be connected to: only provisioned clusters can."),),
        YOU,
        (_("Use a VPC endpoint service for this cluster, or a provisioned cluster."),),
    ),
    Reason.SCHEME_OFF: Advice(
        (
            _("Multi-VPC connectivity with %(scheme)s is not turned on in the MSK cluster."),
            _("Multi-VPC connectivity with this authentication is not turned on in the MSK cluster."),
        ),
        CLUSTER_OWNER,
        (
            _(
                "The owner turns on multi-VPC connectivity for this authentication (cluster → Actions → Turn"
                " on multi-VPC connectivity; it takes 30 minutes or more). Then retry."
            ),
        ),
    ),
    Reason.ZONES_DIFFER: Advice(
        (
            _(
                "The MSK cluster lies in the zones %(zones)s, and no network of this installation covers"
                " them."
            ),
            _("No network of this installation covers the zones of the MSK cluster."),
        ),
        OPERATORS,
        (_("The operators add a subnet in each zone of the cluster. Then retry."),),
    ),
    Reason.CONNECTION_OF_OTHERS: Advice(
        (
            _("AWS already has a connection to this cluster that Postern did not make: %(external_id)s"),
            _("AWS already has a connection to this cluster that Postern did not make."),
        ),
        OPERATORS,
        (_("The operators decide what becomes of that connection. Then retry."),),
    ),
    Reason.TURNED_OFF_BY_OWNER: Advice(
        (_("The owner turned off multi-VPC connectivity, or this authentication, in the MSK cluster."),),
        CLUSTER_OWNER,
        (_("The owner turns it on again. The connection must be made anew: then retry."),),
    ),
    Reason.FAILED_WITHOUT_REASON: Advice(
        (_("AWS could not make the connection and gave no reason; the cluster itself looks fit."),),
        YOU,
        (_("Retry. If it fails again, ask the operators of this installation."),),
    ),
}
