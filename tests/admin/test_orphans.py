"""Orphans in Django admin: to look at, counted on the index, and deleted only by a person who types which."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from endpoints import intents
from endpoints.models import Orphan, OrphanEnding, read_clock
from tests.people import Cast, make_endpoint, make_orphan

pytestmark = pytest.mark.django_db

LIST = "admin:endpoints_orphan_changelist"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def act(staff: Client, *orphans: Orphan, **more: str) -> Any:
    data = {"action": "delete_in_aws", "_selected_action": [orphan.pk for orphan in orphans], **more}
    return staff.post(reverse(LIST), data, follow=True)


def typed(orphan: Orphan, text: str | None = None) -> dict[str, str]:
    return {"confirmed": "yes", f"typed-{orphan.pk}": orphan.external_id if text is None else text}


def is_asked_for(orphan: Orphan) -> bool:
    orphan.refresh_from_db()
    return orphan.delete_due_at is not None


def test_an_orphan_says_why_it_is_one_and_what_to_do_and_leads_to_its_endpoint(
    staff: Client, cast: Cast
) -> None:
    endpoint = make_endpoint(cast.service)
    orphan = make_orphan(cast.region, endpoint_id=str(endpoint.pk), why="left_over")
    page = text_of(staff.get(reverse("admin:endpoints_orphan_change", args=[orphan.pk])))
    assert "It is of an earlier attempt of an endpoint that works on a newer one." in page
    assert "Find out what it is for." in page
    assert reverse("admin:endpoints_reverseprivateendpoint_change", args=[endpoint.pk]) in page


@pytest.mark.parametrize("endpoint_id", ["", "not-a-uuid", "é" * 200, "7c6f5f0e-0000-4000-8000-000000000001"])
def test_whatever_stands_in_its_tags_the_page_opens(staff: Client, cast: Cast, endpoint_id: str) -> None:
    orphan = make_orphan(cast.region, endpoint_id=endpoint_id, why="from_the_future")
    page = staff.get(reverse("admin:endpoints_orphan_change", args=[orphan.pk]))
    assert page.status_code == 200


def test_the_list_tells_standing_ones_unsure_ones_and_ended_ones_apart(staff: Client, cast: Cast) -> None:
    now = read_clock().now
    names = {
        "yes": make_orphan(cast.region).external_id,
        "unsure": make_orphan(cast.region, certain_at=None).external_id,
        "ended": make_orphan(cast.region, ended_at=now, ending=OrphanEnding.GONE).external_id,
    }
    for answer, name in names.items():
        page = text_of(staff.get(reverse(LIST), {"in_aws": answer}))
        assert {other for other in names.values() if other in page} == {name}


def test_the_index_counts_those_that_wait_for_a_person(staff: Client, cast: Cast) -> None:
    index = reverse("admin:index")
    assert "belongs to no endpoint" not in text_of(staff.get(index))
    orphan = make_orphan(cast.region)
    make_orphan(cast.region, certain_at=None)
    assert "1 object in AWS carries our tags" in text_of(staff.get(index))
    act(staff, orphan, **typed(orphan))
    assert "belongs to no endpoint" not in text_of(staff.get(index))


def test_deletion_names_what_goes_and_asks_for_nothing_before_it_is_typed(staff: Client, cast: Cast) -> None:
    orphan = make_orphan(cast.region)
    page = text_of(act(staff, orphan))
    for part in (orphan.external_id, "VPC endpoint", cast.region.pk, orphan.endpoint_id, "available"):
        assert part in page
    assert not is_asked_for(orphan)
    for text in ("", orphan.external_id[:-1], "delete"):
        response = act(staff, orphan, **typed(orphan, text))
        assert response.status_code == 422
        assert "Type the external ID exactly as it is" in text_of(response)
        assert not is_asked_for(orphan)


@pytest.mark.django_db(transaction=True)
def test_a_typed_deletion_is_asked_for_once_with_who_and_when(staff: Client, cast: Cast) -> None:
    orphan = make_orphan(cast.region)
    assert "Asked for 1 deletion." in text_of(act(staff, orphan, **typed(orphan)))
    orphan.refresh_from_db()
    assert orphan.delete_requested_by == "staff@example.com"
    assert orphan.delete_requested_at == orphan.delete_due_at
    assert LogEntry.objects.filter(object_id=str(orphan.pk), user=cast.staff).exists()
    assert [queued.func() for queued in OrmQ.objects.all()] == ["endpoints.tasks.delete_orphans"]
    assert "None of these can be deleted now" in text_of(act(staff, orphan, **typed(orphan)))


def test_of_several_none_is_asked_for_until_all_are_typed(staff: Client, cast: Cast) -> None:
    one, other = make_orphan(cast.region), make_orphan(cast.region)
    assert act(staff, one, other, **typed(one)).status_code == 422
    assert [is_asked_for(orphan) for orphan in (one, other)] == [False, False]
    assert "Asked for 2 deletions." in text_of(act(staff, one, other, **(typed(one) | typed(other))))


@pytest.mark.parametrize("state", [{"certain_at": None}, {"ended_at": True, "ending": OrphanEnding.OWNED}])
def test_what_is_not_certain_or_ended_cannot_be_deleted(
    staff: Client, cast: Cast, state: dict[str, Any]
) -> None:
    fields = {name: read_clock().now if value is True else value for name, value in state.items()}
    orphan = make_orphan(cast.region, **fields)
    assert "None of these can be deleted now" in text_of(act(staff, orphan, **typed(orphan)))
    with pytest.raises(intents.IntentRefused, match="orphan_not_here"):
        intents.request_orphan_deletion(orphan=orphan, by=cast.staff, typed=orphan.external_id)
    assert not is_asked_for(orphan)


def test_nobody_but_staff_may_ask_and_the_right_id_must_be_typed(cast: Cast) -> None:
    orphan = make_orphan(cast.region)
    with pytest.raises(PermissionDenied):
        intents.request_orphan_deletion(orphan=orphan, by=cast.admin, typed=orphan.external_id)
    with pytest.raises(intents.IntentRefused, match="type_the_external_id"):
        intents.request_orphan_deletion(orphan=orphan, by=cast.staff, typed="vpce-other")
    assert not is_asked_for(orphan)


def test_the_database_itself_refuses_a_deletion_that_no_person_asked_for(cast: Cast) -> None:
    orphan = make_orphan(cast.region)
    with pytest.raises(IntegrityError, match="orphan_deleted_only_for_a_person"), transaction.atomic():
        Orphan.objects.filter(pk=orphan.pk).update(delete_due_at=read_clock().now)
