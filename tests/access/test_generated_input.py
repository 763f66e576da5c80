"""What nobody can take, sent to everything that takes something: refused in words, and nothing written.

`BAD_INPUT_SEED=… ./dev test tests/access/test_generated_input.py` sends the same once more.
"""

import os
import random
from typing import Any

import pytest

from tests.access import state
from tests.access.admin_objects import make_objects
from tests.access.asking import basic, text_of
from tests.access.badness import Bad, make_bad
from tests.access.forms_found import Form, every_form
from tests.access.world import World

SEED = int(os.environ.get("BAD_INPUT_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
DRAFTS = "endpoints_pipedraft"  # what was typed is kept beside the form; it asks for nothing
AUDIT = "endpoints_auditentry"  # a sign-in that fails is told there


_SIGNS = ('class="error', "errorlist", 'role="alert"')


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.full)])
def test_bad_input_is_refused_in_words_and_writes_nothing(world: World, number: int) -> None:
    key = world.keys["admin's key of the organization"]
    forms = every_form(world, make_objects(world), basic(key))
    assert len(forms) > 50
    dice = random.Random(SEED)
    before, without_audit = state.digest(DRAFTS), state.digest(DRAFTS, AUDIT)
    wrong: list[str] = []
    sent = 0
    asked: set[str] = set()
    while sent < number and len(wrong) < 40:
        form = forms[sent % len(forms)]
        bad = make_bad(form, dice)
        response = _send(form, bad)
        sent += 1
        asked.add(form.name)
        trouble = _trouble(form, bad, response)
        now = state.digest(DRAFTS)
        if now != before:
            is_told = (
                form.name in ("sign-in", "account_reauthenticate")
                and state.digest(DRAFTS, AUDIT) == without_audit
            )
            trouble = trouble or ("" if is_told else "rows were changed")
            before, without_audit = now, state.digest(DRAFTS, AUDIT)
        if trouble:
            wrong.append(f"{form.name}: {bad.what}: {response.status_code}, {trouble} {bad.content_type}")
    assert not wrong, "\n".join([f"Seed {SEED}, {sent} sent:", *wrong])
    assert sent == number
    assert asked == {form.name for form in forms}


def _send(form: Form, bad: Bad) -> Any:
    form.client.raise_request_exception = False
    return form.client.generic(form.method, form.address, bad.body, bad.content_type, headers=form.headers)


def _trouble(form: Form, bad: Bad, response: Any) -> str:
    """Return what is wrong with an answer, "" for nothing."""
    status = response.status_code
    if form.back and status in (302, 303):
        told = form.client.get(response["Location"]).text if form.tells else 'role="alert"'
        return "" if 'role="alert"' in told else "without a word on the next page"
    if not 400 <= status < 500:
        return "which is no refusal"
    if form.is_json:
        told = response.json()
        good = told["status"] == status and len(told["error"].partition(": ")[2]) > 8
        return "" if good else f"which says {told}"
    text = text_of(response)
    if status == 422 and not any(sign in text for sign in _SIGNS):
        return "without a message at a field"
    return "" if "<h1" in text or status == 422 else f"without a heading: {text[:200]}"
