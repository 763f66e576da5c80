"""Staff see the rows of every endpoint type, their attempts and claims, and the regions they lie in."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import claims
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Attempt,
    Claim,
    Event,
    Network,
    Region,
    ReversePrivateEndpoint,
    Role,
    read_clock,
)
from tests.people import PARAMETERS, Cast, give_role, make_endpoint, make_event, make_tombstone

pytestmark = pytest.mark.django_db

CONNECTION = "arn:aws:kafka:eu-central-1:111122223333:vpc-connection/444455556666/orders/" + "1" * 36
every_type = pytest.mark.parametrize("kind", list(EndpointType))


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def url(model: type, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:endpoints_{model.__name__.lower()}_{page}", args=args)


def text_of(response: Any) -> str:
    """Return what a page says, with white space as one space."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def worked_on(cast: Cast, kind: EndpointType, **fields: Any) -> ReversePrivateEndpoint:
    """Return an endpoint with its claims, an attempt with details and a request, and a line of each."""
    external_id = CONNECTION if kind is EndpointType.MSK_MULTI_VPC else "vpce-0123"
    endpoint = make_endpoint(cast.service, type=kind, external_id=external_id, **fields)
    claims.claim_target(endpoint)
    attempt = Attempt.objects.create(
        endpoint=endpoint,
        generation=1,
        network=cast.network,
        request={"Tags": {"postern:generation": "1"}, "SubnetIds": ["subnet-<b>"]},
        token=str(endpoint.pk),
        created_at=read_clock().now,
        external_id=external_id,
        state="available",
        details={"associations": [], "brokers": "b-1:14001", "refused": ""},
    )
    make_event(endpoint, EventCode.CREATE_ANSWERED, attempt=attempt, params={"external_id": external_id})
    return endpoint


@every_type
def test_the_page_of_an_endpoint_shows_its_parameters_attempt_and_timeline(
    staff: Client, cast: Cast, kind: EndpointType
) -> None:
    endpoint = worked_on(cast, kind)
    page = text_of(staff.get(url(ReversePrivateEndpoint, "change", endpoint.pk)))
    assert [value for value in PARAMETERS[kind].values() if value not in page] == []
    assert endpoint.external_id in page
    assert "subnet-&lt;b&gt;" in page
    assert "subnet-<b>" not in page


def test_the_list_shows_filters_and_finds_every_type(staff: Client, cast: Cast) -> None:
    for kind in EndpointType:
        worked_on(cast, kind, description=f"one of {kind}")
        make_tombstone(cast.service, type=kind, description=f"gone: {kind}")
    page = text_of(staff.get(url(ReversePrivateEndpoint)))
    assert [kind for kind in EndpointType if f"one of {kind}" not in page] == []
    for kind in EndpointType:
        page = text_of(staff.get(url(ReversePrivateEndpoint), {"type": kind}))
        found = [other for other in EndpointType if f"one of {other}" in page]
        assert found == [kind]
        assert f"gone: {kind}" in page
    assert "one of MSK_MULTI_VPC" in text_of(staff.get(url(ReversePrivateEndpoint), {"q": CONNECTION}))


@every_type
def test_the_actions_work_for_every_type(staff: Client, cast: Cast, kind: EndpointType) -> None:
    give_role(cast.staff, Role.OPERATOR, cast.service)
    failed = make_endpoint(cast.service, Status.FAILED, type=kind, reason=Reason.FAILED_AT_AWS)
    chosen = {"_selected_action": [str(failed.pk)]}
    assert "Asked for 1 endpoint." in text_of(
        staff.post(url(ReversePrivateEndpoint), {"action": "retry", **chosen}, follow=True)
    )
    removal = {"action": "remove", "confirmed": "yes", **chosen}
    assert failed.description in text_of(
        staff.post(url(ReversePrivateEndpoint), {"action": "remove", **chosen})
    )
    staff.post(url(ReversePrivateEndpoint), removal)
    failed.refresh_from_db()
    assert (failed.generation, failed.removal_requested_by) == (2, "staff@example.com")


def test_a_retry_whose_slot_is_taken_by_now_is_told(staff: Client, cast: Cast) -> None:
    failed = make_endpoint(cast.service, Status.FAILED, type=EndpointType.MSK_MULTI_VPC)
    claims.claim_target(make_endpoint(cast.other_service, type=EndpointType.MSK_MULTI_VPC))
    chosen = {"action": "retry", "_selected_action": [str(failed.pk)]}
    page = text_of(staff.post(url(ReversePrivateEndpoint), chosen, follow=True))
    assert "already has a connection" in page
    assert "Asked for" not in page


def test_claims_of_every_type_are_shown_and_found(staff: Client, cast: Cast) -> None:
    for kind in EndpointType:
        worked_on(cast, kind)
    Claim.objects.filter(kind="resource_share").update(used_up_at=read_clock().now)
    page = text_of(staff.get(url(Claim)))
    keys = list(Claim.objects.values_list("key", flat=True))
    assert len(keys) == len(EndpointType)
    assert [key for key in keys if key not in page] == []
    for claim in Claim.objects.all():
        assert claim.key in text_of(staff.get(url(Claim), {"q": claim.key}))
        assert claim.key in text_of(staff.get(url(Claim), {"kind": claim.kind}))
        assert claim.key in text_of(staff.get(url(Claim, "change", claim.pk)))


def test_a_share_that_was_used_up_stays_when_nobody_holds_it(staff: Client, cast: Cast) -> None:
    endpoint = worked_on(cast, EndpointType.VPC_RESOURCE)
    claims.use_up(endpoint, read_clock().now)
    claims.release(endpoint)
    claim = Claim.objects.get()
    assert claim.key in text_of(staff.get(url(Claim)))
    assert staff.get(url(Claim, "change", claim.pk)).status_code == 200


def test_a_region_whose_connections_cannot_be_listed_opens(staff: Client, cast: Cast) -> None:
    for kind in EndpointType:
        worked_on(cast, kind)
    now = read_clock().now
    Region.objects.update(
        connections_failing_since=now,
        connections_raw_error="AccessDeniedException: <b>kafka</b>",
        quotas={"interface": 75, "resource": 200},
        details_at=now,
    )
    assert cast.region.pk in text_of(staff.get(url(Region)))
    page = text_of(staff.get(url(Region, "change", cast.region.pk)))
    assert "<b>kafka" not in page
    assert cast.network.vpc_id in text_of(staff.get(url(Network)))


@every_type
def test_the_timeline_of_every_type_opens(staff: Client, cast: Cast, kind: EndpointType) -> None:
    endpoint = worked_on(cast, kind)
    for code in EventCode:
        make_event(endpoint, code)
    assert endpoint.description in text_of(staff.get(url(Event)))
    assert staff.get(url(ReversePrivateEndpoint, "change", endpoint.pk)).status_code == 200
