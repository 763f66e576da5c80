"""What the console's forms do: each becomes one control request, and the browser is sent back."""

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from endpoints.sandbox.console import msk, sharing, zones
from endpoints.sandbox.control.api import Control
from endpoints.sandbox.control.router import ControlError
from endpoints.sandbox.wire.http import Request, Response

Form = dict[str, list[str]]
_TEXTS = frozenset({"kind", "service", "operation", "region", "account", "resource", "code", "message"})
_WHOLE = frozenset({"nth", "count", "status"})


def take(control: Control, request: Request) -> Response:
    """Do what a form says, and answer 303 to the page it came from, with the outcome in the query."""
    form = parse_qs(request.body.decode(errors="replace"), keep_blank_values=True)
    back = _first(form, "back") or "/_console/"
    if not back.startswith("/_console/"):
        back = "/_console/"
    try:
        method, path, body, said = _meaning(request.path.removeprefix("/_console/"), form)
        answer = control.answer(Request(method, f"/_control/{path}", {}, json.dumps(body).encode()))
        shown = json.loads(answer.body)
        if answer.status != 200:
            raise ControlError(answer.status, shown["error"])
        if path == "services":
            back = f"/_console/services/{shown['id']}"
        elif path == "clusters":
            back = f"/_console/clusters/{shown['uuid']}"
        note = {"said": said}
    except (ControlError, ValueError) as error:
        note = {"problem": str(error)}
    return Response(303, headers={"Location": f"{quote(back, safe='/')}?{urlencode(note)}"})


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()


def _meaning(path: str, form: Form) -> tuple[str, str, dict[str, Any], str]:
    """Return the control request (method, path, body) that a form stands for, and what to say after it.

    Raises ControlError for an unknown form, ValueError for a malformed number.
    """
    match path.split("/"):
        case ["services"]:
            body = {**_settings(form), "region": _first(form, "region")}
            # Left out are the boxes that this form does not have; no principals at all is an answer.
            body = {
                name: value
                for name, value in body.items()
                if name == "allowed_principals" or value not in ([], "")
            }
            return "POST", "services", body, "The endpoint service was created."
        case ["services", key]:
            return "PATCH", f"services/{key}", _settings(form), "The settings were saved."
        case ["services", key, "delete"]:
            return "DELETE", f"services/{key}", {}, f"{key} was deleted."
        case ["endpoints", key, action]:
            fields = ("code", "message") if action == "fail" else ()
            body = {name: _first(form, name) for name in fields}
            return "POST", f"endpoints/{key}/{action}", body, f"Done: {action} {key}."
        case ["faults"]:
            return "POST", "faults", _fault(form), "The fault is in force."
        case ["faults", key, "clear"]:
            return "DELETE", f"faults/{key}", {}, "The fault was cleared."
        case ["feeds"]:
            return "POST", "feeds", {"region": _first(form, "region")}, "The Region is fed."
        case ["feeds", key, "stop"]:
            query = urlencode({"account": _first(form, "account")})
            return "DELETE", f"feeds/{key}?{query}", {}, "The Region is fed no more."
        case ["holds", key, "release"]:
            action = _first(form, "action")
            return "POST", f"holds/{key}/release", {"action": action}, f"The call was released: {action}."
    parts = path.split("/")
    special = msk.meaning(parts, form) or sharing.meaning(parts, form) or zones.meaning(parts, form)
    return special or _plain(path, form)


def _plain(path: str, form: Form) -> tuple[str, str, dict[str, Any], str]:
    if path == "clock":
        names = ("advance_seconds", "scale")
        body: dict[str, Any] = {name: float(_first(form, name)) for name in names if _first(form, name)}
        if _first(form, "reset"):
            body["reset"] = True
        return "POST", "clock", body, "The clock was set."
    if path == "knobs":
        body = {name: _number(_first(form, name)) for name in form if name not in ("back", "profile")}
        if _first(form, "profile"):
            body["profile"] = _first(form, "profile")
        return "PUT", "knobs", body, "The knobs were turned."
    if path == "reset":
        return "POST", "reset", {}, "The world is back at its seed."
    raise ControlError(404, "There is no such form.")


def _settings(form: Form) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "acceptance_required": _first(form, "acceptance_required") == "on",
        "allowed_principals": _first(form, "allowed_principals").split(),
        "private_dns_name": _first(form, "private_dns_name"),
    }
    for name in ("supported_regions", "zone_ids"):
        settings[name] = [value for value in form.get(name, []) if value]
    state = _first(form, "private_dns_state")
    return {**settings, "private_dns_state": state} if state else settings


def _fault(form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name in _TEXTS | _WHOLE | {"seconds"}:
        value = _first(form, name)
        if value:
            body[name] = value if name in _TEXTS else _number(value)
    return body


def _number(text: str) -> int | float:
    """Read a number. Raises ValueError with a sentence."""
    try:
        return float(text) if any(letter in text for letter in ".eE") else int(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no number.") from error
