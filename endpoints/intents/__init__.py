"""Everything a person, a script or cleanup may ask for; the only writer of desired state.

Each intent checks the role, writes row, claim, event and wake-up in one transaction, and may be asked twice.
"""

from endpoints.intents.base import WAKE_CHANNEL, IntentRefused, require_role, wake_pulse
from endpoints.intents.endpoint import (
    Wanted,
    check_confirmation,
    check_wanted,
    clean_up,
    request_endpoint,
    request_removal,
    retry,
    tick,
)
from endpoints.intents.hand_off import LASTS_DAYS, hand_off_opened, make_hand_off, revoke_hand_off
from endpoints.intents.moving import Move, planned_moves
from endpoints.intents.orphan import check_orphan_confirmation, request_orphan_deletion
from endpoints.intents.pipe import (
    WantedPipe,
    check_pipe,
    check_reach,
    drop_draft,
    keep_draft,
    record_pipe,
    remove_pipe,
)
from endpoints.intents.replacing import (
    advance_replacement,
    mode_of,
    request_replacement,
    stop_replacement,
)
from endpoints.intents.rooms import ask_for_room

__all__ = [
    "LASTS_DAYS",
    "WAKE_CHANNEL",
    "IntentRefused",
    "Move",
    "Wanted",
    "WantedPipe",
    "advance_replacement",
    "ask_for_room",
    "check_confirmation",
    "check_orphan_confirmation",
    "check_pipe",
    "check_reach",
    "check_wanted",
    "clean_up",
    "drop_draft",
    "hand_off_opened",
    "keep_draft",
    "make_hand_off",
    "mode_of",
    "planned_moves",
    "record_pipe",
    "remove_pipe",
    "request_endpoint",
    "request_orphan_deletion",
    "request_removal",
    "request_replacement",
    "require_role",
    "retry",
    "revoke_hand_off",
    "stop_replacement",
    "tick",
    "wake_pulse",
]
