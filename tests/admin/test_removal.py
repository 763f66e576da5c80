"""Removal in Django admin, one or many: it names what depends on each, and wants its description typed."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import claims
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.people import REGIONAL_NAME, Cast, make_endpoint, make_pipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def remove(staff: Client, *endpoints: ReversePrivateEndpoint, **more: str) -> Any:
    address = reverse("admin:endpoints_reverseprivateendpoint_changelist")
    data = {"action": "remove", "_selected_action": [str(endpoint.pk) for endpoint in endpoints]}
    return staff.post(address, data | more, follow=True)


def confirm(staff: Client, typed: dict[ReversePrivateEndpoint, str]) -> Any:
    words = {f"typed-{endpoint.pk}": word for endpoint, word in typed.items()}
    return remove(staff, *typed, confirmed="yes", **words)


def going(*endpoints: ReversePrivateEndpoint) -> list[bool]:
    return [
        ReversePrivateEndpoint.objects.get(pk=endpoint.pk).removal_requested_at is not None
        for endpoint in endpoints
    ]


def parts(response: Any) -> dict[str, str]:
    """Return what the confirmation says of each endpoint, by its description, without tags."""
    found = {}
    for part in response.content.decode().split('<fieldset class="module aligned">')[1:]:
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part))
        found[re.findall(r"<h2>(.*?)</h2>", part)[0]] = text
    return found


def test_each_endpoint_is_listed_with_what_uses_it_and_what_may_be_affected(
    staff: Client, cast: Cast
) -> None:
    orders = make_endpoint(cast.service, description="Orders")
    ledger = make_endpoint(
        cast.service, description="Ledger", dns_names=[], private_dns_names=["*.bank.test"]
    )
    alone = make_endpoint(cast.service, description="Alone", dns_names=[])
    make_pipe(cast.service, orders, name="by id", address="elsewhere.test:5432")
    make_pipe(cast.service, name="by host", address=f"{REGIONAL_NAME.upper()}:5432")
    make_pipe(cast.service, name="by wildcard", address="a.bank.test:5432")
    make_pipe(cast.other_service, name="a stranger's", address=f"{REGIONAL_NAME}:5432")
    make_pipe(cast.service, orders, name="gone", removed_at=cast.service.created_at)
    said = parts(remove(staff, orders, ledger, alone))
    assert "1 ClickPipe uses this endpoint by its ID by id, Postgres" in said["Orders"]
    assert "1 ClickPipe may be affected: it reaches a DNS name of this endpoint by host" in said["Orders"]
    assert "uses this endpoint" not in said["Ledger"]
    assert "by wildcard, Postgres, a.bank.test:5432" in said["Ledger"]
    assert "No ClickPipe depends on it." in said["Alone"]
    assert "Type the description" not in said["Alone"]
    whole = " ".join(said.values())
    assert "a stranger's" not in whole
    assert "gone, " not in whole
    assert going(orders, ledger, alone) == [False, False, False]


@pytest.mark.parametrize("typed", ["", "orders", "Orders x", "Ledger"])
def test_nothing_is_removed_until_every_description_is_right(staff: Client, cast: Cast, typed: str) -> None:
    orders = make_endpoint(cast.service, description="Orders")
    ledger = make_endpoint(cast.service, description="Ledger", dns_names=["ledger.test"])
    alone = make_endpoint(cast.service, description="Alone", dns_names=[])
    make_pipe(cast.service, orders)
    make_pipe(cast.service, name="by host", address="ledger.test:5432")
    again = confirm(staff, {orders: typed, ledger: "Ledger", alone: ""})
    assert again.status_code == 422
    assert going(orders, ledger, alone) == [False, False, False]
    said = parts(again)
    assert "Type the description exactly as it is written: Orders" in said["Orders"]
    assert "exactly" not in said["Ledger"]
    assert f'name="typed-{ledger.pk}" value="Ledger"' in again.content.decode(), "what was typed is kept"
    assert (
        "Asked for 3 endpoints."
        in confirm(staff, {orders: " Orders ", ledger: "Ledger", alone: ""}).content.decode()
    )
    assert going(orders, ledger, alone) == [True, True, True]


def test_a_clickpipe_that_came_meanwhile_must_be_confirmed_too(staff: Client, cast: Cast) -> None:
    orders = make_endpoint(cast.service, description="Orders")
    assert "No ClickPipe depends on it." in parts(remove(staff, orders))["Orders"]
    make_pipe(cast.service, orders, name="late")
    again = confirm(staff, {orders: ""})
    assert (again.status_code, going(orders)) == (422, [False])
    assert "late, Postgres" in parts(again)["Orders"]


def test_what_stays_with_the_owner_is_said_for_each(staff: Client, cast: Cast) -> None:
    kind = EndpointType.VPC_RESOURCE
    used = make_endpoint(cast.service, type=kind, description="Used")
    share = {
        "vpcResourceConfigurationId": "rcfg-0123456789abcdef1",
        "vpcResourceShareArn": "arn:aws:ram:eu-central-1:444455556666:resource-share/2",
    }
    unused = make_endpoint(
        cast.service, Status.PROVISIONING, type=kind, description="Unused", parameters=share
    )
    claims.claim_target(used)
    claims.claim_target(unused)
    msk = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC, description="MSK")
    said = parts(remove(staff, used, unused, msk))
    assert "cannot be used for another endpoint" in said["Used"]
    assert "it may serve another endpoint" in said["Unused"]
    assert "The cluster policy of the MSK cluster stays" in said["MSK"]


def test_those_beyond_the_first_hundred_stay_and_that_is_said(staff: Client, cast: Cast) -> None:
    many = [make_endpoint(cast.service, description=f"e {n:03}", dns_names=[]) for n in range(102)]
    page = remove(staff, *many)
    assert len(parts(page)) == 100
    assert "2 more were selected." in page.content.decode()


def test_confirmation_takes_as_many_queries_for_fifty_as_for_one(
    staff: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    kinds = list(EndpointType)
    many = [make_endpoint(cast.service, type=kinds[n % 3], description=f"e {n}") for n in range(50)]
    for endpoint in many:
        claims.release(endpoint)
        make_pipe(cast.service, endpoint)
    with django_assert_num_queries(12):
        remove(staff, many[0])
    with django_assert_num_queries(12):
        assert len(parts(remove(staff, *many))) == 50
