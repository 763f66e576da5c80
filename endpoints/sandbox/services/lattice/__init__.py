"""VPC Lattice as far as Resource endpoints need it: gateways, resource configurations, associations."""


def register() -> None:
    """Import every part, which registers its operations."""
    from endpoints.sandbox.services.lattice import (  # noqa: F401  # imported for their effect
        associations,
        configurations,
        gateways,
    )
