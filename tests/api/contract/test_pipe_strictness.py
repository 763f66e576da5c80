"""The client of ClickPipes is strict: a server that is wrong in one thing fails it.

Written from cloud-api.md §13, 6 to 15.
"""

from copy import deepcopy
from typing import Any

import pytest

from tests.api.contract.pipe_configs import FULL, MINIMAL, collection, table
from tests.api.contract.pipe_provider import LONGEST, PipeProvider
from tests.api.contract.pipe_state import Crashed, Json
from tests.api.contract.planned import Answer, PlannedServer, answer
from tests.api.contract.provider import Inconsistent
from tests.api.contract.wire import Failed

MONGO_COUNTS = {
    "syncIntervalSeconds": 60,
    "pullBatchSize": 1,
    "snapshotNumRowsPerPartition": 1,
    "snapshotNumberOfParallelTables": 1,
}
GONE = object()


def told(kind: str, config: Json) -> Json:
    """Return what a right server tells of a configuration."""
    result = deepcopy(config) | {"id": "p", "serviceId": "s", "state": "Running"}
    source = result["source"][kind]
    source.pop("credentials", None)
    result["destination"].pop("roles", None)
    if kind == "kafka":
        result["destination"] |= {"managedTable": True}
        source.setdefault("type", "kafka")
        source.setdefault("authentication", "PLAIN")
    else:
        source.setdefault("port", {"postgres": 5432, "mysql": 3306}.get(kind))
        if kind == "mongodb":
            source["settings"] = MONGO_COUNTS | source["settings"]
    result["destination"].setdefault("database", "default")
    result.setdefault("scaling", {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5})
    return result


def changed(result: Json, path: str, value: object) -> Json:
    """Return a result with one value changed, or gone."""
    result = deepcopy(result)
    *way, last = path.split(".")
    place: Any = result
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return result


def provider(server: PlannedServer, result: Json, **answers: list[Answer]) -> PipeProvider:
    """Return the provider of a server that always tells this result."""
    return PipeProvider(server({"POST": [answer(result)], "GET": [answer(result)], **answers}), "o")


