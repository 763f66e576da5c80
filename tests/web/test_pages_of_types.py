"""The pages of VPC resources and MSK connections: addresses, removal, and what stays behind."""

from typing import Any

import pytest
from django.test import Client

from endpoints import texts
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import MskMultiVpcSpec, Reading, VpcResourceSpec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.people import ACCOUNT, PARAMETERS, Cast, make_endpoint, make_event, make_tombstone
from tests.web.conftest import list_of, page_of

RESOURCE, MSK = EndpointType.VPC_RESOURCE, EndpointType.MSK_MULTI_VPC
CONNECTION = "arn:aws:kafka:eu-central-1:111122223333:vpc-connection/444455556666/orders/1"
HOSTS = ("b-1.orders.kafka.eu-central-1.amazonaws.com", "b-2.orders.kafka.eu-central-1.amazonaws.com")
BROKERS = f"{HOSTS[0]}:14001,{HOSTS[1]}:14002"
RESOURCE_NAME = "vpce-1.rcfg-0123456789abcdef0.x.vpc-lattice-rsc.eu-central-1.on.aws"
PORT_ADVICE = "A DNS name is not an address"

every_type = pytest.mark.parametrize("kind", list(EndpointType))


def made(cast: Cast, kind: EndpointType, reading: Reading, external_id: str) -> ReversePrivateEndpoint:
    """Return a row that shows what was read of its object."""
    return make_endpoint(
        cast.service,
        reading.status,
        type=kind,
        reason=reading.reason,
        reason_params=reading.params,
        external_id=external_id,
        dns_names=list(reading.dns_names),
        private_dns_names=list(reading.private_dns_names),
        connection_string=reading.connection_string,
    )


def msk(cast: Cast, brokers: str = BROKERS, **details: Any) -> ReversePrivateEndpoint:
    """Return an AVAILABLE connection whose brokers were read."""
    known = {"state": "available", "brokers": brokers, **details}
    seen = Sighting(CONNECTION, "AVAILABLE", "", 1)
    return made(cast, MSK, MskMultiVpcSpec.read(seen, known, Status.PROVISIONING), CONNECTION)


def resource(cast: Cast, state: str = "Available", accessible: bool = True) -> ReversePrivateEndpoint:
    """Return a Resource endpoint with one association."""
    association = {"name": RESOURCE_NAME, "accessible": accessible, "code": "", "text": ""}
    seen = Sighting("vpce-1", state, "", 1)
    reading = VpcResourceSpec.read(seen, {"associations": [association]}, Status.PROVISIONING)
    return made(cast, RESOURCE, reading, "vpce-1")


# --- ready ----------------------------------------------------------------------------------------------


def test_a_ready_msk_connection_shows_its_string_with_ports_and_no_advice_on_them(
    cast: Cast, viewer: Client
) -> None:
    endpoint = msk(cast)
    page = viewer.get(page_of(endpoint)).text
    expected = [CONNECTION, BROKERS, *HOSTS, *PARAMETERS[MSK].values(), "Broker names"]
    expected += ["Connection string", "It carries its ports"]
    assert [text for text in expected if text not in page] == []
    assert PORT_ADVICE not in page
    assert "9092" not in page
    assert "MySQL" not in page


def test_a_ready_resource_shows_its_name_and_the_ports_of_every_source(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(resource(cast))).text
    expected = [RESOURCE_NAME, *PARAMETERS[RESOURCE].values(), PORT_ADVICE, "Postgres 5432", "MongoDB 27017"]
    assert [text for text in expected if text not in page] == []
    assert "Connection string" not in page


@pytest.mark.parametrize("state", ["Available", "Partial"])
def test_a_resource_that_serves_is_ready(cast: Cast, viewer: Client, state: str) -> None:
    page = viewer.get(page_of(resource(cast, state))).text
    assert 'data-status="Ready"' in page
    assert RESOURCE_NAME in page


