"""Custom private DNS names: which are names, which overlap, and which targets they may have."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.custom_dns import (
    NAMES_MOST,
    RESERVED,
    CustomName,
    clean_name,
    custom_names,
    overlap,
    parse_names,
)
from endpoints.domain.types import EndpointType, SpecError

RESOURCE, SERVICE, MSK = (
    EndpointType.VPC_RESOURCE,
    EndpointType.VPC_ENDPOINT_SERVICE,
    EndpointType.MSK_MULTI_VPC,
)

LABELS = ("a", "b", "c")
HOSTS = [".".join(labels) for size in (1, 2, 3, 4) for labels in itertools.product(LABELS, repeat=size)]

labels = st.text("abcxyz019-_", min_size=1, max_size=63).filter(
    lambda label: label[0] not in "-" and label[-1] not in "-"
)
few = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3).map(".".join)
patterns = st.one_of(few, few.map("*.{}".format))


def answers(name: str, host: str) -> bool:
    """Say whether a name answers a host, label by label."""
    wanted, given_labels = name.split("."), host.split(".")
    if len(wanted) != len(given_labels):
        return False
    return all(one in ("*", other) for one, other in zip(wanted, given_labels, strict=True))


@given(patterns, patterns)
def test_two_names_overlap_when_some_host_is_answered_by_both(one: str, other: str) -> None:
    both = any(answers(one, host) and answers(other, host) for host in HOSTS)
    assert overlap(one, other) is overlap(other, one) is both


def test_the_names_of_a_zone_and_of_one_below_it_stand_side_by_side() -> None:
    assert not overlap("*.example.com", "*.z.example.com")
    assert not overlap("*.example.com", "a.b.example.com")
    assert overlap("*.example.com", "a.example.com")
    assert not overlap("a.example.com", "b.example.com")


@given(st.lists(labels, min_size=1, max_size=5).map(".".join), st.booleans())
def test_a_name_of_good_labels_is_returned_as_it_was_given(body: str, is_wildcard: bool) -> None:
    name = f"{'*.' if is_wildcard else ''}{body}.example.com"
    if len(name) <= 253:
        assert clean_name(name) == name
    else:
        with pytest.raises(SpecError):
            clean_name(name)


@given(st.text(max_size=300))
def test_any_text_is_a_name_in_full_or_refused(text: str) -> None:
    try:
        kept = clean_name(text)
    except SpecError:
        return
    assert kept == text
    assert text.isascii()
    assert text == text.lower().strip(" .")
    assert not any(text.endswith(f".{suffix}") for suffix in RESERVED)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("Db.example.com", "dns_name_form"),
        ("db.example.com.", "dns_name_form"),
        (".example.com", "dns_name_form"),
        ("db..example.com", "dns_name_form"),
        ("example", "dns_name_form"),
        ("*", "dns_name_form"),
        ("*.com", "dns_name_form"),
        ("*.*.example.com", "dns_name_form"),
        ("a.*.example.com", "dns_name_form"),
        ("a*.example.com", "dns_name_form"),
        ("-a.example.com", "dns_name_form"),
        ("10.0.0.1", "dns_name_form"),
        (" db.example.com", "dns_name_form"),
        ("db.example.com\n", "dns_name_form"),
        ("dß.example.com", "dns_name_form"),
        ("a" * 64 + ".example.com", "dns_name_form"),
        ("a." * 122 + "example.com", "dns_name_form"),
        ("db.example.local", "reserved_suffix"),
        ("*.db.internal", "reserved_suffix"),
        ("kafka.corp", "reserved_suffix"),
        ("a.private", "reserved_suffix"),
        ("x.localhost", "reserved_suffix"),
        ("vpce-1.vpce-svc-1.eu-west-1.vpce.amazonaws.com", "reserved_suffix"),
        ("", "dns_item"),
        (None, "dns_item"),
        (5, "dns_item"),
    ],
)
def test_what_is_no_allowed_name_is_refused(wrong: object, code: str) -> None:
    with pytest.raises(SpecError) as raised:
        clean_name(wrong)
    assert raised.value.code == code


@pytest.mark.parametrize("name", ["kafka.internal.example.com", "b-1.x.kafka.eu-west-1.amazonaws.com", "a.b"])
def test_a_reserved_word_elsewhere_is_no_matter(name: str) -> None:
    assert clean_name(name) == name


def mappings(*names: str, **targets: str) -> list[dict[str, str]]:
    return [
        {"privateDnsName": name} | ({"targetId": targets[name]} if name in targets else {}) for name in names
    ]


def codes(value: Any, kind: EndpointType = SERVICE, **more: Any) -> list[str]:
    return [error.code for error in parse_names(value, kind, **more)[1]]


def test_the_order_and_what_overlaps_within_one_endpoint_are_kept() -> None:
    given_names = mappings("b.example.com", "*.example.com", "a.example.com")
    names, errors = parse_names(given_names, SERVICE)
    assert errors == []
    assert [name.as_json() for name in names] == given_names
    assert custom_names(given_names) == names


def test_every_wrong_name_is_told_and_a_name_stands_once() -> None:
    value = [*mappings("a.example.com", "X.com", "a.example.com"), "a.example.com", {"name": "a"}]
    assert codes(value) == ["dns_name_form", "dns_name_twice", "dns_item", "dns_item"]
    assert (
        codes({"privateDnsName": "a.example.com"}) == codes("a.example.com") == codes(None) == ["not_a_list"]
    )
    assert codes([{"privateDnsName": "a.example.com", "internalDnsName": "b"}]) == ["dns_item"]


def test_a_list_has_an_end() -> None:
    many = mappings(*(f"a{number}.example.com" for number in range(NAMES_MOST + 1)))
    assert codes(many[1:]) == []
    assert codes(many) == ["too_many_names"]


def test_msk_has_none() -> None:
    assert codes(mappings("a.example.com"), MSK) == ["no_custom_dns_for_msk"]
    assert codes([], MSK) == []


@pytest.mark.parametrize("kind", [SERVICE, MSK, RESOURCE])
def test_targets_are_for_resources_only(kind: EndpointType) -> None:
    value = [{"privateDnsName": "a.example.com", "targetId": "rcfg-1"}]
    expected = {SERVICE: ["target_only_for_resource"], MSK: ["no_custom_dns_for_msk"], RESOURCE: []}
    assert codes(value, kind) == expected[kind]
    assert codes([value[0] | {"targetId": None}], SERVICE) == []


@pytest.mark.parametrize("wrong", ["", "rcfg-", "vpce-1", "rcfg-1 ", "RCFG-1", 5, ["rcfg-1"]])
def test_a_target_has_the_form_of_a_resource_configuration(wrong: object) -> None:
    assert codes([{"privateDnsName": "a.example.com", "targetId": wrong}], RESOURCE) == ["target_form"]


def test_a_new_or_changed_target_must_be_there_once_the_targets_are_known() -> None:
    had = (CustomName("a.example.com", "rcfg-old"),)
    same, moved = (
        [{"privateDnsName": name, "targetId": "rcfg-old"}] for name in ("a.example.com", "b.example.com")
    )
    changed = [{"privateDnsName": "a.example.com", "targetId": "rcfg-new"}]
    for value in (same, moved, changed):
        assert codes(value, RESOURCE, had=had) == []
    known = {"had": had, "targets": {"rcfg-1"}}
    assert codes(same, RESOURCE, **known) == []
    assert codes(moved, RESOURCE, **known) == codes(changed, RESOURCE, **known) == ["target_unknown"]
    assert codes([changed[0] | {"targetId": "rcfg-1"}], RESOURCE, **known) == []
