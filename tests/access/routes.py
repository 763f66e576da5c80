"""Every address of the URLconf, by the name under which the table of expectations knows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


@dataclass(frozen=True)
class Route:
    """One pattern: its whole text, its name with namespaces ("" for none), its parameters, its view."""

    pattern: str
    name: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def key(self) -> str:
        """The name, or for a pattern without one its text."""
        return self.name or self.pattern

    def address(self, values: Mapping[str, object]) -> str:
        """Return an address that leads here. Raises KeyError for a parameter without a value."""
        text = "/" + self.pattern
        for name in self.parameters:
            start = text.index("<", text.index(name) - len("<") - _converter_length(text, name))
            end = text.index(">", start)
            text = text[:start] + str(values[name]) + text[end + 1 :]
        return text


def _converter_length(text: str, name: str) -> int:
    before = text[: text.index(name)]
    return len(before) - before.rindex("<") - 1


def every_route() -> list[Route]:
    """Return every pattern of the URLconf, those of Django admin and of other applications included."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, space: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, text, inner)
        else:
            yield _route(pattern, text, space)


def _route(pattern: URLPattern, text: str, space: str) -> Route:
    names: tuple[str, ...] = ()
    if isinstance(pattern.pattern, RoutePattern):
        whole = RoutePattern(text)
        names = tuple(whole.regex.groupindex)
    return Route(text, f"{space}{pattern.name}" if pattern.name else "", names, pattern.callback)
