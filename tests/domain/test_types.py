"""What may be asked for: types, service names, descriptions; and what is said of what may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.specs import (
    MskMultiVpcSpec,
    SpecErrors,
    VpcEndpointServiceSpec,
    VpcResourceSpec,
    parse_spec,
    parse_type,
)
from endpoints.domain.types import DESCRIPTION_MAX, EndpointType, Source, SpecError, clean_description

FIELD = "vpcEndpointServiceName"
NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"


CONFIGURATION, SHARE = "vpcResourceConfigurationId", "vpcResourceShareArn"
CLUSTER, SCHEME = "mskClusterArn", "mskAuthentication"
CONFIGURATION_ID = "rcfg-0123456789abcdef0"
SHARE_ARN = "arn:aws:ram:eu-central-1:123456789012:resource-share/7c6f5f0e-0000-4000-8000-000000000001"
CLUSTER_ARN = "arn:aws:kafka:eu-central-1:123456789012:cluster/orders"
WHOLE_ARN = f"{CLUSTER_ARN}/11111111-2222-3333-4444-555555555555-2"
KIND = EndpointType.VPC_ENDPOINT_SERVICE
GOOD: dict[EndpointType, dict[str, object]] = {
    EndpointType.VPC_ENDPOINT_SERVICE: {FIELD: NAME},
    EndpointType.VPC_RESOURCE: {CONFIGURATION: CONFIGURATION_ID, SHARE: SHARE_ARN},
    EndpointType.MSK_MULTI_VPC: {CLUSTER: WHOLE_ARN, SCHEME: "SASL_IAM"},
}


def refusals(kind: EndpointType, **values: object) -> list[tuple[str, str, str]]:
    """Return (field, code, what was pasted) of every error."""
    with pytest.raises(SpecErrors) as caught:
        parse_spec(kind, {**GOOD[kind], **values})
    return [(error.field, error.code, error.params.get("pasted", "")) for error in caught.value.errors]


@pytest.mark.parametrize("kind", list(EndpointType))
def test_what_is_given_is_read_and_echoed_unchanged(kind: EndpointType) -> None:
    spec = parse_spec(kind, {name: f"  {value}\n" for name, value in GOOD[kind].items()})
    assert spec.parameters() == GOOD[kind]
    assert parse_spec(kind, spec.parameters()) == spec


def test_the_published_samples_are_accepted_and_echoed() -> None:
    samples = (
        (KIND, {FIELD: "com.amazonaws.vpce.us-east-1.vpce-svc-12345678901234567"}),
        (
            EndpointType.VPC_RESOURCE,
            {
                CONFIGURATION: "rcfg-1a2b3c4d5e6f7g8h9",
                SHARE: "arn:aws:ram:us-east-1:123456789012:resource-share/share-12345678901234567",
            },
        ),
        (
            EndpointType.MSK_MULTI_VPC,
            {CLUSTER: "arn:aws:kafka:us-east-1:123456789012:cluster/my-cluster", SCHEME: "SASL_SCRAM"},
        ),
    )
    for kind, sample in samples:
        assert parse_spec(kind, sample).parameters() == sample


@pytest.mark.parametrize(
    ("value", "code", "pasted"),
    [
        (None, "required", ""),
        ("", "required", ""),
        (" \t", "required", ""),
        (7, "not_text", ""),
        ([NAME], "not_text", ""),
        ("vpce-svc-0123456789abcdef0", "pasted", "service_id"),
        ("vpce-0123456789abcdef0", "pasted", "endpoint_id"),
        ("arn:aws:ec2:eu-central-1:1:vpc-endpoint-service/vpce-svc-01234567", "pasted", "other_arn"),
        (CLUSTER_ARN, "pasted", "cluster_arn"),
        (SHARE_ARN, "pasted", "share_arn"),
        (CONFIGURATION_ID, "pasted", "configuration_id"),
        ("https://eu-central-1.console.aws.amazon.com/vpcconsole/home?region=x", "pasted", "console_url"),
        ("https://example.com/vpc", "pasted", "url"),
        ("com.amazonaws.eu-central-1.s3", "pasted", "aws_service"),
        (
            "vpce-0123456789abcdef0-abcdefgh.vpce-svc-01234567.eu-central-1.vpce.amazonaws.com",
            "pasted",
            "endpoint_dns_name",
        ),
        (f'"{NAME}"', "quoted", ""),
        (f"\u201c{NAME}\u201d", "quoted", ""),
        (NAME.replace("vpce.", "vpce. "), "inner_space", ""),
        (NAME.upper(), "shape", ""),
        (NAME + "-", "shape", ""),
        ("com.amazonaws.vpce.europe.vpce-svc-0123456789abcdef0", "shape", ""),
        ("<b>" + NAME, "shape", ""),
        (NAME[:30] + "\x00" + NAME[30:], "unprintable", ""),
        (NAME + "\n" + NAME, "unprintable", ""),
        ("x" * 513, "too_long", ""),
    ],
)
def test_what_is_pasted_for_a_service_name_is_named(value: object, code: str, pasted: str) -> None:
    assert refusals(KIND, **{FIELD: value}) == [(FIELD, code, pasted)]


@pytest.mark.parametrize(
    ("field", "value", "pasted", "belongs"),
    [
        (CONFIGURATION, SHARE_ARN, "share_arn", SHARE),
        (CONFIGURATION, WHOLE_ARN, "cluster_arn", CLUSTER),
        (CONFIGURATION, "rgw-0123456789abcdef0", "gateway", ""),
        (
            CONFIGURATION,
            "arn:aws:vpc-lattice:eu-central-1:123456789012:resourceconfiguration/rcfg-0123",
            "configuration_arn",
            "",
        ),
        (SHARE, CONFIGURATION_ID, "configuration_id", CONFIGURATION),
        (
            SHARE,
            "arn:aws:ram:eu-central-1:123456789012:resource-share-invitation/x",
            "invitation_arn",
            "",
        ),
        (CLUSTER, "b-1.orders.x.kafka.eu-central-1.amazonaws.com:9094,b-2.x.y:9094", "brokers", ""),
        (CLUSTER, "arn:aws:kafka:eu-central-1:1:vpc-connection/1/orders/x", "connection_arn", ""),
        (CLUSTER, "123456789012", "account_id", ""),
        (CLUSTER, "SASL_IAM", "authentication", SCHEME),
        (SCHEME, WHOLE_ARN, "cluster_arn", CLUSTER),
        (SCHEME, "SASL/SCRAM", "authentication", SCHEME),
    ],
)
def test_what_is_pasted_into_other_fields_is_named_with_the_place_it_belongs_to(
    field: str, value: str, pasted: str, belongs: str
) -> None:
    kind = next(kind for kind, good in GOOD.items() if field in good)
    with pytest.raises(SpecErrors) as caught:
        parse_spec(kind, {**GOOD[kind], field: value})
    (error,) = caught.value.errors
    assert (error.field, error.code) == (field, "pasted")
    assert error.params == {"pasted": pasted, "belongs": belongs, "wanted": field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (SHARE, SHARE_ARN.replace("share/", "share/ ")),
        (CLUSTER, WHOLE_ARN.replace(":cluster", ": cluster")),
        (CONFIGURATION, "rcfg- 0123"),
    ],
)
def test_a_right_value_with_a_space_inside_is_told_so(field: str, value: str) -> None:
    kind = next(kind for kind, good in GOOD.items() if field in good)
    assert refusals(kind, **{field: value}) == [(field, "inner_space", "")]


@pytest.mark.parametrize(
    "digits",
    [
        "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
        "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669",
    ],
)
@pytest.mark.parametrize("field", [FIELD, SHARE, CLUSTER])
def test_digits_of_other_scripts_are_not_aws_s(field: str, digits: str) -> None:
    kind = next(kind for kind, good in GOOD.items() if field in good)
    value = str(GOOD[kind][field]).translate({ord(str(n)): digits[n] for n in range(10)})
    (refused,) = refusals(kind, **{field: value})
    assert refused[0] == field
    assert refused[2] in ("", "other_arn")


def test_every_wrong_field_is_told_at_once() -> None:
    found = refusals(EndpointType.VPC_RESOURCE, **{CONFIGURATION: SHARE_ARN, SHARE: CONFIGURATION_ID})
    assert [field for field, _, _ in found] == [CONFIGURATION, SHARE]


def test_fields_of_another_type_are_refused() -> None:
    assert refusals(KIND, **{SHARE: SHARE_ARN}) == [(SHARE, "foreign_field", "")]


@settings(deadline=None, database=None)
@given(
    st.sampled_from([(kind, field) for kind, good in GOOD.items() for field in good]),
    st.one_of(st.text(max_size=300), st.none(), st.integers(), st.binary(max_size=9)),
)
def test_whatever_is_given_is_a_spec_or_an_error_at_its_field(
    at: tuple[EndpointType, str], value: object
) -> None:
    kind, field = at
    at_fields: list[str] = []
    echoed = str(value).strip()
    try:
        echoed = parse_spec(kind, {**GOOD[kind], field: value}).parameters()[field]
    except SpecErrors as several:
        at_fields = [error.field for error in several.errors]
    assert at_fields in ([], [field])
    assert echoed == str(value).strip()


# --- what a spec says -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field"), [(EndpointType.VPC_RESOURCE, SHARE), (EndpointType.MSK_MULTI_VPC, CLUSTER)]
)
def test_what_must_lie_in_our_region_is_refused_elsewhere_with_both_regions(
    kind: EndpointType, field: str
) -> None:
    spec = parse_spec(kind, GOOD[kind])
    spec.check_region("eu-central-1")
    with pytest.raises(SpecErrors) as caught:
        spec.check_region("us-west-2")
    (error,) = caught.value.errors
    assert (error.field, error.code) == (field, "wrong_region")
    assert error.params == {"region": "eu-central-1", "wanted": "us-west-2"}


def test_an_endpoint_service_may_lie_anywhere() -> None:
    parse_spec(KIND, GOOD[KIND]).check_region("us-west-2")


def test_a_cluster_has_one_slot_for_each_authentication_however_its_arn_is_written() -> None:
    def slot(arn: str, scheme: str = "SASL_IAM") -> str:
        (held,) = MskMultiVpcSpec.parse({CLUSTER: arn, SCHEME: scheme}).held()
        assert not held.shared
        return held.key

    assert slot(CLUSTER_ARN) == slot(WHOLE_ARN) == "aws/eu-central-1/123456789012/orders/SASL_IAM"
    others = {
        slot(CLUSTER_ARN, "SASL_SCRAM"),
        slot(CLUSTER_ARN + "2"),
        slot(CLUSTER_ARN.replace("123456789012", "123456789013")),
        slot(CLUSTER_ARN.replace("eu-central-1", "us-east-1")),
        slot(CLUSTER_ARN.replace("arn:aws:", "arn:aws-cn:")),
    }
    assert len(others | {slot(CLUSTER_ARN)}) == 6


def test_a_share_is_one_share_in_any_letter_case() -> None:
    keys = {
        VpcResourceSpec.parse({CONFIGURATION: CONFIGURATION_ID, SHARE: arn}).held()[0].key
        for arn in (SHARE_ARN, SHARE_ARN.replace("7c6f", "7C6F"))
    }
    assert len(keys) == 1


def test_msk_is_for_kafka_only_and_the_others_for_every_source() -> None:
    assert MskMultiVpcSpec.sources == (Source.KAFKA,)
    for spec in (VpcEndpointServiceSpec, VpcResourceSpec):
        assert set(spec.sources) == set(Source)


# --- descriptions and types -----------------------------------------------------------------------------


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


@pytest.mark.parametrize("kind", list(EndpointType))
def test_every_type_is_read(kind: EndpointType) -> None:
    assert parse_type(kind.value) is kind
    assert parse_spec(kind, GOOD[kind]).type is kind
