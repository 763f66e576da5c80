"""The engine's times, whose order is asserted by a system check, and the queue that carries its tasks."""

from typing import Any

from endpoints.settings.environment import env

STEP_CALLS = 3  # AWS calls in one step of one endpoint, at most
TASK_TIMEOUT_SECONDS: int = env.int("TASK_TIMEOUT_SECONDS", 75)
LEASE_SECONDS: float = env.float("LEASE_SECONDS", 90.0)
TASK_RETRY_SECONDS: int = env.int("TASK_RETRY_SECONDS", 120)
CREATE_GRACE_SECONDS: float = env.float("CREATE_GRACE_SECONDS", 300.0)
WATCHDOG_SECONDS: float = env.float("WATCHDOG_SECONDS", 60.0)
WORKERS: int = env.int("WORKERS", 2)
TASK_RECORD_DAYS: int = env.int("TASK_RECORD_DAYS", 14)
EVENT_DAYS: int = env.int("EVENT_DAYS", 400)
TOMBSTONE_DAYS: int = env.int("TOMBSTONE_DAYS", 400)
AUDIT_DAYS: int = env.int("AUDIT_DAYS", 400)

BROKER: str = env.str("BROKER", "orm")
REDIS_URL: str = env.str("REDIS_URL", "")
SQS_REGION: str = env.str("SQS_REGION", "")
QUEUE_NAME: str = env.str("QUEUE_NAME", "postern")
_BROKERS: dict[str, dict[str, Any]] = {
    "orm": {"orm": "default", "broker_class": "endpoints.brokers.Postgres"},
    "redis": {"redis": REDIS_URL, "broker_class": "endpoints.brokers.Redis"},
    # Without a wait django-q2 would ask SQS without a pause.
    "sqs": {"sqs": {"aws_region": SQS_REGION, "receive_message_wait_time_seconds": 10}},
}
Q_CLUSTER: dict[str, Any] = {
    "name": QUEUE_NAME,
    "label": "Queue",
    "workers": WORKERS,
    "timeout": TASK_TIMEOUT_SECONDS,
    "retry": TASK_RETRY_SECONDS,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 500,
    # No records of tasks that went well, but for the schedules': with a limit, each task would lock them all.
    "save_limit": -1,
    # One task in front of the hands: what waits in the broker may be taken by another host.
    "queue_limit": 1,
    **_BROKERS.get(BROKER, _BROKERS["orm"]),
}
