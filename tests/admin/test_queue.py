"""The queue in Django admin: who works, what waits, and django-q2's own pages, where nothing breaks."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from endpoints.admin import queue
from endpoints.domain.status import Status
from endpoints.lines import LEADER_LOCK, PULSE, open_line
from endpoints.models import Region, read_clock
from endpoints.models.workers import read_workers
from endpoints.worker import schedules
from tests.admin.pages import audited, text_of
from tests.people import Cast, make_breaker, make_endpoint

pytestmark = pytest.mark.django_db

PAGE = "admin:endpoints_queue"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def ran(*, success: bool) -> Task:
    now = timezone.now()
    return Task.objects.create(
        id=f"{success}", name=f"task {success}", func="endpoints.tasks.observe_region",
        args=("eu-central-1",), kwargs={}, started=now, stopped=now, result="<b>no</b>", success=success,
    )  # fmt: skip


def test_without_a_worker_it_says_that_nothing_happens(staff: Client) -> None:
    assert "No worker leads" in text_of(staff.get(reverse(PAGE)))


def test_it_names_leader_and_followers_with_their_beats(staff: Client) -> None:
    leader, follower = open_line(PULSE), open_line(PULSE)
    try:
        leader.execute("SELECT pg_advisory_lock(%s)", [LEADER_LOCK])
        follower.execute("SELECT pg_advisory_lock(%s)", [LEADER_LOCK + 1])
        workers = read_workers()
        assert [worker.leads for worker in workers].count(True) == 1
        assert len(workers) == 2
        assert all(0 <= worker.seconds < 60 for worker in workers)
        page = text_of(staff.get(reverse(PAGE)))
        assert "No worker leads" not in page
        assert ("leads" in page, "follows" in page) == (True, True)
    finally:
        leader.close()
        follower.close()


def test_it_tells_what_is_due_what_fails_and_what_aws_refuses(staff: Client, cast: Cast) -> None:
    now = read_clock().now
    make_endpoint(cast.service, Status.PROVISIONING, description="newer", due_at=now)
    make_endpoint(
        cast.service, Status.PROVISIONING, description="oldest <b>", due_at=now - timedelta(minutes=5)
    )
    make_endpoint(
        cast.service, description="held", due_at=now - timedelta(days=1),
        lease_until=read_clock().real + timedelta(minutes=1),
    )  # fmt: skip
    Region.objects.update(failing_since=now, raw_error="DescribeVpcEndpoints: X: no")
    make_breaker(cast.network, code="ExpiredToken")
    ran(success=False)
    schedules.install()
    response = staff.get(reverse(PAGE))
    page = text_of(response)
    assert "Endpoints due now 2" in page
    assert "oldest &lt;b&gt;" in response.content.decode()
    assert "Tasks that failed 1" in page
    assert "DescribeVpcEndpoints: X: no" in page
    assert "ExpiredToken" in page
    assert "sweep" in page


def test_a_broker_that_does_not_answer_is_said(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ConnectionError

    monkeypatch.setattr(queue, "get_broker", broken)
    assert "The broker of the queue does not answer." in text_of(staff.get(reverse(PAGE)))


def test_the_index_leads_there_and_only_staff_get_in(staff: Client, cast: Cast) -> None:
    assert reverse(PAGE) in staff.get(reverse("admin:index")).content.decode()
    staff.force_login(cast.admin)
    assert staff.get(reverse(PAGE)).status_code == 302


@pytest.mark.parametrize("model", [Success, Failure, Schedule, OrmQ], ids=lambda model: model.__name__)
def test_the_pages_of_django_q2_are_to_look_at(staff: Client, model: type) -> None:
    assert admin.site.is_registered(model)
    schedules.install()
    ran(success=True)
    ran(success=False)
    OrmQ.objects.create(key="postern", payload="x")
    row = model._default_manager.first()  # type: ignore[attr-defined]
    name = f"admin:django_q_{model.__name__.lower()}"
    page = staff.get(reverse(f"{name}_changelist"))
    assert page.status_code == 200
    assert "delete_selected" not in page.content.decode()
    for view, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
        answer = staff.post(reverse(f"{name}_{view}", args=args), {"post": "yes"})
        assert answer.status_code == 403, view
    shown = staff.get(reverse(f"{name}_change", args=(row.pk,)))
    assert shown.status_code == 200
    assert "<b>no</b>" not in shown.content.decode()
    assert model._default_manager.filter(pk=row.pk).exists()  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_task_is_run_again_and_that_is_audited(staff: Client) -> None:
    failed, succeeded = ran(success=False), ran(success=True)
    for name, task in (("failure", failed), ("success", succeeded)):
        data = {"action": "resubmit", "_selected_action": [task.pk]}
        page = staff.post(reverse(f"admin:django_q_{name}_changelist"), data, follow=True)
        assert "1 task was enqueued again." in text_of(page)
    assert [queued.func() for queued in OrmQ.objects.all()] == ["endpoints.tasks.observe_region"] * 2
    assert list(Task.objects.values_list("success", flat=True)) == [True]
    entries = audited("task.resubmitted")
    assert [(who, after["func"]) for who, _, _, after, _ in entries] == [
        ("staff@example.com", "endpoints.tasks.observe_region")
    ] * 2
