"""ClickPipes against what the Terraform provider does, by a client that is as strict as it is."""

from copy import deepcopy
from typing import Any

import pytest

from endpoints.models import ClickPipe, Service
from tests.api.contract.conftest import Time
from tests.api.contract.pipe_configs import CREDENTIALS, FULL, MINIMAL, SECRET, collection, table
from tests.api.contract.pipe_provider import PipeProvider, plans
from tests.api.contract.pipe_state import Json
from tests.api.contract.wire import Failed, NotFound
from tests.people import make_endpoint
from tests.terraform.relay import Relay

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]

DATABASES = ("postgres", "mysql", "mongodb")


def block(service: Service, config: Json, **changes: Any) -> Json:
    """Return a configuration for a service."""
    return {"service_id": str(service.pk), **deepcopy(config), **changes}


def said(pipes: PipeProvider, since: int) -> list[tuple[str, str]]:
    """Return the calls since then, each as its method and the end of its path."""
    calls = pipes.wire.calls[since:]
    assert {status for _, _, status in calls} <= {200}, calls
    ends = [(method, path.rsplit("/", 1)[1]) for method, path, _ in calls]
    return [(method, end if len(end) < 36 else "") for method, end in ends]


@pytest.mark.parametrize("kind", MINIMAL)
def test_a_pipe_of_each_source_is_made_planned_imported_and_deleted(
    pipes: PipeProvider, service: Service, time: Time, kind: str
) -> None:
    for config in (block(service, MINIMAL[kind]), block(service, FULL[kind])):
        if config["source"].get("kafka", {}).get("exactlyOnce") is not None:
            endpoints = [str(make_endpoint(service, external_id=f"vpce-0{n}").pk) for n in (2, 1)]
            config["source"][kind]["reversePrivateEndpointIds"] = endpoints
        live(pipes, config)
    assert not any(pipes.warnings), "a wait took too long"
    assert time.slept == []


def live(pipes: PipeProvider, config: Json) -> None:
    """Create a ClickPipe, plan, refresh and import it, and delete it."""
    ((kind, _),) = config["source"].items()
    before = len(pipes.wire.calls)
    state = pipes.create(config)
    assert state["state"] == "Running"
    scales = [("PATCH", "scaling")] if "scaling" in config else []
    assert said(pipes, before) == [("POST", ""), *scales, ("GET", ""), ("GET", "")]
    again = pipes.read(state)
    assert again == state
    assert plans(config, state) == "nothing"
    imported = pipes.import_pipe(f"{config['service_id']}:{state['id']}")
    if "scaling" not in config:
        kept = ("destination",) if kind == "kafka" else ()  # what an engine was given is written only
        assert {**imported, **{name: state[name] for name in kept}} == state
    assert SECRET not in str(ClickPipe.objects.values())
    pipes.delete(state)
    assert pipes.read(state) is None
    with pytest.raises(NotFound):
        pipes.delete(state)


def test_empty_lists_of_a_table_are_no_change(pipes: PipeProvider, service: Service) -> None:
    config = block(service, MINIMAL["postgres"])
    config["source"]["postgres"]["tableMappings"] = [table("orders", excludedColumns=[], sortingKeys=[])]
    assert plans(config, pipes.create(config)) == "nothing"


def test_the_size_is_only_sent_where_it_differs(pipes: PipeProvider, service: Service) -> None:
    as_it_is = {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5}
    state = pipes.create(block(service, MINIMAL["kafka"], scaling=as_it_is))
    assert ("PATCH", "scaling") not in said(pipes, 0)
    assert state["scaling"] == as_it_is
    before = len(pipes.wire.calls)
    larger = block(service, MINIMAL["kafka"], scaling=as_it_is | {"replicas": 3})
    state = pipes.update(state, larger)
    assert said(pipes, before) == [("PATCH", "scaling"), ("GET", ""), ("GET", "")]
    assert state["scaling"]["replicas"] == 3


