"""Replacing an endpoint: what the page says before, whom it lets, and what both endpoints show then."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from endpoints import claims, intents
from endpoints.domain.actions import Action
from endpoints.domain.custom_dns import FIELD
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import (
    AuditEntry,
    Claim,
    Replacement,
    ReplacementMode,
    ReversePrivateEndpoint,
    read_clock,
)
from tests.people import (
    PARAMETERS,
    REGIONAL_NAME,
    Cast,
    make_endpoint,
    make_pipe,
    make_replacement,
    make_tombstone,
)
from tests.web.conftest import As, page_of, poll_address

SERVICE, RESOURCE, MSK = EndpointType
BROKERS = "b-1.kafka.test:14001,b-2.kafka.test:14002"
OTHER_SHARE = "arn:aws:ram:eu-central-1:444455556666:resource-share/7c6f5f0e-0000-4000-8000-000000000002"


def ready(cast: Cast, kind: EndpointType = SERVICE, **fields: Any) -> ReversePrivateEndpoint:
    """Return a Ready endpoint that holds its claims."""
    if kind is MSK:
        fields = {"connection_string": BROKERS, "dns_names": [], **fields}
    endpoint = make_endpoint(cast.service, type=kind, **{"description": "Orders", **fields})
    claims.claim_target(endpoint)
    claims.use_up(endpoint, read_clock().now)
    return endpoint


def replace_page(endpoint: ReversePrivateEndpoint) -> str:
    return page_of(endpoint, "replace-endpoint")


def filled_in(endpoint: ReversePrivateEndpoint, **changes: str) -> dict[str, str]:
    """What a browser sends of the form as it is filled in."""
    mode = "one_after_other" if endpoint.type == MSK else "together"
    return {"type": endpoint.type, "description": "Orders", "mode": mode, **endpoint.parameters, **changes}


@pytest.fixture
def admin(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.admin)


# --- before --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(EndpointType))
def test_the_form_is_filled_in_as_the_old_one_was_but_for_a_used_share(
    cast: Cast, operator: Client, kind: EndpointType
) -> None:
    old = ready(cast, kind)
    page = operator.get(replace_page(old)).text
    assert f'value="{kind}" checked' in page
    assert 'name="description" value="Orders"' in page
    for name, value in PARAMETERS[kind].items():
        assert (f'value="{value}"' in page) is (name != "vpcResourceShareArn"), name
    assert ("Ask its owner for a new share" in page) is (kind is RESOURCE)
    how = "one after" if kind is MSK else "no gap"
    assert ("the old one is removed first" in page) is (how == "one after")
    assert ("there is no gap" in page) is (how == "no gap")


def test_clickpipes_and_the_address_they_get_are_listed(cast: Cast, operator: Client) -> None:
    old = ready(cast)
    make_pipe(cast.service, old, name="by id <b>")
    make_pipe(cast.service, name="by host", address=f"{REGIONAL_NAME}:5432")
    make_pipe(cast.service, old, name="own name", address="db.shop.test:5432")
    make_pipe(cast.other_service, name="a stranger's", address=f"{REGIONAL_NAME}:5432")
    page = operator.get(replace_page(old)).text.partition("ClickPipes that are moved")[2]
    assert "by id &lt;b&gt;" in page
    assert "by host" in page
    assert page.count("known once it is Ready") == 2
    assert page.count("Afterwards: the same address.") == 1
    assert "a stranger" not in page


def test_the_brokers_of_a_cluster_are_the_same_for_its_next_connection(cast: Cast, admin: Client) -> None:
    old = ready(cast, MSK, private_dns_names=["b-1.kafka.test", "b-2.kafka.test"])
    make_pipe(cast.service, old, source=Source.KAFKA, address=BROKERS)
    page = admin.get(replace_page(old)).text
    assert "Afterwards: the same address." in page
    assert "known once it is Ready" not in page


def test_only_types_that_reach_every_source_are_offered(cast: Cast, operator: Client) -> None:
    old = ready(cast)
    make_pipe(cast.service, old, source=Source.KAFKA)
    assert 'value="MSK_MULTI_VPC"' in operator.get(replace_page(old)).text
    make_pipe(cast.service, old, name="customers", source=Source.POSTGRES)
    assert 'value="MSK_MULTI_VPC"' not in operator.get(replace_page(old)).text
    sent = operator.post(replace_page(old), filled_in(old, type=MSK, **PARAMETERS[MSK]))
    assert sent.status_code == 422
    assert "cannot reach the source of these ClickPipes: customers" in sent.text
    assert Replacement.objects.count() == 0


def test_custom_names_are_said_to_stay_behind_before_one_confirms(cast: Cast, operator: Client) -> None:
    assert "do not go over" not in operator.get(replace_page(ready(cast))).text
    names = [{"privateDnsName": "*.db.example.com"}, {"privateDnsName": "a.example.com"}]
    old = ready(cast, RESOURCE, custom_dns=names)
    page = operator.get(replace_page(old)).text
    said = page.partition("custom private DNS names do not go over to the new endpoint")[2]
    for name in ("*.db.example.com", "a.example.com"):
        assert f"<code>{name}</code>" in said.partition("</ul>")[0]
    assert "<form" in said, "before one confirms"
    operator.post(replace_page(old), filled_in(old, vpcResourceShareArn=OTHER_SHARE))
    new = Replacement.objects.get().new
    assert new is not None
    assert new.custom_dns == []
    entry = AuditEntry.objects.get(action=Action.REPLACEMENT_REQUESTED)
    assert (entry.before[FIELD], entry.after[FIELD]) == (names, [])


def test_private_names_are_said_to_pass_on_later(cast: Cast, operator: Client) -> None:
    assert "pass on to the new endpoint" not in operator.get(replace_page(ready(cast))).text
    old = ready(cast, private_dns_names=["*.shop.test"])
    assert (
        "pass on to the new endpoint only after the old one is gone" in operator.get(replace_page(old)).text
    )


def _gone(cast: Cast, seconds: int) -> None:
    now = read_clock().now
    make_tombstone(
        cast.service, type=MSK, removal_requested_at=now - timedelta(seconds=seconds), removed_at=now
    )


def _came(cast: Cast, seconds: int) -> None:
    now = read_clock().now
    make_endpoint(
        cast.service, type=MSK, created_at=now - timedelta(seconds=seconds), first_ready_at=now, dns_names=[]
    )


def test_the_expected_gap_is_this_installations_own_and_unknown_with_few_samples(
    cast: Cast, operator: Client
) -> None:
    old = ready(cast, MSK)
    for minutes in (2, 4):
        _gone(cast, 60 * minutes)
        _came(cast, 600 * minutes)
    make_tombstone(cast.service)
    make_tombstone(cast.service, type=MSK, external_id="")
    assert "Not known yet: too few" in operator.get(replace_page(old)).text
    _gone(cast, 60 * 3)
    assert "Not known yet: too few" in operator.get(replace_page(old)).text
    _came(cast, 600 * 3)
    page = operator.get(replace_page(old)).text
    assert "33 min" in page
    assert "until removed 3 min, until Ready 30 min" in page


# --- asking --------------------------------------------------------------------------------------------


def test_an_operator_replaces_and_lands_on_the_page_that_follows(cast: Cast, operator: Client) -> None:
    old = ready(cast)
    make_pipe(cast.service, old)
    key = str(uuid.uuid4())
    sent = [operator.post(replace_page(old), filled_in(old, form_key=key, description="New")) for _ in "123"]
    assert {(one.status_code, one["Location"]) for one in sent} == {(303, page_of(old))}
    replacement = Replacement.objects.get()
    assert replacement.new is not None
    assert (replacement.mode, replacement.new.description) == (ReplacementMode.TOGETHER, "New")
    old.refresh_from_db()
    assert old.removal_requested_at is None
    shown = operator.get(page_of(old)).text
    assert "This endpoint is being replaced" in shown
    assert page_of(replacement.new) in shown
    assert "This endpoint takes another" in operator.get(page_of(replacement.new)).text


def test_errors_keep_what_was_typed(cast: Cast, operator: Client) -> None:
    old = ready(cast, RESOURCE)
    sent = operator.post(replace_page(old), filled_in(old, vpcResourceShareArn="arn:<x>"))
    assert sent.status_code == 422
    assert "arn:&lt;x&gt;" in sent.text
    sent = operator.post(replace_page(old), filled_in(old))
    assert sent.status_code == 422
    assert "This resource share was already used" in sent.text
    assert (
        operator.post(replace_page(old), filled_in(old, vpcResourceShareArn=OTHER_SHARE)).status_code == 303
    )


def test_what_goes_another_way_than_was_shown_is_shown_first(cast: Cast, operator: Client) -> None:
    old = ready(cast, MSK)
    sent = operator.post(replace_page(old), filled_in(old, mode="together"))
    assert sent.status_code == 422
    assert "another way than was shown" in sent.text
    assert 'name="mode" value="one_after_other"' in sent.text
    assert Replacement.objects.count() == 0
    assert operator.post(replace_page(old), filled_in(old, mskAuthentication="SASL_SCRAM")).status_code == 303
    assert Replacement.objects.get().mode == ReplacementMode.TOGETHER, "the better way is just taken"


def test_removing_first_what_clickpipes_depend_on_is_for_admins_who_type_the_description(
    cast: Cast, operator: Client, admin: Client
) -> None:
    old = ready(cast, MSK)
    make_pipe(cast.service, old, source=Source.KAFKA, address=BROKERS)
    page = operator.get(replace_page(old)).text
    assert "only an admin of the service may ask for that" in page
    assert 'name="typed"' not in page
    refused = operator.post(replace_page(old), filled_in(old, typed="Orders"))
    assert (refused.status_code, Replacement.objects.count()) == (422, 0)
    assert 'name="typed"' in admin.get(replace_page(old)).text
    for typed in ("", "orders"):
        wrong = admin.post(replace_page(old), filled_in(old, typed=typed))
        assert wrong.status_code == 422
        assert "Type the description exactly as it is written: Orders" in wrong.text
        assert 'id="id_typed_error"' in wrong.text
    assert (Replacement.objects.count(), Claim.objects.count()) == (0, 1)
    assert admin.post(replace_page(old), filled_in(old, typed=" Orders ")).status_code == 303
    old.refresh_from_db()
    assert old.removal_requested_by == "admin@example.com"
    assert Replacement.objects.get().new is None


def test_viewers_and_strangers_do_not_get_in(cast: Cast, viewer: Client, stranger: Client) -> None:
    old = ready(cast)
    for path in (replace_page(old), page_of(old, "stop-replacing")):
        assert viewer.post(path, filled_in(old)).status_code == 403
        assert stranger.post(path, filled_in(old)).status_code == 404
    assert viewer.get(replace_page(old)).status_code == 403
    assert stranger.get(replace_page(old)).status_code == 404
    assert 'id="replace-button"' not in viewer.get(page_of(old)).text
    assert operator_sees(viewer, old) is False


def operator_sees(client: Client, endpoint: ReversePrivateEndpoint) -> bool:
    return 'id="replace-button"' in client.get(page_of(endpoint)).text


def test_a_tombstone_is_replaced_while_clickpipes_still_name_it(cast: Cast, operator: Client) -> None:
    old = make_tombstone(cast.service, description="Orders")
    assert not operator_sees(operator, old)
    make_pipe(cast.service, old)
    assert operator_sees(operator, old)
    assert operator.post(replace_page(old), filled_in(old)).status_code == 303


# --- under way -----------------------------------------------------------------------------------------


def test_stopping_is_asked_for_on_a_page_and_keeps_both(cast: Cast, operator: Client) -> None:
    old, new = ready(cast), ready(cast, description="New")
    replacement = make_replacement(old, new)
    assert replace_page(old) in operator.get(page_of(new)).text, "from the new one's page too"
    assert not operator_sees(operator, old)
    assert not operator_sees(operator, new)
    page = operator.get(replace_page(old)).text
    assert "both endpoints stay as they are" in page
    assert "form_key" not in page, "it cannot be asked for twice"
    assert operator.post(page_of(old, "stop-replacing")).status_code == 303
    assert operator.post(page_of(old, "stop-replacing")).status_code == 303
    replacement.refresh_from_db()
    assert replacement.stopped_by_name == "operator@example.com"
    shown = operator.get(page_of(new)).text
    assert "Stopped by operator@example.com. Both endpoints stay" in shown
    assert "Stop replacing" not in shown
    assert operator_sees(operator, old)


def test_what_makes_room_first_cannot_be_stopped(cast: Cast, operator: Client) -> None:
    old = make_endpoint(cast.service, Status.DELETING)
    replacement = make_replacement(old, mode=ReplacementMode.ONE_AFTER_OTHER)
    assert "cannot be taken back" in operator.get(replace_page(old)).text
    answer = operator.post(page_of(old, "stop-replacing"), follow=True)
    assert "cannot be taken back" in answer.text
    replacement.refresh_from_db()
    assert replacement.finished_at is None


def states(page: str) -> list[str]:
    """Return the states of the steps that a page shows."""
    return [part.partition('"')[0] for part in page.split('class="progress-')[1:]]


@pytest.mark.parametrize(
    ("new_is", "expected", "said"),
    [
        (Status.PROVISIONING, ["done", "now", "todo", "todo"], ""),
        (Status.PENDING_ACCEPTANCE, ["done", "now", "todo", "todo"], "must accept the new endpoint"),
        (Status.FAILED, ["done", "now", "todo", "todo"], "The new endpoint is not usable."),
        (Status.READY, ["done", "done", "now", "todo"], ""),
    ],
)
def test_steps_done_and_next_and_what_is_the_matter_are_on_both_pages(
    cast: Cast, operator: Client, new_is: Status, expected: list[str], said: str
) -> None:
    old, new = ready(cast), make_endpoint(cast.service, new_is, description="New")
    make_replacement(old, new)
    for page in (operator.get(page_of(old)).text, operator.get(page_of(new)).text):
        assert states(page) == expected
        assert said in page


def test_what_keeps_a_ready_one_from_going_on_is_named(cast: Cast, operator: Client) -> None:
    old, new = ready(cast), ready(cast, MSK, connection_string="", description="New")
    make_pipe(cast.service, old, name="unknown address", source=Source.KAFKA)
    make_pipe(cast.service, old, name="other source", source=Source.POSTGRES)
    make_replacement(old, new, type=MSK)
    page = operator.get(page_of(old)).text
    assert "cannot reach the source of these ClickPipes: other source." in page
    assert "these ClickPipes cannot be moved: unknown address." in page


def test_what_was_moved_from_where_to_where_stays_on_record(cast: Cast, operator: Client) -> None:
    old, new = make_tombstone(cast.service), ready(cast, description="New")
    now = read_clock().now
    moves = [{"id": "1", "name": "orders <b>", "from": "a.test:5432", "to": "b.test:5432"}]
    make_replacement(old, new, finished_at=now, moved_at=now, moves=moves)
    for page in (operator.get(page_of(old)).text, operator.get(page_of(new)).text):
        assert states(page) == ["done"] * 4
        assert "1 ClickPipe was moved." in page
        assert "orders &lt;b&gt;: <code>a.test:5432</code> → <code>b.test:5432</code>" in page


def test_a_problem_that_ended_it_is_told_with_what_to_do(cast: Cast, operator: Client) -> None:
    old, new = ready(cast), make_tombstone(cast.service)
    make_replacement(old, new, finished_at=read_clock().now, problem="new_one_removed")
    page = operator.get(page_of(old)).text
    assert "The new endpoint was removed before the ClickPipes were moved." in page
    assert "Replace the endpoint once more" in page
    assert states(page) == ["done", "ended", "ended", "ended"]


@pytest.fixture
def moving(cast: Cast) -> tuple[ReversePrivateEndpoint, ReversePrivateEndpoint, Replacement]:
    old, new = ready(cast), make_endpoint(cast.service, Status.PROVISIONING, description="New")
    return old, new, make_replacement(old, new, requested_by=cast.operator)


def test_both_pages_follow_until_it_is_over(
    operator: Client, moving: tuple[ReversePrivateEndpoint, ReversePrivateEndpoint, Replacement]
) -> None:
    old, new, replacement = moving
    polls = [poll_address(operator.get(page_of(row)).text) for row in (old, new)]
    assert all(polls), "the old one is Ready, and follows all the same"
    htmx = {"HX-Request": "true"}
    assert [operator.get(poll, headers=htmx).status_code for poll in polls] == [204, 204]
    ReversePrivateEndpoint.objects.filter(pk=new.pk).update(status=Status.READY, dns_names=["b.test"])
    changed = operator.get(polls[0], headers=htmx)
    assert (changed.status_code, states(changed.text)) == (200, ["done", "done", "now", "todo"])
    assert poll_address(changed.text), "its last steps are still to come"
    assert intents.advance_replacement(replacement.pk)
    ReversePrivateEndpoint.objects.filter(pk=old.pk).update(removed_at=read_clock().now)
    last = operator.get(poll_address(changed.text), headers=htmx)
    assert states(last.text) == ["done"] * 4
    assert poll_address(last.text) == ""


def test_a_poll_of_an_endpoint_that_is_being_replaced_costs_one_query_more_than_who_asks(
    operator: Client,
    moving: tuple[ReversePrivateEndpoint, ReversePrivateEndpoint, Replacement],
    django_assert_num_queries: Any,
) -> None:
    poll = poll_address(operator.get(page_of(moving[0])).text)
    with django_assert_num_queries(3):
        assert operator.get(poll, headers={"HX-Request": "true"}).status_code == 204
