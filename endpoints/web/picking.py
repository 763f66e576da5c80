"""Which of a service's endpoints can carry a ClickPipe of a source, and why the others cannot."""

from dataclasses import dataclass

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from endpoints import texts
from endpoints.domain.specs import SPECS
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import Service, read_clock
from endpoints.web.forms import leads_to
from endpoints.web.shown import REMOVED, Shown

PICKS_MOST = 50

_COMING = (Status.PROVISIONING, Status.PENDING_ACCEPTANCE)


@dataclass(frozen=True)
class Pick:
    """One endpoint as something to choose for a source."""

    shown: Shown
    source: Source

    @property
    def fits(self) -> bool:
        """Whether its type can lead to the source at all."""
        return leads_to(EndpointType(self.shown.endpoint.type), self.source)

    @property
    def is_usable(self) -> bool:
        """Whether it can carry a ClickPipe now."""
        return self.fits and self.shown.status == Status.READY

    @property
    def is_coming(self) -> bool:
        """Whether it may be worth waiting for."""
        return self.fits and self.shown.status in _COMING

    @property
    def reason(self) -> str:
        """Why it cannot be chosen, "" if it can."""
        if not self.fits:
            kind = texts.type_label(self.shown.endpoint.type)
            return _("The type %(type)s cannot lead to %(source)s.") % {
                "type": kind,
                "source": self.source.value,
            }
        return {
            Status.READY: "",
            Status.PROVISIONING: _("It is not Ready yet: AWS is at work."),
            Status.PENDING_ACCEPTANCE: _("It is not Ready yet: its owner must accept it."),
            Status.REJECTED: _("Its owner rejected it."),
            Status.EXPIRED: _("It was not accepted in time."),
            Status.FAILED: _("It failed. Its page says why."),
            Status.DELETING: _("It is being removed."),
            REMOVED: _("It was removed."),
        }.get(self.shown.status, _("Its state is not known at present."))


def find_picks(service: Service, source: Source, search: str = "") -> tuple[list[Pick], int]:
    """Return the endpoints to choose from, the usable ones first, at most PICKS_MOST, and how many there are.

    `search` looks in descriptions, endpoint IDs and, as a whole, DNS names.
    """
    fitting = [kind for kind, spec in SPECS.items() if source in spec.sources]
    found = service.endpoints.live().select_related("region")
    if search:
        named = Q(dns_names__contains=[search.lower()]) | Q(private_dns_names__contains=[search.lower()])
        found = found.filter(Q(description__icontains=search) | Q(external_id__icontains=search) | named)
    rank = Case(
        When(type__in=fitting, shown=Status.READY, then=Value(0)),
        When(type__in=fitting, shown__in=_COMING, then=Value(1)),
        default=Value(2),
    )
    now = read_clock().now
    rows = list(found.order_by(rank, "description", "pk")[:PICKS_MOST])
    total = len(rows) if len(rows) < PICKS_MOST else found.count()
    picks = [Pick(Shown(endpoint, now), source) for endpoint in rows]
    # The database does not know which readings are too old to rely on.
    return sorted(picks, key=lambda pick: not pick.is_usable), total
