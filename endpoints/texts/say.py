"""From templates and parameters to one sentence."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Templates = tuple["StrOrPromise", ...]
"""Most telling first; the first whose parameters are all known is used, and the last needs none."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def say(templates: Templates, params: Mapping[str, object]) -> str:
    """Return the first template whose parameters are all known, filled in, as plain text."""
    for template in templates:
        text = str(template)
        if all(params.get(name) for name in _PLACEHOLDER.findall(text)):
            return _PLACEHOLDER.sub(lambda found: _plain(params[found[1]]), text)
    return str(templates[-1])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
