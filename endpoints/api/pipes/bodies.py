"""From the body of a ClickPipe request to what it asks for. Source: cloud-api.md §7."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from endpoints import intents
from endpoints.api.bodies import read_object, sentence
from endpoints.api.envelope import Problem
from endpoints.api.pipes import schemas
from endpoints.api.wrong import place_of, said
from endpoints.domain import cloud_pipes, cloud_sources
from endpoints.domain.pipes import NAME_MAX
from endpoints.domain.types import SpecError, clean_text
from endpoints.models import ClickPipe

B = TypeVar("B", bound=BaseModel)

_OTHER_SOURCES = {"objectStorage", "kinesis", "pubsub", "bigquery"}


def read(request: HttpRequest, schema: type[B]) -> B:
    """Return the checked body of a request. Raises Problem(400) that names every error."""
    return checked(read_object(request), schema)


def checked(data: object, schema: type[B]) -> B:
    """Return checked data. Raises Problem(400) that names every error at its field."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise Problem(400, " ".join(_sentences(error.errors()))) from None


def _sentences(errors: Iterable[ErrorDetails]) -> Iterable[str]:
    for error in errors:
        yield f"{place_of(error['loc'])}: {_said(error)}"


def _said(error: ErrorDetails) -> str:
    if error["loc"][:1] == ("source",) and set(map(str, error["loc"][1:2])) & _OTHER_SOURCES:
        return "Postern records ClickPipes that read Kafka, Postgres, MySQL or MongoDB."
    return said(error)


def wanted_new(body: schemas.NewPipe) -> intents.WantedPipe:
    """Return what a request to create asks for. Raises Problem(400)."""
    _check_name(body.name)
    asked = wanted(body.name, cloud_pipes.kept(body.model_dump(mode="json", exclude_unset=True)))
    return replace(asked, starts_paused=bool(body.startPaused))


def wanted_change(pipe: ClickPipe, body: schemas.PipeChange) -> intents.WantedPipe:
    """Return what a ClickPipe is to be after a request to change it. Raises Problem(400)."""
    if body.name is not None and body.name != pipe.name:
        _check_name(body.name)
    patch = body.model_dump(mode="json", exclude_unset=True)
    try:
        definition = cloud_pipes.changed(pipe.full_definition, patch, pipe.state)
    except SpecError as error:
        raise problem(error) from None
    asked = wanted(body.name or pipe.name, definition)
    return replace(asked, has_credentials=cloud_pipes.has_secrets(patch.get("source") or {}))


def _check_name(name: str) -> None:
    """Raise Problem(400) for a name that the console would refuse, or could not be told back as it is."""
    try:
        if clean_text("name", name, maximum=NAME_MAX) != name:
            raise SpecError("name", "outer_space")
    except SpecError as error:
        raise problem(error) from None


def wanted(name: str, definition: Mapping[str, Any]) -> intents.WantedPipe:
    """Return a checked request for a ClickPipe of a definition. Raises Problem(400)."""
    try:
        addresses = cloud_sources.addresses_of(definition)
    except SpecError as error:
        raise problem(error) from None
    named = cloud_pipes.source_of(definition).get("reversePrivateEndpointIds") or []
    if len(set(named)) < len(named):
        raise Problem(400, f"{cloud_pipes.KAFKAS_ENDPOINTS}: " + "One is named twice.")
    return intents.WantedPipe(
        name=name,
        source=cloud_pipes.KINDS[cloud_pipes.kind_of(definition)],
        address=",".join(map(str, addresses)),
        addresses=addresses,
        endpoint_ids=tuple(uuid.UUID(text) for text in named),
        definition=definition,
    )


def problem(error: SpecError) -> Problem:
    """Return the 400 of an error that the domain found."""
    text = sentence(error.code, error.params)
    return Problem(400, f"{error.field}: {text}")
