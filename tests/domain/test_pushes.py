"""What messages speak of: whatever their shape, and nothing for garbage."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.pushes import MOST, Told, queue_region, read_push, read_pushes

ENDPOINT = "vpce-0123456789abcdef0"
SHARE = "arn:aws:ram:eu-central-1:222222222222:resource-share/00000000-0000-0000-0000-000000000041"
TEXT = st.text(st.characters(exclude_categories=[]), max_size=300)
IDS = st.from_regex(r"vpce-[0-9a-f]{17}", fullmatch=True)
ARNS = st.uuids().map(lambda key: f"arn:aws:ram:eu-central-1:222222222222:resource-share/{key}")
NOISE = st.text(st.characters(codec="utf-8"), max_size=40)


def sns(message: object) -> str:
    """Wrap a message as SNS does: JSON within JSON."""
    return json.dumps({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": json.dumps(message)})


@given(TEXT)
def test_any_text_is_read_without_trouble(text: str) -> None:
    assert isinstance(read_push(text), Told)
    assert read_pushes([text, text]) == read_push(text)


@given(NOISE, st.lists(IDS, max_size=3), st.lists(ARNS, max_size=3), st.booleans())
def test_what_is_named_anywhere_in_json_is_found(
    noise: str, ids: list[str], arns: list[str], escaped: bool
) -> None:
    body = sns({"a": noise, "b": [{"c": key} for key in ids], "d": arns})
    if escaped:
        body = body.replace("/", "\\/")
    told = read_push(body)
    assert told.external_ids >= set(ids)
    assert told.share_arns >= set(arns)


def test_a_connection_notification_names_its_endpoint_and_not_the_service() -> None:
    body = sns({"eventType": "Accept", "vpcEndpointId": ENDPOINT, "serviceId": "vpce-svc-0123456789abcdef0"})
    assert read_push(body) == Told(frozenset({ENDPOINT}))


def test_a_sharing_event_names_its_share() -> None:
    event = {"source": "aws.ram", "detail-type": "Resource Sharing State Change", "resources": [SHARE]}
    assert read_push(json.dumps(event)) == Told(share_arns=frozenset({SHARE}), sharing=True)
    assert read_push(json.dumps(event | {"resources": []})) == Told(sharing=True)


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[", '{"vpcEndpointId": ', "vpce-", "vpce-svc-0123456789abcdef0",
        "xvpce-0123456789abcdef0", "vpce-0123", "vpce-0123456789abcdef01234",
        "arn:aws:ram:eu-central-1:2:resource-share/x",
        "arn:aws:ram:eu-central-1:222222222222:resource-share-invitation/00000000-0000", "\ufffd" * 100,
    ],
)  # fmt: skip
def test_garbage_names_nothing(body: str) -> None:
    assert not read_push(body)


def test_a_message_that_names_too_much_is_read_in_part() -> None:
    body = " ".join(f"vpce-{n:017x}" for n in range(10 * MOST))
    assert len(read_push(body).external_ids) == MOST


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/111111111111/postern", "eu-central-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111111111111/postern", "cn-north-1"),
        ("http://sqs.eu-central-1.amazonaws.com/111111111111/postern", None),
        ("https://sqs.eu-central-1.example.com/111111111111/postern", None),
        ("https://sqs.eu-central-1.amazonaws.com/postern", None),
        ("arn:aws:sqs:eu-central-1:111111111111:postern", None),
        ("", None),
    ],
)
def test_a_queues_url_tells_its_region(url: str, region: str | None) -> None:
    assert queue_region(url) == region
