"""Every code has words, in both languages, with and without its parameters."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

import endpoints.domain
import endpoints.intents
from endpoints import texts
from endpoints.domain.pasted import BELONGS, Pasted
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import SPECS, Spec, parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import Event, ReversePrivateEndpoint
from endpoints.web.forms import TYPES
from tests.people import PARAMETERS

ALL = {
    "service_name": "com.amazonaws.vpce.eu-central-1.vpce-svc-1",
    "region": "eu-central-1",
    "account": "111122223333",
    "code": "X",
    "message": "Y",
    "until": "2026-08-06T15:20:00+00:00",
    "status": "Failed",
    "from": "Provisioning",
    "reason": "service_not_found",
    "external_id": "vpce-1",
    "operation": "CreateVpcEndpoint",
    "network": "vpc-1",
    "names": ["a.example.com", "b.example.com"],
    "generation": 2,
}


def endpoint_with(reason: str, params: dict[str, object]) -> ReversePrivateEndpoint:
    return ReversePrivateEndpoint(
        reason=reason, reason_params=params, region_id="eu-central-1", status=Status.FAILED, parameters={}
    )


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("params", [{}, ALL], ids=["bare", "full"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_says_what_who_and_next(
    reason: Reason, params: dict[str, object], language: str
) -> None:
    with translation.override(language):
        endpoint = endpoint_with(reason, params)
        said = [texts.reason_text(endpoint), texts.who_text(endpoint), texts.next_step_text(endpoint)]
    assert all(said)
    assert not any("%(" in text for text in said)
    assert not any("None" in text for text in said)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("params", [{}, ALL], ids=["bare", "full"])
@pytest.mark.parametrize("code", list(EventCode))
def test_every_event_is_a_sentence(code: EventCode, params: dict[str, object], language: str) -> None:
    with translation.override(language):
        said = texts.event_text(Event(code=code, params=params))
    assert said
    assert "%(" not in said


def codes_raised() -> set[str]:
    """The codes that `SpecError` and `IntentRefused` are raised with, and those of what is held."""
    found = {held.refusal for spec in _specs() for held in spec.held()}
    files = [
        *Path(endpoints.domain.__path__[0]).rglob("*.py"),
        *Path(endpoints.intents.__path__[0]).rglob("*.py"),
    ]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in ("SpecError", "IntentRefused", "in_the_way"):
                place = 1 if name == "SpecError" else 0
                parts = [part for part in ast.walk(node.args[place]) if isinstance(part, ast.Constant)]
                found |= {str(part.value) for part in parts if part.value is not None}
    return found


def _specs() -> list[Spec]:
    return [parse_spec(kind, parameters) for kind, parameters in PARAMETERS.items()]


def test_every_refusal_has_words() -> None:
    assert codes_raised() <= texts.REFUSALS.keys()
    assert len(codes_raised()) >= 15


def test_everything_that_can_be_pasted_has_words_and_every_field_says_what_it_wants() -> None:
    assert set(texts.PASTED) == set(Pasted)
    fields = {field for spec in SPECS.values() for field in spec.fields}
    assert set(texts.WANTED) == set(texts.BELONGS) == fields
    for pasted in Pasted:
        for field in fields:
            params = {"pasted": pasted, "belongs": BELONGS.get(pasted, ""), "wanted": field}
            said = texts.refusal_text("pasted", params)
            assert said.startswith(str(texts.PASTED[pasted]))
            assert said.endswith(str(texts.WANTED[field]))


@pytest.mark.parametrize("code", sorted(texts.REFUSALS))
def test_every_refusal_reads_well_without_parameters(code: str) -> None:
    assert "%(" not in texts.refusal_text(code)


def test_every_last_template_needs_nothing() -> None:
    tables = [*texts.EVENTS.values(), *texts.REFUSALS.values()]
    tables += [part for advice in texts.REASONS.values() for part in (advice.what, advice.next)]
    for language in ("en", "ko"):
        with translation.override(language):
            assert not [str(templates[-1]) for templates in tables if "%(" in str(templates[-1])]


def test_every_type_and_field_has_words_and_a_place_in_the_form() -> None:
    assert set(texts.TYPE_LABELS) == set(EndpointType) == set(TYPES)
    for kind, spec in SPECS.items():
        assert set(TYPES[kind].fields) == set(spec.fields) <= set(texts.FIELD_LABELS)
    assert set(texts.STATUS_LABELS) == {*Status, "Removed"}


def test_what_a_newer_version_wrote_is_shown_as_it_is() -> None:
    endpoint = endpoint_with("from_the_future", {})
    assert texts.reason_text(endpoint) == "from_the_future"
    assert texts.next_step_text(endpoint) == ""
    assert texts.event_text(Event(code="from_the_future", params={})) == "from_the_future"
    assert texts.refusal_text("from_the_future") == "from_the_future"
    assert texts.status_label("FromTheFuture") == "FromTheFuture"


def test_percent_signs_of_users_do_no_harm() -> None:
    endpoint = endpoint_with(Reason.SERVICE_NOT_FOUND, {"service_name": "%(account)s %s %d 100%"})
    assert "%(account)s %s %d 100%" in texts.reason_text(endpoint)


def test_moments_have_a_zone() -> None:
    moment = datetime(2026, 8, 6, 15, 20, tzinfo=UTC)
    assert texts.moment_text(moment) == "6 Aug 2026, 15:20 UTC"
    with translation.override("ko"):
        assert texts.moment_text(moment) == "2026년 8월 6일 오후 3:20 UTC"
