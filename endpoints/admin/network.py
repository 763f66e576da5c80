"""Where endpoints are made: networks, and the look whether all of one is right in AWS."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import Page
from endpoints.admin.tools import Tool, WithTools, person
from endpoints.domain.verification import Result
from endpoints.models import Attempt, Network, ReversePrivateEndpoint, read_clock, room_in_network
from endpoints.models.counting import Counted
from endpoints.texts import moment_text, refusal_text
from endpoints.texts.capacity import room_text
from endpoints.texts.verification import advice_text, check_label, found_text, result_label


@admin.register(Network)
class NetworkPage(WithTools, Page):
    """Networks. New lists of subnets and groups hold for new attempts only; a VPC is never moved."""

    list_display = ("vpc_id", "region", "draining", "writes_paused", "endpoints_here", "verdict")
    list_filter = ("region", "draining", "writes_paused")
    list_select_related = ("region",)
    search_fields = ("vpc_id", "region__name", "role_arn")
    delete_confirmation_template = "admin/delete_or_say_why.html"
    actions = ("verify",)
    _shown = ("endpoints_here", "room", "verification_shown")
    fields = (
        "region",
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "role_arn",
        "draining",
        "writes_paused",
        *_shown,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Network | None = None) -> list[str]:
        """Pin region and VPC of a network that exists."""
        return ["region", "vpc_id", *self._shown] if obj else [*self._shown]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Network]:
        """Return the rows with the number of the endpoints that live there."""
        return _counted(super().get_queryset(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Remove one at a time: each says why it cannot be."""
        return {name: how for name, how in super().get_actions(request).items() if name != "delete_selected"}

    def get_urls(self) -> list[URLPattern]:
        """Add what asks for a look."""
        view = self.admin_site.admin_view(self.verify_one)
        return [path("<path:key>/verify/", view, name="endpoints_network_verify"), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: Network) -> list[Tool]:
        """Offer a look at AWS."""
        return [("endpoints_network_verify", gettext_lazy("Verify in AWS…"))]

    def save_model(self, request: HttpRequest, obj: Network, form: Any, change: bool) -> None:
        """Save by the intents."""
        save = intents.change_network if change else intents.add_network
        save(network=obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Network) -> None:
        """Remove by the intent."""
        intents.remove_network(network=obj, by=person(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in a sentence what is in the way, if anything is."""
        for network in objs:
            try:
                intents.check_network_is_unused(network)
            except intents.IntentRefused as refused:
                return [], {}, set(), [refusal_text(refused.code, refused.params)]
        return super().get_deleted_objects(objs, request)

    @admin.display(description=gettext_lazy("endpoints in it"))
    def endpoints_here(self, network: Network) -> int:
        """How many are there or on their way in or out; a draining network is empty at 0."""
        number: int = getattr(network, "n_endpoints", 0)
        return number

    @admin.display(description=gettext_lazy("room for VPC resources"))
    def room(self, network: Network) -> str:
        """How many more fit, and the free blocks of 16 addresses of each subnet."""
        room = room_in_network(network) if network.pk else None
        if network.pk and (room is None or room.is_old(read_clock().now)):
            intents.ask_for_room(network.region_id)
        if room is None:
            return "–"
        subnets = [(key, found["zone"], found["blocks"]) for key, found in network.capacity.items()]
        return format_html(
            "{} ({})<br>{}",
            room_text(room.capacity).text,
            _("as of %(moment)s") % {"moment": moment_text(room.as_of)},
            format_html_join(", ", "{} ({}): {}", subnets),
        )

    @admin.display(description=gettext_lazy("verified"))
    def verdict(self, network: Network) -> str:
        """How the last look ended, in a word."""
        if network.is_being_verified:
            return _("being checked")
        if network.verified_at is None:
            return _("never")
        results = {finding["result"] for finding in network.verification}
        worst = next(one for one in _WORST_FIRST if one in results or one is Result.GOOD)
        return result_label(worst)

    @admin.display(description=gettext_lazy("verification"))
    def verification_shown(self, network: Network) -> str:
        """What the last look found, line by line."""
        return render_to_string(
            "admin/_verification.html", {"network": network, "lines": _lines(network.verification)}
        )

    def verify_one(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask whether to look at a network in AWS; then have it looked at."""
        network: Network = self.row_or_404(request, key)
        if request.method == "POST":
            self._verify(request, [network])
            return HttpResponseRedirect(reverse("admin:endpoints_network_change", args=[network.pk]))
        context = {"original": network, "network": network}
        return self.show(request, "admin/verify_network.html", _("Verify a network"), context)

    @admin.action(description=gettext_lazy("Verify the selected networks in AWS"))
    def verify(self, request: HttpRequest, networks: QuerySet[Network]) -> None:
        """Have networks looked at."""
        self._verify(request, list(networks))

    def _verify(self, request: HttpRequest, networks: list[Network]) -> None:
        for network in networks:
            if intents.request_verification(network=network, by=person(request)):
                text = _("%(network)s is being checked. Open its page in some seconds.")
                self.message_user(request, text % {"network": network})
            else:
                text = _("%(network)s is being checked already.")
                self.message_user(request, text % {"network": network}, messages.WARNING)


def networks_of(endpoints: QuerySet[ReversePrivateEndpoint]) -> list[Network]:
    """Return the networks in which endpoints live, with the number of all that do."""
    mine = Attempt.objects.filter(endpoint__in=endpoints.values("pk"), gone_at__isnull=True)
    return list(_counted(Network.objects.filter(pk__in=mine.order_by().values("network"))))


def _counted(networks: QuerySet[Network]) -> QuerySet[Network]:
    here = Attempt.objects.filter(network=OuterRef("pk"), gone_at__isnull=True)
    counted: QuerySet[Network] = networks.annotate(n_endpoints=Counted(here.order_by().values("pk")))
    return counted


_WORST_FIRST = (Result.BAD, Result.UNREAD, Result.SKIPPED, Result.WARNING, Result.GOOD)


def _lines(verification: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return what a look found in words, as far as this version knows them."""
    return [
        {
            "check": check_label(finding["check"]),
            "result": result_label(finding["result"]),
            "is_good": str(finding["result"] == Result.GOOD or ""),
            "text": found_text(finding["code"], finding["params"]),
            "advice": advice_text(finding["code"]),
            "raw": finding["raw"],
        }
        for finding in verification
    ]
