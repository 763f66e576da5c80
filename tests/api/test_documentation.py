"""What docs/api.md says of roles and statuses is what holds."""

import re
from pathlib import Path

from endpoints.api.openapi.document import document_of, operations_of
from endpoints.api.root import api
from tests.access.api_table import OPERATIONS
from tests.access.rules import Level

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
SERVICE = "/organizations/{organizationId}/services/{serviceId}"
SERVED = list(operations_of(document_of(api)))


def like(path: str) -> str:
    """Return an address without the names of its ids, which differ."""
    return re.sub(r"{\w+}", "{}", path)


def written() -> dict[tuple[str, str], list[str]]:
    """Return the roles that the tables say, by address and method."""
    found = {}
    for addresses, methods, told in re.findall(r"^\| (`[/…].*?) \| (.*) \| (.*) \|$", TEXT, re.MULTILINE):
        reads, *others = told.split("; ")
        own: dict[str, list[str]] = {}
        for other in others:
            names, roles = re.findall(r"[A-Z]+", other), re.findall(r"viewer|operator|admin", other)
            own |= dict.fromkeys(names, roles)
        for address in re.findall(r"`([^`]+)`", addresses):
            for method in re.findall(r"\b(?:GET|POST|PUT|PATCH|DELETE)\b", methods):
                found[like(address.replace("…", SERVICE)), method] = own.get(method, [reads])
    return found


def test_every_role_that_is_written_is_the_one_that_holds() -> None:
    holds = {}
    for path, method, operation in SERVED:
        rules = OPERATIONS[f"api-{operation['operationId']}".replace("_", "-")][method.upper()]
        least = [max(rule.least, Level.VIEWER).name.lower() for rule in rules]  # every key has a role
        holds[like(path.removeprefix("/v1")), method.upper()] = least
    assert written() == holds


def test_every_status_is_written() -> None:
    rows = [int(status) for status in re.findall(r"^\| (\d{3}) \|", TEXT, re.MULTILINE)]
    answered = {int(status) for _, _, operation in SERVED for status in operation["responses"]}
    assert rows == sorted(answered - {200} | {405})
