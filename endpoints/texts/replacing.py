"""How a replacement goes, in words: its steps, and what keeps it from going on."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from endpoints.models import Replacement, ReplacementMode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TOGETHER = ReplacementMode.TOGETHER

HOW: dict[str, "StrOrPromise"] = {
    ReplacementMode.TOGETHER: gettext_lazy(
        "Both endpoints exist side by side for a while: there is no gap. The old one is removed only once the"
        " new one is Ready and has the ClickPipes."
    ),
    ReplacementMode.ONE_AFTER_OTHER: gettext_lazy(
        "The two cannot exist at once: the old one is removed first, and only then the new one is created."
        " In between ClickPipes have no connection."
    ),
}
"""What to expect, by mode."""

_ASKED = gettext_lazy("The new endpoint is requested.")
_READY = gettext_lazy("The new endpoint is Ready.")
_MOVED = gettext_lazy("The ClickPipes are moved to the new endpoint.")
_GOING = gettext_lazy("The removal of the old endpoint is requested.")
_GONE = gettext_lazy("The old endpoint is gone.")

STEPS: dict[str, tuple["StrOrPromise", ...]] = {
    ReplacementMode.TOGETHER: (_ASKED, _READY, _MOVED, _GONE),
    ReplacementMode.ONE_AFTER_OTHER: (_GOING, _GONE, _ASKED, _READY, _MOVED),
}
"""The steps, by mode, in their order."""

NOT_READY = gettext_lazy(
    "The new endpoint is not usable. Look at it for the reason; once that is mended, retry it there. Until it"
    " is Ready, no ClickPipe is moved."
)
PENDING = gettext_lazy("The owner of the endpoint service must accept the new endpoint.")
OLD_IS_GONE = gettext_lazy(
    "The old endpoint is being removed or gone already: its ClickPipes have no connection until they are"
    " moved."
)
ONCE_MORE = gettext_lazy("Replace the endpoint once more, or look after its ClickPipes yourself.")


def other_source(pipes: list[str]) -> str:
    """Say that the new endpoint's type cannot reach the sources of these ClickPipes, and what to do."""
    return _(
        "The new endpoint cannot reach the source of these ClickPipes: %(pipes)s. Let them use another"
        " endpoint, or stop replacing."
    ) % {"pipes": ", ".join(pipes)}


def no_address(pipes: list[str]) -> str:
    """Say that the new endpoint has no known address for these ClickPipes, and what to do."""
    return _(
        "The address of the new endpoint is not known, so that these ClickPipes cannot be moved: %(pipes)s."
        " Look at the new endpoint for the reason. It goes on by itself once the address is known."
    ) % {"pipes": ", ".join(pipes)}


def outcome_text(replacement: Replacement) -> str:
    """Return how a replacement ended; "" while it goes on, and where a problem ended it."""
    if replacement.stopped_by_name:
        return _("Stopped by %(who)s. Both endpoints stay as they are.") % {
            "who": replacement.stopped_by_name
        }
    if replacement.moved_at is None:
        return ""
    number = len(replacement.moves)
    return ngettext("%(number)s ClickPipe was moved.", "%(number)s ClickPipes were moved.", number) % {
        "number": number
    }
