"""SQS: standard queues, enough for whoever sends, receives and deletes."""


def register() -> None:
    """Import every module, which registers its operations."""
    from endpoints.sandbox.services.sqs import messages, queues  # noqa: F401  # imported for their effect
