"""Resource Access Manager, for shares of resource configurations (aws.md §1b)."""


def register() -> None:
    """Import every part, which registers its operations."""
    from endpoints.sandbox.services.ram import (  # noqa: F401  # imported for their effect
        invitations,
        reads,
        shares,
    )
