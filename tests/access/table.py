"""Who may do what: the table of expectations over every page, by the name of its address.

To list a new page, add a line: `"name": page(GET=SEES, POST=ACTS.sending({...}))`. `rules.py` explains the
notation, `world.py` who the people are. A parameter that no page had before gets its values in `world.py`:
in `Place.ids` if it names somebody's object (and in `never`), in `FIXED` if it does not.
"""

import uuid
from typing import Any

from endpoints.web import clean_up
from tests.access.rules import ACTS, LEADS_ON, OPEN, OPENS, OWN, SEES, Level, Page, Rule, page
from tests.access.world import PLACES, Place, service_name

_REMOVES_USED = ACTS.by(Level.ADMIN).about("used")


def _new(place: Place) -> dict[str, Any]:
    return {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": "One more",
        "vpcEndpointServiceName": service_name(PLACES.index(place.name), 99),
        "form_key": uuid.uuid4(),
    }


def _typed(place: Place) -> dict[str, Any]:
    return {"typed": place.endpoints["used"].description}


def _first_item(place: Place) -> dict[str, Any]:
    return {"done": clean_up.keys_of(place.endpoints["gone"])[0]}


def _new_key(place: Place) -> dict[str, Any]:
    return {"name": "One more", "role": "viewer", "scope": "service", "end": "30", "form_key": uuid.uuid4()}


def _chosen(place: Place) -> dict[str, Any]:
    return {"endpoint": place.endpoints["ready"].pk}


def _picked(place: Place) -> dict[str, Any]:
    return {"id": [place.endpoints["ready"].pk, place.endpoints["failed"].pk]}


def _host(place: Place) -> str:
    return str(place.endpoints["ready"].dns_names[0])


def _by_id(place: Place) -> dict[str, Any]:
    return {"host": _host(place), "port": "5432", "name": "by id", "form_key": uuid.uuid4()}


def _by_host(place: Place) -> dict[str, Any]:
    return {"address": f"{_host(place)}:5432", "name": "by host", "form_key": uuid.uuid4()}


def _granted(place: Place) -> dict[str, Any]:
    return {"email": place.newcomer.email, "role": "viewer"}


def _new_owner(place: Place) -> dict[str, Any]:
    return {"owner": place.roles["service"].user_id, "reason": "Somebody else answers for it now."}


_MANAGES = SEES.by(Level.ADMIN)
_MANAGED = ACTS.by(Level.ADMIN)
_GRANT, _CHANGE = _MANAGED.sending(_granted), _MANAGED.sending({"role": "operator"})
_ASKS_TO_MANAGE = OPENS.by(Level.ADMIN)
_DESCRIPTION = {"name": "renamed", "contact": "#renamed", "labels": "one, two"}

_REMOVAL = page(GET=OPENS, POST=(ACTS, _REMOVES_USED.sending(_typed)))
_CUSTOM_DNS = page(GET=OPENS, POST=ACTS.sending({"names": "db.walk.example"}))
_RETRY = page(POST=ACTS.about("failed"))
_TICK = page(POST=ACTS.about("gone").sending(_first_item))

