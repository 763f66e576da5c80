"""Likely causes for VPC endpoint services. Source: ui.md §4, aws.md §1a."""

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.domain.reasons import Reason
from endpoints.texts.causes.base import CERTIFICATE, KAFKA_NAMES, Likely, TypeCauses

# AWS gives one answer for all of them, and so do the sentences of these reasons.
_UNKNOWN = frozenset({Reason.SERVICE_NOT_FOUND, Reason.REGION_NOT_SUPPORTED})

CAUSES = TypeCauses(
    failed=(
        Likely(
            _("This installation's account is not among the allowed principals."),
            _("The owner looks at the allowed principals of the endpoint service."),
            GuideKey.SEE_SERVICE,
            _UNKNOWN,
        ),
        Likely(
            _("The endpoint service does not accept connections from the region of the ClickPipes."),
            _("A service in another region must have the ClickPipes region among its supported regions."),
            GuideKey.SEE_SERVICE,
            frozenset({Reason.REGION_NOT_SUPPORTED}),
        ),
        Likely(
            _("The service name is wrong, or the endpoint service was deleted."),
            _("The owner compares the name: com.amazonaws.vpce, the region, and the service ID."),
            GuideKey.SEE_SERVICE,
            _UNKNOWN | {Reason.SERVICE_NOT_INTERFACE},
        ),
        Likely(
            _("The endpoint service and this installation share no Availability Zone."),
            _("The owner looks in which zones the load balancer has subnets."),
            GuideKey.SEE_SERVICE,
            frozenset({Reason.NO_COMMON_ZONE}),
        ),
        Likely(
            _("From another region: the load balancer has a TCP idle timeout of its own."),
            _("AWS offers no access across regions then. The owner sets the timeout back to its default."),
        ),
    ),
    rejected=(
        Likely(
            _("The owner did not know whose connection it was."),
            _("Send the owner the endpoint ID and the AWS account of this installation, and ask why."),
            GuideKey.SEE_CONNECTIONS,
        ),
        Likely(
            _("The owner cut a connection off that had been accepted."),
            _("Ask the owner. What happened before stands in the timeline."),
        ),
    ),
    expired=(
        Likely(
            _("Nobody who may accept knew of the request."),
            _("Tell the owner before you retry, and send them the command that accepts the connection."),
            GuideKey.SEE_CONNECTIONS,
        ),
        Likely(
            _("Every connection must be accepted by hand."),
            _("The owner looks at AcceptanceRequired, and may turn it off for the time of the set-up."),
            GuideKey.SEE_SERVICE,
        ),
    ),
    silent=(
        Likely(
            _("The load balancer applies its security groups' inbound rules to PrivateLink traffic."),
            _(
                "The owner turns it off (EC2 → Load balancers → Security → Edit), or lets the addresses of"
                " this installation in."
            ),
            GuideKey.SEE_BALANCER,
        ),
        Likely(
            _("The target of the load balancer is not healthy: the address of an RDS database may change."),
            _("The owner looks at the targets and registers the present address."),
            GuideKey.SEE_TARGETS,
        ),
        Likely(
            _("The port is not one on which the load balancer listens."),
            _("Compare the port of the ClickPipe with the listeners of the load balancer."),
            GuideKey.SEE_BALANCER,
        ),
        KAFKA_NAMES,
        CERTIFICATE,
    ),
)
