"""What may be asked for: types, service names, descriptions; and what is said of what may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.types import (
    DESCRIPTION_MAX,
    EndpointType,
    SpecError,
    VpcEndpointServiceSpec,
    clean_description,
    parse_spec,
    parse_type,
)

FIELD = "vpcEndpointServiceName"
NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"


def refusal(value: object) -> tuple[str, str]:
    with pytest.raises(SpecError) as error:
        VpcEndpointServiceSpec.parse({FIELD: value})
    return error.value.field, error.value.code


def test_a_whole_service_name_is_read_and_echoed() -> None:
    spec = VpcEndpointServiceSpec.parse({FIELD: f"  {NAME}\n"})
    assert (spec.service_name, spec.service_region) == (NAME, "eu-central-1")
    assert spec.parameters() == {FIELD: NAME}
    assert VpcEndpointServiceSpec.parse(spec.parameters()) == spec


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "required"),
        ("", "required"),
        (" \t", "required"),
        (7, "not_text"),
        ([NAME], "not_text"),
        ("vpce-svc-0123456789abcdef0", "service_id_for_name"),
        ("vpce-0123456789abcdef0", "endpoint_id_for_service_name"),
        ("arn:aws:ec2:eu-central-1:1:vpc-endpoint-service/vpce-svc-01234567", "arn_for_service_name"),
        ("arn:aws-cn:kafka:cn-north-1:1:cluster/a", "arn_for_service_name"),
        ("https://console.aws.amazon.com/vpc", "url_for_service_name"),
        ("com.amazonaws.eu-central-1.s3", "aws_service_for_service_name"),
        (
            "vpce-0123456789abcdef0-abcdefgh.vpce-svc-01234567.eu-central-1.vpce.amazonaws.com",
            "dns_name_for_service_name",
        ),
        (NAME.upper(), "not_a_service_name"),
        (NAME + "0", "not_a_service_name"),
        (NAME[:-10] + "g", "not_a_service_name"),
        ("com.amazonaws.vpce.europe.vpce-svc-0123456789abcdef0", "not_a_service_name"),
        ("<b>" + NAME, "not_a_service_name"),
        (NAME[:30] + "\x00" + NAME[30:], "unprintable"),
        (NAME + "\n" + NAME, "unprintable"),
        ("x" * 256, "too_long"),
    ],
)
def test_what_is_pasted_instead_is_named(value: object, code: str) -> None:
    assert refusal(value) == (FIELD, code)


@settings(deadline=None, database=None)
@given(st.one_of(st.text(max_size=300), st.none(), st.integers(), st.binary(max_size=9)))
def test_whatever_is_given_is_a_spec_or_an_error_at_its_field(value: object) -> None:
    found: VpcEndpointServiceSpec | SpecError
    try:
        found = VpcEndpointServiceSpec.parse({FIELD: value})
    except SpecError as error:
        found = error
    if isinstance(found, SpecError):
        assert found.field == FIELD
    else:
        assert found.service_name == str(value).strip()


@pytest.mark.parametrize("length", [1, DESCRIPTION_MAX])
def test_descriptions_have_1_to_255_characters(length: int) -> None:
    assert clean_description("한" * length) == "한" * length


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "required"),
        ("  ", "required"),
        ("x" * 256, "too_long"),
        ("x" * 300, "too_long"),
        ("a\x00b", "unprintable"),
        ("a\nb", "unprintable"),
        ("a\u202eb", "unprintable"),
        ("\ud800", "unprintable"),
        (3, "not_text"),
    ],
)
def test_other_descriptions_are_refused(value: object, code: str) -> None:
    with pytest.raises(SpecError) as error:
        clean_description(value)
    assert (error.value.field, error.value.code) == ("description", code)


def test_html_is_a_description_like_any_other() -> None:
    assert clean_description("<script>alert(1)</script>") == "<script>alert(1)</script>"


def test_the_too_long_refusal_says_how_long() -> None:
    with pytest.raises(SpecError) as error:
        clean_description("x" * 300)
    assert error.value.params == {"maximum": "255", "length": "300"}


@pytest.mark.parametrize(
    ("value", "code"), [(None, "required"), ("", "required"), ("vpc", "unknown_type"), (3, "unknown_type")]
)
def test_unknown_types_are_refused(value: object, code: str) -> None:
    with pytest.raises(SpecError) as error:
        parse_type(value)
    assert (error.value.field, error.value.code) == ("type", code)


def test_the_known_type_is_read() -> None:
    assert parse_type("VPC_ENDPOINT_SERVICE") is EndpointType.VPC_ENDPOINT_SERVICE
    assert parse_spec(EndpointType.VPC_ENDPOINT_SERVICE, {FIELD: NAME}).service_name == NAME
