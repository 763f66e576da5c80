"""What one reason means to people, and who they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Advice:
    """What a reason means: what is the matter, who must act now, and what to do."""

    what: Templates
    who: "StrOrPromise"
    next: Templates


NOBODY = _("Nobody")
CLUSTER_OWNER = _("The owner of the MSK cluster")
SHARER = _("The owner of the resource configuration")
OWNER = _("The owner of the endpoint service")
OWNERS = (OWNER, SHARER, CLUSTER_OWNER)
"""Those who act in the AWS account of the data source."""
OPERATORS = _("The operators of this installation")
YOU = _("You")

WAIT: Templates = (_("Nothing to do. You may leave this page; the work goes on."),)
TELL_OPERATORS = _(
    "Nothing is lost: the work goes on by itself once that is done. If it lasts, tell the operators."
)
