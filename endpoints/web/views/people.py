"""Who has access to a service or an organization: everybody in it sees, admins grant, change and revoke."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from endpoints import intents, texts
from endpoints.intents import IntentRefused
from endpoints.models import Organization, Role, RoleAssignment, Service
from endpoints.models.access import organizations_of
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.people import Where, access_to, find_where
from endpoints.web.people_forms import GrantForm

PER_PAGE = 100


@never_cache
@require_safe
def see_people(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show who answers for a service, and who has access to it."""
    return _page(request, find_where(request, service_id, None))


@never_cache
@require_safe
def see_organization(request: PersonRequest, organization_id: uuid.UUID) -> HttpResponse:
    """Show the services of an organization with their owners, and who has a role on all of them."""
    return _page(request, find_where(request, None, organization_id))


@never_cache
@require_POST
def grant_role(
    request: PersonRequest, service_id: uuid.UUID | None = None, organization_id: uuid.UUID | None = None
) -> HttpResponse:
    """Give a person or a team a role, and go back to the list; what is wrong is shown at its field."""
    where = _managed(request, service_id, organization_id)
    form = GrantForm(where, request.user, request.POST)
    if form.is_valid() and form.holder is not None:
        role = form.cleaned_data["role"]
        try:
            intents.grant_role(on=where.place, to=form.holder, role=role, by=request.user)
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            said = {"holder": str(form.holder), "role": Role(role).label}
            messages.info(request, _("%(holder)s has the role now: %(role)s") % said)
            return SeeOther(where.address)
    return _page(request, where, form)


@never_cache
@require_POST
def change_role(
    request: PersonRequest,
    role_id: int,
    service_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> HttpResponse:
    """Make a role another one, and go back to the list."""
    where = _managed(request, service_id, organization_id)
    held = _role_of(where, role_id)
    try:
        intents.change_role(assignment=held, role=request.POST.get("role", ""), by=request.user)
    except IntentRefused as refused:
        messages.error(request, texts.refusal_text(refused.code, refused.params))
    return _back(request, where)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_role(
    request: PersonRequest,
    role_id: int,
    service_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> HttpResponse:
    """Ask whether to take a role away; then take it."""
    where = _managed(request, service_id, organization_id)
    held = _role_of(where, role_id)
    if request.method == "POST":
        try:
            intents.revoke_role(assignment=held, by=request.user)
        except IntentRefused as refused:
            messages.error(request, texts.refusal_text(refused.code, refused.params))
        else:
            messages.info(request, _("The role was revoked: %(holder)s") % {"holder": held.user or held.team})
        return _back(request, where)
    context = {"where": where, "held": held, "holder": held.user or held.team, "role": Role(held.role).label}
    context["is_oneself"] = held.user_id == request.user.pk
    return render(request, "people/revoke.html", context | _place(where))


def _managed(
    request: PersonRequest, service_id: uuid.UUID | None, organization_id: uuid.UUID | None
) -> Where:
    """Return the place, for who may manage it. Raises Http404, PermissionDenied."""
    where = find_where(request, service_id, organization_id)
    if not where.manages:
        raise PermissionDenied
    return where


def _role_of(where: Where, role_id: int) -> RoleAssignment:
    """Return a role on the very place. Raises Http404."""
    on = {"service": where.place} if where.is_service else {"organization": where.place}
    return get_object_or_404(RoleAssignment.objects.select_related("user", "team"), pk=role_id, **on)


def _back(request: PersonRequest, where: Where) -> SeeOther:
    """Lead back to the list, or to the services for who took their own last role away."""
    if isinstance(where.place, Service):
        visible = Service.objects.visible_to(request.user).filter(pk=where.place.pk).exists()
    else:
        mine = organizations_of(request.user, whole=True)
        visible = Organization.objects.filter(mine, pk=where.place.pk).exists()
    return SeeOther(where.address if visible else reverse("services"))


def _page(request: PersonRequest, where: Where, form: GrantForm | None = None) -> HttpResponse:
    people, given = access_to(where)
    context = {
        "where": where,
        "page": Paginator(people, PER_PAGE).get_page(request.GET.get("page")),
        "given": given,
        "sees_organization": any(one.whole for one in people if one.person.pk == request.user.pk),
        "roles": Role.choices,
        "form": form or (GrantForm(where, request.user) if where.manages else None),
        **_place(where),
    }
    template = "people/service.html" if where.is_service else "people/organization.html"
    return render(request, template, context, status=200 if form is None else 422)


def _place(where: Where) -> dict[str, object]:
    if isinstance(where.place, Organization):
        services = where.place.services.select_related("owner")
        return {"organization": where.place, "services": services}
    return {"service": where.place, "organization": where.place.organization}
