"""What one must know before one uses an endpoint as code: what is taken, and what is recorded only."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.specs import HeldKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SLOT_IS_TAKEN = _(
    "AWS allows one connection for each MSK cluster and authentication. While this endpoint lives, asking for"
    " another one is refused (409): import it into Terraform, and create it by the API only once it is gone."
)
_SHARE_IS_USED_UP = _(
    "A resource share serves one endpoint, for ever. For another one ask its owner for a new share of the"
    " same resource configuration, and set VPC_RESOURCE_SHARE_ARN to its ARN for the API; in the Terraform"
    " block it takes the place of the old ARN."
)
_NAMES_ARE_TAKEN = _(
    "One endpoint answers for each custom private DNS name. The Terraform block has those of this endpoint:"
    " import it. What creates another one by the API leaves them out."
)
_NAMES_ARE_LEFT_OUT = _(
    "What creates it again by the API leaves its custom private DNS names out: another endpoint may have them"
    " by now."
)
_NAMES = _("Its custom private DNS names are recorded, not served: nothing answers them yet.")
_TARGETS = _(
    "Version 3.25.3 of the provider does not know target_id and leaves it out: where it changes the names,"
    " their targets are gone."
)
READ = _("Read this endpoint")
SET_NAMES = _("Set its custom private DNS names: what is sent takes the place of all it has")
_CREATE = _("Create another one like it")
_CREATE_WITH_NEW_SHARE = _("Create another one like it, with a new resource share")
_CREATE_ONCE_GONE = _("Create it again, once this one is removed")
_CREATE_AGAIN = _("Create it again")
_CREATE_AGAIN_WITH_NEW_SHARE = _("Create it again, with a new resource share")


def notes(
    kinds: Collection[HeldKind], *, names: bool, targets: bool, is_gone: bool
) -> Iterator["StrOrPromise"]:
    """Yield what to know of an endpoint that alone holds something of these kinds.

    `names`: it has custom private DNS names, `targets`: some with a target.
    """
    if HeldKind.MSK_SLOT in kinds and not is_gone:
        yield _SLOT_IS_TAKEN
    if HeldKind.RESOURCE_SHARE in kinds:
        yield _SHARE_IS_USED_UP
    if names:
        yield _NAMES_ARE_LEFT_OUT if is_gone else _NAMES_ARE_TAKEN
        yield _NAMES
    if targets:
        yield _TARGETS


def create_label(kinds: Collection[HeldKind], *, is_gone: bool) -> "StrOrPromise":
    """Return what a copied create does, and when, for an endpoint that alone holds these kinds."""
    if HeldKind.RESOURCE_SHARE in kinds:
        return _CREATE_AGAIN_WITH_NEW_SHARE if is_gone else _CREATE_WITH_NEW_SHARE
    if is_gone:
        return _CREATE_AGAIN
    return _CREATE_ONCE_GONE if HeldKind.MSK_SLOT in kinds else _CREATE
