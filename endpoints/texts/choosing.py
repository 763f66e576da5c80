"""The words of the type chooser: its questions, answers and reasons, and the rows of the region table."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.choosing import Nearness, Place, Why
from endpoints.domain.regions import RowKind
from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLACES: dict[Place, tuple["StrOrPromise", "StrOrPromise"]] = {
    Place.RDS: (_("Amazon RDS"), _("A database instance or Multi-AZ cluster; for Aurora see below.")),
    Place.AURORA: (_("Amazon Aurora"), _("Reached by its writer endpoint.")),
    Place.HOST: (_("A host in a VPC"), _("On EC2, in Kubernetes or elsewhere in a VPC of AWS.")),
    Place.MSK: (
        _("Amazon MSK, multi-VPC connectivity possible"),
        _("A provisioned cluster with Kafka 2.7.1 or newer, no t3.small brokers, no unauthenticated access."),
    ),
    Place.MSK_PLAIN: (
        _("Amazon MSK, multi-VPC connectivity not possible"),
        _("A serverless cluster, for example."),
    ),
    Place.BALANCER: (_("Behind a Network Load Balancer"), _("There is one already, or an endpoint service.")),
    Place.ON_PREMISES: (_("On premises"), _("Reached from a VPC by VPN or Direct Connect.")),
    Place.OTHER_CLOUD: (_("In another cloud"), _("Reached from a VPC of AWS by a private connection.")),
}
"""Each place: its name, and what is meant."""

NEARNESS: dict[Nearness, Templates] = {
    Nearness.SAME: (
        _("In %(region)s, where the ClickPipes of this service run"),
        _("Where the ClickPipes of this service run"),
    ),
    Nearness.OTHER: (_("In another region"),),
}

WHY: dict[Why, "StrOrPromise"] = {
    Why.RDS_BY_ARN: _(
        "A VPC resource reaches a database of RDS by its ARN, without a load balancer. The database must not"
        " be publicly accessible."
    ),
    Why.AURORA_BY_WRITER: _(
        "A VPC resource reaches Aurora without a load balancer, by the host name of the writer endpoint. Use"
        " the writer endpoint only."
    ),
    Why.HOST_WITHOUT_BALANCER: _(
        "A VPC resource reaches a host by its name or address, without a load balancer."
    ),
    Why.BROKERS_BY_NAME: _(
        "Kafka clients must reach every broker by the name that it tells them. One endpoint service with a"
        " private DNS name, which may be a wildcard, serves all brokers; a VPC resource serves one each."
    ),
    Why.MSK_BUILT_IN: _(
        "MSK makes the connection itself: no load balancer, private DNS is built in. A cluster has one"
        " connection for each authentication."
    ),
    Why.MSK_CANNOT: _(
        "Without multi-VPC connectivity a cluster of MSK is reached through a Network Load Balancer in front"
        " of its brokers."
    ),
    Why.BALANCER_STANDS: _("The load balancer is there already: its owner offers it as an endpoint service."),
    Why.OUTSIDE_AWS: _(
        "A source outside AWS is reached through a Network Load Balancer in a VPC, whose targets are the"
        " source's addresses. Private DNS names are possible."
    ),
    Why.ONLY_ONE_ACROSS_REGIONS: _(
        "Only a VPC endpoint service can be reached from another region. Its owner adds the ClickPipes region"
        " to the supported regions."
    ),
    Why.NOT_ON_RDS: _(
        "This does not go together: RDS and Aurora run Postgres and MySQL. Check the first two answers."
    ),
    Why.NOT_ON_MSK: _("This does not go together: MSK runs Kafka only. Check the first two answers."),
}

ROWS: dict[RowKind, "StrOrPromise"] = {
    RowKind.OWN: "",
    RowKind.EARLIER_EUROPE: _("Any region above in Europe"),
    RowKind.EARLIER_ELSEWHERE: _("Any other region above"),
    RowKind.OTHER_EUROPE: _("Any other region in Europe, of AWS, Azure or Google Cloud"),
    RowKind.ELSEWHERE: _("Everything else"),
}
"""What a row speaks of that names no regions."""
