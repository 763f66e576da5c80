"""Who holds which connection to an MSK cluster: AWS allows one for each cluster and authentication."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import F, Func, TextField, Value
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from endpoints.domain.specs.msk_multi_vpc import Authentication
from endpoints.models import Claim, ClaimKind, ReversePrivateEndpoint

PER_PAGE = 50


@dataclass(frozen=True)
class Slot:
    """One connection of a cluster: its claim and who holds it, None while it is free."""

    authentication: str
    claim: Claim | None
    holder: ReversePrivateEndpoint | None


@dataclass(frozen=True)
class Cluster:
    """One cluster, by account, region and name, with a slot for each authentication."""

    account: str
    region: str
    name: str
    slots: list[Slot]


def show_slots(request: HttpRequest) -> HttpResponse:
    """Show the map, a page of clusters at a time; `q` is a part of account, region or name."""
    asked = request.GET.get("q", "").strip()
    cluster = Func(F("key"), Value("/[^/]+$"), Value(""), function="regexp_replace", output_field=TextField())
    claims = Claim.objects.filter(kind=ClaimKind.MSK_SLOT).annotate(cluster=cluster)
    keys = claims.filter(cluster__icontains=asked).values_list("cluster", flat=True).distinct()
    page = Paginator(keys.order_by("cluster"), PER_PAGE).get_page(request.GET.get("p"))
    shown = claims.filter(cluster__in=list(page)).prefetch_related("endpoints__service__organization")
    by_key = {claim.key: claim for claim in shown}
    context = {
        **admin.site.each_context(request),
        "title": _("MSK slots"),
        "opts": Claim._meta,
        "q": asked,
        "page": page,
        "clusters": [_cluster(key, by_key) for key in page],
        "authentications": list(Authentication),
    }
    return TemplateResponse(request, "admin/msk_slots.html", context)


def _cluster(key: str, claims: Mapping[str, Claim]) -> Cluster:
    _partition, region, account, name = key.split("/", 3)
    return Cluster(account, region, name, [_slot(key, scheme, claims) for scheme in Authentication])


def _slot(key: str, scheme: Authentication, claims: Mapping[str, Claim]) -> Slot:
    claim = claims.get(f"{key}/{scheme}")
    holders = list(claim.endpoints.all()) if claim else []
    return Slot(scheme.value, claim, holders[0] if holders else None)
