"""Cluster policies: written from a few settings, and asked whether they allow somebody something."""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

# What a client needs before it can connect (aws.md §1c).
CLIENT_ACTIONS = (
    "kafka:CreateVpcConnection", "kafka:GetBootstrapBrokers", "kafka:DescribeCluster",
    "kafka:DescribeClusterV2",
)  # fmt: skip


def write(cluster_arn: str, principals: list[str], actions: Iterable[str] = CLIENT_ACTIONS) -> str:
    """Return a policy that allows the principals the actions; no principals, no policy."""
    if not principals:
        return ""
    statement = {
        "Effect": "Allow", "Principal": {"AWS": principals}, "Action": list(actions), "Resource": cluster_arn,
    }  # fmt: skip
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def read(text: str) -> list[dict[str, Any]]:
    """Return the statements. Raises ValueError naming what is wrong with the text."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ValueError("The policy is not valid JSON.") from error
    found = document.get("Statement") if isinstance(document, dict) else None
    statements: list[Any] = found if isinstance(found, list) else [found]
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("Every statement of the policy needs an effect, Allow or Deny.")
        for name in ("Principal", "Action", "Resource"):
            if not _texts(statement.get(name)):
                raise ValueError(f"Every statement of the policy needs a {name}.")
    return statements


def principals(text: str) -> list[str]:
    """Return all principals that some statement allows something."""
    return _named(text, "Principal")


def actions(text: str) -> list[str]:
    """Return all actions that some statement allows somebody."""
    return _named(text, "Action")


def _named(text: str, name: str) -> list[str]:
    statements = read(text) if text else []
    found = [item for part in statements if part["Effect"] == "Allow" for item in _texts(part[name])]
    return list(dict.fromkeys(found))


def allows(text: str, cluster_arn: str, action: str, account: str, principal: str) -> bool:
    """Whether a policy lets a caller do something: some statement allows it, and none denies it."""
    effects = set()
    for statement in read(text) if text else []:
        accepted = {"*", account, f"arn:aws:iam::{account}:root", principal}
        if (
            not accepted.isdisjoint(_texts(statement["Principal"]))
            and any(fnmatchcase(action.lower(), item.lower()) for item in _texts(statement["Action"]))
            and any(fnmatchcase(cluster_arn, item) for item in _texts(statement["Resource"]))
        ):
            effects.add(statement["Effect"])
    return effects == {"Allow"}


def _texts(value: Any) -> list[str]:
    """Return what a policy may write as one text, a list of texts, or `{"AWS": …}`."""
    if isinstance(value, dict):
        value = value.get("AWS")
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, str) and item]
