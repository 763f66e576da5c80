"""An endpoint as code says what one endpoint alone may hold, and what is recorded only."""

import re

import pytest
from django.test import Client

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.people import Cast, make_endpoint, make_tombstone

pytestmark = pytest.mark.django_db

ONE_CONNECTION = "AWS allows one connection for each MSK cluster and authentication"
ONE_SHARE = "A resource share serves one endpoint"
NAMES_TAKEN = "One endpoint answers for each custom private DNS name"
LEFT_OUT = "leaves its custom private DNS names out"
NOT_SERVED = "recorded, not served"
TARGET = "does not know target_id"
ALL = (ONE_CONNECTION, ONE_SHARE, NAMES_TAKEN, LEFT_OUT, NOT_SERVED, TARGET)
NAME, TARGETED = (
    {"privateDnsName": "pg.example.com"},
    {"privateDnsName": "a.example.com", "targetId": "rcfg-1"},
)
PLAIN, SHARED, MSK = EndpointType.VPC_ENDPOINT_SERVICE, EndpointType.VPC_RESOURCE, EndpointType.MSK_MULTI_VPC


def said(client: Client, endpoint: ReversePrivateEndpoint) -> set[str]:
    page = client.get(f"/services/{endpoint.service_id}/endpoints/{endpoint.pk}/").text
    card = page.partition('id="as-code"')[2].partition("</details>")[0]
    return {text for text in ALL if text in card}


TARGETS = {ONE_SHARE, NOT_SERVED, TARGET}


@pytest.mark.parametrize(
    ("kind", "names", "alive", "gone"),
    [
        (PLAIN, [], set(), set()),
        (PLAIN, [NAME], {NAMES_TAKEN, NOT_SERVED}, {LEFT_OUT, NOT_SERVED}),
        (SHARED, [], {ONE_SHARE}, {ONE_SHARE}),
        (SHARED, [NAME, TARGETED], TARGETS | {NAMES_TAKEN}, TARGETS | {LEFT_OUT}),
        (MSK, [], {ONE_CONNECTION}, set()),
    ],
)
def test_it_says_what_is_taken_while_the_endpoint_lives(
    viewer: Client,
    cast: Cast,
    kind: EndpointType,
    names: list[dict[str, str]],
    alive: set[str],
    gone: set[str],
) -> None:
    assert said(viewer, make_endpoint(cast.service, type=kind, custom_dns=names)) == alive
    assert said(viewer, make_tombstone(cast.service, type=kind, custom_dns=names)) == gone


READ, NAMES = "Read this endpoint", "Set its custom private DNS names"
WHEN_TO_CREATE = {
    PLAIN: ("Create another one like it", "Create it again"),
    SHARED: ("Create another one like it, with a new", "Create it again, with a new"),
    MSK: ("Create it again, once this one is removed", "Create it again"),
}


def test_each_block_says_what_it_does_and_only_what_is_there_is_read(viewer: Client, cast: Cast) -> None:
    def blocks(endpoint: ReversePrivateEndpoint) -> list[str]:
        page = viewer.get(f"/services/{endpoint.service_id}/endpoints/{endpoint.pk}/").text
        label = r'id="copy-as-(?:api|command)-[a-z]+"[^>]* aria-label="Copy for (API|clickhousectl): ([^"]*)"'
        told: dict[str, list[str]] = {"API": [], "clickhousectl": []}
        for way, what in re.findall(label, page):
            told[way].append(what)
        assert told["API"] == told["clickhousectl"]
        return told["API"]

    for kind, (alive, gone) in WHEN_TO_CREATE.items():
        read, create = blocks(make_endpoint(cast.service, type=kind))
        assert (read, create.startswith(alive)) == (READ, True)
        (create,) = blocks(make_tombstone(cast.service, type=kind, custom_dns=[NAME]))
        assert create.startswith(gone)
    assert blocks(make_endpoint(cast.service, custom_dns=[NAME]))[1].startswith(NAMES)
    going = make_endpoint(cast.service, Status.DELETING, custom_dns=[NAME])
    assert len(blocks(going)) == 2
