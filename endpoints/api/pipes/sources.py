"""What requests say of a ClickPipe's source, in the words of both clients. Source: cloud-api.md §7.2.

What only the newer of them sends is in here too: seen of `clickhousectl` 0.5.0.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from endpoints.api.pipes.kafka import Kafka, KafkaChange
from endpoints.api.pipes.parts import Body, Certificate, Count, Credentials, Long, Port, Short, Text


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
    caCertificate: Certificate | None = None
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
