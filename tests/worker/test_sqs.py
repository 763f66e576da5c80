"""BROKER=sqs as the settings make it, against the simulated SQS: the queue is made, and carries tasks.

A process of its own, for django-q2 reads the settings once. `manage.py` would refuse the sandbox here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.environment import CHECKOUT
from tests.sandbox_client import REGIONS, start_sandbox

QUEUE = "postern-test"
CARRY = """
import json
import django
django.setup()
from django_q.brokers import get_broker
broker = get_broker()
broker.enqueue("first")
sizes = [get_broker().queue_size()]
task, *more = broker.dequeue()
sizes += [get_broker().queue_size(), get_broker().lock_size()]
broker.acknowledge(task[0])
sizes += [get_broker().queue_size(), get_broker().lock_size()]
print(json.dumps([type(broker).__module__, task[1], len(more), sizes]))
"""


def test_a_task_travels_through_a_queue_that_is_made(tmp_path: Path) -> None:
    with start_sandbox(tmp_path, state=":memory:") as box:
        ours = {
            "BROKER": "sqs",
            "SQS_REGION": REGIONS[1],
            "QUEUE_NAME": QUEUE,
            "DJANGO_SETTINGS_MODULE": "endpoints.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", CARRY],
            cwd=CHECKOUT,
            env=os.environ | box.environment() | ours,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        broker, task, more, sizes = json.loads(done.stdout)
        assert (broker, task, more) == ("django_q.brokers.aws_sqs", "first", 0)
        assert sizes == [1, 0, 1, 0, 0]
        (receive,) = box.calls(operation="ReceiveMessage")
        assert receive["params"]["WaitTimeSeconds"] == 10, "an empty queue is asked without a pause"
        assert {call["region"] for call in box.calls(operation="SendMessage")} == {REGIONS[1]}
        assert [call["params"]["QueueName"] for call in box.calls(operation="CreateQueue")] == [QUEUE]
