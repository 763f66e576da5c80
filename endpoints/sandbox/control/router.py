"""A small router for JSON routes."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from endpoints.sandbox.wire.http import Request, Response, json_response


class ControlError(Exception):
    """Bad control input: an HTTP status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Ask:
    """One control request: its path parameters, query and JSON body."""

    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]

    def only(self, **known: type | tuple[type, ...]) -> dict[str, Any]:
        """Return the body, checked to hold nothing but these members. Raises ControlError 400."""
        for name, value in self.body.items():
            if name not in known:
                raise ControlError(400, f"Unknown member {name!r}; known are: {', '.join(known) or 'none'}.")
            kinds = known[name]
            wanted = kinds if isinstance(kinds, tuple) else (kinds,)
            if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
                raise ControlError(400, f"{name!r} has the wrong type.")
        return self.body


Route = Callable[[Ask], Any]


class Router:
    """Finds the function for a method and path; `{name}` in a path is a parameter."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Route]] = []

    def add(self, method: str, path: str, route: Route) -> None:
        """Add a route."""
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
        self._routes.append((method, pattern, route))

    def answer(self, request: Request) -> Response:
        """Answer in JSON; errors are `{"error": "a sentence"}`."""
        try:
            route, ask = self._find(request)
            return json_response(200, route(ask))
        except ControlError as error:
            return json_response(error.status, {"error": error.message})
        except ValueError as error:
            return json_response(400, {"error": str(error)})

    def _find(self, request: Request) -> tuple[Route, Ask]:
        path, found = request.path, []
        for method, pattern, route in self._routes:
            match = pattern.fullmatch(path)
            if match and method == request.method:
                return route, Ask(match.groupdict(), request.query, _body(request))
            if match:
                found.append(method)
        if found:
            raise ControlError(405, f"{path} takes {', '.join(found)}.")
        raise ControlError(404, f"There is nothing at {path}.")


def _body(request: Request) -> dict[str, Any]:
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise ControlError(400, f"The body is no JSON: {error}.") from error
    if not isinstance(body, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return body