@pytest.mark.parametrize("kind", MINIMAL)
@pytest.mark.parametrize("configs", [MINIMAL, FULL], ids=["minimal", "full"])
def test_a_right_server_passes(planned_server: PlannedServer, kind: str, configs: dict[str, Json]) -> None:
    config = configs[kind] | {"service_id": "s"}
    pipes = provider(planned_server, told(kind, config))
    assert pipes.create(config)["state"] == "Running"
    assert not pipes.warnings


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("kafka", "name", "Stream"),
        ("kafka", "source.kafka.reversePrivateEndpointIds", []),
        ("kafka", "source.kafka.reversePrivateEndpointIds", ["e"]),
        ("kafka", "source.kafka.offset", {"strategy": "from_beginning"}),
        ("kafka", "source.kafka.schemaRegistry", {"url": "", "authentication": ""}),
        ("kafka", "source.kafka.iamRole", ""),
        ("kafka", "source.kafka.caCertificate", ""),
        ("kafka", "source.kafka.exactlyOnce", False),
        ("kafka", "source.kafka.brokers", "b-1.example.com:9092,b-2.example.com:9092"),
        ("kafka", "source.kafka.type", GONE),
        ("kafka", "source.kafka.authentication", GONE),
        ("kafka", "source.postgres", {"settings": {}}),
        ("kafka", "settings", {"streaming_max_insert_wait_ms": 5000}),
        ("kafka", "fieldMappings", [{"sourceField": "a", "destinationField": "a"}]),
        ("kafka", "destination.managedTable", GONE),
        ("kafka", "destination.columns", list(reversed(MINIMAL["kafka"]["destination"]["columns"]))),
        ("kafka", "destination.tableDefinition", None),
        ("kafka", "destination.tableDefinition.partitionBy", ""),
        ("kafka", "destination.tableDefinition.primaryKey", ""),
        ("kafka", "destination.tableDefinition.sortingKey", ["id"]),
        ("kafka", "createdAt", "yesterday"),
        ("kafka", "updatedAt", "2026-01-01 00:00:00"),
        ("postgres", "source.postgres.settings", GONE),
        ("mysql", "source.mysql.settings", None),
        ("mongodb", "source.mongodb.settings", GONE),
        *(("mongodb", f"source.mongodb.settings.{name}", GONE) for name in MONGO_COUNTS),
        ("postgres", "source.postgres.settings.publicationName", "clickpipes_publication"),
        ("postgres", "source.postgres.settings.replicationMode", "snapshot"),
        ("postgres", "source.postgres.settings.deleteOnMerge", True),
        ("postgres", "source.postgres.port", 5433),
        ("postgres", "source.postgres.tableMappings", [table("orders")]),
        ("postgres", "source.postgres.tableMappings.0.partitionKey", "id"),
        ("postgres", "source.postgres.tableMappings.0.useCustomSortingKey", True),
        ("mysql", "source.mysql.tlsHost", "my.example.com"),
        ("mysql", "source.mysql.disableTls", True),
        ("mongodb", "source.mongodb.readPreference", GONE),
        ("mongodb", "source.mongodb.tableMappings", [collection("orders"), collection("lines")]),
        ("postgres", "destination.database", GONE),
    ],
)
def test_an_answer_that_is_wrong_in_one_thing_fails(
    planned_server: PlannedServer, kind: str, path: str, value: object
) -> None:
    config = MINIMAL[kind] | {"service_id": "s"}
    wrong = changed(told(kind, config), path, value)
    with pytest.raises(Failed) as failed:
        provider(planned_server, wrong).create(config)
    is_settings = path.endswith(".settings")
    assert isinstance(failed.value, Crashed) == is_settings
    assert isinstance(failed.value, Inconsistent) or is_settings or path.endswith("edAt")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("settings.streaming_max_insert_wait_ms", "5000"),
        ("settings.kafka_read_committed", 1),
        ("settings.ratio", "0.5"),
        ("settings.more", 1),
        ("settings", GONE),
        ("fieldMappings", list(reversed(FULL["kafka"]["fieldMappings"]))),
        ("source.kafka.consumerGroup", "clickpipes-p"),
        ("source.kafka.offset.timestamp", GONE),
        ("source.kafka.exactlyOnce", None),
        ("scaling.replicas", 3),
        ("scaling.replicaMemoryGb", 2),
        ("destination.tableDefinition.sortingKey", ["at", "id"]),
    ],
)
def test_what_was_configured_must_come_back(planned_server: PlannedServer, path: str, value: object) -> None:
    config = FULL["kafka"] | {"service_id": "s"}
    right = told("kafka", config)
    wrong = changed(right, path, value)
    pipes = PipeProvider(planned_server({"POST": [answer(right)], "GET": [answer(wrong)]}), "o")
    with pytest.raises(Inconsistent):
        pipes.create(config)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("state", "Failed"),
        ("destination.tableDefinition.engine.type", "ReplacingMergeTree()"),
        ("destination.tableDefinition.engine.versionColumnId", GONE),
        ("scaling", {"replicas": 0, "replicaCpuMillicores": 0, "replicaMemoryGb": 0}),
        ("createdAt", "2026-01-01T00:00:00.123456+00:00"),
        ("more", 1),
    ],
)
def test_what_the_provider_tolerates_passes(planned_server: PlannedServer, path: str, value: object) -> None:
    config = FULL["kafka"] | {"service_id": "s"}
    right = told("kafka", config)
    pipes = PipeProvider(
        planned_server({"POST": [answer(right)], "GET": [answer(changed(right, path, value))]}), "o"
    )
    assert pipes.create(config)["scaling"] == config["scaling"]
    assert not pipes.warnings


def test_what_stays_in_provisioning_is_only_a_warning_after_two_minutes(
    planned_server: PlannedServer,
) -> None:
    config = MINIMAL["kafka"] | {"service_id": "s"}
    slept: list[float] = []
    pipes = provider(planned_server, told("kafka", config) | {"state": "Provisioning"})
    pipes.wire.sleep = slept.append
    assert pipes.create(config)["state"] == "Provisioning"
    assert len(pipes.warnings) == 1
    assert LONGEST - LONGEST / 5 < sum(slept) <= LONGEST


def test_anything_but_200_fails_at_once(planned_server: PlannedServer) -> None:
    config = MINIMAL["postgres"] | {"service_id": "s"}
    for status in (201, 202, 204, 301, 307, 400, 403, 404, 409):
        wire = planned_server({"POST": [answer(told("postgres", config), status)]})
        with pytest.raises(Failed):
            PipeProvider(wire, "o").create(config)
        assert len(wire.calls) == 1
