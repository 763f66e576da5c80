"""How much room there is for more VPC resources, in words."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from endpoints.domain.capacity import FEW, Capacity


class RoomText(NamedTuple):
    """A sentence, and whether it is a warning."""

    text: str
    warns: bool


def room_text(capacity: Capacity) -> RoomText:
    """Say how many more endpoints fit."""
    every, some = capacity.every_zone, capacity.any_zone - capacity.every_zone
    if not capacity.any_zone:
        return RoomText(_("No more VPC resource fits: a new request waits until there is room."), True)
    if not every:
        text = ngettext(
            "%(n)s more VPC resource fits, in some zones only.",
            "%(n)s more VPC resources fit, in some zones only.",
            some,
        )
        return RoomText(text % {"n": some}, True)
    text = ngettext(
        "%(n)s more VPC resource fits in every zone.", "%(n)s more VPC resources fit in every zone.", every
    ) % {"n": every}
    if some:
        more = ngettext(
            "After that, %(n)s in some zones only.", "After that, %(n)s in some zones only.", some
        )
        text = f"{text} {more % {'n': some}}"
    return RoomText(text, every <= FEW)
