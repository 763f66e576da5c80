"""What somebody did, for the audit: a sentence without its subject, which stands in a column of its own.

The parameters are the names of `after`, and of `before` where `after` has none. What was acted on stands in
a column of its own, too.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from endpoints.domain.actions import Action
from endpoints.texts.say import Templates, say

ACTIONS: dict[Action, Templates] = {
    Action.ENDPOINT_REQUESTED: (_("Requested the endpoint"),),
    Action.ENDPOINT_RETRIED: (_("Requested a retry"),),
    Action.ENDPOINT_REMOVAL_REQUESTED: (_("Requested the removal"),),
    Action.ENDPOINT_DNS_CHANGED: (_("Changed the custom private DNS names: recorded, not served"),),
    Action.ENDPOINT_CLEANED_UP: (_("Ticked an item of the clean-up list"),),
    Action.ENDPOINT_NOT_CLEANED_UP: (_("Unticked an item of the clean-up list"),),
    Action.REPLACEMENT_REQUESTED: (_("Requested a replacement"),),
    Action.REPLACEMENT_DONE: (
        _("Replaced the endpoint by “%(replacement)s”"),
        _("Replaced the endpoint"),
    ),
    Action.REPLACEMENT_STOPPED: (
        _("Stopped the replacement by “%(replacement)s”"),
        _("Stopped the replacement"),
    ),
    Action.HAND_OFF_MADE: (_("Made a hand-off link, for days: %(days)s"), _("Made a hand-off link")),
    Action.HAND_OFF_REVOKED: (
        _("Closed the hand-off link of %(made_by)s"),
        _("Closed a hand-off link"),
    ),
    Action.HAND_OFF_VIEWED: (
        _("Opened the hand-off link of %(made_by)s"),
        _("Opened a hand-off link"),
    ),
    Action.CLICKPIPE_RECORDED: (_("Recorded the ClickPipe"),),
    Action.CLICKPIPE_CHANGED: (_("Changed the ClickPipe"),),
    Action.CLICKPIPE_REMOVED: (_("Removed the ClickPipe from the records"),),
    Action.ORPHAN_ADOPTION_REQUESTED: (_("Asked to give the orphan to a service"),),
    Action.ORPHAN_ADOPTED: (_("Had the orphan made an endpoint"),),
    Action.ORPHAN_DELETION_REQUESTED: (_("Requested the deletion of the orphan in AWS"),),
    Action.CLAIM_RELEASED: (_("Released the claim"),),
    Action.CLAIM_PAIR_ALLOWED: (_("Allowed two organizations the same service name"),),
    Action.CLAIM_PAIR_FORBIDDEN: (_("Withdrew the permission of two organizations for a service name"),),
    Action.ORGANIZATION_CREATED: (_("Created the organization"),),
    Action.ORGANIZATION_CHANGED: (_("Changed the organization"),),
    Action.ORGANIZATION_REMOVED: (_("Removed the organization"),),
    Action.SERVICE_CREATED: (_("Created the service"),),
    Action.SERVICE_CHANGED: (_("Changed the service"),),
    Action.SERVICE_TRANSFERRED: (_("Transferred the service"),),
    Action.SERVICE_REMOVED: (_("Removed the service"),),
    Action.ROLE_GRANTED: (_("Gave the role %(role)s"), _("Gave a role")),
    Action.ROLE_CHANGED: (_("Changed a role to %(role)s"), _("Changed a role")),
    Action.ROLE_REVOKED: (_("Took the role %(role)s back"), _("Took a role back")),
    Action.TEAM_CREATED: (_("Created the team"),),
    Action.TEAM_CHANGED: (_("Changed the team"),),
    Action.TEAM_REMOVED: (_("Removed the team"),),
    Action.USER_CREATED: (_("Created the user"),),
    Action.USER_CHANGED: (_("Changed the user"),),
    Action.USER_DISABLED: (_("Disabled the user"),),
    Action.USER_ENABLED: (_("Enabled the user"),),
    Action.USER_REMOVED: (_("Removed the user"),),
    Action.USER_LINK_SHOWN: (_("Was shown a link that sets the user's password"),),
    Action.KEY_ISSUED: (_("Issued the API key"),),
    Action.KEY_ROTATED: (_("Rotated the API key"),),
    Action.KEY_CHANGED: (_("Changed the API key"),),
    Action.KEY_DISABLED: (_("Disabled the API key"),),
    Action.SIGNED_IN: (_("Signed in"),),
    Action.SIGN_IN_FAILED: (_("Tried to sign in, without success"),),
    Action.SIGNED_OUT: (_("Signed out"),),
    Action.SESSION_ENDED: (_("Ended a session"),),
    Action.PASSWORD_CHANGED: (_("Changed the password"),),
    Action.EMAIL_CHANGED: (_("Changed the e-mail"),),
    Action.SECOND_FACTOR_ADDED: (_("Added a second factor"),),
    Action.SECOND_FACTOR_REMOVED: (_("Removed a second factor"),),
    Action.PASSKEY_RENAMED: (_("Renamed a passkey to “%(name)s”"), _("Renamed a passkey")),
    Action.RECOVERY_CODES_MADE: (_("Made new recovery codes"),),
    Action.PROVIDER_CONNECTED: (_("Connected a sign-in provider"),),
    Action.PROVIDER_DISCONNECTED: (_("Disconnected a sign-in provider"),),
    Action.REGION_CHANGED: (_("Changed the AWS region"),),
    Action.NETWORK_CREATED: (_("Added the network"),),
    Action.NETWORK_CHANGED: (_("Changed the network"),),
    Action.NETWORK_REMOVED: (_("Removed the network"),),
    Action.NETWORK_VERIFIED: (_("Had the network verified"),),
    Action.TASK_RESUBMITTED: (_("Had the task run again"),),
    Action.INSTALLATION_CHANGED: (_("Changed the installation"),),
    Action.INSTALLATION_MOVED: (_("Confirmed that the installation moved"),),
    Action.CONFIGURATION_APPLIED: (
        _("Applied the configuration %(file)s"),
        _("Applied a configuration file"),
    ),
    Action.AUDIT_EXPORTED: (_("Exported audit entries: %(count)s"), _("Exported audit entries")),
    Action.AUDIT_PRUNED: (_("Deleted old audit entries: %(count)s"), _("Deleted old audit entries")),
}
"""Most telling first; the last one needs no parameter, and is what filters call the action."""


def action_text(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what was done; an unknown action as it is."""
    if action not in set(Action):
        return action
    return say(ACTIONS[Action(action)], {**before, **after})


def action_label(action: str) -> str:
    """Return what an action is called whatever its parameters."""
    return action_text(action, {}, {})
