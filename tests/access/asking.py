"""Asking as somebody, with everything undone afterwards; and what two answers have in common."""

import base64
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import Client

from endpoints.models import User

_MASKED = (
    re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+'),
    re.compile(r'(?<="X-CSRFToken": ")[^"]+'),
    re.compile(r'(?<="requestId": ")[^"]+'),
    re.compile(r'(?<="requestId":")[^"]+'),
    re.compile(r'(?<=name="form_key" value=")[^"]+'),
)
_SECRET = "t" * 32
_PASSING = ("X-Request-Id", "Set-Cookie", "Content-Length", "Expires", "Last-Modified")


def client_of(user: User | None) -> Client:
    """Return a browser in which a user signed in, which one who was disabled since then did as well."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def strict(user: User | None) -> Client:
    """Return a browser of a user that sends a form's token in a header, as htmx does, and must."""
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": _SECRET})
    client.cookies["csrftoken"] = _SECRET
    if user is not None:
        client.force_login(user)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the database whatever happens meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, address: str, fields: Mapping[str, Any], **more: Any) -> Any:
    """Send a request; fields go into the query of a GET, else into a form."""
    # A view that raises is a 500 here as anywhere, and not the end of the walk.
    client.raise_request_exception = False
    client.cookies.pop("messages", None)  # what the answer before said is not part of this one
    if method in ("GET", "HEAD"):
        return getattr(client, method.lower())(address, fields, **more)
    return client.post(address, fields, **more)


def text_of(response: Any) -> str:
    """Return the body of an answer."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode("utf-8", "replace"))


def likeness(response: Any, *sent: Mapping[str, Any]) -> tuple[int, str, str]:
    """Return status, headers and body of an answer without what differs anyway: echoed ids, tokens."""
    body = text_of(response)
    for pattern in _MASKED:
        body = pattern.sub("…", body)
    headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name not in _PASSING)
    for value in _ids_in(sent):
        body, headers = body.replace(value, "…"), headers.replace(value, "…")
    return response.status_code, headers, body


def _ids_in(sent: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the ids among what was sent, as they may be echoed."""
    found = set()
    for values in sent:
        if "key_id" in values:  # the one id that is no UUID
            found.add(str(values["key_id"]))
        for value in values.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, uuid.UUID):
                    found |= {str(one), one.hex}
                elif isinstance(one, int):
                    found.add(f"/{one}/")
    return found


def basic(key: tuple[str, str] | None) -> str:
    """Return the header of HTTP Basic for a key id and its secret, "" for none."""
    return "" if key is None else "Basic " + base64.b64encode(":".join(key).encode()).decode()
