"""The address builder's table: which port, which host, what to mind."""

import pytest

from endpoints.domain.building import Built, NameKind, Note, Way, build
from endpoints.domain.specs import SpecErrors
from endpoints.domain.types import Source
from endpoints.texts.building import NAME_KINDS, WAYS, notes_of

NAME = "vpce-0a1b-abcd1234.vpce-svc-0c2d.eu-central-1.vpce.amazonaws.com"


@pytest.mark.parametrize(
    ("way", "source", "port"),
    [
        (Way.KAFKA, Source.KAFKA, 9092),
        (Way.MSK_TLS, Source.KAFKA, 9094),
        (Way.MSK_SCRAM, Source.KAFKA, 9096),
        (Way.MSK_IAM, Source.KAFKA, 9098),
        (Way.POSTGRES, Source.POSTGRES, 5432),
        (Way.MYSQL, Source.MYSQL, 3306),
        (Way.MONGODB, Source.MONGODB, 27017),
    ],
)
def test_every_way_has_its_port(way: Way, source: Source, port: int) -> None:
    assert str(build(NAME, NameKind.REGIONAL, way).address) == f"{NAME}:{port}"
    assert way.source is source
    assert str(build(NAME, NameKind.REGIONAL, way, port=" 19092 ").address) == f"{NAME}:19092"


@pytest.mark.parametrize(
    ("kind", "way", "private", "notes"),
    [
        (NameKind.REGIONAL, Way.POSTGRES, (), [Note.TLS_POSTGRES]),
        (NameKind.ZONAL, Way.POSTGRES, (), [Note.ONE_ZONE, Note.TLS_POSTGRES]),
        (NameKind.PRIVATE, Way.POSTGRES, ("db.example.com",), [Note.OWN_NAME_POSTGRES]),
        (NameKind.REGIONAL, Way.MYSQL, (), [Note.TLS_MYSQL]),
        (NameKind.PRIVATE, Way.MYSQL, ("db.example.com",), [Note.OWN_NAME_MYSQL]),
        (NameKind.REGIONAL, Way.MONGODB, (), [Note.TLS_MONGODB, Note.MEMBERS]),
        (NameKind.PRIVATE, Way.MONGODB, ("db.example.com",), [Note.OWN_NAME, Note.MEMBERS]),
        (NameKind.REGIONAL, Way.KAFKA, (), [Note.BROKERS_UNCOVERED, Note.ONE_BROKER, Note.TLS_KAFKA]),
        (NameKind.REGIONAL, Way.KAFKA, ("*.k.example.com",), [Note.BROKERS_COVERED, Note.TLS_KAFKA]),
        (NameKind.PRIVATE, Way.KAFKA, ("*.k.example.com",), [Note.BROKERS_COVERED, Note.OWN_NAME]),
        (NameKind.REGIONAL, Way.MSK_IAM, (), [Note.BROKERS_UNCOVERED, Note.ONE_BROKER, Note.TLS_MSK]),
        (NameKind.PRIVATE, Way.MSK_TLS, ("b-1.example.com",), [Note.BROKERS_COVERED, Note.OWN_NAME]),
    ],
)
def test_what_to_mind(kind: NameKind, way: Way, private: tuple[str, ...], notes: list[Note]) -> None:
    assert list(build("db.example.com", kind, way, private=private).notes) == notes


def test_a_wildcard_gets_its_first_part() -> None:
    built = build("*.k.example.com", NameKind.PRIVATE, Way.KAFKA, part=" B-1 ", private=("*.k.example.com",))
    assert str(built.address) == "b-1.k.example.com:9092"
    assert notes_of(built)[0].endswith("one that this endpoint answers: *.k.example.com")
    assert notes_of(built)[1].endswith("if the server's certificate has it: b-1.k.example.com")
    assert build(NAME, NameKind.REGIONAL, Way.KAFKA, part="ignored").address.host == NAME


@pytest.mark.parametrize(
    ("part", "code"),
    [("", "required"), (" ", "required"), ("a.b", "one_label"), ("*", "not_a_host"), ("x" * 64, "too_long")],
)
def test_a_wrong_part_is_refused(part: str, code: str) -> None:
    with pytest.raises(SpecErrors) as why:
        build("*.k.example.com", NameKind.PRIVATE, Way.KAFKA, part=part)
    assert [(error.field, error.code) for error in why.value.errors] == [("part", code)]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "1e3", "port", "٣"])
def test_a_wrong_port_is_refused(port: str) -> None:
    with pytest.raises(SpecErrors) as why:
        build("*.k.example.com", NameKind.PRIVATE, Way.KAFKA, port=port)
    wrong = [(error.field, error.code) for error in why.value.errors]
    assert wrong == [("part", "required"), ("port", "not_a_port")], "both at once"


@pytest.mark.parametrize("covered", [(), ("*.example.com",)])
@pytest.mark.parametrize("note", list(Note))
def test_every_note_has_its_words(note: Note, covered: tuple[str, ...]) -> None:
    address = build(NAME, NameKind.REGIONAL, Way.KAFKA).address
    (text,) = notes_of(Built(address, (note,), covered))
    assert text
    assert "%(" not in text


def test_every_choice_has_its_words() -> None:
    assert set(NAME_KINDS) == set(NameKind)
    assert set(WAYS) == set(Way)
