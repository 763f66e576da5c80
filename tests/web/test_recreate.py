"""Recreate from this: the form of a new endpoint, filled in from an earlier one, with what to know first."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import claims
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint, Service, read_clock
from tests.people import PARAMETERS, Cast, make_endpoint, make_tombstone
from tests.web.conftest import page_of

Make = Callable[..., ReversePrivateEndpoint]
RESOURCE, MSK = EndpointType.VPC_RESOURCE, EndpointType.MSK_MULTI_VPC
SHARE = PARAMETERS[RESOURCE]["vpcResourceShareArn"]


def form_from(endpoint: ReversePrivateEndpoint | str, service: Service) -> str:
    key = endpoint if isinstance(endpoint, str) else endpoint.pk
    return f"{reverse('create-endpoint', args=[service.pk])}?from={key}"


@pytest.mark.parametrize("kind", list(EndpointType))
@pytest.mark.parametrize("make", [make_endpoint, make_tombstone])
def test_the_form_is_filled_in_from_an_endpoint_or_a_tombstone(
    cast: Cast, operator: Client, kind: EndpointType, make: Make
) -> None:
    like = make(cast.service, type=kind, description="orders <1>")
    for name in ("endpoint", "settings-endpoint"):
        assert form_from(like, cast.service) in operator.get(page_of(like, name)).text
    form = operator.get(form_from(like, cast.service)).context["form"]
    assert form.kind is kind
    assert {name: form[name].value() for name in PARAMETERS[kind]} == PARAMETERS[kind]
    assert form["description"].value() == "orders <1>"
    page = operator.get(form_from(like, cast.service)).text
    assert f'value="{kind.value}" checked' in page
    assert "Filled in from:" in page
    assert "needed" not in page
    assert "with this authentication already" not in page


def test_a_share_that_is_used_up_is_left_out_and_a_new_one_asked_for(cast: Cast, operator: Client) -> None:
    like = make_tombstone(cast.service, type=RESOURCE)
    claims.claim_target(like)
    claims.use_up(like, read_clock().now)
    claims.release(like)
    page = operator.get(form_from(like, cast.service)).text
    assert "A new resource share is needed" in page
    assert SHARE not in page
    assert PARAMETERS[RESOURCE]["vpcResourceConfigurationId"] in page


def test_a_share_that_a_live_endpoint_holds_is_left_out_too(cast: Cast, operator: Client) -> None:
    like = make_endpoint(cast.service, Status.FAILED, type=RESOURCE)
    claims.claim_target(like)
    page = operator.get(form_from(like, cast.service)).text
    assert "The resource share is held by an endpoint until that is removed." in page
    assert f'value="{SHARE}"' not in page


def test_a_connection_that_is_still_held_is_told_up_front(cast: Cast, operator: Client) -> None:
    like = make_tombstone(cast.service, type=MSK)
    other = make_endpoint(cast.service, type=MSK, description="holds it")
    claims.claim_target(other)
    page = operator.get(form_from(like, cast.service)).text
    assert "The cluster has its one connection with this authentication already." in page
    assert f'href="{page_of(other)}">holds it</a>' in page
    assert PARAMETERS[MSK]["mskClusterArn"] in page


def test_it_is_not_told_who_else_holds_a_connection(cast: Cast, operator: Client) -> None:
    like = make_tombstone(cast.service, type=MSK)
    claims.claim_target(make_endpoint(cast.other_service, type=MSK, description="of strangers"))
    page = operator.get(form_from(like, cast.service)).text
    assert "The cluster has its one connection with this authentication already." in page
    assert "of strangers" not in page


def test_the_note_stays_while_mistakes_are_corrected(cast: Cast, operator: Client) -> None:
    like = make_tombstone(cast.service, type=RESOURCE)
    claims.claim_target(like)
    claims.use_up(like, read_clock().now)
    sent = {"type": RESOURCE, "description": "again", **PARAMETERS[RESOURCE], "vpcResourceShareArn": "x"}
    response = operator.post(form_from(like, cast.service), sent)
    assert response.status_code == 422
    assert "A new resource share is needed" in response.text
    assert response.context["form"]["vpcResourceShareArn"].value() == "x"
    response = operator.post(form_from(like, cast.service), sent | {"vpcResourceShareArn": SHARE[:-1] + "2"})
    assert response.status_code == 303


def test_what_is_not_of_this_service_is_not_there(cast: Cast, operator: Client, viewer: Client) -> None:
    elsewhere = make_tombstone(cast.other_service)
    for key in (str(elsewhere.pk), str(uuid.uuid4()), "x", ""):
        assert operator.get(form_from(key, cast.service)).status_code == 404
    assert viewer.get(form_from(make_tombstone(cast.service), cast.service)).status_code == 403
