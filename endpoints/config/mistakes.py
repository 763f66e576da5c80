"""What is wrong in a configuration file, told as one line per mistake: file, table (index and name), key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from endpoints.config.document import Document

Location = tuple[str | int, ...]
"""Where in the file: keys and, within an array, positions from 0; `("network", 0, "vpc_id")`."""


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong, and where."""

    where: Location
    what: str


class ConfigError(Exception):
    """A file that cannot be applied; its text is one line per mistake."""

    def __init__(self, file: str, mistakes: Iterable[Mistake], raw: dict[str, Any] | None = None) -> None:
        self.mistakes = list(mistakes)
        super().__init__("\n".join(f"{file}: {_line(mistake, raw or {})}" for mistake in self.mistakes))


def of_shape(error: ValidationError) -> Iterator[Mistake]:
    """Yield the mistakes that pydantic found."""
    for detail in error.errors(include_url=False, include_context=False):
        yield Mistake(detail["loc"], _WORDS.get(detail["type"], detail["msg"]))


_WORDS = {
    "extra_forbidden": "unknown key",
    "missing": "this key is required",
    "bool_type": "give true or false",
    "string_type": "give a text, in quotes",
    "list_type": "give an array",
    "tuple_type": "give an array of tables",
    "model_type": "give a table",
    "too_short": "give at least one",
}


def of_repetition(document: Document) -> Iterator[Mistake]:
    """Yield what the file says twice: a network, an id, an e-mail, a team, a role."""
    yield from _repeated(_network_keys(document), "the same VPC in the same region stands above")
    yield from _repeated(_organization_keys(document), "the same id stands above")
    yield from _repeated(_service_keys(document), "the same id stands above")
    yield from _repeated(_user_keys(document), "the same e-mail stands above")
    yield from _repeated(_team_keys(document), "the same name stands above")
    yield from _repeated(_role_keys(document), "a role of the same holder there stands above")


def _repeated(keys: Iterable[tuple[Location, object]], what: str) -> Iterator[Mistake]:
    seen: set[object] = set()
    for where, value in keys:
        if value in seen:
            yield Mistake(where, what)
        seen.add(value)


def _network_keys(document: Document) -> Iterator[tuple[Location, tuple[str, str]]]:
    for index, network in enumerate(document.network):
        yield ("network", index, "vpc_id"), (network.region, network.vpc_id)


def _organization_keys(document: Document) -> Iterator[tuple[Location, UUID]]:
    for index, organization in enumerate(document.organization):
        yield ("organization", index, "id"), organization.id


def _service_keys(document: Document) -> Iterator[tuple[Location, UUID]]:
    for index, organization in enumerate(document.organization):
        for position, service in enumerate(organization.service):
            yield ("organization", index, "service", position, "id"), service.id


def _user_keys(document: Document) -> Iterator[tuple[Location, str]]:
    for index, user in enumerate(document.user):
        yield ("user", index, "email"), user.email.casefold()


def _role_keys(document: Document) -> Iterator[tuple[Location, object]]:
    holders = [("user", index, user.role) for index, user in enumerate(document.user)]
    holders += [("team", index, team.role) for index, team in enumerate(document.team)]
    for table, index, roles in holders:
        for position, role in enumerate(roles):
            key = "service" if role.service else "organization"
            yield (table, index, "role", position, key), (table, index, role.service, role.organization)


def _team_keys(document: Document) -> Iterator[tuple[Location, str]]:
    for index, team in enumerate(document.team):
        yield ("team", index, "name"), team.name.casefold()


def _line(mistake: Mistake, raw: dict[str, Any]) -> str:
    """Return `[[organization]] 1 "Acme" [[organization.service]] 2 "orders", key region: what`."""
    words: list[str] = []
    table: list[str] = []
    here: Any = raw
    where = list(mistake.where)
    while len(where) >= 2 and isinstance(where[0], str) and isinstance(where[1], int) and _is_table(where[0]):
        key, index = where[0], where[1]
        table.append(key)
        here = _at(_at(here, key), index)
        words.append(f"[[{'.'.join(table)}]] {index + 1}{_name(here)}")
        where = where[2:]
    place = " ".join(words)
    if where:
        place += f"{', ' if place else ''}key {_key(where)}"
    return f"{place}: {mistake.what}" if place else mistake.what


def _is_table(key: str) -> bool:
    return key in ("network", "organization", "service", "user", "team", "role")


def _key(where: list[str | int]) -> str:
    first, *rest = where
    return f"{first!s}{''.join(f' (item {part + 1})' for part in rest if isinstance(part, int))}"


def _at(container: Any, key: str | int) -> Any:
    try:
        return container[key]
    except (KeyError, IndexError, TypeError):
        return None


def _name(table: Any) -> str:
    """Return what a person calls the table, from the first of its telling keys."""
    if isinstance(table, dict):
        for key in ("name", "email", "vpc_id", "id", "role"):
            if isinstance(table.get(key), str):
                return f" {table[key][:100]!r}"
    return ""
