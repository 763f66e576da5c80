"""Configurations of ClickPipes for the Terraform resource, in the Cloud API's spelling."""

from copy import deepcopy
from typing import Any

from tests.api.contract.pipe_state import Json

SECRET = "not-to-be-kept"
CREDENTIALS = {"username": "reader", "password": SECRET}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"


def table(name: str, **more: Any) -> Json:
    """Return a mapping of a table."""
    return {"sourceSchemaName": "public", "sourceTable": name, "targetTable": name, **more}


def collection(name: str, **more: Any) -> Json:
    """Return a mapping of a collection."""
    return {"sourceDatabaseName": "shop", "sourceCollection": name, "targetTable": name, **more}


COLUMNS = [
    {"name": "id", "type": "UInt64"},
    {"name": "at", "type": "DateTime"},
    {"name": "b", "type": "Bool"},
]
_MANAGED = {
    "table": "orders",
    "columns": COLUMNS,
    "tableDefinition": {"engine": {"type": "MergeTree"}},
    "roles": ["writer"],
}

MINIMAL: dict[str, Json] = {
    "kafka": {
        "name": "stream",
        "source": {
            "kafka": {
                "format": "JSONEachRow",
                "brokers": "b-2.example.com:9092,b-1.example.com:9092",
                "topics": "orders",
                "credentials": CREDENTIALS,
            }
        },
        "destination": _MANAGED,
    },
    "postgres": {
        "name": "shop",
        "source": {
            "postgres": {
                "host": "db.example.com",
                "database": "shop",
                "credentials": CREDENTIALS,
                "settings": {"replicationMode": "cdc"},
                "tableMappings": [table("orders"), table("lines")],
            }
        },
        "destination": {},
    },
    "mysql": {
        "name": "store",
        "source": {
            "mysql": {
                "host": "my.example.com",
                "credentials": CREDENTIALS,
                "settings": {"replicationMode": "cdc"},
                "tableMappings": [table("orders")],
            }
        },
        "destination": {},
    },
    "mongodb": {
        "name": "documents",
        "source": {
            "mongodb": {
                "uri": "mongodb://m.example.com:27017/",
                "readPreference": "primary",
                "settings": {"replicationMode": "cdc"},
                "tableMappings": [collection("orders")],
            }
        },
        "destination": {},
    },
}


def _with(kind: str, source: Json, **more: Any) -> Json:
    config = deepcopy(MINIMAL[kind])
    config["source"][kind] |= source
    return config | more


_NUMBERS = {"syncIntervalSeconds": 10, "pullBatchSize": 1000, "snapshotNumRowsPerPartition": 5000}
_LOAD = {"snapshotNumberOfParallelTables": 2, "initialLoadParallelism": 3, "allowNullableColumns": False}
_TLS = {"tlsHost": "tls.example.com", "caCertificate": CERTIFICATE}

FULL: dict[str, Json] = {
    "kafka": _with(
        "kafka",
        {
            "type": "msk",
            "authentication": "IAM_ROLE",
            "iamRole": "arn:aws:iam::123456789012:role/reader",
            "caCertificate": CERTIFICATE,
            "consumerGroup": "mine",
            "exactlyOnce": False,
            "offset": {"strategy": "from_timestamp", "timestamp": "2026-01-01T00:00"},
            "schemaRegistry": {"url": "https://sr.example.com", "authentication": "PLAIN"},
        },
        destination={
            **_MANAGED,
            "database": "lake",
            "tableDefinition": {
                "engine": {"type": "ReplacingMergeTree", "versionColumnId": "at"},
                "sortingKey": ["id", "at"],
                "partitionBy": "toYYYYMM(at)",
                "primaryKey": "id",
            },
        },
        fieldMappings=[
            {"sourceField": "z", "destinationField": "id"},
            {"sourceField": "a", "destinationField": "at"},
        ],
        settings={"streaming_max_insert_wait_ms": 5000, "kafka_read_committed": True, "ratio": 0.5, "s": "x"},
        scaling={"replicas": 2, "replicaCpuMillicores": 250, "replicaMemoryGb": 1.5},
    ),
    "postgres": _with(
        "postgres",
        {
            "type": "rdspostgres",
            "port": 5433,
            **_TLS,
            "settings": {
                "replicationMode": "cdc_only",
                "publicationName": "pub",
                "replicationSlotName": "slot",
                "enableFailoverSlots": True,
                **_NUMBERS,
                **_LOAD,
            },
            "tableMappings": [
                table("lines", excludedColumns=["b", "a"], sortingKeys=["id"], useCustomSortingKey=True),
                table("orders", tableEngine="MergeTree", partitionKey="id", partitionByExpr="id % 2"),
            ],
        },
    ),
    "mysql": _with(
        "mysql",
        {
            "type": "mariadb",
            **_TLS,
            "disableTls": False,
            "skipCertVerification": True,
            "settings": {
                "replicationMode": "cdc",
                "replicationMechanism": "FILE_POS",
                "useCompression": True,
                "deleteOnMerge": True,
                **_NUMBERS,
                **_LOAD,
            },
            "tableMappings": [table("b", tableEngine="Null"), table("a", partitionKey="id")],
        },
        destination={"database": "lake", "roles": ["writer"]},
    ),
    "mongodb": _with(
        "mongodb",
        {
            "credentials": CREDENTIALS,
            "readPreference": "nearest",
            **_TLS,
            "settings": {
                "replicationMode": "cdc",
                "snapshotNumberOfParallelTables": 2,
                "useJsonNativeFormat": False,
                **_NUMBERS,
            },
            "tableMappings": [collection("b", tableEngine="MergeTree"), collection("a")],
        },
    ),
}
