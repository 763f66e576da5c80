"""Queues as boto3 uses them."""

import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from tests.sandbox.helpers import refused
from tests.sandbox.test_faults import in_background
from tests.sandbox_client import OPERATOR, OWNER_KEY, Sandbox, eventually


@pytest.fixture
def sqs(box: Sandbox) -> Any:
    """The operator's SQS client in us-east-1."""
    return box.boto3("sqs")


@pytest.fixture
def url(sqs: Any) -> str:
    """A queue whose messages are hidden for a second."""
    return str(sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "1"})["QueueUrl"])


def bodies(sqs: Any, url: str, **more: Any) -> list[str]:
    """Receive, and return the bodies."""
    return [item["Body"] for item in sqs.receive_message(QueueUrl=url, **more).get("Messages", [])]


def test_queues_are_made_found_set_and_deleted(box: Sandbox, sqs: Any, url: str) -> None:
    assert url == f"https://sqs.us-east-1.amazonaws.com/{OPERATOR}/q"
    assert sqs.create_queue(QueueName="q")["QueueUrl"] == url
    made = sqs.create_queue(QueueName="other", tags={"a": "1"})["QueueUrl"]
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    assert sqs.list_queues()["QueueUrls"] == [made, url]
    assert sqs.list_queues(QueueNamePrefix="o")["QueueUrls"] == [made]
    first = sqs.list_queues(MaxResults=1)
    assert sqs.list_queues(MaxResults=1, NextToken=first["NextToken"])["QueueUrls"] == [url]
    assert sqs.list_queue_tags(QueueUrl=made)["Tags"] == {"a": "1"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "3"})
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (told["DelaySeconds"], told["VisibilityTimeout"]) == ("3", "1")
    assert told["QueueArn"] == f"arn:aws:sqs:us-east-1:{OPERATOR}:q"
    some = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert some["Attributes"] == {"ApproximateNumberOfMessages": "0"}
    sqs.delete_queue(QueueUrl=made)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.list_queue_tags(QueueUrl=made)
    assert box.boto3("sqs", "us-east-2").list_queues().get("QueueUrls") is None


def test_refusals_are_in_sqs_words(box: Sandbox, sqs: Any, url: str) -> None:
    gone = "AWS.SimpleQueueService.NonExistentQueue"
    assert refused(sqs.get_queue_url, QueueName="none")[0] == gone
    assert refused(box.boto3("sqs", "us-east-2").receive_message, QueueUrl=url)[0] == gone
    assert refused(box.boto3("sqs", key=OWNER_KEY).receive_message, QueueUrl=url) == ("AccessDenied", 403)
    changed = {"QueueName": "q", "Attributes": {"VisibilityTimeout": "2"}}
    assert refused(sqs.create_queue, **changed)[0] == "QueueAlreadyExists"
    for attributes, code in (
        ({"DelaySeconds": "901"}, "InvalidAttributeValue"),
        ({"Colour": "red"}, "InvalidAttributeName"),
    ):
        assert refused(sqs.set_queue_attributes, QueueUrl=url, Attributes=attributes)[0] == code
    assert refused(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=11)[0] == "InvalidParameterValue"
    assert refused(sqs.send_message, QueueUrl=url, MessageBody="\ufffe")[0] == "InvalidMessageContents"
    assert refused(sqs.delete_message, QueueUrl=url, ReceiptHandle="x")[0] == "ReceiptHandleIsInvalid"
    assert refused(sqs.create_queue, QueueName="q.fifo") == ("NotImplemented", 501)


def test_a_message_is_hidden_once_received_and_comes_back_until_deleted(sqs: Any, url: str) -> None:
    sent = sqs.send_message(QueueUrl=url, MessageBody="héllo")
    [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert (message["MessageId"], message["MD5OfBody"]) == (sent["MessageId"], sent["MD5OfMessageBody"])
    assert (message["Body"], message["Attributes"]["ApproximateReceiveCount"]) == ("héllo", "1")
    assert bodies(sqs, url) == []
    again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=3)["Messages"][0]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])  # an old one: no effect
    assert bodies(sqs, url, WaitTimeSeconds=3) == ["héllo"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    [last] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=3)["Messages"]
    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=last["ReceiptHandle"])
    time.sleep(1.1)
    assert bodies(sqs, url) == []


def test_batches_are_deleted_entry_by_entry_and_queues_purged(sqs: Any, url: str) -> None:
    for n in range(12):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [item["Body"] for item in found] == [str(n) for n in range(10)]
    entries = [{"Id": str(n), "ReceiptHandle": item["ReceiptHandle"]} for n, item in enumerate(found)]
    entries[3]["ReceiptHandle"] = "x"
    done = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert len(done["Successful"]) == 9
    assert [(item["Id"], item["Code"]) for item in done["Failed"]] == [("3", "ReceiptHandleIsInvalid")]
    doubled = [entries[0], entries[0]]
    assert "NotDistinct" in refused(sqs.delete_message_batch, QueueUrl=url, Entries=doubled)[0]
    sqs.purge_queue(QueueUrl=url)
    assert bodies(sqs, url, WaitTimeSeconds=2) == []


class TestLongPolls:
    """A receive that waits."""

    def test_it_ends_with_the_first_message_and_holds_no_lock(self, box: Sandbox, sqs: Any, url: str) -> None:
        began = time.monotonic()
        thread, outcome = in_background(lambda: bodies(sqs, url, WaitTimeSeconds=10))
        eventually(lambda: box.count(operation="ReceiveMessage", done=False) == 1)
        sqs.send_message(QueueUrl=url, MessageBody="now")
        thread.join(10)
        assert outcome == [["now"]]
        assert time.monotonic() - began < 3
        assert box.count(operation="ReceiveMessage") == 1

    def test_it_ends_empty_when_its_time_is_over(self, sqs: Any, url: str) -> None:
        began = time.monotonic()
        assert bodies(sqs, url, WaitTimeSeconds=1) == []
        assert 0.9 < time.monotonic() - began < 3
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"ReceiveMessageWaitTimeSeconds": "1"})
        assert bodies(sqs, url) == []
        assert 1.9 < time.monotonic() - began < 6

    def test_a_caller_that_hangs_up_takes_no_message(self, box: Sandbox, sqs: Any, url: str) -> None:
        hasty = box.boto3("sqs", config=Config(read_timeout=0.3, retries={"total_max_attempts": 1}))
        with pytest.raises(ReadTimeoutError):
            hasty.receive_message(QueueUrl=url, WaitTimeSeconds=10)
        eventually(lambda: box.count(operation="ReceiveMessage", done=True, answered=False) == 1)
        sqs.send_message(QueueUrl=url, MessageBody="still there")
        assert bodies(sqs, url) == ["still there"]

    def test_a_delayed_message_comes_in_its_time(self, sqs: Any, url: str) -> None:
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
        assert bodies(sqs, url) == []
        assert bodies(sqs, url, WaitTimeSeconds=5) == ["later"]
