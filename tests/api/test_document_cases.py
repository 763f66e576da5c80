"""Calls that schemathesis makes from the document: no server error, no answer outside its schema.

In this process, by WSGI. Most ids are put in place of generated ones, and some bodies too: of generated ones
alone nearly all would be of nothing. Each call is taken back, and what waits does so without real time.
"""

import base64
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from endpoints.api import waiting
from endpoints.api.openapi.document import document_of
from endpoints.api.openapi.operations import OPERATIONS
from endpoints.api.root import api
from endpoints.models import ApiKey, Service
from tests.people import make_endpoint, make_pipe, make_tombstone

SHORT, FULL = 500, 5_000
CASES = FULL if os.environ.get("POSTERN_FULL") else SHORT
MODES = list(GenerationMode)
NAMES = sorted(OPERATIONS)
CONFORMANCE = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass
class Stage:
    """What is there to be called: operations by name, ids by the name of their place, and credentials."""

    schema: Any
    ids: dict[str, list[str]]
    credentials: list[str]
    answers: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        made = [one.ok() for one in self.schema.get_all_operations()]
        self._by_name = {one.definition.raw["operationId"]: one for one in made}
        self._strategies: dict[tuple[str, GenerationMode], st.SearchStrategy[Any]] = {}

    def case(self, name: str, mode: GenerationMode) -> st.SearchStrategy[Any]:
        """Return cases of an operation that keep to the document, or do not."""
        if (name, mode) not in self._strategies:
            self._strategies[name, mode] = self._by_name[name].as_strategy(generation_mode=mode)
        return self._strategies[name, mode]


@pytest.fixture
def stage(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    # A web server gives the connection back after a request, and with it the transaction of a test.
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    later = [0.0]
    monkeypatch.setattr(waiting, "_now", lambda: later[0])
    monkeypatch.setattr(waiting, "_sleep", lambda seconds: later.__setitem__(0, later[0] + 100))
    organization = service.organization
    keys = [
        ApiKey.issue(organization=organization, service=None, role=role, name=role)
        for role in ("admin", "operator", "viewer")
    ]
    known = [f"{key.key_id}:{secret}" for key, secret in keys]
    endpoint = make_endpoint(service)
    schema = schemathesis.openapi.from_dict(document_of(api))
    schema.app = get_wsgi_application()
    yield Stage(
        schema,
        {
            "organization_id": [str(organization.pk)],
            "service_id": [str(service.pk)],
            "endpoint_id": [str(endpoint.pk), str(make_tombstone(service).pk)],
            "pipe_id": [str(make_pipe(service, endpoint, name=name).pk) for name in ("one", "two")],
        },
        [
            base64.b64encode(one.encode()).decode()
            for one in (*known, *known, *known, f"{known[0]}x", "nobody")
        ],
    )
    for signal in around:
        signal.connect(close_old_connections)


@pytest.mark.timeout(1_200)
@pytest.mark.django_db
def test_no_call_fails_and_every_answer_is_what_the_document_says(stage: Stage) -> None:
    called: Counter[str] = Counter()

    @seed(int(os.environ.get("POSTERN_SEED", "7")))
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def call(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(NAMES))
        case = data.draw(stage.case(name, data.draw(st.sampled_from(MODES))))
        adapt(data, stage, case, OPERATIONS[name].sent)
        authorization = "Basic " + data.draw(st.sampled_from(stage.credentials))
        with transaction.atomic():
            answer = case.call(headers={"Authorization": authorization})
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CONFORMANCE)
        called[name] += 1
        stage.answers[answer.status_code] += 1

    call()
    assert called.total() >= CASES
    assert set(called) == set(NAMES), "an operation was never called"
    told = f"{dict(stage.answers)}"
    assert stage.answers[200] > CASES / 10, told
    assert {400, 401, 403, 404} <= set(stage.answers), told


def adapt(data: st.DataObject, stage: Stage, case: Any, body: Any) -> None:
    """Put ids of what is there into most addresses, and the document's own body into some calls."""
    for name in case.path_parameters:
        kind = data.draw(st.integers(0, 9))
        if kind < 8:
            case.path_parameters[name] = data.draw(st.sampled_from(stage.ids[name]))
        elif kind == 8:
            case.path_parameters[name] = str(uuid.UUID(int=data.draw(st.integers(0, 9))))
    if body is not None and data.draw(st.booleans()):
        case.body, case.media_type = body, "application/json"
