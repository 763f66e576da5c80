"""Hand-off links: who makes them, what a stranger sees behind one, and what nobody sees."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from endpoints import intents
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.intents import LASTS_DAYS, IntentRefused
from endpoints.models import ClickPipe, HandOff, Network, ReversePrivateEndpoint, read_clock
from tests.database import age_the_audit
from tests.people import (
    ACCOUNT,
    EXTERNAL_ID,
    PARAMETERS,
    Cast,
    make_endpoint,
    make_event,
    make_tombstone,
)
from tests.web.conftest import page_of, poll_address

HTMX = {"HX-Request": "true"}
Settings = Any


def make_link(cast: Cast, endpoint: ReversePrivateEndpoint | None = None, days: int = 7) -> HandOff:
    return intents.make_hand_off(
        endpoint=endpoint or make_endpoint(cast.service, Status.PENDING_ACCEPTANCE),
        days=days,
        by=cast.operator,
    )


def address_of(link: HandOff) -> str:
    return reverse("hand-off", args=[link.token])


def lines(link: HandOff, code: EventCode) -> int:
    return int(link.endpoint.events.filter(code=code).count())


# --- on the endpoint's page -----------------------------------------------------------------------------


@pytest.mark.parametrize("days", LASTS_DAYS)
def test_an_operator_makes_a_link_and_copies_it(
    cast: Cast, operator: Client, days: int, settings: Settings
) -> None:
    endpoint = make_endpoint(cast.service)
    response = operator.post(page_of(endpoint, "make-hand-off"), {"days": str(days)})
    assert (response.status_code, response["Location"]) == (303, f"{page_of(endpoint)}#hand-off")
    link = HandOff.objects.get()
    assert link.expires_at - link.created_at == timedelta(days=days)
    page = operator.get(page_of(endpoint)).text
    assert f'data-copy="{settings.BASE_URL}{address_of(link)}"' in page
    assert "Not opened yet." in page
    assert "A hand-off link was made" in page
    Client().get(address_of(link))
    assert "Opened 1 time, last on" in operator.get(page_of(endpoint)).text


@pytest.mark.parametrize("days", ["", "0", "2", "-1", "1.5", "7 days", "9" * 30, "٧"])
def test_another_number_of_days_is_refused(cast: Cast, operator: Client, days: str) -> None:
    endpoint = make_endpoint(cast.service)
    allowed = days == "٧"  # a digit is a digit
    page = operator.post(page_of(endpoint, "make-hand-off"), {"days": days}, follow=True).text
    assert ("Choose for how many days the link should work." in page) is not allowed
    assert HandOff.objects.exists() is allowed


def test_a_link_that_was_closed_leaves_the_list(cast: Cast, operator: Client) -> None:
    link, other = make_link(cast), make_link(cast)
    assert link.endpoint_id != other.endpoint_id
    close = reverse("close-hand-off", args=[cast.service.pk, link.endpoint_id, link.pk])
    for _ in range(2):
        assert operator.post(close).status_code == 303
    assert link.token not in operator.get(page_of(link.endpoint)).text
    assert lines(link, EventCode.HAND_OFF_REVOKED) == 1
    assert Client().get(address_of(other)).status_code == 200
    elsewhere = reverse("close-hand-off", args=[cast.service.pk, link.endpoint_id, other.pk])
    assert operator.post(elsewhere).status_code == 404


def test_whoever_made_or_closed_a_link_goes_back_to_where_they_were(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    make = page_of(endpoint, "make-hand-off")
    assert operator.post(make, {"days": "1", "next": "/here/"})["Location"] == "/here/#hand-off"
    for elsewhere in ("//example.com/", "https://example.com/", "javascript:x", "/here\0"):
        back = operator.post(make, {"days": "1", "next": elsewhere})["Location"]
        assert back == f"{page_of(endpoint)}#hand-off"


def test_links_are_for_operators(cast: Cast, viewer: Client, stranger: Client, operator: Client) -> None:
    link = make_link(cast)
    endpoint = link.endpoint
    make = page_of(endpoint, "make-hand-off")
    close = reverse("close-hand-off", args=[cast.service.pk, endpoint.pk, link.pk])
    page = viewer.get(page_of(endpoint)).text
    assert link.token not in page
    assert make not in page
    assert make in operator.get(page_of(endpoint)).text
    for address in (make, close):
        assert viewer.post(address, {"days": "1"}).status_code == 403
        assert stranger.post(address, {"days": "1"}).status_code == 404
        assert "/sign-in/" in Client().post(address, {"days": "1"})["Location"]
        assert operator.get(address).status_code == 405
    assert HandOff.objects.get().revoked_at is None


def test_for_what_is_being_removed_no_link_is_made(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.DELETING)
    assert "Make link" not in operator.get(page_of(endpoint)).text
    with pytest.raises(IntentRefused, match="being_removed"):
        make_link(cast, endpoint)


# --- what the page says ---------------------------------------------------------------------------------


def test_a_stranger_reads_what_to_do_and_by_when(cast: Cast) -> None:
    link = make_link(cast)
    response = Client().get(address_of(link))
    page = response.text
    expected = ["Orders database", "Pending acceptance", EXTERNAL_ID, ACCOUNT, "operator@example.com"]
    expected += ["aws ec2 accept-vpc-endpoint-connections", "Accept endpoint connection request"]
    expected += ["23 h 59 min left", "The owner of the endpoint service", "vpce-svc-0123456789abcdef0"]
    assert [text for text in expected if text not in page] == []
    assert re.search(r"By when</dt><dd><strong><time datetime=\"2", page)
    assert 'hx-trigger="every 15s"' in page
    assert '<noscript><meta http-equiv="refresh" content="15; url=/hand-off/' in page


@pytest.mark.parametrize(
    ("status", "reason", "left"),
    [
        (Status.PROVISIONING, Reason.WAITING_FOR_SHARE, "8 min left"),
        (Status.FAILED, Reason.SHARE_NOT_FOUND, "6 d 23 h left"),
        (Status.PROVISIONING, Reason.ASSOCIATING, ""),
        (Status.READY, Reason.AVAILABLE, ""),
    ],
)
def test_by_when_the_share_is_awaited(cast: Cast, status: Status, reason: Reason, left: str) -> None:
    endpoint = make_endpoint(cast.service, status, type=EndpointType.VPC_RESOURCE, reason=reason)
    page = Client().get(address_of(make_link(cast, endpoint))).text
    assert ("By when" in page) is bool(left)
    assert left in page
    assert ("counts as failed" in page) is (reason is Reason.WAITING_FOR_SHARE)


def test_its_headers_keep_it_out_of_caches_indexes_and_referrers(cast: Cast) -> None:
    response = Client().get(address_of(make_link(cast)))
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]
    assert not response.cookies, "nothing is left in the reader's browser"
    assert '<meta name="robots" content="noindex, nofollow">' in response.text
    assert "<form" not in response.text, "a page without a referrer can send none"


def test_language_and_theme_are_chosen_by_links_and_kept_in_them(cast: Cast) -> None:
    address = address_of(make_link(cast))
    korean = Client().get(address, {"language": "ko", "theme": "dark"})
    assert '<html lang="ko" data-theme="dark">' in korean.text
    assert korean["Content-Language"] == "ko"
    assert "승인 대기 중" in korean.text
    assert "language=ko&amp;theme=light" in korean.text
    assert "language=ko&amp;theme=dark&amp;seen=" in poll_address(korean.text).replace("&", "&amp;")
    other = Client().get(address, {"language": "xx", "theme": "<b>"}, headers={"Accept-Language": "ko"})
    assert '<html lang="ko">' in other.text
    assert '<html lang="en">' in Client().get(address).text


def test_nothing_else_of_the_service_is_shown(cast: Cast) -> None:
    now = read_clock().now
    make_endpoint(cast.service, description="another-endpoint", external_id="vpce-0other")
    endpoint = make_endpoint(
        cast.service,
        Status.FAILED,
        reason=Reason.SERVICE_NOT_FOUND,
        reason_params={"account": ACCOUNT, "message": "aws-words-param"},
        created_by_name="requester@example.com",
        raw_error="InvalidServiceName: aws-words",
    )
    make_event(endpoint, EventCode.CREATE_REFUSED, raw="aws-words-line", actor="colleague@example.com")
    pipe = ClickPipe.objects.create(service=cast.service, name="secret-pipe", source="Kafka", created_at=now)
    pipe.endpoints.add(endpoint)
    link = make_link(cast, endpoint)
    HandOff.objects.filter(pk=link.pk).update(created_by_name="maker@example.com")
    hidden = ["another-endpoint", "vpce-0other", "secret-pipe", "aws-words", "requester@", "colleague@"]
    hidden += [cast.network.vpc_id, cast.organization.name, str(cast.service.pk), str(endpoint.pk)]
    hidden += [person.email for person in (cast.viewer, cast.operator, cast.admin, cast.stranger, cast.staff)]
    for language in ("en", "ko"):
        page = Client().get(address_of(link), {"language": language}).text
        assert "maker@example.com" in page
        assert ACCOUNT in page
        assert [text for text in hidden if text in page] == []


@pytest.mark.parametrize(
    ("kind", "reason", "command"),
    [
        (EndpointType.VPC_ENDPOINT_SERVICE, Reason.SERVICE_NOT_FOUND, "--add-allowed-principals"),
        (EndpointType.VPC_RESOURCE, Reason.SHARE_NOT_FOUND, "aws ram associate-resource-share"),
        (EndpointType.MSK_MULTI_VPC, Reason.CLUSTER_NOT_VISIBLE, "aws kafka put-cluster-policy"),
        (EndpointType.VPC_ENDPOINT_SERVICE, Reason.FAILED_AT_AWS, "aws ec2 describe-"),
    ],
)
def test_commands_are_filled_for_whom_they_are(
    cast: Cast, kind: EndpointType, reason: Reason, command: str
) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED, type=kind, reason=reason)
    page = Client().get(address_of(make_link(cast, endpoint))).text
    assert command in page
    assert "In AWS, with your own IDs" in page
    endpoint = make_endpoint(cast.service, Status.READY, type=kind)
    assert "In AWS, with your own IDs" not in Client().get(address_of(make_link(cast, endpoint))).text


@pytest.mark.parametrize("kind", list(EndpointType))
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_page_that_tells_nothing_of_the_operators(
    cast: Cast, reason: Reason, kind: EndpointType
) -> None:
    (network,) = Network.objects.all()
    params = {"quota": network.vpc_id, "blocks": network.vpc_id, "external_id": "arn-of-others"}
    status = Status.PROVISIONING if reason is Reason.NO_ROOM else Status.FAILED
    endpoint = make_endpoint(
        cast.service, status, type=kind, parameters=PARAMETERS[kind], reason=reason, reason_params=params
    )
    link = make_link(cast, endpoint)
    for language in ("en", "ko"):
        page = Client().get(address_of(link), {"language": language})
        assert page.status_code == 200
        for text in ("%(", network.vpc_id, "arn-of-others"):
            assert text not in page.text, text


@pytest.mark.parametrize("reason", [Reason.NO_ROOM, Reason.OPERATOR_MUST_ACT, Reason.WRITES_PAUSED])
def test_what_the_operators_must_do_is_not_told(cast: Cast, reason: Reason) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING, reason=reason)
    page = Client().get(address_of(make_link(cast, endpoint))).text
    assert "Nothing is to be done on yours." in page
    assert "operators" not in page


def test_an_endpoint_that_is_being_removed_or_was_says_so(cast: Cast) -> None:
    link = make_link(cast)
    intents.request_removal(endpoint=link.endpoint, by=cast.operator)
    page = Client().get(address_of(link)).text
    assert "This endpoint is being removed. There is nothing to accept any more." in page
    assert "accept-vpc-endpoint-connections" not in page
    tombstone = make_tombstone(cast.service, removal_requested_by="remover@example.com")
    HandOff.objects.filter(pk=link.pk).update(endpoint=tombstone)
    page = Client().get(address_of(link)).text
    assert "This endpoint was removed. There is nothing to accept any more." in page
    assert "remover@example.com" not in page
    assert 'hx-trigger="every' not in page


def test_a_retry_shows_at_once_that_nothing_is_asked_any_more(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED, reason=Reason.SERVICE_NOT_FOUND)
    link = make_link(cast, endpoint)
    before = Client().get(address_of(link)).text
    assert "Tell who asked for it when this is done: operator@example.com" in before
    operator.post(page_of(endpoint, "retry-endpoint"))
    after = Client().get(address_of(link)).text
    assert "Nothing at the moment" in after
    assert "Tell who asked" not in after


# --- links that do not work -----------------------------------------------------------------------------


def _forged(link: HandOff) -> str:
    return signing.Signer(key="another key", sep=".", salt="postern.hand-off").sign(link.pk.hex)


def _other_salt(link: HandOff) -> str:
    return signing.Signer(sep=".", salt="another").sign(link.pk.hex)


def _expired(link: HandOff) -> str:
    HandOff.objects.update(expires_at=read_clock().real)
    return link.token


def _closed(link: HandOff) -> str:
    HandOff.objects.update(revoked_at=read_clock().real)
    return link.token


NO_LINKS: list[Callable[[HandOff], str]] = [
    _forged,
    _other_salt,
    _expired,
    _closed,
    lambda link: link.token[:-1],
    lambda link: link.token[:-1] + ("A" if link.token[-1] != "A" else "B"),
    lambda link: link.token[1:],
    lambda link: link.pk.hex,
    lambda link: str(link.pk),
    lambda link: f"{link.pk.hex}.",
    lambda link: ".",
    lambda link: "토큰",
]


@pytest.mark.parametrize("change", NO_LINKS)
def test_wrong_expired_and_closed_links_answer_alike(cast: Cast, change: Callable[[HandOff], str]) -> None:
    wrong = Client().get(reverse("hand-off", args=["wrong"]))
    link = make_link(cast)
    response = Client().get(reverse("hand-off", args=[change(link)]))
    assert response.status_code == wrong.status_code == 404
    assert response.content == wrong.content
    assert {**response.headers, "Expires": ""} == {**wrong.headers, "Expires": ""}
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "Orders database" not in response.text
    assert lines(link, EventCode.HAND_OFF_OPENED) == 0


def test_a_page_whose_link_ends_while_it_is_open_is_loaded_anew(cast: Cast) -> None:
    link = make_link(cast)
    page = Client().get(address_of(link)).text
    intents.revoke_hand_off(link=link, by=cast.operator)
    response = Client().get(poll_address(page), headers=HTMX)
    assert (response.status_code, response["HX-Refresh"]) == (404, "true")


def test_nothing_can_be_sent_there(cast: Cast) -> None:
    address = address_of(make_link(cast))
    assert Client().post(address).status_code == 405
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


# --- opening and following ------------------------------------------------------------------------------


def test_openings_are_counted_and_told_once_an_hour(cast: Cast) -> None:
    link = make_link(cast)
    for _ in range(3):
        Client().get(address_of(link))
    link.refresh_from_db()
    assert link.opened == 3
    assert lines(link, EventCode.HAND_OFF_OPENED) == 1
    age_the_audit(timedelta(minutes=61))
    Client().get(address_of(link))
    assert lines(link, EventCode.HAND_OFF_OPENED) == 2
    (event, _) = link.endpoint.events.filter(code=EventCode.HAND_OFF_OPENED)
    assert event.params == {"made_by": "operator@example.com"}
    assert event.actor == ""


def test_a_page_that_follows_by_itself_is_not_an_opening(cast: Cast) -> None:
    link = make_link(cast)
    page = Client().get(address_of(link)).text
    followed = poll_address(page)
    assert followed in page.replace("&amp;", "&").partition("<noscript>")[2].partition("</noscript>")[0]
    Client().get(followed, headers=HTMX)
    Client().get(followed)
    Client().head(address_of(link))
    link.refresh_from_db()
    assert link.opened == 1


def test_the_page_follows_and_tells_a_change(cast: Cast, django_assert_num_queries: Any) -> None:
    link = make_link(cast)
    reader = Client()
    followed = poll_address(reader.get(address_of(link)).text)
    with django_assert_num_queries(1):
        assert reader.get(followed, headers=HTMX).status_code == 204
    rows = ReversePrivateEndpoint.objects.filter(pk=link.endpoint_id)
    rows.update(status=Status.READY, reason=Reason.AVAILABLE)
    response = reader.get(followed, headers=HTMX)
    assert 'hx-swap-oob="innerHTML">Orders database: Ready</div>' in response.text
    assert "<title>Ready: Orders database · Postern</title>" in response.text
    assert 'hx-trigger="every' not in response.text
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_poll_tells_of_no_other_endpoint(cast: Cast) -> None:
    other = make_endpoint(cast.service, description="another-endpoint")
    followed = poll_address(Client().get(address_of(make_link(cast))).text)
    asked = re.sub("seen=[0-9a-f]+&was=", f"seen=x&was={other.pk.hex}:Deleting,", followed)
    response = Client().get(asked, headers=HTMX)
    assert response.status_code == 200
    assert "another-endpoint" not in response.text


def test_whoever_is_signed_in_sees_the_same(cast: Cast, stranger: Client) -> None:
    address = address_of(make_link(cast))
    assert stranger.get(address).text == Client().get(address).text
