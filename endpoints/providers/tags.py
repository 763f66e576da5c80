"""Ownership by tags (aws.md §1, "Common ground"): every object says which endpoint, generation and
installation it was made for, from the create call on. Adopted is only what carries all three."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from endpoints.providers.base import Operator, Ownership

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef, TagTypeDef


def tags_for(operator: Operator, owner: Ownership) -> list[TagTypeDef]:
    """Return the tags that a create call carries."""
    return [{"Key": key, "Value": value} for key, value in tag_map_for(operator, owner).items()]


def tag_map_for(operator: Operator, owner: Ownership) -> dict[str, str]:
    """Return the same tags as MSK takes them."""
    return {
        f"{operator.tag_prefix}:endpoint-id": str(owner.endpoint_id),
        f"{operator.tag_prefix}:generation": str(owner.generation),
        f"{operator.tag_prefix}:installation": str(operator.installation_id),
    }


def installation_filter(operator: Operator) -> FilterTypeDef:
    """Return the filter that finds all objects of this installation."""
    return {"Name": f"tag:{operator.tag_prefix}:installation", "Values": [str(operator.installation_id)]}


def endpoint_filter(operator: Operator, owners: Iterable[Ownership]) -> FilterTypeDef:
    """Return the filter that finds the objects of these endpoints, at most 200."""
    values = [str(owner.endpoint_id) for owner in owners]
    return {"Name": f"tag:{operator.tag_prefix}:endpoint-id", "Values": values}


def is_ours(operator: Operator, values: Mapping[str, str]) -> bool:
    """Say whether a map of tags is one that this installation wrote."""
    return values.get(f"{operator.tag_prefix}:installation") == str(operator.installation_id)


def read_tag_map(operator: Operator, values: Mapping[str, str]) -> tuple[str, int]:
    """Return (endpoint id, generation) as the tags say; "" and 0 where they do not say it."""
    generation = values.get(f"{operator.tag_prefix}:generation", "")
    return (
        values.get(f"{operator.tag_prefix}:endpoint-id", ""),
        int(generation) if generation.isdecimal() else 0,
    )
