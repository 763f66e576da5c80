"""Everything a person, a script or cleanup may ask for; the only writer of desired state.

Each intent checks the role, writes row, claim, event and wake-up in one transaction, and may be asked twice.
"""

from endpoints.intents.adopting import Adoptable, adopt_orphan, check_adoptable, request_adoption
from endpoints.intents.base import WAKE_CHANNEL, IntentRefused, lock_pipes, require_role, wake_pulse
from endpoints.intents.claim import allow_pair, forbid_pair, holders_of, release_claim
from endpoints.intents.cloud_pipe import change_pipe, command_pipe, scale_cdc, set_of_pipe
from endpoints.intents.custom_dns import change_custom_dns
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
from endpoints.intents.network import (
    add_network,
    change_installation,
    change_network,
    check_network_is_unused,
    check_region_is_unused,
    pause_networks,
    remove_network,
    remove_region,
    request_verification,
    save_region,
)
from endpoints.intents.orphan import check_orphan_confirmation, request_orphan_deletion
from endpoints.intents.people import (
    Disabled,
    against_removing_user,
    change_user,
    create_user,
    disable_user,
    enable_user,
    remove_user,
)
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
from endpoints.intents.roles import (
    change_role,
    find_person,
    grant_role,
    may_manage,
    require_manager,
    revoke_role,
    teams_for,
)
from endpoints.intents.rooms import ask_for_room
from endpoints.intents.teams import change_team, create_team, remove_team
from endpoints.intents.tenancy import (
    change_organization,
    change_service,
    create_organization,
    create_service,
    remove_organization,
    remove_service,
    transfer_service,
)
from endpoints.intents.tenancy_removal import against_removing_organization, against_removing_service

__all__ = [
    "LASTS_DAYS",
    "WAKE_CHANNEL",
    "Adoptable",
    "Disabled",
    "IntentRefused",
    "Move",
    "Wanted",
    "WantedPipe",
    "add_network",
    "adopt_orphan",
    "advance_replacement",
    "against_removing_organization",
    "against_removing_service",
    "against_removing_user",
    "allow_pair",
    "ask_for_room",
    "change_custom_dns",
    "change_installation",
    "change_network",
    "change_organization",
    "change_pipe",
    "change_role",
    "change_service",
    "change_team",
    "change_user",
    "check_adoptable",
    "check_confirmation",
    "check_network_is_unused",
    "check_orphan_confirmation",
    "check_pipe",
    "check_reach",
    "check_region_is_unused",
    "check_wanted",
    "clean_up",
    "command_pipe",
    "create_organization",
    "create_service",
    "create_team",
    "create_user",
    "disable_user",
    "drop_draft",
    "enable_user",
    "find_person",
    "forbid_pair",
    "grant_role",
    "hand_off_opened",
    "holders_of",
    "keep_draft",
    "lock_pipes",
    "make_hand_off",
    "may_manage",
    "mode_of",
    "pause_networks",
    "planned_moves",
    "record_pipe",
    "release_claim",
    "remove_network",
    "remove_organization",
    "remove_pipe",
    "remove_region",
    "remove_service",
    "remove_team",
    "remove_user",
    "request_adoption",
    "request_endpoint",
    "request_orphan_deletion",
    "request_removal",
    "request_replacement",
    "request_verification",
    "require_manager",
    "require_role",
    "retry",
    "revoke_hand_off",
    "revoke_role",
    "save_region",
    "scale_cdc",
    "set_of_pipe",
    "stop_replacement",
    "teams_for",
    "tick",
    "transfer_service",
    "wake_pulse",
]
