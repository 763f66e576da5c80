"""What counts as changed by somebody else, by properties and case by case."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.drift import Changed, Expected, changed, expected
from endpoints.domain.sighting import Setup, Sighting

REQUEST = {"SubnetIds": ["subnet-2", "subnet-1"], "SecurityGroupIds": ["sg-1"]}
OPEN = {"Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}
SETUP = Setup(("subnet-1", "subnet-2"), ("sg-1",), json.dumps({"Statement": [OPEN]}), "ipv4")
SEEN = Sighting("vpce-1", "available", "e", 1, setup=SETUP)


def wanted(private_dns: bool | None = False, **more: object) -> Expected:
    return expected({**REQUEST, **more}, "e", 1, private_dns=private_dns, address_type="ipv4")


def found(seen: Sighting, *before: str, as_asked: Expected | None = None) -> list[str]:
    return changed(seen, as_asked or wanted(), before)


DIFFERENCES = {
    Changed.SUBNETS: replace(SEEN, setup=replace(SETUP, subnets=("subnet-1",))),
    Changed.SECURITY_GROUPS: replace(SEEN, setup=replace(SETUP, groups=("sg-1", "sg-2"))),
    Changed.PRIVATE_DNS: replace(SEEN, private_dns_enabled=True),
    Changed.POLICY: replace(SEEN, setup=replace(SETUP, policy='{"Statement": []}')),
    Changed.ADDRESS_TYPE: replace(SEEN, setup=replace(SETUP, address_type="dualstack")),
    Changed.TAGS: replace(SEEN, is_ours=False),
}


def test_what_is_as_it_was_asked_for_differs_in_nothing_whatever_the_order() -> None:
    assert found(SEEN) == []
    assert found(replace(SEEN, setup=replace(SETUP, subnets=("subnet-2", "subnet-1")))) == []


@pytest.mark.parametrize("name", list(Changed))
def test_each_difference_has_its_name(name: Changed) -> None:
    assert found(DIFFERENCES[name]) == [name]


@pytest.mark.parametrize(
    "seen", [replace(SEEN, endpoint_id="other"), replace(SEEN, endpoint_id=""), replace(SEEN, generation=2)]
)
def test_tags_that_name_another_endpoint_or_attempt_are_changed_tags(seen: Sighting) -> None:
    assert found(seen) == [Changed.TAGS]


@given(
    st.sampled_from(list(DIFFERENCES)),
    st.sampled_from(
        ["pending", "Pending", "rejected", "failed", "partial", "deleting", "deleted", "new-word"]
    ),
    st.sets(st.sampled_from(sorted(set(Changed) - {Changed.TAGS}))),
)
def test_in_a_state_in_which_aws_itself_may_be_at_work_only_tags_are_news(
    name: Changed, state: str, before: set[Changed]
) -> None:
    tags = {Changed.TAGS} & {name}
    assert found(replace(DIFFERENCES[name], state=state), *before) == sorted(before | tags)
    assert found(replace(SEEN, state=state), *before, Changed.TAGS) == sorted(before), "the tags are back"


@given(st.sets(st.sampled_from(list(Changed))), st.sets(st.sampled_from(list(Changed))))
def test_at_rest_what_is_known_is_what_is_seen(names: set[Changed], before: set[Changed]) -> None:
    setup, seen = SETUP, SEEN
    for name in names - {Changed.PRIVATE_DNS, Changed.TAGS}:
        field = {Changed.SUBNETS: "subnets", Changed.SECURITY_GROUPS: "groups"}.get(name, name.value)
        setup = replace(setup, **{field: getattr(DIFFERENCES[name].setup, field)})
    seen = replace(
        seen,
        setup=setup,
        private_dns_enabled=Changed.PRIVATE_DNS in names,
        is_ours=Changed.TAGS not in names,
    )
    assert found(seen, *before) == sorted(names)


def test_what_aws_does_not_tell_is_no_difference() -> None:
    assert found(replace(SEEN, setup=None)) == []
    assert found(replace(SEEN, setup=Setup())) == []


def test_what_was_not_asked_for_is_not_expected() -> None:
    silent = expected({}, "e", 1, private_dns=None, address_type="")
    odd = replace(SEEN, private_dns_enabled=True, setup=replace(SETUP, subnets=(), address_type="ipv6"))
    assert changed(odd, silent, ()) == []


@pytest.mark.parametrize("on", [True, False])
def test_private_dns_is_expected_as_postern_left_it(on: bool) -> None:
    seen = replace(SEEN, private_dns_enabled=on)
    assert found(seen, as_asked=wanted(private_dns=on)) == []
    assert found(seen, as_asked=wanted(private_dns=not on)) == [Changed.PRIVATE_DNS]
    assert found(seen, as_asked=wanted(private_dns=None)) == []


@pytest.mark.parametrize(
    ("policy", "is_default"),
    [
        ({"Statement": OPEN}, True),
        ({"Version": "2008-10-17", "Statement": [{**OPEN, "Sid": "1", "Principal": {"AWS": "*"}}]}, True),
        ({"Statement": [{**OPEN, "Action": ["*"], "Resource": ["*"]}]}, True),
        ({"Statement": [OPEN, {**OPEN, "Effect": "Deny"}]}, False),
        ({"Statement": [{**OPEN, "Action": "s3:*"}]}, False),
        ({"Statement": [{**OPEN, "Condition": {}}]}, False),
        ({"Statement": []}, False),
        ({}, False),
        ([], False),
        ("text", False),
        (None, False),
    ],
)
def test_without_a_policy_of_ours_awss_own_is_no_difference(policy: object, is_default: bool) -> None:
    seen = replace(SEEN, setup=replace(SETUP, policy=json.dumps(policy)))
    assert (found(seen) == []) is is_default


def test_a_policy_of_ours_may_be_spelled_otherwise() -> None:
    ours = '{"Statement": [{"Effect": "Deny", "Action": "*"}]}'
    seen = replace(SEEN, setup=replace(SETUP, policy='{"Statement":[{"Action":"*","Effect":"Deny"}]}'))
    assert found(seen, as_asked=wanted(PolicyDocument=ours)) == []
    assert found(SEEN, as_asked=wanted(PolicyDocument=ours)) == [Changed.POLICY]
    no_json = replace(SEEN, setup=replace(SETUP, policy="{"))
    assert found(no_json, as_asked=wanted(PolicyDocument=ours)) == [Changed.POLICY]
