"""From the bytes of a request to a checked request for an endpoint. Source: cloud-api.md §3.1, §3.3."""

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from endpoints import intents
from endpoints.api.envelope import Problem
from endpoints.domain.custom_dns import FIELD, CustomName, custom_names, parse_names
from endpoints.domain.specs import GOOGLE_TYPE, SPECS
from endpoints.domain.types import DESCRIPTION_MAX, EndpointType, SpecError
from endpoints.models import ReversePrivateEndpoint, Service
from endpoints.texts import refusal_text

DEPTH_MOST = 8
"""Levels of a body; what is documented has three."""

_TYPE_FIELDS = {
    "vpcEndpointServiceName",
    "vpcResourceConfigurationId",
    "vpcResourceShareArn",
    "mskClusterArn",
    "mskAuthentication",
    "gcpServiceAttachment",
}
_FIELDS = {"description", "type", FIELD} | _TYPE_FIELDS


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that a request carries. Raises Problem(400)."""
    # A form of another site can send text/plain to us with the browser's remembered key, but never JSON.
    if request.content_type != "application/json":
        raise Problem(400, "Send JSON with Content-Type: application/json.")
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Problem(400, "Send the JSON in UTF-8.")
    try:
        text = request.body.decode("utf-8")
        data = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_number_of, object_pairs_hook=_object_of
        )
    except RequestDataTooBig:
        raise Problem(413, "The body is too large.") from None
    except UnreadablePostError:
        raise Problem(400, "The body could not be read to its end.") from None
    except UnicodeDecodeError:
        raise Problem(400, "Send the JSON in UTF-8.") from None
    except RecursionError:
        raise Problem(400, "The JSON is nested too deeply.") from None
    except ValueError:
        raise Problem(400, "The body is not JSON.") from None
    if not isinstance(data, dict):
        raise Problem(400, "The body is not a JSON object.")
    if _is_deeper(data, DEPTH_MOST):
        raise Problem(400, "The JSON is nested too deeply.")
    return data


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Of two values under one name JSON does not say which counts. Raises Problem(400)."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(400, f"The JSON has the field {name[:60]!r} twice.")
        found[name] = value
    return found


def _is_deeper(data: object, depth: int) -> bool:
    level = [data]
    for _level in range(depth):
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level]
        level = [value for one in inner if isinstance(one, list) for value in one]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _number_of(text: str) -> float:
    """Return a number. Raises ValueError for one so large that it would be infinite: PostgreSQL has none."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def wanted_by(data: dict[str, Any], service: Service) -> intents.Wanted:
    """Check a create request and return what it wants. Raises Problem(400) that names every error."""
    wanted, errors = intents.check_wanted(service, data)
    errors = [*_of_the_api(data), *errors]
    if wanted is not None:
        errors += _not_as_sent(wanted, data)
    if wanted is None or errors:
        raise Problem(400, _sentences(errors))
    # Echoed unchanged, spaces at its ends included: the provider compares (cloud-api.md §13).
    return replace(wanted, description=data["description"])


def names_wanted_by(data: dict[str, Any], endpoint: ReversePrivateEndpoint) -> tuple[CustomName, ...] | None:
    """Check an update request and return the names that it wants, None where it does not speak of them.

    Null is as if it was left out, as in a create request.
    Raises Problem(400) that names every error.
    """
    errors = [SpecError(name, "only_names_change") for name in sorted(data.keys() - {FIELD})]
    names: tuple[CustomName, ...] | None = None
    if data.get(FIELD) is not None:
        had = custom_names(endpoint.custom_dns)
        targets = {target["id"] for target in endpoint.dns_targets}
        kind = EndpointType(endpoint.type)
        names, wrong = parse_names(data[FIELD], kind, had=had, targets=targets)
        errors += wrong
    if errors:
        raise Problem(400, _sentences(errors))
    return names


def _of_the_api(data: dict[str, Any]) -> Iterable[SpecError]:
    for field in sorted(data.keys() - _FIELDS):
        yield SpecError(field, "unknown_field")
    known_types = {field for spec in SPECS.values() for field in spec.fields}
    for field in sorted(_TYPE_FIELDS - known_types):
        if data.get(field) is not None and data.get("type") != GOOGLE_TYPE:
            yield SpecError(field, "foreign_field", type=str(data.get("type"))[:40])


def _not_as_sent(wanted: intents.Wanted, data: dict[str, Any]) -> Iterable[SpecError]:
    """Yield what could not be echoed as it was sent, because a check reads it without its outer spaces."""
    description = data["description"]
    if not description.isprintable():
        yield SpecError("description", "unprintable")
    if len(description) > DESCRIPTION_MAX:
        params = {"maximum": str(DESCRIPTION_MAX), "length": str(len(description))}
        yield SpecError("description", "too_long", **params)
    for field, kept in wanted.spec.parameters().items():
        if data[field] != kept:
            yield SpecError(field, "outer_space")


def _sentences(errors: Iterable[SpecError]) -> str:
    return " ".join(f"{_shown(error.field)}: {sentence(error.code, error.params)}" for error in errors)


def _shown(field: str) -> str:
    return field if field in _FIELDS else repr(field[:60])


def sentence(code: str, params: dict[str, str]) -> str:
    """Return the sentence of a refusal's code, those that only the API knows included."""
    own = {
        "unknown_field": "There is no such field.",
        "only_names_change": "Only customPrivateDnsMappings can be changed.",
        "outer_space": "Remove the white space around it.",
    }
    return own[code] if code in own else refusal_text(code, params)
