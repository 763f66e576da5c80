"""MSK as far as multi-VPC private connectivity needs it (aws.md §1c, §2, §3)."""


def register() -> None:
    """Import every part, which registers its operations."""
    from endpoints.sandbox.services.kafka import (  # noqa: F401  # imported for their effect
        clusters,
        connections,
        create,
        owner,
        tags,
    )
