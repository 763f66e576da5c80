"""ClickPipes by the API: what is told back, what is refused, and what follows for endpoints."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection

from endpoints.models import AuditEntry, ClickPipe, Event, Service
from tests.api.conftest import Caller, CallerFor
from tests.people import REGIONAL_NAME, make_endpoint, make_pipe, make_user

SECRET = "s3cret-s3cret"
CREDENTIALS = {"username": "reader", "password": SECRET}
COLUMNS = [{"name": "id", "type": "UInt64"}, {"name": "at", "type": "DateTime"}]
TABLE = {"sourceSchemaName": "public", "sourceTable": "orders", "targetTable": "orders"}
KAFKA: dict[str, Any] = {
    "name": "stream",
    "source": {
        "kafka": {
            "type": "msk",
            "format": "JSONEachRow",
            "brokers": "b-1.example.com:9098",
            "topics": "orders",
            "authentication": "IAM_USER",
            "credentials": {"accessKeyId": "AKIA", "secretKey": SECRET},
        }
    },
    "destination": {
        "database": "default",
        "table": "orders",
        "managedTable": True,
        "tableDefinition": {"engine": {"type": "MergeTree"}, "sortingKey": []},
        "columns": COLUMNS,
        "roles": ["writer"],
    },
    "fieldMappings": [{"sourceField": "id", "destinationField": "id"}],
    "settings": {"streaming_max_insert_wait_ms": 5000},
}
POSTGRES: dict[str, Any] = {
    "name": "shop",
    "source": {
        "postgres": {
            "type": "postgres",
            "host": REGIONAL_NAME,
            "port": 5432,
            "database": "shop",
            "credentials": CREDENTIALS,
            "settings": {"replicationMode": "cdc"},
            "tableMappings": [TABLE],
        }
    },
    "destination": {"database": "default", "roles": []},
}


@pytest.fixture
def pipes(caller: Caller) -> Caller:
    """The same caller on the collection of ClickPipes."""
    caller.collection = caller.collection.replace("clickpipesReversePrivateEndpoints", "clickpipes")
    return caller


def made(pipes: Caller, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = pipes.call("POST", "/", body={**body, **changes})  # with a slash, as the provider does
    assert answer.status_code == 200, answer.json()
    result: dict[str, Any] = answer.json()["result"]
    return result


def asked(pipes: Caller, method: str, path: str, body: object = None) -> Any:
    answer = pipes.call(method, path, body)
    assert answer.status_code == 200, answer.json()
    return answer.json().get("result")


def test_a_kafka_pipe_is_told_back_as_it_was_sent(pipes: Caller, service: Service) -> None:
    first, second = make_endpoint(service), make_endpoint(service, external_id="vpce-0bbbbbbbbbbbbbbbb")
    named = [str(second.pk), str(first.pk)]
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["reversePrivateEndpointIds"] = named
    result = made(pipes, body)
    assert result["state"] == "Provisioning"
    kafka = body["source"]["kafka"]
    del kafka["credentials"], body["destination"]["roles"]
    kafka["consumerGroup"] = f"clickpipes-{result['id']}"
    for name in ("name", "source", "destination", "fieldMappings", "settings"):
        assert result[name] == body[name]
    again = asked(pipes, "GET", f"/{result['id']}")
    assert again == result | {"state": "Running"}
    assert asked(pipes, "GET", "") == [again]
    assert list(Event.objects.filter(endpoint=first).values_list("code", flat=True)) == ["pipe_added"]


def test_what_only_later_providers_send_is_told_back(pipes: Caller) -> None:
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["tombstoneMode"] = "delete"
    body["destination"]["tableDefinition"]["ttl"] = "at + INTERVAL 1 DAY"
    result = made(pipes, body)
    assert result["source"]["kafka"]["tombstoneMode"] == "delete"
    assert result["destination"]["tableDefinition"]["ttl"] == "at + INTERVAL 1 DAY"


def test_what_was_not_sent_is_not_told_as_an_empty_value(pipes: Caller) -> None:
    kafka = made(pipes, KAFKA)["source"]["kafka"]
    absent = {
        "reversePrivateEndpointIds",
        "offset",
        "schemaRegistry",
        "iamRole",
        "caCertificate",
        "exactlyOnce",
    }
    assert absent & set(kafka) == set()
    postgres = made(pipes, POSTGRES)["source"]["postgres"]
    assert "tlsHost" not in postgres
    assert postgres["settings"] == {"replicationMode": "cdc"}


def test_secrets_are_accepted_and_neither_kept_nor_told(pipes: Caller) -> None:
    made(pipes, KAFKA)
    shop = made(pipes, POSTGRES)
    asked(pipes, "PATCH", f"/{shop['id']}", {"source": {"postgres": {"credentials": CREDENTIALS}}})
    everything = json.dumps([asked(pipes, "GET", ""), list(AuditEntry.objects.values("before", "after"))])
    assert SECRET not in everything
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM endpoints_clickpipe pipe WHERE pipe::text LIKE %s", [f"%{SECRET}%"]
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "url",
    [
        f"https://reader:{SECRET}@registry.example.com",
        f"https://registry.example.com/?token={SECRET}",
        f"https://registry.example.com/#{SECRET}",
    ],
)
def test_a_secret_in_the_address_of_a_schema_registry_is_refused(pipes: Caller, url: str) -> None:
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["schemaRegistry"] = {"url": url}
    error = pipes.error("POST", body=body, status=400)
    assert "source.kafka.schemaRegistry: " in error
    assert SECRET not in error
    assert not ClickPipe.objects.exists()


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
@pytest.mark.parametrize("place", ["kafka", "schemaRegistry", "postgres"])
def test_a_private_key_is_no_certificate(pipes: Caller, kind: str, place: str) -> None:
    key = f"-----BEGIN CERTIFICATE-----\n-----BEGIN {kind}-----\n{SECRET}\n-----END {kind}-----\n"
    body = json.loads(json.dumps(POSTGRES if place == "postgres" else KAFKA))
    source = body["source"]["postgres" if place == "postgres" else "kafka"]
    if place == "schemaRegistry":
        source = source.setdefault(place, {"url": "https://registry.example.com"})
    source["caCertificate"] = key
    error = pipes.error("POST", body=body, status=400)
    assert "caCertificate: " in error
    assert "private key" in error
    assert SECRET not in error
    assert not ClickPipe.objects.exists()


def test_a_pipe_that_reaches_an_endpoint_by_its_name_keeps_it_from_an_operators_removal(
    pipes: Caller, service: Service
) -> None:
    endpoint = make_endpoint(service)
    made(pipes, POSTGRES)
    endpoint.refresh_from_db()
    assert endpoint.pipe_sources == "Postgres"
    place = f"../clickpipesReversePrivateEndpoints/{endpoint.pk}"
    pipes.collection = pipes.collection.removesuffix("clickpipes")
    pipes.error("DELETE", place.removeprefix("../"), status=403)


def test_endpoints_that_cannot_be_used_are_refused(
    pipes: Caller, service: Service, caller_for: CallerFor
) -> None:
    from tests.api.conftest import make_service

    foreign = make_endpoint(make_service("ledger"))
    told = set()
    for key in (foreign.pk, uuid.uuid4()):
        body = json.loads(json.dumps(KAFKA))
        body["source"]["kafka"]["reversePrivateEndpointIds"] = [str(key)]
        error = pipes.error("POST", body=body, status=400)
        told.add(error.replace(str(key), "ID"))
    assert not ClickPipe.objects.exists()
    assert len(told) == 1, "a stranger's and none at all look the same"
    assert "source.kafka.reversePrivateEndpointIds: Cannot be used: ID. " in told.pop()


def test_only_the_endpoints_that_cannot_be_used_are_named(pipes: Caller, service: Service) -> None:
    first, second = make_endpoint(service), make_endpoint(service, external_id="vpce-0bbbbbbbbbbbbbbbb")
    unknown = str(uuid.uuid4())
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["reversePrivateEndpointIds"] = [str(first.pk)]
    pipe = made(pipes, body)
    ids = [str(first.pk), str(second.pk), unknown]
    patch = {"source": {"kafka": {"reversePrivateEndpointIds": ids}}}
    error = pipes.error("PATCH", f"/{pipe['id']}", patch, status=400)
    assert f"source.kafka.reversePrivateEndpointIds: Cannot be used: {unknown}. " in error


@pytest.mark.parametrize("way", [str.upper, lambda text: text.replace("-", ""), "{{{}}}".format])
def test_an_id_that_would_be_told_otherwise_is_refused(pipes: Caller, service: Service, way: Any) -> None:
    body = json.loads(json.dumps(KAFKA))
    endpoint = make_endpoint(service, id=uuid.UUID("abcdefab-0000-4000-8000-000000000001"))
    body["source"]["kafka"]["reversePrivateEndpointIds"] = [way(str(endpoint.pk))]
    assert str(endpoint.pk) in pipes.error("POST", body=body, status=400)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("name",), "", "name"),
        (("name",), None, "name"),
        (("surprise",), 1, "surprise"),
        (("source",), {}, "source"),
        (("source", "kinesis"), {"streamName": "orders"}, "source.kinesis"),
        (("source", "postgres", "port"), "5432", "source.postgres.port"),
        (("source", "postgres", "port"), True, "source.postgres.port"),
        (("source", "postgres", "port"), 65_536, "source.postgres.port"),
        (("source", "postgres", "host"), "no host", "source.postgres.host"),
        (("source", "postgres", "host"), "db\0", "source.postgres.host"),
        (("source", "postgres", "passwort"), "x", "source.postgres.passwort"),
        (("source", "postgres", "settings"), {"replicationMode": "all"}, "replicationMode"),
        (("source", "postgres", "tableMappings"), [{}], "tableMappings.0.sourceSchemaName"),
        (("destination",), None, "destination"),
        (("settings",), {"a": {"b": 1}}, "settings.a"),
    ],
)
def test_bad_fields_are_named(pipes: Caller, path: tuple[str, ...], value: object, field: str) -> None:
    body = json.loads(json.dumps(POSTGRES))
    place = body
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    error = pipes.error("POST", body=body, status=400)
    assert error.startswith("BAD_REQUEST: ")
    assert field in error
    assert not ClickPipe.objects.exists()


def test_changes_need_a_pause_where_tables_change_and_names_stay_unique(pipes: Caller) -> None:
    stream = made(pipes, KAFKA)
    shop = made(pipes, POSTGRES)
    more = {"source": {"postgres": {"tableMappingsToAdd": [{**TABLE, "sourceTable": "lines"}]}}}
    assert "must be paused to edit" in pipes.error("PATCH", f"/{shop['id']}", more, status=400)
    assert asked(pipes, "PATCH", f"/{shop['id']}/state", {"command": "stop"})["state"] == "Paused"
    changed = asked(pipes, "PATCH", f"/{shop['id']}", {"name": "store", **more})
    assert (changed["name"], changed["state"]) == ("store", "Paused")
    assert [one["sourceTable"] for one in changed["source"]["postgres"]["tableMappings"]] == [
        "orders",
        "lines",
    ]
    assert asked(pipes, "PATCH", f"/{shop['id']}/state", {"command": "start"})["state"] == "Running"
    error = pipes.error("PATCH", f"/{shop['id']}/state", {"command": "start"}, status=400)
    assert "ClickPipe is already running" in error
    assert asked(pipes, "PATCH", f"/{shop['id']}/state", {"command": "resync"})["state"] == "Running"
    taken = f"CONFLICT: name: The ClickPipe {stream['id']} of this service has this name already."
    assert taken in pipes.error("PATCH", f"/{shop['id']}", {"name": "stream"}, status=409)
    assert made(pipes, KAFKA)["name"] == "stream"  # the same bytes again: an answer was lost
    assert taken in pipes.error("POST", body=KAFKA | {"scaling": {}}, status=409)


@pytest.mark.parametrize("name", ["   ", "\u200b", "pay\u202eeof", "a\tb", " p ", "p\n"])
def test_a_name_that_the_console_refuses_or_would_change_is_refused(
    pipes: Caller, service: Service, name: str
) -> None:
    assert pipes.error("POST", body=KAFKA | {"name": name}, status=400).startswith("BAD_REQUEST: name: ")
    assert not ClickPipe.objects.exists()
    pipe = make_pipe(service, name="of old")
    assert pipes.error("PATCH", f"/{pipe.pk}", {"name": name}, status=400).startswith("BAD_REQUEST: name: ")
    ClickPipe.objects.update(name=name)
    changes: list[dict[str, Any]] = [{}, {"name": name}, {"fieldMappings": []}]
    for change in changes:
        assert asked(pipes, "PATCH", f"/{pipe.pk}", change)["name"] == name


def test_a_new_host_is_what_counts_from_then_on(pipes: Caller, service: Service) -> None:
    endpoint = make_endpoint(service)
    shop = made(pipes, POSTGRES)
    asked(pipes, "PATCH", f"/{shop['id']}", {"source": {"postgres": {"host": "db.example.com"}}})
    pipe = ClickPipe.objects.get()
    assert (pipe.address, pipe.hosts) == ("db.example.com:5432", ["db.example.com"])
    endpoint.refresh_from_db()
    assert endpoint.pipe_sources == ""


def test_kafka_names_other_endpoints_after_a_change(pipes: Caller, service: Service) -> None:
    first, second = make_endpoint(service), make_endpoint(service, external_id="vpce-0bbbbbbbbbbbbbbbb")
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["reversePrivateEndpointIds"] = [str(first.pk)]
    pipe = made(pipes, body)
    patch = {"source": {"kafka": {"reversePrivateEndpointIds": [str(second.pk)]}}}
    assert asked(pipes, "PATCH", f"/{pipe['id']}", patch)["source"]["kafka"]["reversePrivateEndpointIds"] == [
        str(second.pk)
    ]
    assert set(ClickPipe.objects.get().endpoints.all()) == {second}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.pipe_sources, second.pipe_sources) == ("", "Kafka")


def test_a_schema_that_cannot_be_stored_is_refused(pipes: Caller) -> None:
    body = json.loads(json.dumps(KAFKA))
    body["source"]["kafka"]["protobufSchema"] = "message\0"
    assert "source.kafka.protobufSchema: " in pipes.error("POST", body=body, status=400)


def test_scaling_settings_and_deletion(pipes: Caller) -> None:
    pipe = made(pipes, KAFKA)
    assert pipe["scaling"] == {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5}
    scaled = asked(pipes, "PATCH", f"/{pipe['id']}/scaling", {"replicas": 2, "replicaMemoryGb": 1.5})
    assert scaled["id"] == pipe["id"]
    assert scaled["scaling"] == {"replicas": 2, "replicaCpuMillicores": 125, "replicaMemoryGb": 1.5}
    pipes.error("PATCH", f"/{pipe['id']}/scaling", {"replicas": 41}, status=400)
    own = KAFKA["settings"] | {"kafka_read_committed": False}
    assert asked(pipes, "GET", f"/{pipe['id']}/settings") == own
    assert asked(pipes, "GET", f"/{pipe['id']}")["settings"] == KAFKA["settings"]
    assert asked(pipes, "PUT", f"/{pipe['id']}/settings", {"a": 1.5, "b": "x"}) == {"a": 1.5, "b": "x"}
    assert asked(pipes, "GET", f"/{pipe['id']}")["settings"] == {"a": 1.5, "b": "x"}
    pipes.error("PUT", f"/{pipe['id']}/settings", b'{"a": 1e400}', status=400)
    pipes.error("PATCH", f"/{pipe['id']}", b'{"settings": {"a": -1e400}}', status=400)
    answer = pipes.call("DELETE", f"/{pipe['id']}")
    assert (answer.status_code, set(answer.json())) == (200, {"status", "requestId"})
    pipes.error("DELETE", f"/{pipe['id']}", status=404)
    pipes.error("GET", f"/{pipe['id']}", status=404)


def test_the_size_of_what_reads_databases(pipes: Caller, service: Service) -> None:
    pipes.collection = pipes.collection.replace("clickpipes", "clickpipesCdcScaling")
    assert asked(pipes, "GET", "") == {"replicaCpuMillicores": 1000, "replicaMemoryGb": 4}
    wanted = {"replicaCpuMillicores": 2000, "replicaMemoryGb": 8}
    assert asked(pipes, "PATCH", "", wanted) == wanted == asked(pipes, "GET", "")
    pipes.error("PATCH", "", {"replicaCpuMillicores": 10}, status=400)


def test_a_pipe_of_the_console_is_there_too(pipes: Caller, service: Service) -> None:
    endpoint = make_endpoint(service)
    pipe = make_pipe(service, endpoint, name="by hand")
    told = asked(pipes, "GET", f"/{pipe.pk}")
    assert (told["name"], told["state"]) == ("by hand", "Running")
    assert told["source"]["postgres"]["host"] == REGIONAL_NAME
    assert asked(pipes, "PATCH", f"/{pipe.pk}/state", {"command": "stop"})["state"] == "Paused"
    assert asked(pipes, "PATCH", f"/{pipe.pk}", {"name": "renamed"})["name"] == "renamed"
    assert asked(pipes, "PATCH", f"/{pipe.pk}/scaling", {"replicas": 3})["scaling"]["replicas"] == 3
    assert make_user("x@example.com").pk  # nobody else is concerned


def test_roles_hold_as_on_the_pages(pipes: Caller, service: Service, caller_for: CallerFor) -> None:
    pipe = made(pipes, KAFKA)
    viewer = caller_for(service, "viewer")
    viewer.collection = pipes.collection
    assert asked(viewer, "GET", f"/{pipe['id']}")["name"] == "stream"
    for method, path in (
        ("POST", ""),
        ("PATCH", f"/{pipe['id']}"),
        ("PATCH", f"/{pipe['id']}/scaling"),
        ("PATCH", f"/{pipe['id']}/state"),
        ("PUT", f"/{pipe['id']}/settings"),
        ("DELETE", f"/{pipe['id']}"),
    ):
        viewer.error(method, path, {"nonsense": 1}, status=403)
    asked_for = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert set(asked_for) <= {"clickpipe.recorded"}
