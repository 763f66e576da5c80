"""Guides and causes in words: for every type, status and reason, in both languages."""

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from endpoints.domain.commands import COMMANDS, GuideKey
from endpoints.domain.reasons import Reason
from endpoints.domain.status import FACTS, Status
from endpoints.domain.types import EndpointType
from endpoints.models import Region, ReversePrivateEndpoint
from endpoints.texts.causes import CAUSES, causes, silent_causes
from endpoints.texts.guides import GUIDES, guides_of, left_behind_of
from tests.people import ACCOUNT, EXTERNAL_ID, PARAMETERS, REGION

every_type = pytest.mark.parametrize("kind", list(EndpointType))
SAD = [status for status in Status if FACTS[status].retryable]
LOOKS = re.compile(r"^aws \S+ (?:describe|get|list)-", re.MULTILINE)


def endpoint_of(
    kind: EndpointType, reason: str, status: Status = Status.FAILED, account: str = ACCOUNT
) -> ReversePrivateEndpoint:
    """Return an unsaved row; no test of this file needs the database."""
    return ReversePrivateEndpoint(
        type=kind,
        parameters=PARAMETERS[kind],
        region=Region(name=REGION, account_id=account),
        status=status,
        reason=reason,
        external_id=EXTERNAL_ID,
    )


def test_every_guide_has_words() -> None:
    assert set(GUIDES) == set(GuideKey)


@every_type
@pytest.mark.parametrize("status", list(Status))
def test_every_guide_is_told_whole(kind: EndpointType, status: Status) -> None:
    for reason in Reason:
        endpoint = endpoint_of(kind, reason, status)
        for told in guides_of(endpoint, status) + left_behind_of(endpoint):
            assert all((told.title, told.where, told.who, told.cli))
            assert "%(" not in told.title + told.where + told.who + told.note
            assert next(name for _, name, _ in told.ways) == "AWS CLI"


@every_type
def test_a_reason_of_a_newer_version_and_a_tombstone_are_answered_too(kind: EndpointType) -> None:
    newer = endpoint_of(kind, "from_the_future")
    assert [told.key for told in guides_of(newer, Status.FAILED)] == list(COMMANDS[kind].looks)
    assert causes(newer)[0].text == "from_the_future"
    gone = endpoint_of(kind, Reason.AVAILABLE)
    gone.removed_at = gone.removal_requested_at = datetime(2026, 1, 1, tzinfo=UTC)
    assert guides_of(gone, Status.DELETING) == []
    assert causes(gone) == []


@every_type
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("status", SAD)
def test_every_failure_is_explained(kind: EndpointType, language: str, status: Status) -> None:
    with translation.override(language):
        for reason in Reason:
            found = causes(endpoint_of(kind, reason, status))
            assert found[0].is_recorded
            assert not any(cause.is_recorded for cause in found[1:])
            for cause in found:
                assert cause.text
                assert cause.check
                assert "%(" not in cause.text + cause.check
            texts = [cause.text for cause in found]
            assert len(texts) == len(set(texts))


@every_type
def test_what_is_recorded_is_not_guessed_again(kind: EndpointType) -> None:
    of_type = CAUSES[kind]
    for likely in of_type.failed:
        for reason in likely.reasons:
            assert str(likely.text) not in [cause.text for cause in causes(endpoint_of(kind, reason))[1:]]
    bare = [cause.text for cause in causes(endpoint_of(kind, Reason.REFUSED_BY_AWS))[1:]]
    assert bare == [str(likely.text) for likely in of_type.failed]


@every_type
def test_guesses_are_checked_by_commands_that_only_look(kind: EndpointType) -> None:
    endpoint = endpoint_of(kind, Reason.REFUSED_BY_AWS)
    sad = [endpoint_of(kind, Reason.REFUSED_BY_AWS, status) for status in SAD]
    guesses = [cause for one in sad for cause in causes(one)[1:]]
    commands = [cause.command for cause in [*guesses, *silent_causes(endpoint)] if cause.command]
    assert len(commands) >= 3
    for command in commands:
        assert len(LOOKS.findall(command)) == len(re.findall(r"^aws ", command, re.MULTILINE))


@every_type
def test_what_is_well_or_on_its_way_has_no_causes_of_failure(kind: EndpointType) -> None:
    for status in set(Status) - set(SAD):
        assert causes(endpoint_of(kind, Reason.AVAILABLE, status)) == []
    again = endpoint_of(kind, Reason.FAILED_AT_AWS)
    again.generation, again.observed_generation = 2, 1
    assert causes(again) == []
    assert len(silent_causes(endpoint_of(kind, Reason.AVAILABLE, Status.READY))) >= 3


def test_an_account_that_is_not_verified_yet_is_left_for_the_owner_to_fill() -> None:
    endpoint = endpoint_of(EndpointType.VPC_ENDPOINT_SERVICE, Reason.SERVICE_NOT_FOUND, account="")
    assert "<POSTERN_ACCOUNT_ID>" in guides_of(endpoint, Status.FAILED)[0].cli
    assert ACCOUNT not in guides_of(endpoint, Status.FAILED)[0].cli


def drawn(text: str, /, **context: object) -> str:
    return Template(text).render(Context(context))


def test_guides_are_drawn_with_a_way_each_and_their_own_copy_buttons() -> None:
    endpoint = endpoint_of(EndpointType.VPC_ENDPOINT_SERVICE, Reason.OWNER_MUST_ACCEPT)
    page = drawn("{% guides told %}", told=guides_of(endpoint, Status.PENDING_ACCEPTANCE))
    buttons = re.findall(r'id="copy-([a-z_-]+)"', page)
    assert buttons == ["accept-cli", "accept-terraform", "see_connections-cli", "reject-cli"]
    assert page.count("<details") == len(buttons)
    assert page.count(" open>") == 1, "the first command is in sight"
    assert EXTERNAL_ID in page
    assert "Endpoint connections → Actions → Accept endpoint connection request" in page


def test_causes_are_drawn_with_the_recorded_one_first_and_escaped() -> None:
    found = causes(endpoint_of(EndpointType.VPC_ENDPOINT_SERVICE, Reason.NO_COMMON_ZONE))
    page = drawn("{% causes found %}", found=found)
    assert page.count("<li>") == len(found)
    assert page.count("(recorded)") == 1
    assert page.index("(recorded)") < page.index("not among the allowed principals")
    assert 'id="copy-cause-1"' in page
    assert "&lt;LOAD_BALANCER_ARN&gt;" in page
    assert "<LOAD_BALANCER" not in page
    silent = silent_causes(endpoint_of(EndpointType.MSK_MULTI_VPC, Reason.AVAILABLE, Status.READY))
    assert 'id="copy-silent-1"' in drawn('{% causes found "silent" %}', found=silent)
    assert "(recorded)" not in drawn("{% causes found %}", found=silent)


def test_a_copied_block_keeps_its_lines_and_gives_nothing_away() -> None:
    page = drawn("{% copy_block text 'x' 'Copy it' %}", text='a \\\n  "b" <c>')
    assert 'data-copy="a \\\n  &quot;b&quot; &lt;c&gt;"' in page
    assert 'aria-label="Copy it"' in page
