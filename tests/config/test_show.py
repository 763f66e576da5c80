"""`manage.py show`: found by any of its names, told in full, and without a secret."""

import json
import uuid
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from endpoints import casefile
from endpoints.domain.reasons import EventCode
from endpoints.domain.status import Status
from endpoints.models import Attempt, Claim, HandOff, RateBucket, ReversePrivateEndpoint, Turn, read_clock
from tests.people import (
    EXTERNAL_ID,
    REGIONAL_NAME,
    Cast,
    make_endpoint,
    make_event,
    make_hand_off,
    make_orphan,
    make_pipe,
    make_replacement,
    make_tombstone,
)

pytestmark = pytest.mark.django_db

ARN = "arn:aws:kafka:eu-central-1:111122223333:vpc-connection/444455556666/orders/7c6f5f0e-0000-4000-8000-1"


def show(*options: str) -> str:
    out = StringIO()
    call_command("show", *options, stdout=out)
    return out.getvalue()


def case_of(endpoint: ReversePrivateEndpoint) -> dict[str, Any]:
    return dict(json.loads(show(str(endpoint.pk), "--json")))


def make_attempt(cast: Cast, endpoint: ReversePrivateEndpoint, **fields: Any) -> Attempt:
    defaults: dict[str, Any] = {
        "generation": 1,
        "token": f"{endpoint.pk.hex}-1",
        "created_at": read_clock().now,
        "request": {"ClientToken": f"{endpoint.pk.hex}-1", "SubnetIds": ["subnet-1"]},
    }
    return Attempt.objects.create(endpoint=endpoint, network=cast.network, **defaults | fields)


@pytest.fixture
def endpoint(cast: Cast) -> ReversePrivateEndpoint:
    """An endpoint with everything that can belong to one."""
    row = make_endpoint(cast.service, description="Orders <db>", raw_error="InternalError: Try again.")
    attempt = make_attempt(cast, row, external_id=EXTERNAL_ID, state="available", tries=2)
    make_event(row, EventCode.REQUESTED, actor="operator@example.com")
    make_event(
        row,
        EventCode.AWS_TROUBLE,
        attempt=attempt,
        operation="CreateVpcEndpoint",
        aws_request_id="req-0001",
        raw="InternalError: Try again.",
    )
    claim = Claim.objects.create(kind="service_name", key="the-name", organization=cast.organization)
    row.claims.add(claim)
    make_pipe(cast.service, row, name="orders pipe")
    make_hand_off(row)
    make_replacement(row)
    make_orphan(cast.region, endpoint_id=str(row.pk), external_id="vpce-0twin", why="second_object")
    return row


# --- finding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        EXTERNAL_ID,
        f" {EXTERNAL_ID} ",
        REGIONAL_NAME,
        REGIONAL_NAME.upper() + ".",
        f"{REGIONAL_NAME}:9092",
        "req-0001",
    ],
)
def test_it_is_found_by_what_people_hold_in_their_hands(
    endpoint: ReversePrivateEndpoint, cast: Cast, name: str
) -> None:
    make_endpoint(cast.service, external_id="vpce-other", dns_names=["other.example.com"])
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(dns_names=[REGIONAL_NAME.lower()])
    assert [row.pk for row in casefile.find(name)] == [endpoint.pk]


def test_it_is_found_by_its_id_in_any_spelling_and_by_the_beginning(endpoint: ReversePrivateEndpoint) -> None:
    key = str(endpoint.pk)
    for text in (key, key.upper(), endpoint.pk.hex, key[:13], key[:8].upper()):
        assert [row.pk for row in casefile.find(text)] == [endpoint.pk], text


def test_former_names_wildcards_and_earlier_attempts_lead_to_it_too(cast: Cast) -> None:
    row = make_endpoint(
        cast.service, external_id="vpce-new", dns_names=["*.orders.test"], former_names=["old.orders.example"]
    )
    make_attempt(cast, row, external_id=ARN, gone_at=read_clock().now)
    for text in ("vpce-new", ARN, "b-1.orders.test", "old.orders.example"):
        assert [found.pk for found in casefile.find(text)] == [row.pk], text


def test_a_tombstone_is_found_and_says_who_removed_it(cast: Cast) -> None:
    row = make_tombstone(cast.service, external_id="vpce-gone")
    text = show("vpce-gone")
    assert str(row.pk) in text
    assert "Removed since" in text
    assert "by operator@example.com" in text


@pytest.mark.parametrize(
    "text", ["", "  ", "nothing", "vpce-0nowhere", "a.b", str(uuid.UUID(int=7)), "x\0y", "é" * 500]
)
def test_what_names_nothing_ends_with_1_and_says_so(cast: Cast, text: str) -> None:
    make_endpoint(cast.service)
    with pytest.raises(CommandError, match="No endpoint and no tombstone has") as refused:
        show("--", text)
    assert refused.value.returncode == 1


def test_an_orphan_is_told_apart_from_nothing(cast: Cast) -> None:
    make_orphan(cast.region, external_id="vpce-0stranger")
    with pytest.raises(CommandError, match="on the list of orphans in eu-central-1") as refused:
        show("vpce-0stranger")
    assert "does not know" in str(refused.value)


