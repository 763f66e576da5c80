"""The room for VPC resources on pages; read from rows, never from AWS."""

from typing import Any

from endpoints.models import room_in_region
from endpoints.texts.capacity import room_text


def room_context(region: str) -> dict[str, Any]:
    """Return what `_capacity.html` needs for a region; it shows nothing while the room is not known."""
    room = room_in_region(region)
    return {"room": room, "room_text": room_text(room.capacity) if room else None, "room_region": region}
