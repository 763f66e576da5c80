"""ClickPipes, hand-off links and replacements in Django admin: to look at, and to close links."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.reasons import EventCode
from endpoints.models import ClickPipe, Event, HandOff, Replacement, read_clock
from tests.people import Cast, make_endpoint, make_hand_off, make_pipe, make_replacement, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def url(model: type, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:endpoints_{model.__name__.lower()}_{page}", args=args)


def test_clickpipes_lead_to_their_endpoints_and_are_found_by_them(staff: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service, description="Orders <b>")
    used = make_pipe(cast.service, endpoint, name="uses it")
    make_pipe(cast.service, name="by host", address="elsewhere.test:5432")
    address = reverse("admin:endpoints_reverseprivateendpoint_change", args=[endpoint.pk])
    for page in (staff.get(url(ClickPipe), {"q": "Orders <"}), staff.get(url(ClickPipe, "change", used.pk))):
        assert f'<a href="{address}">Orders &lt;b&gt;</a>' in page.content.decode()
        assert "by host" not in page.content.decode()
    assert "by host" in staff.get(url(ClickPipe), {"q": "elsewhere"}).content.decode()
    assert "by host" not in staff.get(url(ClickPipe), {"removed_at__isempty": "0"}).content.decode()


def test_a_long_list_of_brokers_is_cut_in_the_list_and_whole_on_its_page(staff: Client, cast: Cast) -> None:
    brokers = ",".join(f"b-{n}.example.test:9092" for n in range(20))
    pipe = make_pipe(cast.service, address=brokers, source="Kafka")
    assert "b-19.example" not in staff.get(url(ClickPipe)).content.decode()
    assert brokers in staff.get(url(ClickPipe, "change", pipe.pk)).content.decode()


def test_a_link_is_closed_once_and_its_secret_is_not_shown(staff: Client, cast: Cast) -> None:
    link = make_hand_off(make_endpoint(cast.service))
    page = (
        staff.get(url(HandOff)).content.decode() + staff.get(url(HandOff, "change", link.pk)).content.decode()
    )
    assert link.token.rpartition(":")[2] not in page
    closing = {"action": "close", "_selected_action": [str(link.pk)]}
    assert "1 links were closed." in staff.post(url(HandOff), closing, follow=True).content.decode()
    assert "0 links were closed." in staff.post(url(HandOff), closing, follow=True).content.decode()
    link.refresh_from_db()
    assert link.revoked_at is not None
    line = Event.objects.get(code=EventCode.HAND_OFF_REVOKED)
    assert line.actor == "staff@example.com"


def test_links_are_filtered_by_whether_they_are_open(staff: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    real = read_clock().real
    make_hand_off(endpoint, created_by_name="open@example.com")
    make_hand_off(endpoint, created_by_name="over@example.com", expires_at=real)
    make_hand_off(endpoint, created_by_name="closed@example.com", revoked_at=real)
    is_open = staff.get(url(HandOff), {"open": "yes"}).content.decode()
    is_shut = staff.get(url(HandOff), {"open": "no"}).content.decode()
    names = ("open@example.com", "over@example.com", "closed@example.com")
    assert [name in is_open for name in names] == [True, False, False]
    assert [name in is_shut for name in names] == [False, True, True]


def test_a_replacement_leads_to_both_endpoints_and_words_its_problem(staff: Client, cast: Cast) -> None:
    old, new = make_endpoint(cast.service, description="Old"), make_endpoint(cast.service, description="New")
    make_replacement(old, new, finished_at=read_clock().now, problem="new_one_removed")
    page = staff.get(url(Replacement)).content.decode()
    for endpoint in (old, new):
        assert reverse("admin:endpoints_reverseprivateendpoint_change", args=[endpoint.pk]) in page
    assert "The new endpoint was removed before the ClickPipes were moved." in page


def _pipe(cast: Cast, n: int) -> None:
    service = make_service(cast.organization, f"service {n}")
    make_pipe(service, make_endpoint(service), make_endpoint(service))


def _link(cast: Cast, n: int) -> None:
    make_hand_off(make_endpoint(make_service(cast.organization, f"service {n}")))


def _replacement(cast: Cast, n: int) -> None:
    service = make_service(cast.organization, f"service {n}")
    make_replacement(make_endpoint(service), make_endpoint(service))


@pytest.mark.parametrize(
    ("model", "make", "queries"), [(ClickPipe, _pipe, 6), (HandOff, _link, 4), (Replacement, _replacement, 4)]
)
def test_list_takes_as_many_queries_for_thirty_rows_as_for_one(
    staff: Client,
    cast: Cast,
    django_assert_num_queries: Any,
    model: type,
    make: Callable[[Cast, int], None],
    queries: int,
) -> None:
    make(cast, 0)
    with django_assert_num_queries(queries):
        staff.get(url(model))
    for n in range(1, 30):
        make(cast, n)
    with django_assert_num_queries(queries):
        page = staff.get(url(model))
    assert page.content.decode().count('name="_selected_action"') in (0, 30)
    assert page.content.decode().count("/admin/endpoints/reverseprivateendpoint/") >= 30
