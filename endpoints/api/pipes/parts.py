"""What all bodies of ClickPipe requests are made of. Source: cloud-api.md §7.2."""

import re
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

_PRIVATE_KEY = re.compile(r"PRIVATE\s+KEY", re.IGNORECASE)


class Body(Schema):
    """A part of a request; JSON's types are taken at their word."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("remove the NUL character")
    return value


def _public(value: str) -> str:
    if _PRIVATE_KEY.search(value):
        raise ValueError("remove the private key: it belongs into credentials, and is not kept")
    return value


def _id_of(value: object) -> object:
    """Return the id that a text is. It is told back as it was sent, so there is one way to write it."""
    if not isinstance(value, str):
        return value
    try:
        found = UUID(value)
    except ValueError:
        raise ValueError("this is no id of an endpoint") from None
    if str(found) != value:
        raise ValueError(f"write it as {found}")
    return found


Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_storable)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_storable)]
Long = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_storable)]
"""A text that may be empty."""
Schematic = Annotated[str, StringConstraints(min_length=1, max_length=200_000), AfterValidator(_storable)]
"""A text that fits, with all else of a request, into a body of BODY_MOST bytes as that is unless set."""
Certificate = Annotated[Text, AfterValidator(_public)]
"""What is kept of TLS: certificates, and no key."""
Port = Annotated[int, Field(ge=1, le=65_535)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Key = Annotated[UUID, BeforeValidator(_id_of)]


class Credentials(Body):
    """Secrets of a source. They are checked for their shape, and then dropped."""

    username: Text | None = None
    password: Text | None = None
    accessKeyId: Text | None = None
    secretKey: Text | None = None
    connectionString: Text | None = None
    certificate: Text | None = None
    privateKey: Text | None = None
