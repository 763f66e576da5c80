"""The room for VPC resources on pages: told from rows; what is old is asked for, and read by the workers."""

from typing import Any

from endpoints import intents
from endpoints.models import read_clock, room_in_region
from endpoints.texts.capacity import room_text


def room_context(region: str) -> dict[str, Any]:
    """Return what `_capacity.html` needs for a region; it shows nothing while the room is not known."""
    room = room_in_region(region)
    is_read_again = (room is None or room.is_old(read_clock().now)) and intents.ask_for_room(region)
    return {
        "room": room,
        "room_text": room_text(room.capacity) if room else None,
        "room_region": region,
        "room_is_read_again": is_read_again,
    }
