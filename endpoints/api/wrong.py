"""The words for what pydantic finds wrong in a request: people read them, so they are ours."""

from collections.abc import Iterable, Mapping
from typing import Any

from endpoints.api.bodies import sentence

_KEY = "[key]"  # pydantic's last step to a name in a map, where it is the name that is wrong
_WHOLE, _NUMBER, _OBJECT = "This must be a whole number.", "This must be a number.", "This must be an object."
_ONE_OF = "Send {expected}."
_OWN = {
    "bool_type": "This must be true or false.",
    "dict_type": _OBJECT,
    "enum": _ONE_OF,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "greater_than_equal": "Send {ge} or more.",
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "less_than_equal": "Send {le} or less.",
    "literal_error": _ONE_OF,
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "string_too_long": "At most {max_length} characters are allowed.",
    "too_long": "At most {max_length} are allowed.",
}
_CODES = {
    "extra_forbidden": "unknown_field",
    "is_instance_of": "not_text",  # the id of an endpoint
    "list_type": "not_a_list",
    "missing": "required",
    "string_too_short": "required",
    "string_type": "not_text",
    "string_unicode": "unprintable",
}
"""The codes of sentences that forms say too."""


def place_of(steps: Iterable[int | str]) -> str:
    """Return the way to a value that is wrong, as one text that can be printed."""
    where = ".".join(str(step)[:60] or "''" for step in steps if step != _KEY) or "body"
    return where if where.isprintable() else repr(where)


def said(error: Mapping[str, Any]) -> str:
    """Return the sentence of one of pydantic's errors."""
    kind, about = error["type"], error.get("ctx", {})
    if kind == "value_error":
        text = str(about["error"])
        return f"{text[:1].upper()}{text[1:]}."
    if kind == "string_too_short" and _KEY in error["loc"]:
        return "The name must not be empty."
    if kind in _CODES:
        return sentence(_CODES[kind], {})
    if kind in _OWN:
        return _OWN[kind].format(**about)
    return f"{error['msg']}."
