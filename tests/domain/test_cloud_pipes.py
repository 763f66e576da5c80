"""Definitions of ClickPipes in the Cloud API's words: what is kept, changed and told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain import cloud_pipes, cloud_sources
from endpoints.domain.cloud_pipes import Command, PipeState
from endpoints.domain.types import Source, SpecError

SECRET = "s3cret-s3cret"
CREDENTIALS = {"username": "reader", "password": SECRET, "privateKey": SECRET, "connectionString": SECRET}
KAFKA = {"format": "JSONEachRow", "brokers": "b-1.example.com:9092,b-2.example.com:9092", "topics": "orders"}


def body(kind: str, **source: Any) -> dict[str, Any]:
    return {"name": "orders", "source": {kind: source}, "destination": {"database": "default"}}


def postgres(*tables: str, **more: Any) -> dict[str, Any]:
    mappings = [mapping(table) for table in tables]
    said = {"host": "db.example.com", "database": "shop", "tableMappings": mappings}
    return cloud_pipes.kept(body("postgres", **said, **more))


def mapping(table: str) -> dict[str, Any]:
    return {"sourceSchemaName": "public", "sourceTable": table, "targetTable": table}


@given(
    kind=st.sampled_from(sorted(cloud_pipes.KINDS)),
    more=st.dictionaries(st.sampled_from(["caCertificate", "tlsHost", "iamRole"]), st.text(max_size=9)),
)
def test_no_secret_is_kept_wherever_it_was_given(kind: str, more: dict[str, str]) -> None:
    registry = {"url": "https://registry.example.com", "authentication": "PLAIN", "credentials": CREDENTIALS}
    asked = body(kind, **more, credentials=CREDENTIALS, schemaRegistry=registry)
    definition = cloud_pipes.kept(asked)
    assert SECRET not in json.dumps(definition)
    source = cloud_pipes.source_of(definition)
    assert source["schemaRegistry"] == {"url": registry["url"], "authentication": "PLAIN"}
    assert {name: source[name] for name in more} == more
    patch = {"source": {kind: {"credentials": CREDENTIALS, "schemaRegistry": registry}}}
    assert SECRET not in json.dumps(cloud_pipes.changed(definition, patch, PipeState.RUNNING))


def test_what_was_not_sent_is_not_told_but_for_what_every_answer_must_tell() -> None:
    assert cloud_pipes.kept(body("kafka", **KAFKA, iamRole=None)) == {
        "source": {"kafka": {"type": "kafka", "authentication": "PLAIN", **KAFKA}},
        "destination": {"database": "default"},
        "scaling": cloud_pipes.SMALLEST,
    }
    unsaid = {"pullBatchSize": None}
    asked = body("mongodb", uri="mongodb://db.example.com/", settings=unsaid)
    kept = cloud_pipes.kept(asked)
    changed = cloud_pipes.changed(kept, {"source": {"mongodb": {"settings": unsaid}}}, PipeState.RUNNING)
    for definition in (kept, changed):
        told = cloud_pipes.source_of(definition)["settings"]
        assert {name for name, value in told.items() if value is not None} == {
            "replicationMode",
            "syncIntervalSeconds",
            "pullBatchSize",
            "snapshotNumRowsPerPartition",
            "snapshotNumberOfParallelTables",
            "initialLoadParallelism",
        }
    assert cloud_pipes.source_of(postgres())["settings"] == {"replicationMode": "cdc"}


@pytest.mark.parametrize(
    ("definition", "addresses"),
    [
        (cloud_pipes.kept(body("kafka", **KAFKA)), ["b-1.example.com:9092", "b-2.example.com:9092"]),
        (postgres(), ["db.example.com:5432"]),
        (cloud_pipes.kept(body("mysql", host="DB.example.com", port=3307)), ["db.example.com:3307"]),
        (
            cloud_pipes.kept(
                body("mongodb", uri="mongodb://a.example.com:27018,b.example.com/shop?ssl=true")
            ),
            ["a.example.com:27018", "b.example.com:27017"],
        ),
        (
            cloud_pipes.kept(body("mongodb", uri="mongodb+srv://cluster.example.com")),
            ["cluster.example.com:27017"],
        ),
    ],
)
def test_the_hosts_of_each_source(definition: dict[str, Any], addresses: list[str]) -> None:
    assert [str(address) for address in cloud_sources.addresses_of(definition)] == addresses


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("mongodb://reader:s3cret@db.example.com/", "secret_in_uri"),
        ("mongodb://reader:27017/s3cret@db.example.com/", "secret_in_uri"),
        ("mongodb://db.example.com/?authMechanismProperties=AWS_SESSION_TOKEN:s3cret", "secret_in_uri"),
        ("mongodb://db.example.com/?tls=true&tlsCertificateKeyFilePassword=s3cret", "secret_in_uri"),
        ("mongodb://db.example.com/?tlsCertificateKeyFilePa%73sword=s3cret", "secret_in_uri"),
        ("postgres://db.example.com/", "not_a_uri"),
        ("mongodb://", "not_a_uri"),
        ("mongodb://db.example.com:port/", "not_a_port"),
    ],
)
def test_a_uri_with_a_secret_or_of_something_else_is_refused(uri: str, code: str) -> None:
    with pytest.raises(SpecError) as refused:
        cloud_sources.addresses_of(cloud_pipes.kept(body("mongodb", uri=uri)))
    assert (refused.value.field, refused.value.code) == ("source.mongodb.uri", code)


def test_table_mappings_are_added_and_removed_while_it_stands() -> None:
    old = postgres("a", "b")
    patch = {
        "source": {
            "postgres": {
                "tableMappingsToAdd": [mapping("c")],
                "tableMappingsToRemove": [mapping("a")],
            }
        }
    }
    new = cloud_pipes.changed(old, patch, PipeState.PAUSED)
    assert cloud_pipes.source_of(new)["tableMappings"] == [mapping("b"), mapping("c")]
    assert cloud_pipes.source_of(old)["tableMappings"] == [mapping("a"), mapping("b")]
    with pytest.raises(SpecError, match="must_be_paused"):
        cloud_pipes.changed(old, patch, PipeState.RUNNING)


@pytest.mark.parametrize(("kind", "way"), [("kafka", "PLAIN"), ("mysql", "basic")])
def test_a_role_goes_with_the_way_in_that_needs_it(kind: str, way: str) -> None:
    said = KAFKA if kind == "kafka" else {"host": "db.example.com"}
    old = cloud_pipes.kept(body(kind, **said, authentication="IAM_ROLE", iamRole="arn:aws:iam::1:role/r"))
    for sent, stays in (({"authentication": way}, False), ({"caCertificate": "c"}, True)):
        new = cloud_pipes.changed(old, {"source": {kind: sent}}, PipeState.RUNNING)
        assert ("iamRole" in cloud_pipes.source_of(new)) == stays


def test_a_change_leaves_what_it_does_not_say() -> None:
    old = postgres("a", settings={"replicationMode": "cdc", "pullBatchSize": 7})
    patch = {"source": {"postgres": {"host": "new.example.com", "settings": {"pullBatchSize": 8}}}}
    new = cloud_pipes.source_of(cloud_pipes.changed(old, patch, PipeState.RUNNING))
    expected = {"host": "new.example.com", "settings": {"replicationMode": "cdc", "pullBatchSize": 8}}
    assert new == cloud_pipes.source_of(old) | expected
    with pytest.raises(SpecError, match="other_source"):
        cloud_pipes.changed(old, {"source": {"mysql": {}}}, PipeState.RUNNING)


def test_a_change_that_says_all_but_one_value_does_not_take_that_out() -> None:
    """What Terraform's provider sends of a source is what any client sends that moves it."""
    where = {"host": "db.example.com", "port": 5432, "database": "shop", "authentication": "basic"}
    optional = {"caCertificate": "c", "tlsHost": "tls.example.com"}
    old = cloud_pipes.kept(body("postgres", **where, **optional, settings={"replicationMode": "cdc"}))
    sent = where | {"host": "new.example.com", "settings": {"replicationMode": "cdc"}}
    new = cloud_pipes.changed(old, {"source": {"postgres": sent}}, PipeState.RUNNING)
    assert cloud_pipes.source_of(new) == cloud_pipes.source_of(old) | {"host": "new.example.com"}
    columns, mappings = [{"name": "id", "type": "UInt64"}], [{"sourceField": "id", "destinationField": "id"}]
    named = body("kafka", **KAFKA, caCertificate="c") | {"fieldMappings": mappings}
    old = cloud_pipes.kept(named)
    patch = {"source": {"kafka": KAFKA | {"authentication": "PLAIN"}}, "destination": {"columns": columns}}
    new = cloud_pipes.changed(old, patch, PipeState.RUNNING)
    assert (cloud_pipes.source_of(new)["caCertificate"], new["fieldMappings"]) == ("c", mappings)


