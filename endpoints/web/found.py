"""What an address names, as far as the person may see it: a stranger's look-up ends in a 404."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models.expressions import BaseExpression
from django.http import Http404
from django.shortcuts import get_object_or_404

from endpoints.models import ClickPipe, Organization, ReversePrivateEndpoint, Role, Service, role_on
from endpoints.models.access import HeldRoles, organizations_of, strongest
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.models.installation import STANDING
from endpoints.web.http import PersonRequest
from endpoints.web.live import Sight
from endpoints.web.shown import Shown


def find_service(request: PersonRequest, service_id: uuid.UUID, **beside: BaseExpression) -> Service:
    """Return a service that the person may see, with their role on it; the page's shell shows it.

    The same query brings what the shell says of the installation, and in `beside` what else a page needs.
    Raises Http404.
    """
    known = Service.objects.select_related("organization").annotate(
        held_roles=HeldRoles(request.user), standing=STANDING, **beside
    )
    service = known.filter(pk=service_id).first()
    if service is None or not service.__dict__["held_roles"]:
        raise Http404
    return show_in_shell(request, service)


def find_endpoint(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID
) -> ReversePrivateEndpoint:
    """Return an endpoint or tombstone of a service, with region and service. Raises Http404."""
    endpoint = get_object_or_404(one_endpoint(request, service_id, endpoint_id))
    show_in_shell(request, endpoint.service)
    return endpoint


def one_endpoint(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> EndpointQuerySet:
    """Return the query of an endpoint or tombstone of a service that the person may see, or of nothing."""
    visible = ReversePrivateEndpoint.objects.visible_to(request.user)
    return visible.filter(pk=endpoint_id, service=service_id).select_related(
        "region", "service__organization"
    )


def the_one(request: PersonRequest, sight: Sight) -> Shown:
    """Return the endpoint of a live page about one; the page's shell shows its service. Raises Http404."""
    if not sight.shown:
        raise Http404
    (one,) = sight.shown
    show_in_shell(request, one.endpoint.service)
    return one


def find_pipe(request: PersonRequest, service_id: uuid.UUID, pipe_id: uuid.UUID) -> ClickPipe:
    """Return a live ClickPipe of a service. Raises Http404."""
    visible = ClickPipe.objects.visible_to(request.user).live().select_related("service__organization")
    pipe = get_object_or_404(visible, pk=pipe_id, service=service_id)
    show_in_shell(request, pipe.service)
    return pipe


def find_organization(request: PersonRequest, organization_id: uuid.UUID) -> Organization:
    """Return an organization on which the person has a role, not only on services in it. Raises Http404."""
    return get_object_or_404(Organization, organizations_of(request.user, whole=True), pk=organization_id)


def show_in_shell(request: PersonRequest, service: Service) -> Service:
    """Let the page's shell name this service and link its parts."""
    request.service = service
    return service


def may(request: PersonRequest, service: Service, needed: Role) -> bool:
    """Say whether the person's own role on the service covers `needed`."""
    held = service.__dict__.get("held_roles")  # what `find_service` found brought it
    role = role_on(request.user, service) if held is None else strongest(held)
    return role is not None and role.covers(needed)


def require(request: PersonRequest, service: Service, needed: Role) -> None:
    """Raise PermissionDenied (403) unless the person's own role covers `needed`."""
    if not may(request, service, needed):
        raise PermissionDenied
