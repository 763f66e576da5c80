"""The queue: django-q2's own pages, where nothing breaks by accident, and a page that tells its health."""

from typing import Any

import django_q.admin
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_q.brokers import get_broker
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from endpoints import intents
from endpoints.admin.base import ReadOnly
from endpoints.admin.tools import person
from endpoints.models import Breaker, Region, ReversePrivateEndpoint, read_clock
from endpoints.models.workers import read_workers


def show_queue(request: HttpRequest) -> HttpResponse:
    """Show who works, what waits since when, when each region was last looked at, and what AWS refuses."""
    moment = read_clock()
    due = ReversePrivateEndpoint.objects.due(moment.now, moment.real)
    workers = read_workers()
    context = {
        **admin.site.each_context(request),
        "title": _("Queue"),
        "now": moment.now,
        "workers": workers,
        "leader": next((worker for worker in workers if worker.leads), None),
        "tasks": _tasks_waiting(),
        "failed": Failure.objects.count(),
        "due": due.count(),
        "oldest": due.order_by("due_at").first(),
        "regions": Region.objects.filter(networks__isnull=False).distinct(),
        "breakers": Breaker.objects.filter(opened_at__isnull=False).select_related("network"),
        "schedules": Schedule.objects.order_by("name"),
    }
    return TemplateResponse(request, "admin/queue.html", context)


def _tasks_waiting() -> int | None:
    """Return how many tasks wait in the broker; None when it does not answer."""
    try:
        return int(get_broker().queue_size())
    except Exception:  # whatever the broker's client raises: the page is there for when it fails
        return None


class RanPage(ReadOnly, django_q.admin.TaskAdmin):  # type: ignore[misc]
    """Tasks that ran. Only the schedules' own are kept when they went well."""

    actions = ("resubmit",)
    list_filter = ("func",)

    @admin.action(description=gettext_lazy("Run the selected tasks again"))
    def resubmit(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """Enqueue them anew."""
        _resubmit(self, request, tasks)


class FailedPage(ReadOnly, django_q.admin.FailAdmin):  # type: ignore[misc]
    """Tasks that failed, with why. What they should have done is done by the next one that is due."""

    actions = ("resubmit",)
    list_filter = ("func",)

    @admin.action(description=gettext_lazy("Run the selected tasks again"))
    def resubmit(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """Enqueue them anew, and forget that they failed."""
        _resubmit(self, request, tasks)


class SchedulePage(ReadOnly, django_q.admin.ScheduleAdmin):  # type: ignore[misc]
    """The schedules, which are installed by code: changed or deleted, they would only come back."""

    list_filter = ()


class WaitingPage(ReadOnly, django_q.admin.QueueAdmin):  # type: ignore[misc]
    """Tasks that wait in PostgreSQL."""


def _resubmit(page: "admin.ModelAdmin[Any]", request: HttpRequest, tasks: QuerySet[Task]) -> None:
    count = intents.resubmit_tasks(tasks=tasks, by=person(request))
    text = ngettext("%(n)s task was enqueued again.", "%(n)s tasks were enqueued again.", count)
    page.message_user(request, text % {"n": count})


for _model, _page in (
    (Success, RanPage),
    (Failure, FailedPage),
    (Schedule, SchedulePage),
    (OrmQ, WaitingPage),
):
    if admin.site.is_registered(_model):  # what waits in another broker has no page
        admin.site.unregister(_model)
        admin.site.register(_model, _page)
