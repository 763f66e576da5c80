"""Who did what on a service, or in an organization, for its admins: as a list, and as a file."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import audit, audit_lists
from endpoints.audit_lists import AuditFilters
from endpoints.domain.actions import Action
from endpoints.models import ActorKind, AuditEntry, Organization, Role, Service, read_clock
from endpoints.models.access import admins_organization
from endpoints.models.audit import AuditEntryQuerySet
from endpoints.texts.actions import action_label, action_text
from endpoints.texts.changes import Change, changes_of, kind_text
from endpoints.web.found import find_organization, find_service, require
from endpoints.web.http import PersonRequest

_OF_STAFF = (
    "session",
    "account",
    "user",
    "team",
    "region",
    "network",
    "installation",
    "configuration",
)
"""What begins the actions that are about no service and no organization."""


@dataclass(frozen=True)
class Row:
    """An entry as it is shown."""

    entry: AuditEntry

    @property
    def who(self) -> str:
        """The actor's name, or what kind of actor it was."""
        return self.entry.actor_name or str(ActorKind(self.entry.actor_kind).label)

    @property
    def what(self) -> str:
        """What was done."""
        return action_text(self.entry.action, self.entry.before, self.entry.after)

    @property
    def kind(self) -> str:
        """What kind of thing it was done to."""
        return kind_text(self.entry.object_kind)

    @property
    def changes(self) -> list[Change]:
        """What changed."""
        return changes_of(self.entry.object_kind, self.entry.before, self.entry.after)

    @property
    def of_actor(self) -> str:
        """The query of everything that this actor did."""
        return AuditFilters(who=self.entry.actor_name).query()

    @property
    def of_object(self) -> str:
        """The query of everything that was done to this thing."""
        return AuditFilters(on=self.entry.object_id).query()


@never_cache
@require_safe
def see_audit(
    request: PersonRequest, service_id: uuid.UUID | None = None, organization_id: uuid.UUID | None = None
) -> HttpResponse:
    """Show who did what there, newest first."""
    place = _find(request, service_id, organization_id)
    filters = AuditFilters.of(request.GET)
    page = audit_lists.page_of(filters.narrow(_of(place)), request.GET.get("before", ""))
    of_service = isinstance(place, Service)
    whole = place.organization if isinstance(place, Service) else place
    context = {
        "service" if of_service else "organization": place,
        "rows": [Row(entry) for entry in page.entries],
        "page": page,
        "older": filters.query(before=page.older) if page.older else "",
        "filters": filters,
        "query": filters.query(),
        "actions": _actions(),
        "people": sorted({entry.actor_name for entry in page.entries} - {""} | {request.user.email}),
        "exports": [(form, _export_of(place, form)) for form in audit_lists.FORMS],
        "whole": whole if of_service and admins_organization(request.user, whole.pk) else None,
    }
    return render(request, "audit/list.html", context)


@never_cache
@require_safe
def export_audit(
    request: PersonRequest,
    form: str,
    service_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> HttpResponseBase:
    """Send all entries that match the filters, as they were at one moment; it is an entry itself.

    `form` is a key of `audit_lists.FORMS`.
    """
    if form not in audit_lists.FORMS:
        raise Http404
    place = _find(request, service_id, organization_id)
    filters = AuditFilters.of(request.GET)
    until = read_clock().real
    if request.method == "GET":
        said = {"format": form, "filters": filters.query()}
        audit.record(Action.AUDIT_EXPORTED, by=request.user, on=place, after=said)
    return audit_lists.file_of(filters.narrow(_of(place)).filter(at__lt=until), form)


def _find(
    request: PersonRequest, service_id: uuid.UUID | None, organization_id: uuid.UUID | None
) -> Service | Organization:
    """Return a place that the person is an admin of. Raises Http404 or PermissionDenied."""
    if service_id is not None:
        service = find_service(request, service_id)
        require(request, service, Role.ADMIN)
        return service
    assert organization_id is not None
    organization = find_organization(request, organization_id)
    if not admins_organization(request.user, organization.pk):
        raise PermissionDenied
    return organization


def _of(place: Service | Organization) -> AuditEntryQuerySet:
    if isinstance(place, Service):
        return AuditEntry.objects.filter(service_id=place.pk)
    return AuditEntry.objects.filter(organization_id=place.pk)


def _export_of(place: Service | Organization, form: str) -> str:
    name = "export-audit" if isinstance(place, Service) else "export-organization-audit"
    return reverse(name, args=[place.pk, form])


def _actions() -> list[tuple[str, str]]:
    known = [action for action in Action if action.partition(".")[0] not in _OF_STAFF]
    return sorted(((action.value, action_label(action)) for action in known), key=lambda pair: pair[1])
