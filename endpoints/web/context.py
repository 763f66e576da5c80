"""What every page's shell needs to know."""

from functools import partial
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from endpoints.models import Installation, Role
from endpoints.web.found import may
from endpoints.web.http import PersonRequest
from endpoints.web.views.preferences import theme_of

_PARTS = {
    "data-sources": "data-sources",
    "pipes": "data-sources",
    "type-chooser": "data-sources",
    "which-endpoint": "data-sources",
    "clickpipes": "clickpipes",
    "settings": "settings",
    "endpoints": "settings",
}
"""The segment of an address that follows the service's id → the part of the sidebar it belongs to."""


def part_of(path: str) -> str:
    """Return the sidebar's part for an address below `/services/<id>/`, "" for any other."""
    segments = path.split("/")
    return _PARTS.get(segments[3], "") if len(segments) > 3 and segments[1] == "services" else ""


def installation(request: HttpRequest) -> dict[str, object]:
    """Return the template variables of the page shell."""
    return {
        "theme": theme_of(request),
        "part": part_of(request.path),
        "languages": settings.LANGUAGES,
        "manages": partial(manages_service, request),
        "notices": partial(notices_of_installation, request),  # read only where a page shows them
        "sandbox_console_url": settings.SANDBOX_CONSOLE_URL,
    }


def manages_service(request: HttpRequest) -> bool:
    """Say whether the person is an admin of the service that the shell shows; asked only where it matters."""
    service = getattr(request, "service", None)
    return service is not None and may(cast(PersonRequest, request), service, Role.ADMIN)


def notices_of_installation(request: HttpRequest) -> list[str]:
    """Return what everybody should know about the installation now: why nothing is changed in AWS.

    `find_service` brings it along; other pages ask for it.
    """
    service = getattr(request, "service", None)
    brought = service.__dict__.get("standing") if service else None
    standing: list[Any] = brought or Installation.standing() or [False, False, False, [], []]
    has_moved, writes_paused, plan_only, paused_in, failing_in = standing
    notices = []
    if has_moved:
        notices.append(
            _("This database was moved or copied. Nothing is changed in AWS until the operators confirm it.")
        )
    if settings.AWS_WRITES_PAUSED or writes_paused:
        notices.append(_("Changes in AWS are paused. Requests are kept and go on later."))
    if settings.PLAN_ONLY or plan_only:
        notices.append(_("Plan only: nothing is changed in AWS; each endpoint shows what would be done."))

    def here(regions: list[str]) -> str:
        return ", ".join(name for name in regions if service is None or name == service.clickpipes_region)

    if here(paused_in) and not notices:
        said = {"regions": here(paused_in)}
        notices.append(
            _("Changes in AWS are paused in a part of %(regions)s. Requests are kept and go on later.") % said
        )
    if here(failing_in):
        said = {"regions": here(failing_in)}
        notices.append(
            _(
                "AWS refuses all calls or does not answer in %(regions)s. The operators see why; requests are"
                " kept and go on by themselves."
            )
            % said
        )
    return notices
