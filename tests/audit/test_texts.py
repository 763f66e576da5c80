"""Every action has words of its own, with and without its parameters."""

import pytest

from endpoints.domain.actions import Action
from endpoints.texts.actions import ACTIONS, action_label, action_text


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
