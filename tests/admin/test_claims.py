"""Claims in Django admin: staff release them and allow pairs, with a reason, and nobody else may."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from endpoints import claims, intents
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import AllowedPair, Attempt, Claim, ReversePrivateEndpoint, read_clock
from tests.admin.pages import audited, text_of, url
from tests.people import PARAMETERS, SERVICE_NAME, Cast, make_endpoint, make_orphan, make_pipe

pytestmark = pytest.mark.django_db

SHARE = EndpointType.VPC_RESOURCE


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def held(cast: Cast, kind: EndpointType = EndpointType.VPC_ENDPOINT_SERVICE, **fields: Any) -> Claim:
    """Return the claim of a new endpoint of the cast's service."""
    claims.claim_target(make_endpoint(cast.service, type=kind, **fields))
    return Claim.objects.get()


def used_up(cast: Cast) -> tuple[Claim, ReversePrivateEndpoint]:
    """Return the claim of a resource share whose endpoint is gone, and that endpoint."""
    claim = held(cast, SHARE)
    endpoint = claim.endpoints.get()
    claims.use_up(endpoint, read_clock().now)
    claims.release(endpoint)
    claim.refresh_from_db()
    return claim, endpoint


def release(staff: Client, claim: Claim, **data: str) -> Any:
    return staff.post(url(Claim, "release", claim.pk), data, follow=True)


def test_the_page_of_a_claim_names_who_holds_it(staff: Client, cast: Cast) -> None:
    claim = held(cast, description="Orders <b>")
    page = staff.get(url(Claim, "change", claim.pk))
    assert "Orders &lt;b&gt;" in page.content.decode()
    assert "Example Shop / orders" in text_of(page)
    assert url(Claim, "release", claim.pk) in page.content.decode()


def test_releasing_a_held_claim_names_holders_and_clickpipes_and_removes_them(
    staff: Client, cast: Cast
) -> None:
    claim = held(cast, description="Orders")
    endpoint = claim.endpoints.get()
    make_pipe(cast.service, endpoint, name="nightly")
    page = text_of(staff.get(url(Claim, "release", claim.pk)))
    assert "nightly" in page
    assert "deleted in AWS" in page
    wrong = release(staff, claim, reason="Not theirs")
    assert wrong.status_code == 422
    assert "Type the description exactly" in text_of(wrong)
    missing = release(staff, claim, **{f"typed-{endpoint.pk}": "Orders"})
    assert (missing.status_code, audited("claim.released")) == (422, [])
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is None
    done = release(staff, claim, reason="Not theirs", **{f"typed-{endpoint.pk}": "Orders"})
    assert "free once 1 endpoint is gone" in text_of(done)
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_by == "staff@example.com"
    assert Claim.objects.filter(pk=claim.pk).exists(), "an object in AWS uses it still"
    [(who, _, before, _, why)] = audited("claim.released")
    assert (who, before["endpoints"], why) == ("staff@example.com", [str(endpoint.pk)], "Not theirs")


def test_a_used_up_share_is_released_once_nothing_in_aws_may_use_it(staff: Client, cast: Cast) -> None:
    claim, endpoint = used_up(cast)
    attempt = Attempt.objects.create(
        endpoint=endpoint, generation=1, network=cast.network, request={}, token="t",
        created_at=read_clock().now,
    )  # fmt: skip
    assert "may still use it" in text_of(release(staff, claim, reason="Used by mistake"))
    attempt.gone_at = read_clock().now
    attempt.save()
    orphan = make_orphan(cast.region, endpoint_id=str(endpoint.pk))
    assert "may still use it" in text_of(release(staff, claim, reason="Used by mistake"))
    orphan.ended_at = read_clock().now
    orphan.save()
    assert audited("claim.released") == []
    assert "The claim is free." in text_of(release(staff, claim, reason="Used by mistake"))
    assert not Claim.objects.exists()
    [(who, _, before, _, why)] = audited("claim.released")
    assert (who, before["kind"], why) == ("staff@example.com", "resource_share", "Used by mistake")
    claims.claim_target(make_endpoint(cast.other_service, Status.PROVISIONING, type=SHARE))


