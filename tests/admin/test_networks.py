"""Networks, regions and the installation in Django admin: by intents, audited, and never an error page."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django_q.models import OrmQ

from endpoints import intents
from endpoints.models import Attempt, AuditEntry, Installation, Network, Region, read_clock
from tests.admin.pages import audited, text_of, url
from tests.people import Cast, make_endpoint, make_network, make_region

pytestmark = pytest.mark.django_db

DATA = {"subnet_ids": '["subnet-1"]', "security_group_ids": '["sg-1"]', "role_arn": ""}


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def make_attempt(network: Network, cast: Cast, **fields: Any) -> Attempt:
    endpoint = make_endpoint(cast.service)
    now = read_clock().now
    return Attempt.objects.create(
        endpoint=endpoint, generation=1, network=network, request={}, token=str(endpoint.pk), created_at=now,
        **fields,
    )  # fmt: skip


def remove(staff: Client, row: Network | Region) -> str:
    return text_of(staff.post(url(type(row), "delete", row.pk), {"post": "yes"}, follow=True))


def test_a_network_is_added_changed_and_removed_with_an_entry_each(staff: Client, cast: Cast) -> None:
    staff.post(url(Network, "add"), {**DATA, "region": cast.region.pk, "vpc_id": "vpc-9"})
    network = Network.objects.get(vpc_id="vpc-9")
    [(who, key, _, after, _)] = audited("network.created")
    assert (who, key, after["vpc_id"]) == ("staff@example.com", str(network.pk), "vpc-9")
    staff.post(url(Network, "change", network.pk), {**DATA, "subnet_ids": '["subnet-2"]', "draining": "on"})
    [(_, _, before, after, _)] = audited("network.changed")
    assert before == {"subnet_ids": ["subnet-1"], "draining": False}
    assert after == {"subnet_ids": ["subnet-2"], "draining": True}
    staff.post(url(Network, "change", network.pk), {**DATA, "subnet_ids": '["subnet-2"]', "draining": "on"})
    assert len(audited("network.changed")) == 1, "nothing changed"
    remove(staff, network)
    assert not Network.objects.filter(pk=network.pk).exists()
    assert audited("network.removed")[0][2]["vpc_id"] == "vpc-9"


@pytest.mark.parametrize("page", ["add", "change"])
def test_a_wrong_network_writes_neither_row_nor_entry(staff: Client, cast: Cast, page: str) -> None:
    wrong = {**DATA, "region": cast.region.pk, "vpc_id": "vpc-9", "subnet_ids": '["vpc-1"]'}
    args = (cast.network.pk,) if page == "change" else ()
    assert "Each id begins with subnet-." in text_of(staff.post(url(Network, page, *args), wrong))
    double = {**DATA, "region": cast.region.pk, "vpc_id": cast.network.vpc_id}
    assert staff.post(url(Network, "add"), double).status_code == 422
    assert Network.objects.count() == 1
    assert not AuditEntry.objects.filter(object_kind="network").exists()


def test_a_network_in_use_is_not_removed_and_it_is_said_why(staff: Client, cast: Cast) -> None:
    attempt = make_attempt(cast.network, cast)
    assert "Endpoints in it: 1." in text_of(staff.get(url(Network, "delete", cast.network.pk)))
    assert "Endpoints in it: 1." in remove(staff, cast.network)
    attempt.gone_at = read_clock().now
    attempt.save()
    assert "is kept for a while" in remove(staff, cast.network)
    data = {"action": "delete_selected", "_selected_action": [cast.network.pk], "post": "yes"}
    staff.post(url(Network), data)
    assert Network.objects.filter(pk=cast.network.pk).exists()
    assert audited("network.removed") == []
    with pytest.raises(intents.IntentRefused, match="network_has_history"):
        intents.remove_network(network=cast.network, by=cast.staff)


def test_a_region_is_added_and_removed_and_kept_while_there_is_anything_in_it(
    staff: Client, cast: Cast
) -> None:
    staff.post(url(Region, "add"), {"name": "eu-west-1", "push_queue_url": ""})
    region = Region.objects.get(name="eu-west-1")
    assert "It has networks, endpoints or orphans" in remove(staff, cast.region)
    assert Region.objects.filter(pk=cast.region.pk).exists()
    remove(staff, region)
    assert not Region.objects.filter(pk="eu-west-1").exists()
    changes = [(before, after) for _, _, before, after, _ in audited("region.changed")]
    said = {"name": "eu-west-1", "push_queue_url": ""}
    assert changes == [({}, said), (said, {})]


def test_a_queue_of_a_region_and_a_pause_of_all_are_audited(staff: Client, cast: Cast) -> None:
    queue = f"https://sqs.{cast.region.pk}.amazonaws.com/111111111111/q"
    for _ in range(2):
        staff.post(url(Region, "change", cast.region.pk), {"push_queue_url": queue})
        staff.post(url(Installation, "change", Installation.get().pk), {"writes_paused": "on"})
    [(_, _, before, after, _)] = audited("region.changed")
    assert (before, after) == ({"push_queue_url": ""}, {"push_queue_url": queue})
    [(who, _, before, after, _)] = audited("installation.changed")
    assert (before, after) == ({"writes_paused": False}, {"writes_paused": True})
    assert who == "staff@example.com"


def test_nobody_but_staff_changes_networks_or_the_installation(cast: Cast) -> None:
    region = make_region()
    for ask in (
        lambda: intents.add_network(network=make_network(region), by=cast.admin),
        lambda: intents.change_network(network=cast.network, by=cast.admin),
        lambda: intents.remove_network(network=cast.network, by=cast.admin),
        lambda: intents.pause_networks(networks=[cast.network], paused=True, by=cast.admin),
        lambda: intents.request_verification(network=cast.network, by=cast.admin),
        lambda: intents.save_region(region=region, by=cast.admin),
        lambda: intents.remove_region(region=region, by=cast.admin),
        lambda: intents.change_installation(writes_paused=True, plan_only=False, by=cast.admin),
    ):
        with pytest.raises(PermissionDenied):
            ask()
    assert not AuditEntry.objects.exists()


def test_an_intent_refuses_what_a_form_would(cast: Cast) -> None:
    cast.network.subnet_ids = []
    with pytest.raises(ValidationError):
        intents.change_network(network=cast.network, by=cast.staff)
    with pytest.raises(ValidationError):
        intents.save_region(region=Region(name="europe"), by=cast.staff)


@pytest.mark.django_db(transaction=True)
def test_a_look_is_asked_for_once_at_a_time_and_says_since_when(staff: Client, cast: Cast) -> None:
    address = url(Network, "verify", cast.network.pk)
    assert "It reads only." in text_of(staff.get(address))
    page = text_of(staff.post(address, follow=True))
    assert "Being checked since" in page
    assert "for staff@example.com" in page
    assert "is being checked already" in text_of(staff.post(address, follow=True))
    assert [(queued.func(), queued.task["args"]) for queued in OrmQ.objects.all()] == [
        ("endpoints.tasks.verify_network", (cast.network.pk,))
    ]
    assert [who for who, *_ in audited("network.verified")] == ["staff@example.com"]
    Network.objects.update(verify_requested_at=read_clock().now - intents.network.VERIFY_AGAIN)
    staff.post(url(Network), {"action": "verify", "_selected_action": [cast.network.pk]})
    assert len(audited("network.verified")) == 2


def test_what_was_found_is_shown_in_words_whatever_version_wrote_it(staff: Client, cast: Cast) -> None:
    found = [
        {"check": "vpc", "result": "bad", "code": "vpc_missing", "params": {}, "raw": "<b>X</b>: no"},
        {"check": "moon", "result": "odd", "code": "moon_missing", "params": {"a": "b"}, "raw": ""},
    ]
    now = read_clock().now
    Network.objects.update(verification=found, verified_at=now, verify_requested_at=now)
    page = staff.get(url(Network, "change", cast.network.pk))
    assert "The account has no such VPC in this region." in text_of(page)
    assert "&lt;b&gt;X&lt;/b&gt;: no" in page.content.decode()
    assert "moon_missing" in text_of(page)
    assert "Wrong" in text_of(staff.get(url(Network)))
