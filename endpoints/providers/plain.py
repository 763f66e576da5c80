"""What an adapter of a type without private DNS names of its own says."""

from endpoints.domain.specs import Spec
from endpoints.providers.base import Answer, Operator


def verified_private_names(operator: Operator, spec: Spec) -> tuple[str, ...]:
    """There are none that could be switched on."""
    return ()


def enable_private_dns(operator: Operator, external_id: str) -> Answer:
    """Never asked for: no attempt of such a type wants a private name."""
    raise NotImplementedError
