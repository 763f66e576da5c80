"""What one must know before one uses an endpoint as code: what is taken, and what is recorded only."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.specs import HeldKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WHILE_IT_LIVES: dict[HeldKind, "StrOrPromise"] = {
    HeldKind.MSK_SLOT: _(
        "AWS allows one connection for each MSK cluster and authentication: while this endpoint lives, asking"
        " for a second one is refused (409). Import this one instead."
    ),
    HeldKind.RESOURCE_SHARE: _(
        "A resource share serves one endpoint: asking for a second one is refused (409). Import this one"
        " instead."
    ),
}
_SHARE_IS_USED_UP = _(
    "A resource share serves one endpoint: asking for another one is refused (409) once it was used. Ask its"
    " owner for a new share of the same resource configuration."
)
_NAMES_ARE_TAKEN = _(
    "One endpoint answers for each custom private DNS name: while this endpoint lives, the same names for a"
    " second one are refused (409). Import this one instead."
)
_NAMES = _("Its custom private DNS names are recorded, not served: nothing answers them yet.")
_TARGETS = _(
    "Version 3.25.3 of the provider does not know target_id and leaves it out: where it changes the names,"
    " their targets are gone."
)


def notes(
    kinds: Collection[HeldKind], *, names: bool, targets: bool, is_gone: bool
) -> Iterator["StrOrPromise"]:
    """Yield what to know of an endpoint that alone holds something of these kinds.

    `names`: it has custom private DNS names, `targets`: some with a target.
    """
    if not is_gone:
        yield from (text for kind, text in _WHILE_IT_LIVES.items() if kind in kinds)
    elif HeldKind.RESOURCE_SHARE in kinds:
        yield _SHARE_IS_USED_UP
    if names:
        if not is_gone:
            yield _NAMES_ARE_TAKEN
        yield _NAMES
    if targets:
        yield _TARGETS
