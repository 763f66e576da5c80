"""Messages from the operator's queue, at the wire."""

import time
from collections.abc import Iterator

import pytest

from endpoints.domain.errors import OperatorError, ProviderError, Throttled, Unanswered
from endpoints.providers import push
from tests.engine.conftest import forget_clients
from tests.providers.wire import OPERATOR, REGION
from tests.sandbox_client import Sandbox


@pytest.fixture
def box(contract_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The sandbox at its seed, with a wait that tests can bear."""
    contract_sandbox.reset("instant")
    for name, value in contract_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(push, "WAIT_SECONDS", 1)
    forget_clients()
    yield contract_sandbox
    forget_clients()


@pytest.fixture
def url(box: Sandbox) -> str:
    """A fed queue of the operator."""
    return box.feed(REGION)


def send(box: Sandbox, url: str, *bodies: str) -> None:
    """Put messages into the queue."""
    for body in bodies:
        box.boto3("sqs", REGION).send_message(QueueUrl=url, MessageBody=body)


def test_messages_are_received_ten_at_a_time_by_long_polls_and_deleted_together(
    box: Sandbox, url: str
) -> None:
    send(box, url, *(str(n) for n in range(12)))
    heard = push.receive(OPERATOR, url)
    assert [message.body for message in heard] == [str(n) for n in range(10)]
    push.forget(OPERATOR, url, heard)
    rest = push.receive(OPERATOR, url)
    assert [message.body for message in rest] == ["10", "11"]
    push.forget(OPERATOR, url, rest)
    assert [feed["messages"] for feed in box.feeds()] == [0]
    asked = [call["params"] for call in box.calls(operation="ReceiveMessage")]
    assert asked == [{"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}] * 2
    assert box.count(operation="DeleteMessageBatch") == 2


def test_an_empty_queue_is_waited_for(box: Sandbox, url: str) -> None:
    began = time.monotonic()
    assert push.receive(OPERATOR, url) == []
    assert time.monotonic() - began >= 0.9
    assert box.count(operation="ReceiveMessage") == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "denied"}, OperatorError),
        ({"kind": "expired_token"}, OperatorError),
        ({"kind": "error"}, Unanswered),
        ({"kind": "drop"}, Unanswered),
        ({"kind": "error", "code": "ThrottlingException", "status": 400}, Throttled),
    ],
)
def test_trouble_is_sorted_and_asked_once(
    box: Sandbox, url: str, fault: dict[str, object], kind: type[ProviderError]
) -> None:
    box.fault(service="sqs", **fault)  # type: ignore[arg-type]
    with pytest.raises(kind):
        push.receive(OPERATOR, url)
    assert box.count(service="sqs") == 1


def test_a_queue_that_is_not_there_is_told(box: Sandbox, url: str) -> None:
    with pytest.raises(ProviderError, match="NonExistentQueue"):
        push.receive(OPERATOR, f"{url}-not")
