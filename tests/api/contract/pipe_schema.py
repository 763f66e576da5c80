"""The attributes of the Terraform resource `clickhouse_clickpipe`, in the Cloud API's spelling.

Written from cloud-api.md §7.2 and §13. An attribute is required, has a default, may be left out (and must
then come back as null), or is computed where it is left out (and must then come back as anything known).
"""

from dataclasses import dataclass, field
from typing import Any


class Unknown:
    """A value that only the server will tell."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Block:
    """One block of attributes."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All of its attributes."""
        return (*self.required, *self.optional, *self.computed, *self.defaults)

    def planned(self, config: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the block as it is planned; what is computed stays as it was `before`."""
        surprise = config.keys() - {*self.names}
        assert not surprise, f"no such attribute: {surprise}"
        plan = {**dict.fromkeys(self.names), **self.defaults, **config}
        for name in self.computed:
            if name not in config:
                plan[name] = before[name] if before else UNKNOWN
        return plan


_COUNTS = (
    "syncIntervalSeconds", "pullBatchSize", "snapshotNumRowsPerPartition", "snapshotNumberOfParallelTables",
)  # fmt: skip
_SQL_COUNTS = (*_COUNTS, "allowNullableColumns", "initialLoadParallelism")
_TLS = ("tlsHost", "caCertificate")
_ENDS = {"authentication": "basic"}

SOURCES = {
    "kafka": Block(
        required=("format", "brokers", "topics"),
        optional=(
            "offset", "schemaRegistry", "iamRole", "caCertificate", "reversePrivateEndpointIds",
            "exactlyOnce",
        ),
        computed=("consumerGroup",),
        defaults={"type": "kafka", "authentication": "PLAIN"},
    ),
    "postgres": Block(
        required=("host", "database"),
        optional=("iamRole", *_TLS),
        defaults={"type": "postgres", "port": 5432, **_ENDS},
    ),
    "mysql": Block(
        required=("host",),
        optional=("iamRole", *_TLS),
        defaults={"type": "mysql", "port": 3306, **_ENDS, "disableTls": False, "skipCertVerification": False},
    ),
    "mongodb": Block(required=("uri", "readPreference"), optional=_TLS, defaults={"disableTls": False}),
}  # fmt: skip

SETTINGS = {
    "postgres": Block(
        required=("replicationMode",),
        optional=("publicationName", "replicationSlotName"),
        computed=_SQL_COUNTS,
        defaults={"enableFailoverSlots": False, "deleteOnMerge": False},
    ),
    "mysql": Block(
        required=("replicationMode",),
        computed=_SQL_COUNTS,
        defaults={"replicationMechanism": "GTID", "useCompression": False, "deleteOnMerge": False},
    ),
    "mongodb": Block(
        required=("replicationMode",),
        computed=_COUNTS,
        defaults={"deleteOnMerge": False, "useJsonNativeFormat": True},
    ),
}

MUST_BE_TOLD = {"mongodb": _COUNTS}
"""Computed settings that stay unknown where the answer leaves them out; of other sources they become null."""

_TABLE = ("sourceSchemaName", "sourceTable", "targetTable")
_ANY_TABLE = ("excludedColumns", "sortingKeys", "tableEngine", "partitionKey")

MAPPINGS = {
    "postgres": Block(_TABLE, (*_ANY_TABLE, "partitionByExpr"), defaults={"useCustomSortingKey": False}),
    "mysql": Block(_TABLE, _ANY_TABLE, defaults={"useCustomSortingKey": False}),
    "mongodb": Block(("sourceDatabaseName", "sourceCollection", "targetTable"), ("tableEngine",)),
}

DESTINATION = Block(
    optional=("table", "tableDefinition", "columns"), defaults={"database": "default", "managedTable": True}
)
DEFINITION = Block(("engine",), ("partitionBy", "primaryKey"), defaults={"sortingKey": []})
SCALING = Block(computed=("replicaCpuMillicores", "replicaMemoryGb"), defaults={"replicas": 1})
