"""The whole audit, to look at and to take along as a file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from endpoints import audit, audit_lists
from endpoints.admin.base import ReadOnlyPage
from endpoints.admin.tools import person
from endpoints.domain.actions import Action
from endpoints.models import ActorKind, AuditEntry, read_clock
from endpoints.models.audit import AuditEntryQuerySet
from endpoints.texts.actions import action_label, action_text
from endpoints.texts.changes import changes_of, kind_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

COUNTED_TO = 10_000  # entries; older ones are found by a filter


def _short(name: str) -> str:
    return Truncator(name).chars(60)


class ShortCount(AnyPaginator):
    """Pages of the newest entries that match. To count all would take long, and nobody turns them all."""

    @cached_property
    def count(self) -> int:
        """The number of entries, counted no further than COUNTED_TO."""
        known: Any = self.object_list
        return int(known[:COUNTED_TO].count())


class ActionFilter(admin.SimpleListFilter):
    """What was done, in words."""

    title = gettext_lazy("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return all actions."""
        return sorted(((action.value, action_label(action)) for action in Action), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Keep those of the chosen one."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditPage(ReadOnlyPage):
    """Who did what. Nothing here can be changed, by the database's own rule."""

    list_display = ("at", "who", "address", "what", "on_what", "change")
    list_filter = (ActionFilter, "actor_kind", ("at", admin.DateFieldListFilter))
    list_display_links = ("at",)
    list_per_page = 50
    search_fields = ("actor_name",)  # shows the box; what is looked for stands in `get_search_results`
    search_help_text = gettext_lazy(
        "A whole name or id of who acted, an address, the id of a thing, or a part of its name."
    )
    ordering = ("-at", "-id")
    sortable_by = ()
    paginator = ShortCount
    fields = (
        "at",
        "actor_name",
        "actor_kind",
        "actor_id",
        "address",
        "what",
        "action",
        "object_kind",
        "object_id",
        "object_name",
        "organization_id",
        "service_id",
        "change",
        "reason",
    )
    change_list_template = "admin/audit.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the entries of an actor, from an address or on a thing."""
        text = search_term.strip()
        if not text:
            return queryset, False
        wanted = audit_lists.by_whom(text) | audit_lists.on_what(text)
        address = audit.known_address(text)
        return queryset.filter(wanted | Q(address=address) if address else wanted), False

    def get_urls(self) -> list[URLPattern]:
        """Add the files."""
        export = self.admin_site.admin_view(self.export)
        return [path("export.<str:form>", export, name="endpoints_auditentry_export"), *super().get_urls()]

    def export(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        """Send all entries that match the filters of the list. Raises Http404."""
        if form not in audit_lists.FORMS:
            raise Http404
        until = read_clock().real
        found = self.get_changelist_instance(request).get_queryset(request).filter(at__lt=until)
        said = {"format": form, "filters": request.GET.urlencode()}
        audit.record(Action.AUDIT_EXPORTED, by=person(request), after=said)
        assert isinstance(found, AuditEntryQuerySet)
        return audit_lists.file_of(found, form)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with links to the same as a file."""
        return super().changelist_view(request, {**(extra_context or {}), "forms": list(audit_lists.FORMS)})

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry: AuditEntry) -> str:
        """The actor, or what kind of one it was."""
        return _short(entry.actor_name) or str(ActorKind(entry.actor_kind).label)

    @admin.display(description=gettext_lazy("what"))
    def what(self, entry: AuditEntry) -> str:
        """What was done."""
        return action_text(entry.action, entry.before, entry.after)

    @admin.display(description=gettext_lazy("on what"))
    def on_what(self, entry: AuditEntry) -> str:
        """The thing, and what kind of one it is."""
        return format_html("{}<br>{}", kind_text(entry.object_kind), _short(entry.object_name))

    @admin.display(description=gettext_lazy("before → after"))
    def change(self, entry: AuditEntry) -> str:
        """What changed, one line each."""
        changes = changes_of(entry.object_kind, entry.before, entry.after)
        lines = ((one.name, " → ".join(filter(None, (one.before, one.after)))) for one in changes)
        return format_html_join("", "<div>{}: {}</div>", lines) or "–"
