"""What is refused of each endpoint type: wrong fields, all of them named, and what is taken already."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from endpoints import claims
from endpoints.api.bodies import sentence
from endpoints.models import Claim, ReversePrivateEndpoint
from tests.api.conftest import Caller, CallerFor, create, make_service, row
from tests.api.samples import (
    CLUSTER,
    CLUSTER_ARN,
    CONFIGURATION,
    MSK,
    RESOURCE,
    SCHEME,
    SHARE,
    SHARE_ARN,
    WHOLE_ARN,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

Body = Mapping[str, str]

# --- refusals -------------------------------------------------------------------------------------------


ELSEWHERE = {"region": "us-west-2", "wanted": "eu-central-1"}


def pasted(thing: str, belongs: str, wanted: str) -> tuple[str, dict[str, str]]:
    """Return the refusal of something recognised, that would be right at `belongs`."""
    return "pasted", {"pasted": thing, "belongs": belongs, "wanted": wanted}


def foreign(kind: str) -> tuple[str, dict[str, str]]:
    """Return the refusal of a field of another type."""
    return "foreign_field", {"type": kind}


@pytest.mark.parametrize(
    ("body", "changes", "told"),
    [
        (RESOURCE, {CONFIGURATION: None, SHARE: None}, {CONFIGURATION: "required", SHARE: "required"}),
        (RESOURCE, {CONFIGURATION: SHARE_ARN}, {CONFIGURATION: pasted("share_arn", SHARE, CONFIGURATION)}),
        (
            RESOURCE,
            {CONFIGURATION: "vpce-svc-1", SHARE: "rcfg-1", "description": ""},
            {
                CONFIGURATION: pasted("service_id", "", CONFIGURATION),
                SHARE: pasted("configuration_id", CONFIGURATION, SHARE),
                "description": "required",
            },
        ),
        (RESOURCE, {SHARE: f" {SHARE_ARN}"}, {SHARE: "outer_space"}),
        (RESOURCE, {SHARE: f'"{SHARE_ARN}"'}, {SHARE: "quoted"}),
        (RESOURCE, {SHARE: SHARE_ARN + "\x00"}, {SHARE: "unprintable"}),
        (RESOURCE, {SHARE: 5, CONFIGURATION: []}, {SHARE: "not_text", CONFIGURATION: "not_text"}),
        (
            RESOURCE,
            {CLUSTER: WHOLE_ARN, SCHEME: "SASL_IAM"},
            {CLUSTER: foreign("VPC_RESOURCE"), SCHEME: foreign("VPC_RESOURCE")},
        ),
        (
            RESOURCE,
            {SHARE: SHARE_ARN.replace("eu-central-1", "us-west-2")},
            {SHARE: ("wrong_region", ELSEWHERE)},
        ),
        (MSK, {CLUSTER: None, SCHEME: ""}, {CLUSTER: "required", SCHEME: "required"}),
        (MSK, {CLUSTER: "b-1.kafka.amazonaws.com:9094"}, {CLUSTER: pasted("brokers", "", CLUSTER)}),
        (MSK, {SCHEME: "sasl_iam"}, {SCHEME: pasted("authentication", SCHEME, SCHEME)}),
        (MSK, {SCHEME: "TLS"}, {SCHEME: ("shape", {"wanted": SCHEME})}),
        (
            MSK,
            {CLUSTER: WHOLE_ARN.replace("eu-central-1", "us-west-2")},
            {CLUSTER: ("wrong_region", ELSEWHERE)},
        ),
        (
            MSK,
            {CLUSTER: SHARE_ARN, SCHEME: WHOLE_ARN, SHARE: SHARE_ARN},
            {
                CLUSTER: pasted("share_arn", SHARE, CLUSTER),
                SCHEME: pasted("cluster_arn", CLUSTER, SCHEME),
                SHARE: foreign("MSK_MULTI_VPC"),
            },
        ),
        (MSK, {"gcpServiceAttachment": "projects/a"}, {"gcpServiceAttachment": foreign("MSK_MULTI_VPC")}),
        (
            MSK,
            {"type": "VPC_RESOURCE"},
            {
                CONFIGURATION: "required",
                SHARE: "required",
                CLUSTER: foreign("VPC_RESOURCE"),
                SCHEME: foreign("VPC_RESOURCE"),
            },
        ),
    ],
)
def test_every_wrong_field_is_named_with_what_is_wrong_and_no_other(
    caller: Caller, body: Body, changes: dict[str, Any], told: dict[str, Any]
) -> None:
    text = caller.error("POST", body={**body, **changes}, status=400)
    sentences = []
    for field, refusal in told.items():
        code, params = refusal if isinstance(refusal, tuple) else (refusal, {})
        sentences.append(f"{field}: {sentence(code, params)}")
    assert [said for said in sentences if said not in text] == []
    assert len(text) == len("BAD_REQUEST: " + " ".join(sentences))
    assert ReversePrivateEndpoint.objects.count() == Claim.objects.count() == 0


# --- claims ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same_organization", "limited", "names_it"),
    [(True, False, True), (True, True, False), (False, False, False)],
    ids=["sees the service", "sees its own service only", "another organization"],
)
@pytest.mark.parametrize(
    ("body", "again", "field"),
    [(MSK, {CLUSTER: CLUSTER_ARN}, CLUSTER), (RESOURCE, {SHARE: SHARE_ARN.upper().lower()}, SHARE)],
    ids=["msk", "share"],
)
def test_what_is_taken_is_a_conflict_that_names_its_owner_only_to_who_may_see_it(
    caller: Caller,
    caller_for: CallerFor,
    body: Body,
    again: dict[str, str],
    field: str,
    same_organization: bool,
    limited: bool,
    names_it: bool,
) -> None:
    made = create(caller, body)
    tea = make_service("tea", caller.key.organization if same_organization else None)
    other = caller_for(tea, only=tea if limited else None)
    text = other.error("POST", body={**body, **again, "description": "Mine"}, status=409)
    (held,) = ReversePrivateEndpoint.objects.get().spec.held()
    told = sentence(held.refusal, {})
    assert text.startswith(f"CONFLICT: {field}: {told}")
    assert (text == f"CONFLICT: {field}: {told}") is not names_it, (
        "else it says that it is taken, and no more"
    )
    for word in ("of the service “orders”", "“Orders”", made["id"]):
        assert (word in text) is names_it
    assert str(caller.key.organization_id) not in text
    assert ReversePrivateEndpoint.objects.count() == 1


def test_a_cluster_has_a_slot_for_each_authentication(caller: Caller) -> None:
    create(caller, MSK)
    create(caller, MSK, **{SCHEME: "SASL_SCRAM", CLUSTER: CLUSTER_ARN})
    assert ReversePrivateEndpoint.objects.count() == 2


def test_another_configuration_by_the_same_share_is_a_conflict(caller: Caller) -> None:
    create(caller, RESOURCE)
    changed = {**RESOURCE, CONFIGURATION: "rcfg-0123456789abcdef1"}
    assert SHARE in caller.error("POST", body=changed, status=409)


@pytest.mark.parametrize("body", [RESOURCE, MSK], ids=["share", "msk"])
def test_a_create_that_is_sent_again_finds_its_own_row_and_later_a_conflict(
    caller: Caller, body: Body
) -> None:
    first = create(caller, body)
    assert create(caller, body)["id"] == first["id"]
    age = timezone.now() - timedelta(minutes=3)
    ReversePrivateEndpoint.objects.update(created_at=age)
    caller.error("POST", body=body, status=409)


@pytest.mark.parametrize("body", [RESOURCE, MSK], ids=["share", "msk"])
def test_what_is_being_deleted_is_still_taken(caller: Caller, body: Body) -> None:
    caller.call("DELETE", f"/{create(caller, body)['id']}")
    caller.error("POST", body=body, status=409)


def test_a_share_that_was_used_stays_used_when_its_endpoint_is_gone(
    caller: Caller, caller_for: CallerFor
) -> None:
    endpoint = row(caller.call("POST", body=RESOURCE))
    now = timezone.now()
    claims.use_up(endpoint, now)
    claims.release(endpoint)
    ReversePrivateEndpoint.objects.update(removal_requested_at=now, removed_at=now)
    for again in (caller, caller_for(make_service("tea"))):
        assert again.error("POST", body=RESOURCE, status=409).startswith(f"CONFLICT: {SHARE}: ")


def test_a_row_knows_what_it_claims(caller: Caller) -> None:
    endpoint = row(caller.call("POST", body=MSK))
    (claim,) = endpoint.claims.all()
    assert (claim.kind, claim.key) == ("msk_slot", "aws/eu-central-1/123456789012/orders/SASL_IAM")
