"""My services, the endpoints of one, and its removed ones."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from endpoints.domain.status import Status
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from tests.people import REGIONAL_NAME, Cast, make_endpoint, make_service, make_tombstone, removal
from tests.web.conftest import As, list_of, page_of, poll_address

HTMX = {"HX-Request": "true"}


def test_a_person_sees_their_services_and_no_other(cast: Cast, operator: Client) -> None:
    make_service(cast.organization, "analytics")
    make_endpoint(cast.service, Status.FAILED)
    make_tombstone(cast.service)
    page = operator.get("/").text
    assert "orders" in page
    assert 'data-status="Failed"' in page
    assert 'data-status="Deleting"' not in page, "tombstones are not counted"
    assert "analytics" not in page
    assert "ledger" not in page


def test_an_organizations_admin_sees_all_of_its_services(cast: Cast, browse_as: As) -> None:
    make_service(cast.organization, "analytics")
    page = browse_as(cast.admin).get("/").text
    assert "orders" in page
    assert "analytics" in page


def test_who_has_no_role_is_told_whom_to_ask(cast: Cast, browse_as: As) -> None:
    assert "You have no role on any service." in browse_as(cast.staff).get("/").text


def test_an_empty_list_says_what_to_do(cast: Cast, operator: Client, viewer: Client) -> None:
    page = operator.get(list_of(cast.service)).text
    assert "No reverse private endpoints yet" in page
    assert page.count(reverse("create-endpoint", args=[cast.service.pk])) == 2
    assert "create-endpoint" not in viewer.get(list_of(cast.service)).text


def test_the_list_shows_every_status_in_words(cast: Cast, viewer: Client) -> None:
    for status in Status:
        make_endpoint(cast.service, status, description=f"the {status} one")
    page = viewer.get(list_of(cast.service)).text
    for status in Status:
        assert f"the {status} one" in page
        assert f'data-status="{status}"' in page
    assert "Pending acceptance" in page
    assert REGIONAL_NAME in page, "the whole name stays in the page"
    assert "23 h 59 min left" in page
    assert "6 d 23 h left" in page


def test_a_description_is_never_markup(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, description="<img src=x onerror=alert(1)>\"'&")
    for address in (list_of(cast.service), page_of(endpoint)):
        page = viewer.get(address).text
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;" in page


def test_my_services_take_as_many_queries_for_many_as_for_one(
    cast: Cast, browse_as: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_endpoint(make_service(cast.organization, f"service {number}"))
    admin = browse_as(cast.admin)
    admin.get("/")
    with django_assert_num_queries(6):
        admin.get("/")


def test_a_list_at_rest_does_not_poll(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, Status.READY)
    make_endpoint(cast.service, Status.FAILED)
    assert 'hx-trigger="every' not in viewer.get(list_of(cast.service)).text


def test_a_list_in_motion_polls_until_it_rests(cast: Cast, viewer: Client) -> None:
    moving = make_endpoint(cast.service, Status.PROVISIONING, description="orders-rds")
    make_endpoint(cast.service, Status.READY, description="at rest")
    page = viewer.get(list_of(cast.service)).text
    title = f"<title>Reverse private endpoints: {cast.service.name} · Postern</title>"
    assert title in page
    assert page.count('hx-trigger="every') == 1, "one poll per page"
    assert 'hx-trigger="every 3s"' in page

    unchanged = viewer.get(poll_address(page), headers=HTMX)
    assert (unchanged.status_code, unchanged.content) == (204, b"")

    ReversePrivateEndpoint.objects.filter(pk=moving.pk).update(status=Status.READY)
    changed = viewer.get(poll_address(page), headers=HTMX)
    assert changed.status_code == 200
    assert "<html" not in changed.text
    assert title in changed.text
    assert '<div id="announcements" hx-swap-oob="innerHTML">orders-rds: Ready</div>' in changed.text
    assert 'hx-trigger="every' not in changed.text
    assert "HX-Request" in changed["Vary"]


def test_a_change_that_is_no_state_is_not_announced(cast: Cast, viewer: Client) -> None:
    moving = make_endpoint(cast.service, Status.PROVISIONING)
    page = viewer.get(list_of(cast.service)).text
    ReversePrivateEndpoint.objects.filter(pk=moving.pk).update(dns_names=[REGIONAL_NAME])
    changed = viewer.get(poll_address(page), headers=HTMX).text
    assert REGIONAL_NAME in changed
    assert 'id="announcements"' not in changed


def test_an_endpoint_that_is_gone_is_announced(cast: Cast, viewer: Client) -> None:
    moving = make_endpoint(cast.service, Status.DELETING, description="orders-rds")
    page = viewer.get(list_of(cast.service)).text
    ReversePrivateEndpoint.objects.filter(pk=moving.pk).update(removed_at=read_clock().now)
    assert "orders-rds: Removed" in viewer.get(poll_address(page), headers=HTMX).text


def test_a_forged_poll_tells_nothing_of_others(cast: Cast, viewer: Client) -> None:
    theirs = make_tombstone(cast.other_service, description="their secret")
    forged = f"{list_of(cast.service)}?seen=x&was={theirs.pk.hex}:Deleting,zz:zz,,:,{'f' * 32}:x"
    response = viewer.get(forged, headers=HTMX)
    assert response.status_code == 200
    assert "their secret" not in response.text


def test_pending_acceptance_is_looked_at_less_often_later(cast: Cast, viewer: Client) -> None:
    early = read_clock().now - timedelta(minutes=11)
    make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, status_since=early)
    assert 'hx-trigger="every 60s"' in viewer.get(list_of(cast.service)).text


def test_a_region_that_cannot_be_read_makes_its_endpoints_unknown(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.READY)
    now = read_clock().now
    Region.objects.update(failing_since=now, listed_at=now - timedelta(hours=2))
    assert 'data-status="Unknown"' in viewer.get(list_of(cast.service)).text
    page = viewer.get(page_of(endpoint)).text
    assert "AWS could not be read since" in page
    assert "The last known state is: Ready." in page


def test_removed_endpoints_say_who_when_why_and_the_last_state(cast: Cast, viewer: Client) -> None:
    by_person = make_tombstone(cast.service, description="By a person")
    cleanup = removal(read_clock().now) | {
        "removal_requested_by": "cleanup",
        "removal_reason": "deadline_passed",
        "last_status": Status.REJECTED,
    }
    make_tombstone(cast.service, description="By cleanup", **cleanup)
    make_endpoint(cast.service, description="still alive")
    make_tombstone(cast.other_service, description="not mine")
    page = viewer.get(reverse("removed-endpoints", args=[cast.service.pk])).text
    for text in ("By a person", "operator@example.com", "Removal was requested", 'data-status="Ready"'):
        assert text in page
    for text in ("By cleanup", "automatic cleanup", "Its deadline passed", 'data-status="Rejected"'):
        assert text in page
    assert "still alive" not in page
    assert "not mine" not in page
    details = viewer.get(page_of(by_person)).text
    assert "Removed on request of operator@example.com." in details
    assert "By a person" not in viewer.get(list_of(cast.service)).text
