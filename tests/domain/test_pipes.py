"""Addresses of ClickPipes, and the connection state that follows from their endpoints."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.pipes import (
    PORTS,
    Address,
    Connection,
    connection_by_host,
    connection_of,
    names_that_answer,
    parse_addresses,
    with_ports,
)
from endpoints.domain.status import Status
from endpoints.domain.types import Source, SpecError

_LETTERS = string.ascii_lowercase + string.digits
_labels = st.builds(
    lambda first, middle, last: first + middle + last,
    st.sampled_from(_LETTERS),
    st.text(_LETTERS + "-_", max_size=20),
    st.sampled_from(_LETTERS),
)
_hosts = st.lists(_labels, min_size=1, max_size=6).map(".".join)
_addresses = st.builds(Address, _hosts, st.integers(1, 65_535))


@given(st.lists(_addresses, min_size=1, max_size=8, unique=True))
def test_addresses_come_back_as_they_were_written(addresses: list[Address]) -> None:
    written = ",".join(map(str, addresses))
    assert parse_addresses("address", written, Source.KAFKA) == tuple(addresses)


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.sampled_from(Source))
def test_only_ascii_hosts_with_ports_are_ever_read(text: str, source: Source) -> None:
    try:
        read = parse_addresses("address", text, source)
    except SpecError:
        return
    for one in read:
        assert set(one.host) <= set(_LETTERS + "-_.")
        assert 1 <= one.port <= 65_535
    again = ",".join(map(str, read))
    assert parse_addresses("address", again, source) == read


@pytest.mark.parametrize(("source", "port"), PORTS.items())
def test_who_leaves_the_port_out_is_told_the_usual_one(source: Source, port: int) -> None:
    with pytest.raises(SpecError) as refused:
        parse_addresses("address", "db.example.com", source)
    assert (refused.value.code, refused.value.params) == ("no_port", {"port": str(port)})


@given(_hosts, st.integers(1, 65_535), st.sampled_from([" {}", "{}.", "{}"]))
def test_case_spaces_and_a_closing_dot_make_no_difference(host: str, port: int, shape: str) -> None:
    written = f"{shape.format(host.upper())}:{port} , {host}:{port},"
    assert parse_addresses("address", written, Source.KAFKA) == (Address(host, port),)


@pytest.mark.parametrize(
    ("text", "source", "code"),
    [
        ("", Source.POSTGRES, "required"),
        (" , ", Source.KAFKA, "required"),
        (None, Source.KAFKA, "required"),
        ("db.example.com", Source.POSTGRES, "no_port"),
        ("db.example.com:", Source.POSTGRES, "required"),
        (":5432", Source.POSTGRES, "required"),
        ("db.example.com:0", Source.POSTGRES, "not_a_port"),
        ("db.example.com:65536", Source.POSTGRES, "not_a_port"),
        ("db.example.com:٣", Source.POSTGRES, "not_a_port"),
        ("db.example.com:-1", Source.POSTGRES, "not_a_port"),
        ("postgres://db.example.com:5432", Source.POSTGRES, "not_a_host"),
        ("*.example.com:9092", Source.KAFKA, "not_a_host"),
        ("\u212afka.example.com:9092", Source.KAFKA, "not_a_host"),
        ("a..b:1", Source.KAFKA, "not_a_host"),
        ("-a.b:1", Source.KAFKA, "not_a_host"),
        ("a b:1", Source.KAFKA, "not_a_host"),
        (f"{'a' * 64}.b:1", Source.KAFKA, "not_a_host"),
        ("a:1,b:2", Source.MONGODB, "one_host"),
        ("a:1\n", Source.KAFKA, None),
        ("a\0:1", Source.KAFKA, "unprintable"),
        (",".join(f"b-{n}.example.com:9092" for n in range(101)), Source.KAFKA, "too_many_hosts"),
    ],
)
def test_what_is_no_address_is_refused_by_its_code(text: object, source: Source, code: str | None) -> None:
    if code is None:
        assert parse_addresses("address", text, source)
        return
    with pytest.raises(SpecError) as refused:
        parse_addresses("address", text, source)
    assert (refused.value.field, refused.value.code) == ("address", code)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("db.example.com", "db.example.com:5432"),
        ("db.example.com:6432", "db.example.com:6432"),
        (" a , b:1,, ", "a:5432,b:1"),
        ("", ""),
    ],
)
def test_a_host_without_a_port_gets_the_usual_one(text: str, whole: str) -> None:
    assert with_ports(text, 5432) == whole


def test_a_wildcard_stands_for_the_first_label_only() -> None:
    assert names_that_answer("b-1.kafka.example.com") == ("b-1.kafka.example.com", "*.kafka.example.com")


READY, PENDING, MAKING = Status.READY.value, Status.PENDING_ACCEPTANCE.value, Status.PROVISIONING.value
UNKNOWN = Status.UNKNOWN.value


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([], Connection.BROKEN),
        ([READY], Connection.READY),
        ([READY, READY], Connection.READY),
        ([MAKING], Connection.WAITING),
        ([READY, PENDING], Connection.WAITING),
        ([UNKNOWN], Connection.UNKNOWN),
        ([READY, UNKNOWN], Connection.UNKNOWN),
        ([MAKING, UNKNOWN], Connection.UNKNOWN),
        *(
            ([READY, status], Connection.BROKEN)
            for status in ("Failed", "Rejected", "Expired", "Deleting", "Removed")
        ),
        ([UNKNOWN, "Failed"], Connection.BROKEN),
    ],
)
def test_the_connection_of_named_endpoints(statuses: list[str], state: Connection) -> None:
    assert connection_of(statuses) is state


@pytest.mark.parametrize(
    ("of_hosts", "state"),
    [
        ([], Connection.BROKEN),
        ([[]], Connection.BROKEN),
        ([[READY]], Connection.READY),
        ([[READY, "Deleting"]], Connection.READY),
        ([[READY], []], Connection.BROKEN),
        ([[READY], [PENDING]], Connection.WAITING),
        ([[READY], [UNKNOWN], [PENDING]], Connection.UNKNOWN),
        ([[READY], [UNKNOWN], ["Failed"]], Connection.BROKEN),
    ],
)
def test_the_connection_by_host_needs_every_host_and_one_ready_endpoint_for_each(
    of_hosts: list[list[str]], state: Connection
) -> None:
    assert connection_by_host(of_hosts) is state
