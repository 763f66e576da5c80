"""What requests say of a ClickPipe's source, in the words of both clients. Source: cloud-api.md §7.2.

What only the newer of them sends is in here too: seen of `clickhousectl` 0.5.0.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from endpoints.api.pipes.parts import Body, Count, Key, Long, Port, Schematic, Short, Text


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
    """Where a Kafka ClickPipe finds its schemas: at a URL, or in AWS Glue."""

    type: Literal["confluent", "glue"] | None = None
    url: Text | None = None
    authentication: Short | None = None
    credentials: Credentials | None = None
    caCertificate: Text | None = None
    glueRegion: Short | None = None
    glueRegistryName: Short | None = None
    glueRoleArn: Text | None = None

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """Refuse a registry of which nobody can tell where it is."""
        if self.type == "glue" and not (self.glueRegion and self.glueRegistryName):
            raise ValueError("give glueRegion and glueRegistryName")
        if self.type != "glue" and not self.url:
            raise ValueError("give url")
        if "@" in (self.url or ""):
            raise ValueError("leave user and password out of url: they belong into credentials")
        return self


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
        Literal[
            "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "IAM_ROLE", "IAM_USER", "MUTUAL_TLS",
            "SERVICE_ACCOUNT_WORKLOAD_IDENTITY",
        ]
        | None
    ) = None  # fmt: skip
    credentials: Credentials | None = None
    iamRole: Text | None = None
    caCertificate: Text | None = None
    reversePrivateEndpointIds: Annotated[list[Key], Field(max_length=100)] | None = None
    tombstoneMode: Short | None = None
    exactlyOnce: bool | None = None
    protobufSchema: Schematic | None = None


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
    partitionKey: Long | None = None
    partitionByExpr: Long | None = None


class StructuredIngestion(Body):
    """Whether a collection goes into columns of their own, and into which."""

    enabled: bool
    columns: list[dict[Short, Text]] | None = None


class CollectionMapping(Body):
    """One collection of MongoDB and where it goes."""

    sourceDatabaseName: Short
    sourceCollection: Short
    targetTable: Short
    tableEngine: Short | None = None
    structuredIngestion: StructuredIngestion | None = None


class Settings(Body):
    """How a database is read."""

    replicationMode: Literal["cdc", "snapshot", "cdc_only"] | None = None
    syncIntervalSeconds: Count | None = None
    initialLoadParallelism: Count | None = None
    pullBatchSize: Count | None = None
    snapshotNumRowsPerPartition: Count | None = None
    snapshotNumberOfParallelTables: Count | None = None
    deleteOnMerge: bool | None = None


class SqlSettings(Settings):
    """What Postgres and MySQL have in common beyond that."""

    allowNullableColumns: bool | None = None


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
    disableTls: bool | None = None
    skipCertVerification: bool | None = None
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

    serverId: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None
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
