"""Where endpoints are made: regions, networks, claims, and the installation with its pause."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import Page, ReadOnlyPage
from endpoints.models import Attempt, Claim, Installation, Network, Region, read_clock, room_in_network
from endpoints.models.counting import Counted
from endpoints.texts import moment_text
from endpoints.texts.capacity import room_text
from endpoints.texts.orphans import finding_text


@admin.register(Region)
class RegionPage(Page):
    """AWS regions. A changed account is confirmed by `manage.py confirm_move --account`, not here."""

    list_display = ("name", "account_id", "account_seen", "account_verified_at", "listed_at", "failing_since")
    search_fields = ("name",)
    fields = (
        "name",
        "account_id",
        "account_seen",
        "account_verified_at",
        "push_queue_url",
        "listed_at",
        "failing_since",
        "raw_error",
        "connections_listed_at",
        "connections_failing_since",
        "connections_raw_error",
        "details_at",
        "quotas",
        "quotas_at",
        "audited_at",
        "audit_error",
        "differences",
    )

    def save_model(self, request: HttpRequest, obj: Region, form: Any, change: bool) -> None:
        """Write nothing but what is open: the engine writes the rest at the same time."""
        obj.save(update_fields=["push_queue_url"] if change else None)

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        """Leave nothing open but the queue of AWS's messages, and the name of a new region."""
        open_fields = {"push_queue_url"} if obj else {"name", "push_queue_url"}
        return [field for field in self.fields if field not in open_fields]

    @admin.display(description=gettext_lazy("rows and AWS differ"))
    def differences(self, region: Region) -> str:
        """What the last match found besides orphans, in words."""
        lines = [(one["external_id"], finding_text(one["code"], one["params"])) for one in region.audit_found]
        return format_html_join(mark_safe("<br>"), "{}: {}", lines) or "–"


@admin.register(Network)
class NetworkPage(Page):
    """Networks. New lists of subnets and groups hold for new attempts only; a VPC is never moved."""

    list_display = ("vpc_id", "region", "draining", "writes_paused", "endpoints_here")
    list_filter = ("region", "draining", "writes_paused")
    list_select_related = ("region",)
    search_fields = ("vpc_id",)
    fields = (
        "region",
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "role_arn",
        "draining",
        "writes_paused",
        "endpoints_here",
        "room",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Network | None = None) -> list[str]:
        """Pin region and VPC of a network that exists."""
        return ["region", "vpc_id", "endpoints_here", "room"] if obj else ["endpoints_here", "room"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Network]:
        """Return the rows with the number of the endpoints that live there."""
        here = Attempt.objects.filter(network=OuterRef("pk"), gone_at__isnull=True)
        number = Counted(here.order_by().values("pk"))
        counted: QuerySet[Network] = super().get_queryset(request).annotate(n_endpoints=number)
        return counted

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


@admin.register(Claim)
class ClaimPage(ReadOnlyPage):
    """Who holds what only one may hold."""

    list_display = ("kind", "key", "organization", "held_by", "claimed_at")
    list_filter = ("kind",)
    list_select_related = ("organization",)
    search_fields = ("key", "organization__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Return the rows with the number of their holders."""
        counted: QuerySet[Claim] = super().get_queryset(request).annotate(n_holders=Count("endpoints"))
        return counted

    @admin.display(description="endpoints")
    def held_by(self, claim: Claim) -> int:
        """The number of endpoints that hold it."""
        number: int = getattr(claim, "n_holders", 0)
        return number


@admin.register(Installation)
class InstallationPage(Page):
    """The one installation: pause, and plan only."""

    list_display = ("id", "writes_paused", "plan_only")
    fields = ("id", "created_at", "writes_paused", "plan_only", "pg_system_identifier", "pg_database_oid")
    readonly_fields = ("id", "created_at", "pg_system_identifier", "pg_database_oid")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse; the first migration made the only one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse; every tag in AWS names it."""
        return False