@pytest.mark.parametrize("kind", DATABASES)
def test_tables_are_changed_while_the_pipe_is_paused(
    pipes: PipeProvider, service: Service, kind: str
) -> None:
    config = block(service, MINIMAL[kind])
    state = pipes.create(config)
    make = collection if kind == "mongodb" else table
    config["source"][kind]["tableMappings"] = [make("new", tableEngine="MergeTree"), make("orders")]
    assert plans(config, state) == "change"
    before = len(pipes.wire.calls)
    state = pipes.update(state, config)
    stop, start = ("PATCH", "state"), ("PATCH", "state")
    assert said(pipes, before) == [stop, ("GET", ""), ("PATCH", ""), start, ("GET", ""), ("GET", "")]
    assert state["state"] == "Running"
    assert plans(config, state) == "nothing"
    config["source"][kind]["tableMappings"] = [make("new", tableEngine="MergeTree")]
    config["source"][kind]["settings"] |= {"syncIntervalSeconds": 30}
    state = pipes.update(state, config, rotated=kind != "mongodb")
    assert plans(config, state) == "nothing"
    assert SECRET not in str(ClickPipe.objects.values())


def test_a_pipe_that_was_started_meanwhile_is_paused_when_the_server_says_so(
    pipes: PipeProvider, service: Service
) -> None:
    config = block(service, MINIMAL["postgres"])
    state = pipes.create(config)
    stale = {**state, "state": "Paused"}
    config["source"]["postgres"]["tableMappings"] = [table("orders")]
    before = len(pipes.wire.calls)
    changed = pipes.update(stale, config)
    assert [status for _, _, status in pipes.wire.calls[before:]].count(400) == 1
    assert (changed["state"], plans(config, changed)) == ("Running", "nothing")


def test_a_start_of_what_runs_is_no_error_to_the_provider(
    pipes: PipeProvider, service: Service, relay: Relay
) -> None:
    config = block(service, MINIMAL["mysql"])
    state = pipes.create(config)
    path = pipes._path(state)
    pipes._start(path)
    assert pipes.wire.calls[-1][2] == 400
    pipes.wire.send("PATCH", f"{path}/state", {"command": "stop"})
    relay.answer_next("PATCH", 503)  # sent again
    pipes._start(path)
    assert pipes.wire.send("GET", path)["state"] == "Running"


@pytest.mark.parametrize("kind", MINIMAL)
def test_a_pipe_is_stopped_and_started_in_place(pipes: PipeProvider, service: Service, kind: str) -> None:
    config = block(service, MINIMAL[kind])
    state = pipes.create(config)
    stopped = pipes.update(state, config | {"stopped": True})
    assert stopped["state"] == ("Stopped" if kind == "kafka" else "Paused")
    renamed = pipes.update(stopped, config | {"stopped": True, "name": "other"})
    assert (renamed["name"], renamed["state"]) == ("other", stopped["state"])
    assert pipes.update(renamed, config)["state"] == "Running"
    with pytest.raises(Failed, match="cannot be created stopped"):
        pipes.create(config | {"stopped": True})


def test_what_is_completed_can_only_be_resynced(pipes: PipeProvider, service: Service) -> None:
    config = block(service, MINIMAL["postgres"])
    config["source"]["postgres"]["settings"] = {"replicationMode": "snapshot"}
    state = pipes.create(config)
    assert (state["state"], pipes.warnings) == ("Completed", [])
    with pytest.raises(Failed, match="Completed"):
        pipes.update(state, config | {"name": "other"})
    assert pipes.update(state, config, resync=True)["state"] == "Completed"


