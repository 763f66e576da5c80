"""What Django admin answers to staff, by model; who is not staff gets no page of it, whatever is listed here.

To list the pages of a new model, say of which kind they are in MODELS, and what its actions answer in
ACTIONS; an address of its own goes into EXTRA: address name → method → status for (staff, superuser).
"""

from dataclasses import dataclass

from tests.access.routes import Route

Statuses = tuple[int, int]  # for staff, and for a superuser


@dataclass(frozen=True)
class Kind:
    """What all staff may do with the rows of a model; `is_djangos`: Django's own permissions say it."""

    adds: bool = True
    changes: bool = True
    deletes: bool = True
    is_djangos: bool = False


EDITED = Kind()
LOOKED_AT = Kind(adds=False, changes=False, deletes=False)
KEPT = Kind(deletes=False)
PINNED = Kind(adds=False, deletes=False)
MODELS: dict[str, Kind] = {
    "endpoints_user": EDITED,
    "endpoints_roleassignment": EDITED,
    "endpoints_team": EDITED,
    "endpoints_apikey": KEPT,
    "endpoints_clickpipe": LOOKED_AT,
    "endpoints_handoff": LOOKED_AT,
    "endpoints_replacement": LOOKED_AT,
    "endpoints_reverseprivateendpoint": LOOKED_AT,
    "endpoints_event": LOOKED_AT,
    "endpoints_region": EDITED,
    "endpoints_network": EDITED,
    "endpoints_claim": LOOKED_AT,
    "endpoints_allowedpair": Kind(changes=False, deletes=False),
    "endpoints_installation": PINNED,
    "endpoints_orphan": LOOKED_AT,
    "endpoints_breaker": LOOKED_AT,
    "endpoints_ratebucket": LOOKED_AT,
    "endpoints_turn": LOOKED_AT,
    "endpoints_auditentry": LOOKED_AT,
    "endpoints_organization": EDITED,
    "endpoints_service": EDITED,
    "django_q_schedule": LOOKED_AT,
    "django_q_success": LOOKED_AT,
    "django_q_failure": LOOKED_AT,
    "django_q_ormq": LOOKED_AT,
}

ACTIONS: dict[str, dict[str, int]] = {
    # What an action answers to staff who choose one row: 302 done, 200 or 422 a question first.
    "endpoints_user": {
        "show_set_password_link": 302,
        "disable": 200,
        "enable": 302,
        "sign_out_everywhere": 200,
        "reset_second_factor": 200,
        "disconnect_provider": 200,
    },
    "endpoints_apikey": {"disable": 302},
    "endpoints_handoff": {"close": 302},
    "endpoints_reverseprivateendpoint": {"retry": 302, "remove": 200, "pause": 200, "resume": 200},
    "endpoints_network": {"verify": 302},
    "endpoints_orphan": {"delete_in_aws": 200},
    "endpoints_service": {"transfer": 200},
    "django_q_success": {"resubmit": 302},
    "django_q_failure": {"resubmit": 302},
}

ASKS_WHY: dict[str, Statuses] = {"GET": (200, 200), "POST": (422, 422)}  # without a reason

EXTRA: dict[str, dict[str, Statuses]] = {
    "admin:index": {"GET": (200, 200)},
    "admin:logout": {},  # tests/access/test_session.py
    "admin:login": {"GET": (302, 302)},
    "admin:jsi18n": {"GET": (200, 200)},
    "admin:autocomplete": {"GET": (403, 403)},  # without the field for which it completes
    "admin:view_on_site": {"GET": (404, 404)},
    "admin:endpoints_runbook": {"GET": (200, 200)},
    "admin:endpoints_msk_slots": {"GET": (200, 200)},
    "admin:endpoints_queue": {"GET": (200, 200)},
    "admin:endpoints_claim_release": ASKS_WHY,
    "admin:endpoints_allowedpair_forbid": ASKS_WHY,
    "admin:endpoints_orphan_adopt": {"GET": (200, 200), "POST": (422, 422)},  # without service and id
    "admin:endpoints_apikey_rotate": {"GET": (200, 200), "POST": (422, 422)},  # without an overlap
    "admin:endpoints_auditentry_export": {"GET": (200, 200)},
    "admin:endpoints_service_transfer": {"GET": (200, 200), "POST": (200, 200)},  # asks first
    "admin:endpoints_user_disable": {"GET": (200, 200), "POST": (200, 200)},  # asks first
    "admin:endpoints_user_enable": {"GET": (200, 200), "POST": (302, 302)},
    "admin:endpoints_network_verify": {"GET": (200, 200), "POST": (302, 302)},
    "admin:app_list": {"GET": (200, 200)},
    r"admin/(?P<url>.*)$": {"GET": (404, 404)},
    "admin:password_change": {"GET": (302, 302)},
    "admin:password_change_done": {"GET": (200, 200)},
    "admin:auth_user_password_change": {"GET": (200, 200)},
}

VIEWS = ("changelist", "add", "change", "delete", "history")


def model_view(route: Route) -> tuple[str, str] | None:
    """Return the model and the view of a page about rows: ("endpoints_user", "change"), None for others."""
    for model in MODELS:
        for view in VIEWS:
            if route.name == f"admin:{model}_{view}":
                return model, view
        if route.key == f"admin/{model.replace('_', '/', 1)}/<path:object_id>/" or (
            model.startswith("django_q_") and route.key == f"admin/django_q/{model[9:]}/<path:object_id>/"
        ):
            return model, "redirect"
    return None


def model_of(route: Route) -> str:
    """Return the model that an address about a row speaks of, "" for none."""
    found = model_view(route)
    if found:
        return found[0]
    mine = (model for model in MODELS if route.name.startswith(f"admin:{model}_"))
    return "endpoints_user" if route.name == "admin:auth_user_password_change" else next(mine, "")


def is_listed(route: Route) -> bool:
    """Say whether this table knows a route."""
    return route.key in EXTRA or model_view(route) is not None
