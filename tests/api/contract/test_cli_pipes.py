"""The commands of the released `clickhousectl` for ClickPipes of the four sources, with exit codes."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from endpoints.models import ApiKey, ClickPipe, Service
from tests.api.contract.cli import NOT_SIGNED_IN, USAGE, Cli
from tests.people import make_endpoint

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]

SECRET = "not-to-be-kept"
LOGIN = ("--username", "reader", "--password", SECRET)
KAFKA = (
    "kafka", "--name", "stream", "--brokers", "b-1.example.com:9092,b-2.example.com:9092",
    "--topics", "orders", "--database", "shop", "--table", "orders",
    "--column", "id:Int64", "--column", "at:DateTime",
)  # fmt: skip
JSON_ROWS = ("--format", "JSONEachRow")
POSTGRES = (
    "postgres", "--name", "shop", "--host", "db.example.com", "--pg-database", "shop",
    "--table-mapping", "public.orders:orders",
)  # fmt: skip
MYSQL = ("mysql", "--name", "store", "--host", "my.example.com", "--table-mapping", "shop.orders:orders")
MONGODB = (
    "mongodb", "--name", "documents", "--uri", "mongodb://m.example.com:27017/",
    "--table-mapping", "shop.orders:orders",
)  # fmt: skip
MINIMAL = [(*KAFKA, *JSON_ROWS), (*POSTGRES, *LOGIN), (*MYSQL, *LOGIN), (*MONGODB, *LOGIN)]


@pytest.fixture
def pipe(one_cli: Cli, service: Service) -> Callable[..., Any]:
    """Runs `clickpipe VERB SERVICE …` with --json."""

    def run(verb: str, *more: str) -> Any:
        return one_cli.json("clickpipe", *verb.split(), str(service.pk), *more)

    return run


def create(cli: Cli, service: Service, wanted: tuple[str, ...], *more: str) -> Any:
    return cli.json("clickpipe", "create", wanted[0], str(service.pk), *wanted[1:], *more)


@pytest.mark.parametrize("wanted", MINIMAL, ids=lambda wanted: str(wanted[0]))
def test_a_pipe_of_each_source_from_its_creation_to_its_removal(
    one_cli: Cli, service: Service, pipe: Callable[..., Any], wanted: tuple[str, ...]
) -> None:
    source, name = wanted[0], wanted[2]
    stands = "Stopped" if source == "kafka" else "Paused"
    made = create(one_cli, service, wanted)
    assert (made["name"], made["state"]) == (name, "Provisioning")
    assert [kind for kind, told in made["source"].items() if told] == [source]
    one = made["id"]
    shown = pipe("get", one)
    assert shown == {**made, "state": "Running"}
    assert pipe("get", "--name", name) == shown
    assert [each["id"] for each in pipe("list")] == [one]
    assert name in one_cli.run("clickpipe", "list", str(service.pk)).stdout
    assert name in one_cli.run("clickpipe", "get", str(service.pk), one).stdout
    assert pipe("stop", one)["state"] == stands
    assert pipe("stop", one)["state"] == stands, "again is no error"
    assert pipe("start", one)["state"] == "Running"
    assert "already running" in one_cli.error("clickpipe", "start", str(service.pk), one)
    if source == "kafka":
        assert "BAD_REQUEST: command" in one_cli.error("clickpipe", "resync", str(service.pk), one)
    else:
        assert pipe("resync", one)["state"] == "Running"
    scaled = pipe("scale", one, "--replicas", "3", "--cpu-millicores", "250", "--memory-gb", "1.5")
    assert scaled["scaling"] == {"replicas": 3, "replicaCpuMillicores": 250, "replicaMemoryGb": 1.5}
    assert pipe("delete", one) == {"deleted": one}
    assert "NOT_FOUND" in one_cli.error("clickpipe", "delete", str(service.pk), one)
    assert "NOT_FOUND" in one_cli.error("clickpipe", "get", str(service.pk), one)
    assert pipe("list") == []


def test_everything_that_can_be_said_of_kafka_is_told_back(
    one_cli: Cli, service: Service, tmp_path: Path
) -> None:
    endpoint = make_endpoint(service)
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n")
    table = {
        "engine": {"type": "ReplacingMergeTree", "versionColumnId": "at", "columnIds": []},
        "sortingKey": ["id"],
        "partitionBy": "toYYYYMM(at)",
        "primaryKey": "id",
    }
    (tmp_path / "table.json").write_text(json.dumps(table))
    made = create(
        one_cli, service, (*KAFKA, *JSON_ROWS),
        *LOGIN, "--auth", "SCRAM-SHA-512", "--kafka-type", "redpanda", "--consumer-group", "mine",
        "--offset", "from_timestamp", "--offset-timestamp", "2026-01-01T00:00",
        "--reverse-private-endpoint-id", str(endpoint.pk), "--exactly-once", "true", "--ca-certificate",
        "ca.pem", "--table-definition-file", "table.json", "--role", "writer", "--start-paused",
        "--replicas", "2", "--cpu-millicores", "250", "--memory-gb", "1", "--validate-samples", "true",
        "--field-mapping", '{"sourceField": "key", "destinationField": "id"}',
        "--streaming-max-insert-wait-ms", "1000", "--kafka-read-committed", "true",
    )  # fmt: skip
    assert made["state"] == "Stopped"
    kafka = made["source"]["kafka"]
    assert kafka["reversePrivateEndpointIds"] == [str(endpoint.pk)]
    assert (kafka["consumerGroup"], kafka["exactlyOnce"], kafka["type"]) == ("mine", True, "redpanda")
    assert kafka["offset"] == {"strategy": "from_timestamp", "timestamp": "2026-01-01T00:00"}
    assert made["destination"]["tableDefinition"]["partitionBy"] == "toYYYYMM(at)"
    assert made["fieldMappings"] == [{"sourceField": "key", "destinationField": "id"}]
    assert made["scaling"] == {"replicas": 2, "replicaCpuMillicores": 250, "replicaMemoryGb": 1.0}
    assert made["settings"] == {"streaming_max_insert_wait_ms": 1000, "kafka_read_committed": True}
    assert SECRET not in json.dumps(made) + str(ClickPipe.objects.values())
    endpoint.refresh_from_db()
    assert endpoint.pipe_sources == "Kafka"
    started = one_cli.json("clickpipe", "start", str(service.pk), made["id"])
    assert started["state"] == "Running"


WAYS = (
    ("--auth", "IAM_ROLE", "--iam-role", "arn:aws:iam::123456789012:role/r", "--kafka-type", "msk"),
    ("--auth", "IAM_USER", "--access-key-id", "AKIA", "--secret-key", SECRET),
    ("--event-hubs-connection-string", SECRET, "--kafka-type", "azureeventhub"),
    ("--auth", "MUTUAL_TLS", "--client-certificate", "file", "--client-key", "secret"),
    (
        "--schema-registry-url", "https://sr.example.com", "--schema-registry-username", "u",
        "--schema-registry-password", SECRET, "--schema-registry-ca-certificate", "file",
    ),
    (
        "--schema-registry-type", "glue", "--glue-region", "eu-central-1", "--glue-registry-name", "g",
        "--glue-role-arn", "arn:aws:iam::123456789012:role/r",
    ),
    ("--protobuf-schema-file", "schema"),
    ("--managed-table", "false"),
)  # fmt: skip


def test_each_way_into_kafka_is_taken(one_cli: Cli, service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n")
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "schema").write_text('syntax = "proto3"; message Order { int32 id = 1; }')
    for number, way in enumerate(WAYS):
        rows = {"--protobuf": "Protobuf", "--schema-re": "AvroConfluent"}.get(way[0][:10], JSON_ROWS[1])
        named = ("kafka", "--name", f"way {number}", *KAFKA[3:])
        made = create(one_cli, service, (*named, "--format", rows), *way)
        assert made["source"]["kafka"]["format"] == rows
        assert not made["source"]["kafka"].get("reversePrivateEndpointIds")
        assert SECRET not in json.dumps(made) + str(ClickPipe.objects.values())


def test_everything_that_can_be_said_of_databases_is_told_back(
    one_cli: Cli, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n")
    tls = ("--tls-host", "tls.example.com", "--ca-certificate", "ca.pem")
    role = ("--auth", "IAM_ROLE", "--iam-role", "arn:aws:iam::123456789012:role/r")
    table: dict[str, Any] = {"sourceSchemaName": "a", "sourceTable": "b", "targetTable": "c"}
    table |= {"excludedColumns": ["x"], "useCustomSortingKey": True, "sortingKeys": ["id"]}
    table |= {"tableEngine": "MergeTree"}
    size = ("--sync-interval-seconds", "10", "--pull-batch-size", "20", "--initial-load-parallelism", "2")
    rows = ("--snapshot-rows-per-partition", "1000", "--delete-on-merge", "true")
    parallel = ("--snapshot-parallel-tables", "3", "--allow-nullable-columns", "true")
    made = create(
        one_cli, service, POSTGRES, *role, *tls, *size, *rows, *parallel, "--replication-mode", "cdc_only",
        "--replication-slot-name", "slot", "--publication-name", "pub", "--enable-failover-slots", "true",
        "--postgres-type", "rdspostgres", "--role", "writer", "--destination-database", "lake",
        "--table-mapping-json", json.dumps(table),
    )["source"]["postgres"]  # fmt: skip
    assert (made["tlsHost"], made["authentication"], made["type"]) == (tls[1], "IAM_ROLE", "rdspostgres")
    assert made["settings"]["replicationSlotName"] == "slot"
    assert {**made["tableMappings"][1], **table} == made["tableMappings"][1]
    made = create(
        one_cli, service, MYSQL, *LOGIN, *size, *rows, *parallel, "--mysql-type", "cloudsqlmysql",
        "--server-id", "7", "--use-compression", "true", "--replication-mechanism", "FILE_POS",
        "--skip-cert-verification",
    )["source"]["mysql"]  # fmt: skip
    assert made["settings"]["replicationMechanism"] == "FILE_POS"
    assert (made["skipCertVerification"], made["serverId"]) == (True, 7)
    nested: dict[str, Any] = {"sourceDatabaseName": "a", "sourceCollection": "b", "targetTable": "c"}
    nested |= {"structuredIngestion": {"enabled": True}}
    made = create(
        one_cli, service, MONGODB, *LOGIN, *tls, *size, *rows, "--snapshot-parallel-collections", "3",
        "--use-json-native-format", "true", "--read-preference", "nearest",
        "--table-mapping-json", json.dumps(nested), "--skip-cert-verification",
    )["source"]["mongodb"]  # fmt: skip
    assert made["settings"]["snapshotNumberOfParallelTables"] == 3
    assert (made["readPreference"], made["settings"]["useJsonNativeFormat"]) == ("nearest", True)
    for wanted in (POSTGRES, MYSQL, MONGODB):
        plain = tuple("plain" if word == wanted[2] else word for word in wanted)
        create(one_cli, service, (*plain[:2], f"plain {wanted[0]}", *plain[3:]), *LOGIN, "--disable-tls")
    assert SECRET not in str(ClickPipe.objects.values())


def test_a_snapshot_is_completed(one_cli: Cli, service: Service, pipe: Callable[..., Any]) -> None:
    made = create(one_cli, service, (*POSTGRES, *LOGIN), "--replication-mode", "snapshot")
    assert pipe("get", made["id"])["state"] == "Completed"


def test_updates_settings_and_the_size_of_what_reads_databases(
    one_cli: Cli, service: Service, pipe: Callable[..., Any], tmp_path: Path
) -> None:
    shop = create(one_cli, service, (*POSTGRES, *LOGIN))["id"]
    lines: dict[str, Any] = {"sourceSchemaName": "public", "sourceTable": "lines", "targetTable": "lines"}
    lines |= {"excludedColumns": [], "useCustomSortingKey": False, "sortingKeys": [], "partitionKey": ""}
    lines |= {"partitionByExpr": "", "tableEngine": "ReplacingMergeTree"}
    wanted = {"source": {"postgres": {"host": "new.example.com", "tableMappingsToAdd": [lines]}}}
    (tmp_path / "patch.json").write_text(json.dumps(wanted))
    update = ("clickpipe", "update", str(service.pk), shop, "--file", "patch.json")
    assert "must be paused to edit" in one_cli.error(*update)
    pipe("stop", shop)
    changed = one_cli.json(*update)
    assert changed["source"]["postgres"]["host"] == "new.example.com"
    assert [one["sourceTable"] for one in changed["source"]["postgres"]["tableMappings"]] == [
        "orders",
        "lines",
    ]
    stream = create(one_cli, service, (*KAFKA, *JSON_ROWS))["id"]
    assert pipe("settings get", stream) == {"kafka_read_committed": False}
    kept = {"streaming_max_insert_wait_ms": 500, "kafka_read_committed": False}
    assert pipe("settings update", stream, "--streaming-max-insert-wait-ms", "500") == kept
    set_both = ("--streaming-max-insert-wait-ms", "1000", "--kafka-read-committed", "true")
    both = {"streaming_max_insert_wait_ms": 1000, "kafka_read_committed": True}
    assert pipe("settings update", stream, *set_both) == both == pipe("settings get", stream)
    assert pipe("cdc-scaling get") == {"replicaCpuMillicores": 1000, "replicaMemoryGb": 4}
    largest = {"replicaCpuMillicores": 32000, "replicaMemoryGb": 128}
    words = ("--cpu-millicores", "32000", "--memory-gb", "128")
    assert pipe("cdc-scaling update", *words) == largest == pipe("cdc-scaling get")


def test_errors_are_printed_and_told_by_their_exit_codes(
    one_cli: Cli, service: Service, live_server: Any, tmp_path: Path
) -> None:
    place, unknown = str(service.pk), str(uuid.uuid4())
    create(one_cli, service, (*KAFKA, *JSON_ROWS))
    other_bytes = (*KAFKA, *JSON_ROWS, "--exactly-once", "false")
    taken = one_cli.error("clickpipe", "create", "kafka", place, *other_bytes[1:])
    assert "CONFLICT: name" in taken
    assert str(ClickPipe.objects.get().pk) in taken
    foreign = ("--name", "other", *KAFKA[3:], *JSON_ROWS, "--reverse-private-endpoint-id", unknown)
    assert "BAD_REQUEST" in one_cli.error("clickpipe", "create", "kafka", place, *foreign)
    assert "BAD_REQUEST" in one_cli.error("clickpipe", "list", "not-a-uuid")
    for verb in ("get", "start", "stop", "resync", "delete"):
        assert f"NOT_FOUND: {unknown}" in one_cli.error("clickpipe", verb, place, unknown)
    one_cli.error("clickpipe", "create", "postgres", place, "--name", "x", expect=USAGE)
    one_cli.error("clickpipe", "scale", place, unknown, expect=USAGE)
    viewer, secret = ApiKey.issue(
        organization=service.organization, service=None, role="viewer", name="viewer"
    )
    limited = Cli(live_server.url, viewer, secret, tmp_path)
    assert len(limited.json("clickpipe", "list", place)) == 1
    one = str(ClickPipe.objects.get().pk)
    for words in (
        ("stop", place, one), ("delete", place, one), ("scale", place, one, "--replicas", "2"),
        ("create", "postgres", place, *POSTGRES[1:], *LOGIN),
        ("cdc-scaling", "update", place, "--memory-gb", "8"),
    ):  # fmt: skip
        assert "FORBIDDEN" in limited.error("clickpipe", *words, expect=NOT_SIGNED_IN)
    stranger = Cli(live_server.url, viewer, "wrong", tmp_path)
    assert "UNAUTHORIZED" in stranger.error("clickpipe", "list", place, expect=NOT_SIGNED_IN)
    assert ClickPipe.objects.get().state == "Running"