def test_a_claim_that_was_taken_meanwhile_is_not_released_from_under_its_holder(cast: Cast) -> None:
    claim, endpoint = used_up(cast)
    endpoint.claims.add(claim)
    make_pipe(cast.service, endpoint)
    with pytest.raises(intents.IntentRefused, match="type_the_description"):
        intents.release_claim(claim=claim, by=cast.staff, reason="x", typed={})
    assert Claim.objects.filter(pk=claim.pk).exists()


def test_nobody_but_staff_settles_claims(cast: Cast, client: Client) -> None:
    claim = held(cast)
    pair = AllowedPair.objects.create(service_name="n", organization=cast.organization, reason="r")
    for ask in (
        lambda: intents.release_claim(claim=claim, by=cast.admin, reason="mine", typed={}),
        lambda: intents.allow_pair(
            service_name=SERVICE_NAME, organization=cast.organization, by=cast.admin, reason="mine"
        ),
        lambda: intents.forbid_pair(pair=pair, by=cast.admin, reason="mine"),
    ):
        with pytest.raises(PermissionDenied):
            ask()
    client.force_login(cast.admin)
    for address in (
        url(Claim, "release", claim.pk),
        url(AllowedPair, "add"),
        url(AllowedPair, "forbid", pair.pk),
        reverse("admin:endpoints_msk_slots"),
    ):
        assert client.post(address, {"reason": "mine"}).status_code == 302
    assert AllowedPair.objects.count() == 1


def test_a_pair_is_allowed_with_a_reason_and_taken_back_with_one(staff: Client, cast: Cast) -> None:
    organization = cast.other_organization
    data = {"service_name": f" {SERVICE_NAME} ", "organization": str(organization.pk)}
    assert staff.post(url(AllowedPair, "add"), data).status_code == 422
    for name in ("orders", "", "com.amazonaws.vpce.eu-central-1.vpce-svc-\0"):
        wrong = staff.post(url(AllowedPair, "add"), data | {"service_name": name, "reason": "Both use it"})
        assert wrong.status_code == 422
    for key in ("", "x", str(uuid.uuid4())):
        wrong = staff.post(url(AllowedPair, "add"), data | {"organization": key, "reason": "Both use it"})
        assert wrong.status_code == 422
    assert not AllowedPair.objects.exists()
    staff.post(url(AllowedPair, "add"), data | {"reason": "Both use it"})
    staff.post(url(AllowedPair, "add"), data | {"reason": "Again"})
    pair = AllowedPair.objects.get()
    assert (pair.service_name, pair.allowed_by_name) == (SERVICE_NAME, "staff@example.com")
    [(who, _, _, after, why)] = audited("claim.pair_allowed")
    assert (who, after, why) == ("staff@example.com", {"service_name": SERVICE_NAME}, "Both use it")
    assert staff.post(url(AllowedPair, "forbid", pair.pk), {"reason": " "}).status_code == 422
    assert staff.post(url(AllowedPair, "delete", pair.pk), {"post": "yes"}).status_code == 403
    staff.post(url(AllowedPair, "forbid", pair.pk), {"reason": "Dispute settled"})
    assert not AllowedPair.objects.exists()
    assert audited("claim.pair_forbidden")[0][4] == "Dispute settled"


def test_the_slots_of_msk_say_who_holds_which(
    staff: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    arn = "arn:aws:kafka:eu-central-1:444455556666:cluster/{}/11111111-2222-3333-4444-5"
    for number in range(60):
        for scheme in ("SASL_IAM", "SASL_SCRAM")[: 1 + number % 2]:
            claims.claim_target(
                make_endpoint(
                    cast.service,
                    type=EndpointType.MSK_MULTI_VPC,
                    description=f"to {number} by {scheme}",
                    parameters={
                        **PARAMETERS[EndpointType.MSK_MULTI_VPC],
                        "mskClusterArn": arn.format(f"c{number:02}"),
                        "mskAuthentication": scheme,
                    },
                )
            )
    address = reverse("admin:endpoints_msk_slots")
    with django_assert_max_num_queries(10):
        page = text_of(staff.get(address))
    assert "60 clusters" in page
    assert "to 1 by SASL_SCRAM" in page
    assert "to 59 by SASL_IAM" not in page
    assert "to 59 by SASL_IAM" in text_of(staff.get(address, {"p": "2"}))
    found = text_of(staff.get(address, {"q": "c59"}))
    assert ("to 59 by" in found, "to 58 by" in found) == (True, False)
    assert "No cluster matches." in text_of(staff.get(address, {"q": "%_"}))
