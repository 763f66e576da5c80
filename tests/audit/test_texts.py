"""Every action has words of its own, with and without its parameters."""

from typing import Any

import pytest

from endpoints.domain.actions import Action
from endpoints.texts.actions import ACTIONS, action_label, action_text
from endpoints.texts.changes import changes_of, kind_text


def test_every_action_is_worded_and_no_two_alike() -> None:
    assert ACTIONS.keys() == set(Action)
    labels = [action_label(action) for action in Action]
    assert len(set(labels)) == len(labels)
    assert not any("%(" in label or label.endswith(".") for label in labels)


@pytest.mark.parametrize(
    ("action", "before", "after", "said"),
    [
        ("role.granted", {}, {"role": "admin"}, "Gave the role admin"),
        ("role.changed", {"role": "viewer"}, {"role": "admin"}, "Changed a role to admin"),
        ("role.revoked", {"role": "viewer"}, {}, "Took the role viewer back"),
        ("role.granted", {}, {}, "Gave a role"),
        ("of.tomorrow", {}, {}, "of.tomorrow"),
    ],
)
def test_parameters_come_from_after_or_else_from_before(
    action: str, before: dict[str, str], after: dict[str, str], said: str
) -> None:
    assert action_text(action, before, after) == said


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("reverseprivateendpoint", {"generation": 1}, {"generation": 2}, [("attempt", "1", "2")]),
        ("reverseprivateendpoint", {}, {"type": "VPC_RESOURCE"}, [("type", "", "VPC resource")]),
        (
            "reverseprivateendpoint",
            {"status": "PendingAcceptance"},
            {"status": "Deleting"},
            [("status", "Pending acceptance", "Deleting")],
        ),
        ("service", {"owner": None}, {"owner": "a@example.com"}, [("owner", "–", "a@example.com")]),
        ("service", {}, {"contact": "", "endpoint_limit": None, "labels": []}, []),
        ("service", {"labels": ["a", "b"]}, {"labels": []}, [("labels", "a, b", "–")]),
        ("network", {"writes_paused": False}, {"writes_paused": True}, [("AWS writes paused", "no", "yes")]),
        ("", {}, {"clickpipes": {"a": "h:1", "b": "h:2"}}, [("ClickPipes", "", "a: h:1; b: h:2")]),
        ("apikey", {}, {"expires_at": "2026-08-06T15:20:00Z"}, [("expires at", "", "6 Aug 2026, 15:20 UTC")]),
        ("nothing", {}, {"at_the_end": 1.5}, [("at the end", "", "1.5")]),
        ("", {}, {"name": "T-shirts"}, [("name", "", "T-shirts")]),
    ],
)  # fmt: skip
def test_changes_are_told_in_words(
    kind: str, before: dict[str, Any], after: dict[str, Any], said: list[tuple[str, str, str]]
) -> None:
    assert [(one.name, one.before, one.after) for one in changes_of(kind, before, after)] == said


def test_kinds_of_things_have_words() -> None:
    assert kind_text("reverseprivateendpoint") == "Reverse private endpoint"
    assert kind_text("handoff") == "Hand-off link"
    assert (kind_text("of_tomorrow"), kind_text("")) == ("of_tomorrow", "")
