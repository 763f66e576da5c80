"""The page of one endpoint: details, waiting, retry, removal."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from endpoints import claims
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.types import EndpointType
from endpoints.models import Event, Region, ReversePrivateEndpoint, read_clock
from tests.people import (
    ACCOUNT,
    EXTERNAL_ID,
    REGIONAL_NAME,
    SERVICE_NAME,
    ZONAL_NAME,
    Cast,
    make_endpoint,
    make_event,
    make_tombstone,
)
from tests.web.conftest import list_of, page_of, poll_address

HTMX = {"HX-Request": "true"}


def test_the_page_says_everything_about_a_ready_endpoint(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, private_dns_names=["kafka.example.com"])
    make_event(endpoint, EventCode.REQUESTED, actor="operator@example.com")
    page = viewer.get(page_of(endpoint)).text
    assert "<title>Ready: Orders database · Postern</title>" in page
    expected = [str(endpoint.pk), EXTERNAL_ID, SERVICE_NAME, REGIONAL_NAME, ZONAL_NAME, "kafka.example.com"]
    expected += ["The endpoint is connected.", "Kafka 9092", "MySQL 3306", "The endpoint was requested."]
    expected += ["less than a minute ago", "eu-central-1", "UTC</time>"]
    assert [text for text in expected if text not in page] == []
    assert "http-equiv" not in page, "it is settled"
    assert 'hx-trigger="every' not in page


def test_what_somebody_changed_in_aws_is_told_in_words(cast: Cast, viewer: Client) -> None:
    changed = make_endpoint(cast.service, changed_outside=["security_groups", "tags"])
    said = "Changed in AWS, not by Postern: security groups, tags"
    make_event(changed, EventCode.CHANGED_OUTSIDE, params={"changed": "security_groups, tags"})
    page = viewer.get(page_of(changed)).text
    assert page.count(said) == 2, "now, and in the timeline"
    other = viewer.get(page_of(make_endpoint(cast.service, description="Another"))).text
    assert "Changed in AWS" not in other


def test_while_waiting_the_page_follows_with_and_without_javascript(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text
    assert 'hx-trigger="every 3s"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page


@pytest.mark.parametrize(
    ("status", "minutes", "seconds"),
    [
        (Status.PROVISIONING, 0, 3),
        (Status.PROVISIONING, 2, 5),
        (Status.PROVISIONING, 11, 30),
        (Status.PENDING_ACCEPTANCE, 1, 15),
        (Status.PENDING_ACCEPTANCE, 11, 60),
        (Status.DELETING, 1, 5),
        (Status.UNKNOWN, 1, 30),
        (Status.UNKNOWN, 11, None),
        (Status.READY, 0, None),
        (Status.REJECTED, 0, None),
        (Status.EXPIRED, 0, None),
        (Status.FAILED, 0, None),
    ],
)
def test_the_page_looks_again_as_often_as_the_status_asks(
    cast: Cast, viewer: Client, status: Status, minutes: int, seconds: int | None
) -> None:
    since = read_clock().now - timedelta(minutes=minutes)
    page = viewer.get(page_of(make_endpoint(cast.service, status, status_since=since))).text
    assert (f'hx-trigger="every {seconds}s"' in page) if seconds else ('hx-trigger="every' not in page)


def test_who_must_act_is_named(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(make_endpoint(cast.service, Status.PENDING_ACCEPTANCE))).text
    assert "The owner of the endpoint service" in page
    assert "Accept endpoint connection request" in page
    command = page.partition("aws ec2 accept-vpc-endpoint-connections")[2].partition("</code>")[0]
    for part in ("--region eu-central-1", "--service-id vpce-svc-0123456789abcdef0", EXTERNAL_ID):
        assert part in command
    assert "23 h 59 min left" in page


def test_an_expired_endpoint_says_who_let_it_expire_and_what_to_do(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(make_endpoint(cast.service, Status.EXPIRED))).text
    assert "The owner of the endpoint service did not accept the connection in time." in page
    assert "Ask the owner to be ready to accept, then retry or create a new endpoint." in page


def test_a_poll_is_answered_when_something_changed(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING, description="orders-rds")
    page = viewer.get(page_of(endpoint)).text
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 204
    later = read_clock().now + timedelta(seconds=2)
    Region.objects.update(listed_at=later)
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 204, "a fresh reading is no news"

    rows = ReversePrivateEndpoint.objects.filter(pk=endpoint.pk)
    rows.update(status=Status.READY, reason=Reason.AVAILABLE)
    answer = viewer.get(poll_address(page), headers=HTMX).text
    assert "<title>Ready: orders-rds · Postern</title>" in answer
    assert 'hx-swap-oob="innerHTML">orders-rds: Ready</div>' in answer
    assert 'hx-trigger="every' not in answer
    assert "<main" not in answer


def test_the_address_of_a_poll_is_a_page_for_a_browser(cast: Cast, viewer: Client) -> None:
    page = viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text
    for headers in ({}, HTMX | {"HX-History-Restore-Request": "true"}, HTMX | {"HX-Boosted": "true"}):
        response = viewer.get(poll_address(page), headers=headers)
        assert "<main" in response.text


def test_awss_own_words_are_for_operators(cast: Cast, viewer: Client, operator: Client) -> None:
    endpoint = make_endpoint(
        cast.service,
        Status.FAILED,
        raw_error="InvalidServiceName: raw words",
        reason_params={"account": ACCOUNT, "message": "<i>LastError</i>"},
    )
    make_event(endpoint, EventCode.CREATE_REFUSED, raw="raw line", operation="CreateVpcEndpoint")
    for_viewer, for_operator = viewer.get(page_of(endpoint)).text, operator.get(page_of(endpoint)).text
    assert "adds arn:aws:iam::111122223333:root to the allowed principals" in for_viewer
    for raw in ("InvalidServiceName", "raw line", "CreateVpcEndpoint", "LastError"):
        assert raw not in for_viewer
    assert "InvalidServiceName: raw words" in for_operator
    assert "raw line" in for_operator
    assert "<i>" not in for_operator


def test_the_next_step_says_by_when(cast: Cast, viewer: Client) -> None:
    pending = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE)
    assert re.search(
        r"By when</dt><dd><strong><time [^>]+>[^<]+</time></strong> .*left\)", _advice(viewer, pending)
    )
    assert "cleanup removes the endpoint" in _advice(viewer, pending)
    waiting = make_endpoint(
        cast.service,
        Status.PROVISIONING,
        type=EndpointType.VPC_RESOURCE,
        reason=Reason.WAITING_FOR_SHARE,
    )
    assert " min left)" in _advice(viewer, waiting)
    assert "After that it counts as failed" in _advice(viewer, waiting)
    assert "By when" not in _advice(viewer, make_endpoint(cast.service, Status.READY))


def _advice(client: Client, endpoint: ReversePrivateEndpoint) -> str:
    """The panel of the next step."""
    page: str = client.get(page_of(endpoint)).text
    return page.partition('<section class="card advice')[2].partition("</section>")[0]


def test_a_retry_is_asked_once_and_shown_at_once(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED)
    assert "retry-button" in operator.get(page_of(endpoint)).text
    for _ in range(2):
        response = operator.post(page_of(endpoint, "retry-endpoint"))
        assert (response.status_code, response["Location"]) == (303, page_of(endpoint))
    endpoint.refresh_from_db()
    assert endpoint.generation == 2
    assert Event.objects.filter(code=EventCode.RETRY_REQUESTED).count() == 1
    page = operator.get(page_of(endpoint)).text
    assert "retry-button" not in page
    assert "<title>Provisioning: " in page
    assert 'hx-trigger="every' in page


def test_a_retry_of_nothing_is_told(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.READY)
    page = operator.post(page_of(endpoint, "retry-endpoint"), follow=True).text
    assert "There is nothing to retry: the endpoint is in the status Ready." in page


def test_removal_is_asked_for_and_then_confirmed(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, description="orders-rds")
    question = operator.get(page_of(endpoint, "remove-endpoint")).text
    assert "Remove: orders-rds" in question
    assert REGIONAL_NAME in question
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is None

    for _ in range(2):
        response = operator.post(page_of(endpoint, "remove-endpoint"))
        assert (response.status_code, response["Location"]) == (303, page_of(endpoint))
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_by == "operator@example.com"
    assert Event.objects.filter(code=EventCode.REMOVAL_REQUESTED).count() == 1
    page = operator.get(page_of(endpoint)).text
    assert 'data-status="Deleting"' in page
    assert "remove-button" not in page
    assert "Removal was requested" in page
    assert operator.get(page_of(endpoint, "remove-endpoint")).status_code == 303


def test_an_msk_connection_shows_its_own_string_and_no_port_to_add(cast: Cast, viewer: Client) -> None:
    brokers = ["b-1.example.com", "b-2.example.com"]
    string = ",".join(f"{name}:1400{n}" for n, name in enumerate(brokers, start=1))
    kind = EndpointType.MSK_MULTI_VPC
    endpoint = make_endpoint(
        cast.service, type=kind, dns_names=[], private_dns_names=brokers, connection_string=string
    )
    page = viewer.get(page_of(endpoint)).text
    assert string in page
    assert "Copy the connection string and use it in a ClickPipe. It carries its ports." in page
    assert "add the port" not in page
    assert string in viewer.get(list_of(cast.service)).text


def test_a_connection_whose_brokers_are_not_told_does_not_promise_names(cast: Cast, viewer: Client) -> None:
    kind = EndpointType.MSK_MULTI_VPC
    endpoint = make_endpoint(cast.service, type=kind, reason=Reason.BROKERS_REFUSED, dns_names=[])
    assert "AWS does not tell this installation the names" in viewer.get(page_of(endpoint)).text


def test_the_fields_of_a_type_keep_the_forms_order(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, type=EndpointType.VPC_RESOURCE)
    page = viewer.get(page_of(endpoint)).text
    assert page.index("Resource configuration ID") < page.index("Resource share ARN")


def test_only_a_share_that_was_used_is_said_to_be_lost(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED, type=EndpointType.VPC_RESOURCE)
    address = page_of(endpoint, "remove-endpoint")
    claims.claim_target(endpoint)
    assert "it may serve another endpoint" in operator.get(address).text
    claims.use_up(endpoint, read_clock().now)
    assert "cannot be used for another endpoint" in operator.get(address).text


def test_what_would_be_done_is_shown_while_changes_are_paused(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(
        cast.service, Status.PROVISIONING, reason=Reason.WRITES_PAUSED, planned=Step.CREATE
    )
    page = viewer.get(page_of(endpoint)).text
    assert "Changes in AWS are paused by the operators of this installation." in page
    assert "The endpoint will be created in AWS once changes are allowed again." in page


def test_a_deletion_that_a_pause_holds_up_is_not_said_to_go_on(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.DELETING, planned=Step.DELETE)
    page = viewer.get(page_of(endpoint)).text
    assert "Changes in AWS are paused by the operators of this installation." in page
    assert "The endpoint will be deleted in AWS once changes are allowed again." in page
    assert "is being deleted in AWS" not in page
    assert "the work goes on." not in page


def test_a_tombstone_can_be_read_and_not_acted_on(cast: Cast, operator: Client) -> None:
    endpoint = make_tombstone(cast.service)
    page = operator.get(page_of(endpoint)).text
    assert 'data-status="Removed"' in page
    assert "remove-button" not in page
    assert "retry-button" not in page
    assert 'hx-trigger="every' not in page
    assert operator.post(page_of(endpoint, "retry-endpoint"), follow=True).status_code == 200


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_page_in_both_languages(cast: Cast, viewer: Client, reason: Reason) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED, reason=reason)
    for language in ("en", "ko"):
        page = viewer.get(page_of(endpoint), headers={"Accept-Language": language})
        assert page.status_code == 200
        assert "%(" not in page.text
