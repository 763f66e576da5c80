"""Route 53: private hosted zones, their record sets and tags. Global: no Region in anything."""


def register() -> None:
    """Import every module, which registers its operations."""
    from endpoints.sandbox.services.route53 import (  # noqa: F401  # imported for their effect
        lists,
        records,
        tags,
        vpcs,
        zones,
    )
