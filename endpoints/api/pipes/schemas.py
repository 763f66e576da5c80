"""The bodies of ClickPipe requests. Unknown fields are refused, so that no secret slips by as something else.

Source: cloud-api.md §7.2; the lists of values are those of both clients.
"""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    RootModel,
    StringConstraints,
    TypeAdapter,
    model_validator,
)


class Body(Schema):
    """A part of a request; JSON's types are taken at their word."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("remove the NUL character")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_storable)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_storable)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Key = Annotated[UUID, BeforeValidator(lambda value: UUID(value) if isinstance(value, str) else value)]


class Credentials(Body):
    """Secrets of a source. They are checked for their shape, and then dropped."""

    username: Text | None = None
    password: Text | None = None
    accessKeyId: Text | None = None
    secretKey: Text | None = None
    connectionString: Text | None = None
    certificate: Text | None = None
    privateKey: Text | None = None


class Offset(Body):
    """Where a Kafka ClickPipe begins to read."""

    strategy: Literal["from_beginning", "from_latest", "from_timestamp"]
    timestamp: Short | None = None


class SchemaRegistry(Body):
    """Where a Kafka ClickPipe finds its schemas."""

    url: Text
    authentication: Short = "PLAIN"
    credentials: Credentials | None = None


class KafkaChange(Body):
    """What may be said of a Kafka source."""

    type: (
        Literal["kafka", "redpanda", "msk", "gcmk", "confluent", "warpstream", "azureeventhub", "dokafka"]
        | None
    ) = None
    format: Literal["JSONEachRow", "Avro", "AvroConfluent", "Protobuf"] | None = None
    brokers: Text | None = None
    topics: Text | None = None
    consumerGroup: Short | None = None
    offset: Offset | None = None
    schemaRegistry: SchemaRegistry | None = None
    authentication: (
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "IAM_ROLE", "IAM_USER", "MUTUAL_TLS"] | None
    ) = None
    credentials: Credentials | None = None
    iamRole: Text | None = None
    caCertificate: Text | None = None
    reversePrivateEndpointIds: Annotated[list[Key], Field(max_length=100)] | None = None
    exactlyOnce: bool | None = None


class Kafka(KafkaChange):
    """A Kafka source."""

    format: Literal["JSONEachRow", "Avro", "AvroConfluent", "Protobuf"]
    brokers: Text
    topics: Text


class TableMapping(Body):
    """One table of Postgres or MySQL and where it goes."""

    sourceSchemaName: Short
    sourceTable: Short
    targetTable: Short
    excludedColumns: list[Short] | None = None
    useCustomSortingKey: bool | None = None
    sortingKeys: list[Short] | None = None
    tableEngine: Short | None = None
    partitionKey: Text | None = None
    partitionByExpr: Text | None = None


class CollectionMapping(Body):
    """One collection of MongoDB and where it goes."""

    sourceDatabaseName: Short
    sourceCollection: Short
    targetTable: Short
    tableEngine: Short | None = None


class Settings(Body):
    """How a database is read."""

    replicationMode: Literal["cdc", "snapshot", "cdc_only"] | None = None
    syncIntervalSeconds: Count | None = None
    pullBatchSize: Count | None = None
    snapshotNumRowsPerPartition: Count | None = None
    snapshotNumberOfParallelTables: Count | None = None
    deleteOnMerge: bool | None = None


class SqlSettings(Settings):
    """What Postgres and MySQL have in common beyond that."""

    allowNullableColumns: bool | None = None
    initialLoadParallelism: Count | None = None


class PostgresSettings(SqlSettings):
    """How Postgres is read."""

    publicationName: Short | None = None
    replicationSlotName: Short | None = None
    enableFailoverSlots: bool | None = None


class MySqlSettings(SqlSettings):
    """How MySQL is read."""

    replicationMechanism: Literal["GTID", "FILE_POS"] | None = None
    useCompression: bool | None = None


class MongoSettings(Settings):
    """How MongoDB is read."""

    useJsonNativeFormat: bool | None = None


class Database(Body):
    """What Postgres, MySQL and MongoDB have in common."""

    tlsHost: Short | None = None
    caCertificate: Text | None = None
    credentials: Credentials | None = None


class SqlChange(Database):
    """What may be said of a Postgres or MySQL source."""

    type: Short | None = None
    host: Short | None = None
    port: Port | None = None
    authentication: Literal["basic", "IAM_ROLE"] | None = None
    iamRole: Text | None = None
    tableMappings: list[TableMapping] | None = None
    tableMappingsToAdd: list[TableMapping] | None = None
    tableMappingsToRemove: list[TableMapping] | None = None


class PostgresChange(SqlChange):
    """What may be said of a Postgres source."""

    database: Short | None = None
    settings: PostgresSettings | None = None


class Postgres(PostgresChange):
    """A Postgres source."""

    host: Short
    database: Short


class MySqlChange(SqlChange):
    """What may be said of a MySQL source."""

    disableTls: bool | None = None
    skipCertVerification: bool | None = None
    settings: MySqlSettings | None = None


class MySql(MySqlChange):
    """A MySQL source."""

    host: Short


class MongoChange(Database):
    """What may be said of a MongoDB source."""

    uri: Text | None = None
    readPreference: (
        Literal["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"] | None
    ) = None
    disableTls: bool | None = None
    settings: MongoSettings | None = None
    tableMappings: list[CollectionMapping] | None = None
    tableMappingsToAdd: list[CollectionMapping] | None = None
    tableMappingsToRemove: list[CollectionMapping] | None = None


class Mongo(MongoChange):
    """A MongoDB source."""

    uri: Text


class _OneSource(Body):
    validateSamples: bool | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        """Refuse none and several."""
        if sum(value is not None for name, value in self if name != "validateSamples") != 1:
            raise ValueError("give exactly one of kafka, postgres, mysql and mongodb")
        return self


class NewSource(_OneSource):
    """Exactly one source."""

    kafka: Kafka | None = None
    postgres: Postgres | None = None
    mysql: MySql | None = None
    mongodb: Mongo | None = None


class ChangedSource(_OneSource):
    """What is to change of the source that a ClickPipe has."""

    kafka: KafkaChange | None = None
    postgres: PostgresChange | None = None
    mysql: MySqlChange | None = None
    mongodb: MongoChange | None = None


class Engine(Body):
    """A table engine of ClickHouse."""

    type: Short
    versionColumnId: Short | None = None
    columnIds: list[Short] | None = None


class TableDefinition(Body):
    """The table that a ClickPipe makes."""

    engine: Engine
    sortingKey: list[Short] = []
    partitionBy: Text | None = None
    primaryKey: Text | None = None


class Column(Body):
    """A column of the destination."""

    name: Short
    type: Text


class Destination(Body):
    """Where the data goes; `roles` are write-only."""

    database: Short = "default"
    table: Short | None = None
    managedTable: bool | None = None
    tableDefinition: TableDefinition | None = None
    columns: list[Column] | None = None
    roles: list[Short] | None = None


class ChangedDestination(Body):
    """What is to change of the destination."""

    columns: list[Column]


class FieldMapping(Body):
    """A field of the source and the column that it goes to."""

    sourceField: Text
    destinationField: Text


_SETTING: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(max_length=10_000), AfterValidator(_storable)])
SettingsMap = dict[Short, Annotated[JsonValue, BeforeValidator(lambda value: _plain(value))]]


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise ValueError("give a text, a number or a truth value")
    if isinstance(value, str):
        return _SETTING.validate_python(value)  # JSON's own rule lets through what PostgreSQL cannot store
    return value


class PipeSettings(RootModel[SettingsMap]):
    """A ClickPipe's own settings, a flat map."""

    model_config = ConfigDict(strict=True)


class Scaling(Body):
    """How large a ClickPipe is."""

    replicas: Annotated[int, Field(ge=1, le=40)] | None = None
    replicaCpuMillicores: Annotated[int, Field(ge=125, le=2_000)] | None = None
    replicaMemoryGb: Annotated[float, Field(ge=0.5, le=8)] | None = None


class CdcScaling(Body):
    """How large what reads all databases of a service is."""

    replicaCpuMillicores: Annotated[int, Field(ge=1_000, le=24_000)] | None = None
    replicaMemoryGb: Annotated[float, Field(ge=4, le=96)] | None = None


class NewPipe(Body):
    """A request to create a ClickPipe."""

    name: Short
    source: NewSource
    destination: Destination
    fieldMappings: list[FieldMapping] | None = None
    settings: SettingsMap | None = None
    scaling: Scaling | None = None


class PipeChange(Body):
    """A request to change a ClickPipe."""

    name: Short | None = None
    source: ChangedSource | None = None
    destination: ChangedDestination | None = None
    fieldMappings: list[FieldMapping] | None = None
    settings: SettingsMap | None = None


class StateChange(Body):
    """A command to a ClickPipe."""

    command: Literal["start", "stop", "resync"]
