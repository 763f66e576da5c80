"""Custom private DNS names on the pages: edited by operators, and marked wherever they are shown."""

import csv
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.actions import Action
from endpoints.domain.custom_dns import FIELD
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from endpoints.texts.actions import action_label
from endpoints.texts.changes import changes_of
from tests.people import Cast, make_endpoint, make_hand_off, make_pipe, make_tombstone

MARK = "Recorded, not served"
MAPPINGS = [{"privateDnsName": "*.shop.example.com"}, {"privateDnsName": "db.example.com"}]


def address(endpoint: ReversePrivateEndpoint, name: str = "custom-dns") -> str:
    return reverse(name, args=[endpoint.service_id, endpoint.pk])


def shown(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def typed(client: Client, endpoint: ReversePrivateEndpoint, names: str) -> Any:
    return client.post(address(endpoint), {"names": names})


@pytest.fixture
def operator(client: Client, cast: Cast) -> Client:
    client.force_login(cast.operator)
    return client


@pytest.fixture
def named(cast: Cast) -> ReversePrivateEndpoint:
    return make_endpoint(cast.service, custom_dns=MAPPINGS)


def test_names_are_typed_one_on_each_line_and_shown_with_their_mark(operator: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    assert 'href="' + address(endpoint) in shown(operator, address(endpoint, "endpoint"))
    answer = typed(operator, endpoint, " *.shop.example.com \r\n\r\ndb.example.com\n")
    assert answer.status_code in (302, 303)
    assert answer["Location"] == address(endpoint, "endpoint") + "#custom-dns"
    endpoint.refresh_from_db()
    assert endpoint.custom_dns == MAPPINGS
    page = shown(operator, address(endpoint, "endpoint"))
    assert "<code>*.shop.example.com</code>" in page
    assert MARK in page
    assert "*.shop.example.com\ndb.example.com</textarea>" in shown(operator, address(endpoint))
    typed(operator, endpoint, "")
    endpoint.refresh_from_db()
    assert endpoint.custom_dns == []
    assert MARK not in shown(operator, address(endpoint, "endpoint"))


def test_targets_are_typed_behind_an_equals_sign(operator: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service, type=EndpointType.VPC_RESOURCE)
    typed(operator, endpoint, "db.example.com=rcfg-1\nx.example.com")
    endpoint.refresh_from_db()
    with_target = {"privateDnsName": "db.example.com", "targetId": "rcfg-1"}
    assert endpoint.custom_dns == [with_target, {"privateDnsName": "x.example.com"}]
    assert "db.example.com=rcfg-1" in shown(operator, address(endpoint))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("Db.example.com", "Db.example.com is no private DNS name"),
        ("db.local\nx", "db.local: names that end in .local are reserved"),
        ("a.example.com=rcfg-1", "targetId is supported only for VPC_RESOURCE"),
        ("free.example.com\nx.shop.example.com", "x.shop.example.com is taken"),
        ("\ufffd.example.com", "This was not sent as UTF-8"),
        ("<b>.example.com", "&lt;b&gt;.example.com is no private DNS name"),
        ("a\0.example.com", "is no private DNS name"),
    ],
)
def test_wrong_names_come_back_with_what_is_wrong(
    operator: Client, cast: Cast, named: ReversePrivateEndpoint, names: str, told: str
) -> None:
    operator.post(address(named), {"names": "*.shop.example.com"})  # held from here on
    endpoint = make_endpoint(cast.service, description="Other", custom_dns=MAPPINGS[1:])
    answer = typed(operator, endpoint, names)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    endpoint.refresh_from_db()
    assert endpoint.custom_dns == MAPPINGS[1:]


def test_viewers_see_the_names_and_no_way_to_edit_them(
    client: Client, cast: Cast, named: ReversePrivateEndpoint
) -> None:
    client.force_login(cast.viewer)
    page = shown(client, address(named, "endpoint"))
    assert "db.example.com" in page
    assert address(named) not in page
    shown(client, address(named), 403)
    assert typed(client, named, "").status_code == 403


def test_there_is_nothing_to_edit_for_msk_and_what_is_going(operator: Client, cast: Cast) -> None:
    msk = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC)
    assert address(msk) not in shown(operator, address(msk, "endpoint"))
    assert typed(operator, msk, "a.example.com").status_code == 422
    for gone in (make_endpoint(cast.service, Status.DELETING), make_tombstone(cast.service)):
        assert address(gone) not in shown(operator, address(gone, "endpoint"))
        assert operator.get(address(gone)).status_code in (302, 303)


def test_every_other_place_marks_them_too(
    operator: Client, cast: Cast, named: ReversePrivateEndpoint
) -> None:
    assert MARK in shown(operator, reverse("hand-off", args=[make_hand_off(named).token]))
    flyout = shown(operator, reverse("settings-endpoint", args=[cast.service.pk, named.pk]))
    assert MARK in flyout
    for form in ("json", "csv"):
        answer = operator.get(reverse("export-endpoints", args=[cast.service.pk, form]))
        text = b"".join(answer).decode()
        (row,) = json.loads(text) if form == "json" else list(csv.DictReader(text.splitlines()))
        names = ["*.shop.example.com", "db.example.com"]
        assert row["customPrivateDnsNames"] == (names if form == "json" else " ".join(names))
        assert row["customPrivateDnsState"] == "recorded, not served"
    operator.force_login(cast.staff)
    page = shown(operator, reverse("admin:endpoints_reverseprivateendpoint_change", args=[named.pk]))
    assert "recorded, not served" in page.lower()
    assert "db.example.com" in page
    assert "recorded, not served" in action_label(Action.ENDPOINT_DNS_CHANGED)
    (change,) = changes_of("reverseprivateendpoint", {FIELD: []}, {FIELD: named.custom_dns})
    assert "recorded, not served" in change.name


def test_the_search_by_host_and_clickpipes_ignore_them(
    operator: Client, cast: Cast, named: ReversePrivateEndpoint
) -> None:
    page = shown(operator, reverse("which-endpoint", args=[cast.service.pk]) + "?host=db.example.com")
    assert named.description not in page
    pipe = make_pipe(cast.service, address="db.example.com:5432")
    page = shown(operator, address(named, "endpoint"))
    assert pipe.name not in page
