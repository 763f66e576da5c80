"""Why an endpoint may have failed, or does not carry traffic, and how to find out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.commands import GuideKey
from endpoints.domain.reasons import Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Likely:
    """A likely cause, its check, and the guide whose command checks it, if one does.

    `reasons` are the recorded reasons that say the same, after which it is not repeated.
    """

    text: "StrOrPromise"
    check: "StrOrPromise"
    guide: GuideKey | None = None
    reasons: frozenset[Reason] = frozenset()


@dataclass(frozen=True)
class TypeCauses:
    """The likely causes of one type, each list with the likeliest first.

    `silent`: of an endpoint that is Ready and cannot be connected through.
    """

    failed: tuple[Likely, ...]
    rejected: tuple[Likely, ...]
    expired: tuple[Likely, ...]
    silent: tuple[Likely, ...]


KAFKA_NAMES = Likely(
    _("With Kafka: the brokers tell clients names that lead elsewhere."),
    _(
        "Compare the brokers' advertised listeners with the names of the endpoint. Each broker needs a name"
        " that leads through an endpoint: its own, or one that a wildcard covers."
    ),
)
CERTIFICATE = Likely(
    _("With TLS: the certificate of the source is for another host name."),
    _(
        "If the client checks host names, connect by a name that the certificate has, such as a private DNS"
        " name, or give the client the TLS host to expect."
    ),
)
