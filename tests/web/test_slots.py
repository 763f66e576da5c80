"""Slots of MSK clusters: people see their own, and of a cluster that they name whether each is taken."""

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import claims
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint, Role, Service
from tests.people import PARAMETERS, Cast, give_role, make_endpoint, make_service

pytestmark = pytest.mark.django_db

ARN = PARAMETERS[EndpointType.MSK_MULTI_VPC]["mskClusterArn"]


def hold(
    service: Service, description: str, scheme: str = "SASL_IAM", arn: str = ARN
) -> ReversePrivateEndpoint:
    endpoint = make_endpoint(
        service,
        type=EndpointType.MSK_MULTI_VPC,
        description=description,
        parameters={"mskClusterArn": arn, "mskAuthentication": scheme},
    )
    claims.claim_target(endpoint)
    return endpoint


def see(client: Client, service: Service, **query: str) -> str:
    return client.get(reverse("msk-slots", args=[service.pk]), query).content.decode()


def answer(page: str) -> str:
    """Return the part of a page about the cluster that was named."""
    return page.partition('id="answer-title"')[2].partition('id="own-title"')[0]


def test_own_slots_are_named_and_of_others_only_that_they_are_taken(client: Client, cast: Cast) -> None:
    mine = hold(cast.service, "My orders")
    theirs = hold(cast.other_service, "Their ledger", "SASL_SCRAM")
    client.force_login(cast.viewer)
    page = see(client, cast.service, cluster=ARN)
    assert reverse("endpoint", args=[cast.service.pk, mine.pk]) in answer(page)
    assert "Taken" in answer(page)
    for secret in ("Their ledger", str(theirs.pk), "Example Bank", str(cast.other_service.pk)):
        assert secret not in page
    assert "Free" not in answer(page)


def test_the_answer_is_the_same_whoever_holds_it_and_however_the_arn_is_written(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.viewer)
    free = answer(see(client, cast.service, cluster=ARN))
    assert (free.count("Free"), free.count("Taken")) == (2, 0)
    hidden = make_service(cast.organization, "hidden")
    told = set()
    for service in (cast.other_service, hidden):
        held = hold(service, "Secret")
        told |= {answer(see(client, cast.service, cluster=arn)) for arn in (ARN, ARN.rpartition("/")[0])}
        claims.release(held)
        held.delete()
    assert len(told) == 1
    assert (next(iter(told)).count("Taken"), next(iter(told)).count("Free")) == (1, 1)


def test_slots_of_services_that_one_may_not_see_are_not_listed(client: Client, cast: Cast) -> None:
    hidden, shown = make_service(cast.organization, "hidden"), make_service(cast.organization, "shown")
    hold(hidden, "Hidden one")
    seen = hold(shown, "Shown one", "SASL_SCRAM")
    give_role(cast.viewer, Role.VIEWER, shown)
    client.force_login(cast.viewer)
    page = see(client, cast.service, cluster=ARN)
    assert ("Hidden one" in page, "Shown one" in page) == (False, True)
    assert reverse("endpoint", args=[shown.pk, seen.pk]) in page
    client.force_login(cast.admin)
    assert "Hidden one" in see(client, cast.service)


@pytest.mark.parametrize("given", ["", "orders", "arn:aws:s3:::x", "é" * 5000, "<script>"])
def test_what_is_no_cluster_is_told_and_shown_as_text(client: Client, cast: Cast, given: str) -> None:
    client.force_login(cast.viewer)
    page = see(client, cast.service, cluster=given)
    assert 'id="id_cluster_error"' in page
    assert "<script>" not in page.partition("<h1>")[2]


def test_a_stranger_finds_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    assert client.get(reverse("msk-slots", args=[cast.service.pk])).status_code == 404
