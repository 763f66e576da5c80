"""What requests say of a Kafka source. Source: cloud-api.md §7.2.

What only the newer client sends is in here too: seen of `clickhousectl` 0.5.0.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from endpoints.api.pipes.parts import Body, Certificate, Credentials, Key, Schematic, Short, Text


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
    caCertificate: Certificate | None = None
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
        # Wherever they stand: how a client reads what is not escaped, nobody knows.
        if any(sign in (self.url or "") for sign in "@?#"):
            raise ValueError("leave user, password and query out of url: secrets belong into credentials")
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
    caCertificate: Certificate | None = None
    reversePrivateEndpointIds: Annotated[list[Key], Field(max_length=100)] | None = None
    tombstoneMode: Short | None = None
    exactlyOnce: bool | None = None
    protobufSchema: Schematic | None = None


class Kafka(KafkaChange):
    """A Kafka source."""

    format: Literal["JSONEachRow", "Avro", "AvroConfluent", "Protobuf"]
    brokers: Text
    topics: Text