def test_kafka_is_changed_in_place(pipes: PipeProvider, service: Service) -> None:
    config = block(service, FULL["kafka"])
    state = pipes.create(config)
    kafka = config["source"]["kafka"]
    kafka |= {"authentication": "SCRAM-SHA-512", "exactlyOnce": True}
    config["fieldMappings"].reverse()
    config["destination"]["columns"] = config["destination"]["columns"][:2]
    config["settings"] = {"streaming_max_insert_wait_ms": 1000}
    before = len(pipes.wire.calls)
    state = pipes.update(state, config, rotated=True)
    polls = [("GET", "")] * 2
    assert said(pipes, before) == [("PATCH", ""), ("PUT", "settings"), *polls]
    assert plans(config, state) == "nothing"
    del config["settings"]
    before = len(pipes.wire.calls)
    assert pipes.update(state, config)["settings"] is None
    assert said(pipes, before) == [("PUT", "settings"), *polls]
    assert SECRET not in str(ClickPipe.objects.values())


def test_a_busy_server_is_asked_again_and_a_create_makes_one_pipe(
    pipes: PipeProvider, service: Service, relay: Relay, time: Time
) -> None:
    relay.answer_next("POST", 429, X_RateLimit_Reset="1")
    relay.answer_next("POST", 503)
    relay.answer_next("DELETE", 503)
    config = block(service, MINIMAL["kafka"])
    state = pipes.create(config)
    body = {"name": "lost", "source": {"mongodb": {"uri": "mongodb://m.example.com/"}}, "destination": {}}
    path = f"{pipes._service(config['service_id'])}/clickpipes/"
    first, second = (pipes.wire.send("POST", path, body) for _ in range(2))
    assert first["id"] == second["id"]
    pipes.delete(state)
    assert time.slept == [2, 5, 5]
    assert ClickPipe.objects.live().count() == 1


def test_refusals_are_final_and_say_what_a_person_needs(
    pipes: PipeProvider, service: Service, time: Time
) -> None:
    pipes.create(block(service, MINIMAL["kafka"]))
    taken = block(service, FULL["postgres"], name="stream")
    with pytest.raises(Failed, match=r"status: 409, body: .*CONFLICT: name"):
        pipes.create(taken)
    wrong = block(service, MINIMAL["mongodb"])
    wrong["source"]["mongodb"]["uri"] = f"mongodb://u:{SECRET}@m.example.com/"
    with pytest.raises(Failed, match=r"status: 400, body: .*source.mongodb.uri") as refused:
        pipes.create(wrong)
    assert SECRET not in str(refused.value)
    pipes.wire.secret = "wrong"
    with pytest.raises(Failed, match="status: 401"):
        pipes.create(block(service, MINIMAL["mysql"], name="x"))
    assert time.slept == []


def test_the_size_of_what_reads_databases_reads_as_it_was_set(
    pipes: PipeProvider, service: Service, time: Time
) -> None:
    for cpu, memory in ((1000, 4.0), (24000, 96.0), (2000, 8.0)):
        pipes.size_databases(str(service.pk), cpu, memory)
    assert said(pipes, 0) == [("GET", "clickpipesCdcScaling")] + 2 * [
        ("PATCH", "clickpipesCdcScaling"), ("GET", "clickpipesCdcScaling"), ("GET", "clickpipesCdcScaling"),
    ] + [("PATCH", "clickpipesCdcScaling"), ("GET", "clickpipesCdcScaling")]  # fmt: skip
    assert time.slept == []


def test_every_address_answers_with_and_without_its_slash(pipes: PipeProvider, service: Service) -> None:
    for slash in ("", "/"):
        visit(pipes, pipes.create(block(service, MINIMAL["postgres"])), slash)


def visit(pipes: PipeProvider, state: Json, slash: str) -> None:
    """Call every address of a ClickPipe, and delete it."""
    send, path = pipes.wire.send, pipes._path(state)
    send("GET", f"{pipes._service(state['service_id'])}/clickpipesCdcScaling{slash}")
    send("PATCH", f"{path}{slash}", {"source": {"postgres": {"credentials": CREDENTIALS}}})
    send("PATCH", f"{path}/scaling{slash}", {"replicas": 2})
    send("PATCH", f"{path}/state{slash}", {"command": "stop"})
    assert (
        send("PUT", f"{path}/settings{slash}", {"a": 1}) == {"a": 1} == send("GET", f"{path}/settings{slash}")
    )
    assert send("DELETE", f"{path}{slash}") == {}
