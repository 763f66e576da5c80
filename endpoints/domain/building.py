"""From a DNS name of an endpoint to an address: host and port, and what to mind about it.

Source: ui.md §1.2 (ports), §4 "Ready but cannot connect"; aws.md §5 (names without ports).
"""

from dataclasses import dataclass
from enum import StrEnum

from endpoints.domain.dns import PORTS
from endpoints.domain.pipes import Address, clean_host, clean_port
from endpoints.domain.specs import SpecErrors
from endpoints.domain.types import Source, SpecError, clean_text

WILDCARD = "*."


class NameKind(StrEnum):
    """What a DNS name of an endpoint leads to, and whose name it is."""

    REGIONAL = "regional"
    ZONAL = "zonal"
    PRIVATE = "private"


class Way(StrEnum):
    """A source, and for MSK's own brokers the authentication, which has a port of its own."""

    KAFKA = "kafka"
    MSK_TLS = "msk-tls"
    MSK_SCRAM = "msk-scram"
    MSK_IAM = "msk-iam"
    POSTGRES = "postgres"
    MYSQL = "mysql"
    MONGODB = "mongodb"

    @property
    def source(self) -> Source:
        """The source that is reached."""
        return _SOURCES.get(self, Source.KAFKA)

    @property
    def port(self) -> int:
        """The usual port."""
        return _MSK_PORTS.get(self) or PORTS[self.source]

    @property
    def is_msk(self) -> bool:
        """Whether the brokers are MSK's, whose names and certificates are MSK's too."""
        return self in _MSK_PORTS


_SOURCES = {Way.POSTGRES: Source.POSTGRES, Way.MYSQL: Source.MYSQL, Way.MONGODB: Source.MONGODB}
_MSK_PORTS = {Way.MSK_TLS: 9094, Way.MSK_SCRAM: 9096, Way.MSK_IAM: 9098}


class Note(StrEnum):
    """Something to mind about an address; `texts/building.py` has the words."""

    ONE_ZONE = "one_zone"
    TLS_POSTGRES = "tls_postgres"
    TLS_MYSQL = "tls_mysql"
    TLS_MONGODB = "tls_mongodb"
    TLS_KAFKA = "tls_kafka"
    TLS_MSK = "tls_msk"
    OWN_NAME_POSTGRES = "own_name_postgres"
    OWN_NAME_MYSQL = "own_name_mysql"
    OWN_NAME = "own_name"
    MEMBERS = "members"
    BROKERS_UNCOVERED = "brokers_uncovered"
    BROKERS_COVERED = "brokers_covered"
    ONE_BROKER = "one_broker"


_TLS = {
    Way.POSTGRES: Note.TLS_POSTGRES,
    Way.MYSQL: Note.TLS_MYSQL,
    Way.MONGODB: Note.TLS_MONGODB,
    Way.KAFKA: Note.TLS_KAFKA,
}
_OWN_NAMES = {Way.POSTGRES: Note.OWN_NAME_POSTGRES, Way.MYSQL: Note.OWN_NAME_MYSQL}


@dataclass(frozen=True)
class Built:
    """An address with its notes; `covered` are the private names that the endpoint answers."""

    address: Address
    notes: tuple[Note, ...]
    covered: tuple[str, ...]


def build(
    name: str, kind: NameKind, way: Way, *, part: str = "", port: str = "", private: tuple[str, ...] = ()
) -> Built:
    """Return the address of a source behind one of an endpoint's names.

    `part` stands in place of a wildcard's star; `port` is the owner's own, "" for the usual one; `private`
    are all private names of the endpoint. Raises SpecErrors on `part` and `port`.
    """
    errors: list[SpecError] = []
    host, number = "", way.port
    try:
        host = clean_host("part", _filled(name, part))
    except SpecError as error:
        errors.append(error)
    try:
        number = clean_port("port", port) if port.strip() else way.port
    except SpecError as error:
        errors.append(error)
    if errors:
        raise SpecErrors(errors)
    return Built(Address(host, number), _notes(kind, way, bool(private)), private)


def _filled(name: str, part: str) -> str:
    if not name.startswith(WILDCARD):
        return name
    given = clean_text("part", part, maximum=63)
    if "." in given:
        raise SpecError("part", "one_label")
    return f"{given}.{name.removeprefix(WILDCARD)}"


def _notes(kind: NameKind, way: Way, has_private: bool) -> tuple[Note, ...]:
    notes = [Note.ONE_ZONE] if kind is NameKind.ZONAL else []
    if way.source is Source.KAFKA:
        notes.append(Note.BROKERS_COVERED if has_private else Note.BROKERS_UNCOVERED)
        notes += [] if has_private else [Note.ONE_BROKER]
    if kind is NameKind.PRIVATE:
        notes.append(_OWN_NAMES.get(way, Note.OWN_NAME))
    else:
        notes.append(Note.TLS_MSK if way.is_msk else _TLS[way])
    if way is Way.MONGODB:
        notes.append(Note.MEMBERS)
    return tuple(notes)