PAGES: dict[str, Page] = {
    # --- nobody's in particular
    "health": page(GET=OPEN),
    "theme": page(POST=Rule(Level.NOBODY, 303).sending({"theme": "dark"})),
    "services": page(GET=OWN),
    "service-menu": page(GET=OWN),
    "account": page(GET=OWN),
    "api-reference": page(GET=OWN),
    # --- a service
    "service": page(GET=LEADS_ON),
    "data-sources": page(GET=SEES),
    "settings": page(GET=SEES),
    "choose-type": page(GET=SEES),
    "which-endpoint": page(GET=SEES),
    "msk-slots": page(GET=SEES),
    # --- its API keys
    "keys": page(GET=_MANAGES),
    "issue-key": page(GET=_MANAGES, POST=Rule(Level.ADMIN, 200, changes=True).sending(_new_key)),
    "key": page(GET=_MANAGES, POST=_MANAGED.sending({"name": "renamed", "end": "keep"})),
    "rotate-key": page(
        GET=_MANAGES, POST=Rule(Level.ADMIN, 200, changes=True).sending({"overlap": "day", "end": "30"})
    ),
    "disable-key": page(GET=_MANAGES, POST=_MANAGED),
    # --- its ClickPipes
    "clickpipes": page(GET=SEES),
    "clickpipe": page(GET=SEES),
    "remove-clickpipe": page(GET=OPENS, POST=ACTS),
    "choose-source": page(GET=OPENS),
    "choose-connection": page(GET=OPENS, POST=ACTS),
    "discard-draft": page(POST=ACTS),
    "choose-endpoint": page(GET=OPENS, POST=ACTS.sending(_chosen)),
    "new-pipe-endpoint": page(GET=OPENS, POST=ACTS.sending(_new)),
    "pipe-endpoint": page(GET=OPENS, POST=ACTS.sending(_by_id)),
    "pipe-host": page(GET=OPENS, POST=ACTS.sending(_by_host)),
    # --- its endpoints
    "endpoints": page(GET=SEES),
    "export-endpoints": page(GET=SEES),
    "removed-endpoints": page(GET=SEES),
    "create-endpoint": page(GET=OPENS, POST=ACTS.sending(_new)),
    "remove-endpoints": page(GET=OPENS.sending(_picked), POST=ACTS.sending(_picked)),
    "endpoint": page(GET=(SEES, SEES.about("gone"))),
    "endpoint-address": page(GET=SEES),
    "retry-endpoint": _RETRY,
    "tick-endpoint": _TICK,
    "remove-endpoint": _REMOVAL,
    "custom-dns": _CUSTOM_DNS,
    "replace-endpoint": page(GET=OPENS, POST=ACTS.sending(_new)),
    "stop-replacing": page(POST=ACTS.about("replaced")),
    "make-hand-off": page(POST=ACTS.sending({"days": "7"})),
    "close-hand-off": page(POST=ACTS.about("pending")),
    # --- who has access to it, and who answers for it
    "people": page(GET=SEES),
    "grant-role": page(POST=_GRANT),
    "change-role": page(POST=_CHANGE),
    "revoke-role": page(GET=_ASKS_TO_MANAGE, POST=_MANAGED),
    "describe-service": page(GET=_ASKS_TO_MANAGE, POST=_MANAGED.sending(_DESCRIPTION)),
    "transfer-service": page(GET=_ASKS_TO_MANAGE, POST=_MANAGED.sending(_new_owner)),
    # --- who did what on it
    "audit": page(GET=_MANAGES),
    "export-audit": page(GET=_MANAGES),
    # --- an organization
    "organization": page(GET=SEES.of_organization()),
    "organization-audit": page(GET=_MANAGES.of_organization()),
    "export-organization-audit": page(GET=_MANAGES.of_organization()),
    "grant-organization-role": page(POST=_GRANT.of_organization()),
    "change-organization-role": page(POST=_CHANGE.of_organization()),
    "revoke-organization-role": page(GET=_ASKS_TO_MANAGE.of_organization(), POST=_MANAGED.of_organization()),
    # --- the same in the flyout of the settings
    "settings-endpoints": page(GET=SEES),
    "settings-endpoint": page(GET=(SEES, SEES.about("gone"))),
    "settings-retry-endpoint": _RETRY,
    "settings-tick-endpoint": _TICK,
    "settings-remove-endpoint": _REMOVAL,
    # --- whoever has the link
    "hand-off": page(GET=OPEN),
}

ELSEWHERE: dict[str, str] = {
    # Addresses that the walk does not ask, with the test that does.
    "sign-in": "tests/access/test_session.py",
    "sign-out": "tests/access/test_session.py",
    "set-password": "tests/access/test_session.py",
    "language": "tests/access/test_session.py",
    "account_login": "tests/access/test_session.py",
    # A person's own account: there is no other's that could be named.
    **dict.fromkeys(("mfa_authenticate", "start-again"), "tests/web/account/test_second_step.py"),
    **dict.fromkeys(("mfa_activate_totp", "mfa_deactivate_totp"), "tests/web/account/test_second_step.py"),
    "mfa_view_recovery_codes": "tests/web/account/test_second_step.py",
    "mfa_generate_recovery_codes": "tests/web/account/test_second_step.py",
    "account_reauthenticate": "tests/web/account/test_second_step.py",
    "mfa_reauthenticate": "tests/web/account/test_second_step.py",
    "account_change_password": "tests/web/account/test_sessions.py",
    "usersessions_list": "tests/web/account/test_sessions.py",
    "account_inactive": "tests/web/account/test_provider.py",
    "openid_connect_login": "tests/web/account/test_provider.py",
    "openid_connect_callback": "tests/web/account/test_provider.py",
    "mfa_login_webauthn": "tests/browser/test_passkeys.py",
    "mfa_reauthenticate_webauthn": "tests/browser/test_passkeys.py",
    "mfa_list_webauthn": "tests/browser/test_passkeys.py",
    "mfa_add_webauthn": "tests/browser/test_passkeys.py",
    "mfa_edit_webauthn": "tests/web/account/test_second_step.py",
    "mfa_remove_webauthn": "tests/web/account/test_second_step.py",
}
