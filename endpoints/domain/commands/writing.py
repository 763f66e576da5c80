"""How what an owner runs is written: for a shell, as Terraform, as a CloudFormation template.

Values may be user data. Each writer quotes or escapes every one of them, so that it is read back as it was.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_INDENT = "    "
_STEP = "  "
_PLAIN = re.compile(r"AWS(?:::[A-Za-z0-9]+)+")


def aws(service: str, operation: str, **options: Any) -> str:
    """Return one command of the AWS CLI, an option a line; `service_id=` is `--service-id`.

    A list of texts becomes several words; a mapping, or a list with mappings, becomes JSON; True is an
    option without a value.
    """
    lines = [f"aws {service} {operation}"]
    for name, value in options.items():
        words = [f"--{name.replace('_', '-')}", *map(shlex.quote, _words(value))]
        lines.append(" ".join(words))
    return f" \\\n{_INDENT}".join(lines)


def _words(value: Any) -> list[str]:
    if value is True:
        return []
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and any(map(_is_mapping, value))):
        return [json.dumps(value, ensure_ascii=False)]
    return [str(value)] if isinstance(value, str | int) else [str(word) for word in value]


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


# --- Terraform ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expression:
    """Terraform that is written as it stands, such as `aws_lb.source.arn`; never user data."""

    text: str


@dataclass(frozen=True)
class Encoded:
    """A value that Terraform turns into JSON text."""

    value: Mapping[str, Any]


class Block(dict[str, Any]):
    """Arguments of a nested block, where a plain mapping would be an object."""


def resource(kind: str, label: str, arguments: Mapping[str, Any]) -> str:
    """Return one resource of Terraform."""
    return f'resource "{kind}" "{label}" {_body(arguments, 0)}'


def terraform(*resources: str) -> str:
    """Return several resources as one text."""
    return "\n\n".join(resources)


def _body(arguments: Mapping[str, Any], depth: int) -> str:
    """Write arguments as `terraform fmt` does: equals signs in a column, a line free before a block."""
    inner = _STEP * (depth + 1)
    plain = [name for name, value in arguments.items() if not isinstance(value, Block)]
    width = max(map(len, plain), default=0)
    lines: list[str] = []
    for name in plain:
        lines.append(f"{inner}{name:<{width}} = {_hcl(arguments[name], depth + 1)}")
    for name, value in arguments.items():
        if isinstance(value, Block):
            lines += [""] if lines else []
            lines.append(f"{inner}{name} {_body(value, depth + 1)}")
    return "\n".join(["{", *lines, f"{_STEP * depth}}}"])


def _hcl(value: Any, depth: int) -> str:
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Encoded):
        return f"jsonencode({_hcl(value.value, depth)})"
    if isinstance(value, Mapping):
        inner = _STEP * (depth + 1)
        pairs = [f"{inner}{_hcl_text(key)} = {_hcl(one, depth + 1)}" for key, one in value.items()]
        return "\n".join(["{", *pairs, f"{_STEP * depth}}}"])
    if isinstance(value, str):
        return _hcl_text(value)
    if isinstance(value, bool | int):
        return json.dumps(value)
    return f"[{', '.join(_hcl(one, depth) for one in value)}]"


def _hcl_text(text: str) -> str:
    """Quote a text so that Terraform finds no expression in it."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


# --- CloudFormation -------------------------------------------------------------------------------------


def template(**resources: Mapping[str, Any]) -> str:
    """Return a CloudFormation template in YAML, of resources by their logical names."""
    return _yaml({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, 0).strip("\n")


def aws_resource(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource of a template."""
    return {"Type": kind, "Properties": dict(properties)}


def ref(name: str) -> dict[str, str]:
    """Return a reference to another resource of the template."""
    return {"Ref": name}


def _yaml(value: Any, depth: int) -> str:
    pad = f"\n{_STEP * depth}"
    if isinstance(value, Mapping):
        return "".join(f"{pad}{key}:{_yaml_value(one, depth + 1)}" for key, one in value.items())
    return "".join(f"{pad}- {_yaml_value(one, depth + 1).lstrip()}" for one in value)


def _yaml_value(value: Any, depth: int) -> str:
    if isinstance(value, str):
        # JSON's quoting is YAML's double quoting; a type's name needs none.
        return f" {value}" if _PLAIN.fullmatch(value) else f" {json.dumps(value, ensure_ascii=False)}"
    return f" {json.dumps(value)}" if isinstance(value, bool | int) else _yaml(value, depth)