def test_several_are_listed_and_none_is_guessed(cast: Cast) -> None:
    name = "shared.orders.example"
    live = make_endpoint(cast.service, dns_names=[name], description="new one")
    gone = make_tombstone(cast.service, former_names=[name], description="old one")
    with pytest.raises(CommandError, match="fits 2 endpoints") as refused:
        show(name)
    first, second = str(refused.value).splitlines()[1:]
    for part in (str(live.pk), "Ready", "Example Shop / orders", "new one"):
        assert part in first
    for part in (str(gone.pk), "removed 2", "old one"):
        assert part in second
    assert refused.value.returncode == 1


# --- telling ---------------------------------------------------------------------------------------------


def test_json_has_every_column_of_everything_that_belongs_to_it(endpoint: ReversePrivateEndpoint) -> None:
    case = case_of(endpoint)
    columns = {field.name for field in ReversePrivateEndpoint._meta.concrete_fields}
    assert set(case["row"]) == columns - {"form_key"}
    assert case["status"]["shown"] == "Ready"
    assert case["status"]["what"]
    (attempt,) = case["attempts"]
    assert attempt["request"] == {"ClientToken": attempt["token"], "SubnetIds": ["subnet-1"]}
    assert (attempt["tries"], attempt["external_id"]) == (2, EXTERNAL_ID)
    requested, trouble = case["events"]
    assert (requested["code"], requested["actor"]) == ("requested", "operator@example.com")
    assert trouble["aws_request_id"] == "req-0001"
    assert (trouble["operation"], trouble["generation"]) == ("CreateVpcEndpoint", 1)
    assert trouble["raw"] == "InternalError: Try again."
    assert [claim["key"] for claim in case["claims"]] == ["the-name"]
    assert [(pipe["name"], pipe["depends"]) for pipe in case["pipes"]] == [("orders pipe", "uses it")]
    assert [orphan["external_id"] for orphan in case["orphans"]] == ["vpce-0twin"]
    assert len(case["replacements"]) == len(case["hand_offs"]) == 1
    assert case["region"]["name"] == "eu-central-1"
    assert case["owner"]["organization"] == "Example Shop"


def test_text_says_all_that_json_says(endpoint: ReversePrivateEndpoint) -> None:
    text, case = show(str(endpoint.pk)), case_of(endpoint)
    flat = " ".join(text.split())

    def leaves(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [leaf for each in value.values() for leaf in leaves(each)]
        if isinstance(value, list):
            return [leaf for each in value for leaf in leaves(each)]
        return [] if value in (None, "") else [" ".join(str(value).split())]

    missing = [leaf for leaf in leaves(case) if leaf not in flat and leaf not in ("True", "False")]
    assert [leaf for leaf in missing if leaf != case["as_of"]] == []


def test_text_is_wrapped_but_names_stay_whole(endpoint: ReversePrivateEndpoint) -> None:
    for line in show(str(endpoint.pk)).splitlines():
        assert len(line) <= 100 or max(map(len, line.split())) > 60, line


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_secret_is_printed(endpoint: ReversePrivateEndpoint, form: list[str]) -> None:
    link = HandOff.objects.get()
    text = show(str(endpoint.pk), *form)
    for secret in (link.token, link.pk.hex, str(link.pk)):
        assert secret not in text


def test_what_it_waits_for_is_told(cast: Cast) -> None:
    rows = [make_endpoint(cast.service, Status.PROVISIONING) for _ in range(2)]
    now = read_clock()
    bucket = RateBucket.objects.create(
        account_id="1", region="eu-central-1", api="create", tokens=0, filled_at=now.now
    )
    for number, row in enumerate(rows, start=1):
        Turn.objects.create(endpoint=row, bucket=bucket, service=row.service, number=number, asked_at=now.now)
    ReversePrivateEndpoint.objects.filter(pk=rows[1].pk).update(
        lease_until=now.real + timedelta(minutes=1), failures=3, planned="create"
    )
    work = case_of(rows[1])["work"]
    assert (work["queue_place"], work["queue_api"], work["held_by_a_worker"]) == (2, "create", True)
    assert work["failures"] == 3
    text = show(str(rows[1].pk))
    assert "Its place in the queue is 2." in text
    assert "will be created in AWS once changes are allowed again" in text
    assert case_of(rows[0])["work"]["held_by_a_worker"] is False


def test_a_long_timeline_costs_no_more_queries(cast: Cast) -> None:
    def queries(row: ReversePrivateEndpoint) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            case_of(row)
        return len(seen)

    short, long = make_endpoint(cast.service), make_endpoint(cast.service, external_id="vpce-long")
    for row, many in ((short, 1), (long, 50)):
        for generation in range(1, many + 1):
            attempt = make_attempt(
                cast, row, generation=generation, token=f"{row.pk}-{generation}", gone_at=read_clock().now
            )
            make_event(row, EventCode.CREATE_SENT, attempt=attempt)
    assert queries(long) == queries(short)
