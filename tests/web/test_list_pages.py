"""The counters and pages of the list, what the list costs, and what its polls see."""

import re
from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from endpoints.domain.status import Status
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from tests.people import Cast, make_endpoint
from tests.web.conftest import list_of, poll_address
from tests.web.listed import HTMX, look, mix, names, stats


def test_the_counters_are_links_to_what_they_count(cast: Cast, viewer: Client) -> None:
    mix(cast)
    page = viewer.get(list_of(cast.service)).text
    assert stats(page) == {"total": "5", "needs_action": "2", "ready": "2", "soon": "1"}
    for key, address in re.findall(r'id="stat-(\w+)" href="([^"]+)"', page):
        assert str(len(names(viewer.get(address).text))) == stats(page)[key]


def test_counts_are_exact_to_a_thousand(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, description="one of many")
    row = ReversePrivateEndpoint.objects.get()
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
    ReversePrivateEndpoint.objects.bulk_create(ReversePrivateEndpoint(**fields) for _ in range(999))
    page = viewer.get(list_of(cast.service), {"page": 20}).text
    assert stats(page)["total"] == "1,000"
    assert "Page 20 of 20" in page
    assert 'id="page-next"' not in page
    ReversePrivateEndpoint.objects.bulk_create([ReversePrivateEndpoint(**fields)])
    page = viewer.get(list_of(cast.service), {"page": 20}).text
    assert stats(page)["ready"] == "1,000+"
    assert "of 1,000+" in page
    assert 'id="page-next"' in page
    last = viewer.get(list_of(cast.service), {"page": 21}).text
    assert len(names(last)) == 1
    assert 'id="page-next"' not in last


def test_pages_keep_the_filters(cast: Cast, viewer: Client) -> None:
    for number in range(60):
        make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description=f"number {number:02}")
    page = viewer.get(list_of(cast.service), {"sort": "description", "status": "needs-action"}).text
    assert names(page) == [f"number {number:02}" for number in range(50)]
    assert "Page 1 of 2" in page
    assert "Endpoints 1–50 of 60" in page
    (following,) = re.findall(r'id="page-next" rel="next" href="([^"]+)"', page)
    second = viewer.get(following.replace("&amp;", "&")).text
    assert names(second) == [f"number {number}" for number in range(50, 60)]
    assert "There is nothing on this page" in viewer.get(list_of(cast.service), {"page": 77}).text
    assert len(look(viewer, cast, per=25)) == 25


def test_nothing_found_is_told_with_a_way_back(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service)
    page = viewer.get(list_of(cast.service), {"q": "no such thing"}).text
    assert "No endpoint matches these filters" in page
    assert 'id="clear-all"' in page
    assert 'value="no such thing"' in page


def test_the_list_takes_few_queries_and_its_unchanged_poll_one_of_its_own(
    cast: Cast, viewer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description=f"number {number}")
    address = f"{list_of(cast.service)}?status=needs-action&sort=-since"
    # session, user, service with role and installation, rows with counts and clock
    with django_assert_num_queries(4):
        page = viewer.get(address).text
    with django_assert_num_queries(3):
        assert viewer.get(poll_address(page), headers=HTMX).status_code == 204
    # of what is not there, the counters are asked for alone
    with django_assert_num_queries(5):
        assert (
            "No endpoint matches"
            in viewer.get(f"{list_of(cast.service)}?status=Failed&type=VPC_RESOURCE").text
        )


def test_a_poll_brings_counters_and_tells_of_what_left_the_page(cast: Cast, viewer: Client) -> None:
    moving = make_endpoint(cast.service, Status.PROVISIONING, description="orders-rds")
    address = poll_address(viewer.get(list_of(cast.service), {"status": "Provisioning"}).text)
    ReversePrivateEndpoint.objects.filter(pk=moving.pk).update(status=Status.READY)
    answer = viewer.get(address, headers=HTMX).text
    assert 'hx-swap-oob="innerHTML">orders-rds: Ready</div>' in answer
    assert '<ul id="stats" class="stats" hx-swap-oob="true"' in answer
    assert stats(answer)["ready"] == "1"
    assert "No endpoint matches these filters" in answer


def test_a_poll_of_a_list_sees_what_changed_elsewhere_in_the_service(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, Status.PROVISIONING)
    page = viewer.get(list_of(cast.service), {"status": "Provisioning"}).text
    make_endpoint(cast.service, Status.READY)
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 200


def test_polls_stay_quiet_while_a_region_cannot_be_read(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, Status.PROVISIONING)
    long_ago = read_clock().now - timedelta(hours=2)
    Region.objects.update(connections_failing_since=long_ago, connections_listed_at=long_ago)
    page = viewer.get(list_of(cast.service), {"status": "Provisioning"}).text
    assert "stale=1" in poll_address(page)
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 204


def test_a_stranger_finds_no_list(cast: Cast, stranger: Client) -> None:
    make_endpoint(cast.service, Status.PROVISIONING)
    for what in ("", "?seen=x", "export.csv", "export.json", "remove/"):
        assert stranger.get(list_of(cast.service) + what, headers=HTMX).status_code == 404
