"""EC2 as far as PrivateLink needs it: networks, endpoints, endpoint services, tags (aws.md §1a, §4, §6)."""


def register() -> None:
    """Import every part, which registers its operations."""
    from endpoints.sandbox.services.ec2 import (  # noqa: F401  # imported for their effect
        associations,
        change,
        create,
        networks,
        owner,
        read,
        tags,
    )
