"""The words of the address builder: what can be chosen, and what to mind about an address."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.building import Built, NameKind, Note, Way
from endpoints.texts.say import Templates, say

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAME_KINDS: dict[NameKind, "StrOrPromise"] = {
    NameKind.REGIONAL: _("All zones"),
    NameKind.ZONAL: _("One zone only"),
    NameKind.PRIVATE: _("Owner's private DNS name"),
}

WAYS: dict[Way, "StrOrPromise"] = {
    Way.KAFKA: _("Kafka"),
    Way.MSK_TLS: _("Kafka on MSK, TLS certificates"),
    Way.MSK_SCRAM: _("Kafka on MSK, SASL/SCRAM"),
    Way.MSK_IAM: _("Kafka on MSK, IAM"),
    Way.POSTGRES: _("Postgres"),
    Way.MYSQL: _("MySQL"),
    Way.MONGODB: _("MongoDB"),
}

_NOTES: dict[Note, Templates] = {
    Note.ONE_ZONE: (
        _(
            "This name leads to one zone: if that zone fails, the connection fails. Prefer a name of all"
            " zones."
        ),
    ),
    Note.TLS_POSTGRES: (
        _(
            "TLS: the server's certificate names the owner's host, not this one. Enter the owner's host as"
            " the TLS host of the ClickPipe, or check the certificate without the name (sslmode verify-ca)."
            " verify-full works only with a name that stands in the certificate."
        ),
    ),
    Note.TLS_MYSQL: (
        _(
            "TLS: the server's certificate names the owner's host, not this one. Enter the owner's host as"
            " the TLS host of the ClickPipe, or check the certificate without the name (ssl-mode VERIFY_CA)."
            " VERIFY_IDENTITY works only with a name that stands in the certificate."
        ),
    ),
    Note.TLS_MONGODB: (
        _(
            "TLS: MongoDB's clients check that the certificate names the host, and it names the owner's, not"
            " this one. Enter the owner's host as the TLS host of the ClickPipe."
        ),
    ),
    Note.TLS_KAFKA: (
        _(
            "TLS: clients check the certificate against the name that they connect to. This name stands in no"
            " certificate of the owner; the names that the brokers advertise must stand in theirs."
        ),
    ),
    Note.TLS_MSK: (
        _(
            "TLS: the certificates of MSK name MSK's own brokers, not this name. Clients must reach the"
            " brokers by MSK's names, for example by private DNS names of the endpoint service."
        ),
    ),
    Note.OWN_NAME_POSTGRES: (
        _("TLS: sslmode verify-full works with this name if the server's certificate has it: %(host)s"),
        _("TLS: sslmode verify-full works with this name if the server's certificate has it."),
    ),
    Note.OWN_NAME_MYSQL: (
        _("TLS: ssl-mode VERIFY_IDENTITY works with this name if the server's certificate has it: %(host)s"),
        _("TLS: ssl-mode VERIFY_IDENTITY works with this name if the server's certificate has it."),
    ),
    Note.OWN_NAME: (
        _("TLS: clients can check this name if the server's certificate has it: %(host)s"),
        _("TLS: clients can check this name if the server's certificate has it."),
    ),
    Note.MEMBERS: (
        _(
            "A replica set tells clients the host names of its members, which must be reachable as well. Or"
            " connect to this one member only (directConnection=true)."
        ),
    ),
    Note.BROKERS_COVERED: (
        _(
            "Brokers tell clients their own host names. Each of them must be one that this endpoint answers:"
            " %(covered)s"
        ),
        _("Brokers tell clients their own host names. Each of them must be one that this endpoint answers."),
    ),
    Note.BROKERS_UNCOVERED: (
        _(
            "Brokers tell clients their own host names, and this endpoint answers none of those: it has no"
            " private DNS names. Clients find the first broker here and then look for the others elsewhere."
        ),
    ),
    Note.ONE_BROKER: (
        _(
            "Let the owner give the endpoint service a private DNS name that covers the brokers, such as a"
            " wildcard, or make one endpoint for each broker and let each broker advertise its name."
        ),
    ),
}


def notes_of(built: Built) -> list[str]:
    """Return what to mind about an address, in sentences."""
    params = {"host": built.address.host, "covered": list(built.covered)}
    return [say(_NOTES[note], params) for note in built.notes]