@pytest.mark.parametrize(
    ("definition", "stopped", "running"),
    [
        (cloud_pipes.kept(body("kafka", **KAFKA)), "Stopped", "Running"),
        (postgres(), "Paused", "Running"),
        (postgres(settings={"replicationMode": "snapshot"}), "Paused", "Completed"),
    ],
)
def test_states(definition: dict[str, Any], stopped: str, running: str) -> None:
    assert cloud_pipes.running_state(definition) == running
    assert cloud_pipes.state_after(Command.STOP, definition, running) == stopped
    assert cloud_pipes.state_after(Command.STOP, definition, stopped) == stopped
    assert cloud_pipes.state_after(Command.START, definition, stopped) == running
    with pytest.raises(SpecError, match="already_running"):
        cloud_pipes.state_after(Command.START, definition, running)
    if stopped == "Stopped":
        with pytest.raises(SpecError, match="cannot_resync"):
            cloud_pipes.state_after(Command.RESYNC, definition, running)
    else:
        assert cloud_pipes.state_after(Command.RESYNC, definition, running) == running


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (Source.KAFKA, "b-1.example.com:9098,b-2.example.com:9098"),
        (Source.POSTGRES, "db.example.com:5433"),
        (Source.MYSQL, "db.example.com:3306"),
        (Source.MONGODB, "db.example.com:27017"),
    ],
)
def test_a_definition_made_up_from_the_consoles_address_leads_to_it(source: Source, address: str) -> None:
    definition = cloud_pipes.of_the_console(source, address)
    assert ",".join(map(str, cloud_sources.addresses_of(definition))) == address
    assert cloud_pipes.KINDS[cloud_pipes.kind_of(definition)] is source
