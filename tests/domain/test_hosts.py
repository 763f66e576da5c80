"""Which names can answer a host that somebody typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.dns import host_names
from endpoints.domain.types import SpecError

HOST = "b-1.orders.example.com"
BOTH = (HOST, "*.orders.example.com")
labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    "typed", [HOST, f" {HOST} ", HOST.upper(), f"{HOST}.", f"{HOST}:9092", f"{HOST.upper()}.:9092"]
)
def test_spelling_port_and_closing_dot_do_not_matter(typed: str) -> None:
    assert host_names(typed) == BOTH


def test_a_single_label_has_no_wildcard_and_other_scripts_are_read_as_dns_has_them() -> None:
    assert host_names("kafka") == ("kafka",)
    assert host_names("bücher.example.com") == ("xn--bcher-kva.example.com", "*.example.com")


@settings(deadline=None, database=None)
@given(st.lists(labels, min_size=2, max_size=5))
def test_the_wildcard_covers_exactly_one_label(parts: list[str]) -> None:
    if parts[0].isdigit():
        parts[0] = f"x{parts[0]}"
    name = ".".join(parts)
    exact, wildcard = host_names(name)
    assert exact == name
    assert wildcard.count(".") == name.count(".")
    assert wildcard == "*." + ".".join(parts[1:])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "required"),
        ("", "required"),
        ("  ", "required"),
        ("a\x00b.example.com", "unprintable"),
        ("x" * 1001, "too_long"),
        ("https://db.example.com/x", "host_is_url"),
        ("postgres://db.example.com:5432/orders", "host_is_url"),
        ("10.0.0.1", "host_is_address"),
        ("10.0.0.1:5432", "host_is_address"),
        ("fe80::1", "host_is_address"),
        ("[fe80::1]:5432", "host_is_address"),
        ("a.example.com:9092,b.example.com:9092", "several_hosts"),
        ("*.example.com", "not_a_host"),
        ("a..example.com", "not_a_host"),
        ("-a.example.com", "not_a_host"),
        ("a b.example.com", "not_a_host"),
        (f"{'a' * 64}.example.com", "not_a_host"),
        ("bücher..example.com", "not_a_host"),
        ("db.example.com:", "required"),
        ("db.example.com:0", "not_a_port"),
        ("db.example.com:port", "not_a_port"),
    ],
)
def test_what_is_no_host_name_is_refused_with_what_it_is(typed: object, code: str) -> None:
    with pytest.raises(SpecError) as refused:
        host_names(typed)
    assert (refused.value.field, refused.value.code) == ("host", code)
