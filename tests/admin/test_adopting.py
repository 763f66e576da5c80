"""Adopting an orphan in Django admin: a page that says what it does, and asks for what must be typed."""

from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ

from endpoints.models import Orphan, read_clock
from tests.admin.pages import audited, text_of, url
from tests.people import Cast, make_endpoint, make_orphan, make_service, make_tombstone

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def adopt(staff: Client, orphan: Orphan, **data: Any) -> Any:
    return staff.post(url(Orphan, "adopt", orphan.pk), data, follow=True)


@pytest.mark.django_db(transaction=True)
def test_an_adoption_is_asked_for_once_all_is_right(staff: Client, cast: Cast) -> None:
    orphan = make_orphan(cast.region)
    page = staff.get(url(Orphan, "adopt", orphan.pk))
    assert "Nothing in AWS is changed." in text_of(page)
    assert url(Orphan, "adopt", orphan.pk) in staff.get(url(Orphan, "change", orphan.pk)).content.decode()
    good = {"service": cast.service.pk, "description": "Orders", "typed": orphan.external_id}
    far = make_service(cast.organization, "far", region="us-east-1")
    for wrong, said in (
        ({"typed": "vpce-1"}, "Type the external ID exactly as it is"),
        ({"service": ""}, "This field is required."),
        ({"service": "x"}, "is not a valid"),
        ({"service": far.pk}, "but the ClickPipes of this service run in"),
        ({"description": ""}, "This field is required."),
    ):
        refused = adopt(staff, orphan, **{**good, **wrong})
        assert (refused.status_code, said in text_of(refused)) == (422, True), wrong
    orphan.refresh_from_db()
    assert orphan.adopt_due_at is None
    assert audited("orphan.adoption_requested") == []
    assert "is being adopted" in text_of(adopt(staff, orphan, **good))
    orphan.refresh_from_db()
    assert (orphan.adopt_service, orphan.adopt_requested_by) == (cast.service, cast.staff)
    assert [queued.func() for queued in OrmQ.objects.all()] == ["endpoints.tasks.adopt_orphans"]
    [(who, key, _, after, _)] = audited("orphan.adoption_requested")
    assert (who, key, after["description"]) == ("staff@example.com", str(orphan.pk), "Orders")


def test_of_a_tombstone_the_page_names_it_and_fills_its_service_in(staff: Client, cast: Cast) -> None:
    gone = make_tombstone(cast.service, description="Old <b>")
    orphan = make_orphan(cast.region, endpoint_id=str(gone.pk))
    page = staff.get(url(Orphan, "adopt", orphan.pk)).content.decode()
    assert "Old &lt;b&gt;" in page
    assert str(cast.service.pk) in page


@pytest.mark.parametrize("case", ["live", "ended", "unreadable"])
def test_what_cannot_be_adopted_says_why_and_offers_no_form(staff: Client, cast: Cast, case: str) -> None:
    cases: dict[str, dict[str, Any]] = {
        "live": {"endpoint_id": str(make_endpoint(cast.service).pk)},
        "ended": {"ended_at": read_clock().now, "ending": "gone"},
        "unreadable": {"endpoint_id": "x"},
    }
    orphan = make_orphan(cast.region, **cases[case])
    page = staff.get(url(Orphan, "adopt", orphan.pk))
    assert page.status_code == 200
    assert 'name="typed"' not in page.content.decode()
    refused = adopt(staff, orphan, service=cast.service.pk, description="x", typed=orphan.external_id)
    assert refused.status_code == 422
    orphan.refresh_from_db()
    assert orphan.adopt_due_at is None


def test_why_an_adoption_came_to_nothing_stands_on_the_page(staff: Client, cast: Cast) -> None:
    orphan = make_orphan(cast.region, adopt_problem="adopt_no_network", adopt_problem_params={"vpc": "vpc-9"})
    assert "It is in vpc-9, which is no network" in text_of(staff.get(url(Orphan, "change", orphan.pk)))


def test_only_staff_get_there(cast: Cast, client: Client) -> None:
    orphan = make_orphan(cast.region)
    client.force_login(cast.admin)
    assert client.get(url(Orphan, "adopt", orphan.pk)).status_code == 302
    client.force_login(cast.staff)
    assert client.get(url(Orphan, "adopt", 999)).status_code == 404