def test_a_resource_that_is_not_connected_yet_shows_no_name(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(resource(cast, accessible=False))).text
    assert 'data-status="Provisioning"' in page
    assert RESOURCE_NAME not in page


def test_refused_brokers_say_who_must_act(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(msk(cast, "", refused="ForbiddenException"))).text
    assert 'data-status="Ready"' in page
    assert "The owner of the MSK cluster" in page
    assert "copies the connection string for private connectivity" in page
    assert "ForbiddenException" not in page


def test_the_list_shows_every_type_with_an_address(cast: Cast, viewer: Client) -> None:
    service = make_endpoint(cast.service)
    resource(cast)
    msk(cast)
    page = viewer.get(list_of(cast.service)).text
    expected = [service.dns_names[0], RESOURCE_NAME, HOSTS[0], *map(str, texts.TYPE_LABELS.values())]
    assert [text for text in expected if text not in page] == []


# --- waiting and failed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        (RESOURCE, Status.PROVISIONING, Reason.WAITING_FOR_SHARE),
        (RESOURCE, Status.FAILED, Reason.SHARE_NOT_FOUND),
        (RESOURCE, Status.FAILED, Reason.SHARE_HOLDS_OTHER),
        (RESOURCE, Status.REJECTED, Reason.INVITATION_REJECTED),
        (MSK, Status.FAILED, Reason.CLUSTER_NOT_VISIBLE),
        (MSK, Status.FAILED, Reason.SCHEME_OFF),
        (MSK, Status.REJECTED, Reason.REJECTED_BY_CLUSTER_OWNER),
    ],
)
def test_a_sad_endpoint_names_its_source_and_the_account_to_allow(
    cast: Cast, viewer: Client, kind: EndpointType, status: Status, reason: Reason
) -> None:
    params = {"account": ACCOUNT, "found": "arn:aws:vpc-lattice:other"}
    endpoint = make_endpoint(cast.service, status, type=kind, reason=reason, reason_params=params)
    page = viewer.get(page_of(endpoint)).text
    assert "%(" not in page
    assert "None" not in page
    assert texts.reason_text(endpoint)[:20] in page
    assert "accept-vpc-endpoint-connections" not in page, "there is nothing to accept in this type"


# --- removal --------------------------------------------------------------------------------------------


@every_type
def test_removal_and_tombstone_say_what_stays_in_the_owners_account(
    cast: Cast, operator: Client, kind: EndpointType
) -> None:
    stays = str(texts.LEFT_BEHIND[kind]).replace("'", "&#x27;")
    endpoint = make_endpoint(cast.service, type=kind)
    assert stays not in operator.get(page_of(endpoint)).text
    assert stays in operator.get(page_of(endpoint, "remove-endpoint")).text
    tombstone = make_tombstone(cast.service, type=kind)
    make_event(tombstone, EventCode.REMOVED)
    page = operator.get(page_of(tombstone)).text
    assert 'data-status="Removed"' in page
    assert stays in page


def test_the_removal_of_an_msk_connection_names_its_brokers(cast: Cast, operator: Client) -> None:
    page = operator.get(page_of(msk(cast), "remove-endpoint")).text
    assert [text for text in (CONNECTION, *HOSTS) if text not in page] == []


def test_what_stays_differs_by_type() -> None:
    assert set(texts.LEFT_BEHIND) == set(EndpointType)
    assert len({str(text) for text in texts.LEFT_BEHIND.values()}) == len(EndpointType)
    assert "cannot be used for another endpoint" in str(texts.LEFT_BEHIND[RESOURCE])


@every_type
def test_pages_of_every_type_speak_korean(cast: Cast, operator: Client, kind: EndpointType) -> None:
    endpoint = make_endpoint(cast.service, type=kind)
    for name in ("endpoint", "remove-endpoint"):
        page = operator.get(page_of(endpoint, name), headers={"Accept-Language": "ko"})
        assert page.status_code == 200
        assert "엔드포인트" in page.text
