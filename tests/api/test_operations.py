"""What the four operations do, as a client sees it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from endpoints.models import Event, Organization, ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, NAME, Caller, CallerFor, make_service, row

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


def test_created_endpoint_is_provisioning_and_echoes_what_was_sent(caller: Caller, service: Service) -> None:
    answer = caller.create()
    envelope = answer.json()
    assert answer.status_code == envelope["status"] == 200
    assert UUID(envelope["requestId"]).version == 4
    result = envelope["result"]
    assert str(UUID(result["id"])) == result.pop("id")
    assert result == BODY | {
        "serviceId": str(service.pk),
        "status": "Provisioning",
        "endpointId": None,
        "dnsNames": [],
        "privateDnsNames": [],
        "customPrivateDnsMappings": [],
        "dnsTargets": [],
        "privateDnsMappings": [],
        "vpcResourceConfigurationId": None,
        "vpcResourceShareArn": None,
        "mskClusterArn": None,
        "mskAuthentication": None,
        "gcpServiceAttachment": None,
    }


def test_creation_is_written_down_under_the_name_of_the_key(caller: Caller) -> None:
    endpoint = row(caller.create())
    assert Event.objects.get(endpoint=endpoint).actor == "API key operator"


def test_description_is_echoed_with_the_spaces_around_it(caller: Caller) -> None:
    assert caller.create(description=" Orders <b> ").json()["result"]["description"] == " Orders <b> "


def test_empty_list_and_nulls_are_accepted_as_unset(caller: Caller) -> None:
    answer = caller.create(customPrivateDnsMappings=[], mskClusterArn=None, gcpServiceAttachment=None)
    assert answer.json()["result"]["customPrivateDnsMappings"] == []


def test_get_and_list_show_the_row_that_was_just_created(caller: Caller) -> None:
    made = caller.create().json()["result"]
    assert caller.call("GET", f"/{made['id']}").json()["result"] == made
    assert caller.call("GET").json()["result"] == [made]


def test_list_of_nothing_is_an_empty_array(caller: Caller) -> None:
    assert caller.call("GET").json()["result"] == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_works_with_and_without_a_slash_at_its_end(caller: Caller, slash: str) -> None:
    made = caller.call("POST", slash, BODY)
    assert made.status_code == 200
    one = f"/{made.json()['result']['id']}{slash}"
    assert [caller.call(m, p).status_code for m, p in (("GET", slash), ("GET", one), ("DELETE", one))] == [
        200
    ] * 3


def test_deleted_endpoint_is_deleting_at_once_and_says_so_in_json(caller: Caller) -> None:
    one = f"/{row(caller.create()).pk}"
    answer = caller.call("DELETE", one)
    assert (answer.status_code, set(answer.json())) == (200, {"status", "requestId"})
    assert caller.call("GET", one).json()["result"]["status"] == "Deleting"


def test_second_delete_changes_nothing(caller: Caller) -> None:
    endpoint = row(caller.create())
    for _ in range(2):
        assert caller.call("DELETE", f"/{endpoint.pk}").status_code == 200
    assert Event.objects.filter(endpoint=endpoint, code="removal_requested").count() == 1


def test_tombstone_is_not_found_by_any_operation(caller: Caller) -> None:
    endpoint = row(caller.create())
    now = timezone.now()
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(removal_requested_at=now, removed_at=now)
    for method in ("GET", "DELETE"):
        assert caller.error(method, f"/{endpoint.pk}", status=404) == f"NOT_FOUND: {endpoint.pk}"
    assert caller.call("GET").json()["result"] == []


def test_pending_acceptance_shows_the_id_that_the_owner_accepts(caller: Caller) -> None:
    endpoint = row(caller.create())
    seen: dict[str, Any] = {
        "status": "PendingAcceptance",
        "external_id": "vpce-1",
        "dns_names": ["a.example"],
    }
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(**seen)
    result = caller.call("GET", f"/{endpoint.pk}").json()["result"]
    assert (result["status"], result["endpointId"], result["dnsNames"]) == tuple(seen.values())


def test_status_of_a_region_without_a_good_read_for_an_hour_is_unknown(caller: Caller) -> None:
    endpoint = row(caller.create())
    long_ago = timezone.now() - timedelta(hours=1, seconds=1)
    endpoint.region.listed_at = endpoint.region.failing_since = long_ago
    endpoint.region.save()
    assert caller.call("GET", f"/{endpoint.pk}").json()["result"]["status"] == "Unknown"


def test_asked_for_retry_shows_as_provisioning_at_once(caller: Caller) -> None:
    endpoint = row(caller.create())
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(status="Failed", generation=2)
    assert caller.call("GET", f"/{endpoint.pk}").json()["result"]["status"] == "Provisioning"


def test_list_takes_the_same_few_queries_for_many_endpoints(
    caller: Caller, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        caller.create(description=f"number {number}")
    with django_assert_max_num_queries(5):
        assert len(caller.call("GET").json()["result"]) == 12


def test_name_that_another_organization_holds_is_a_conflict_without_its_owner(
    caller: Caller, caller_for: CallerFor
) -> None:
    caller.create()
    other = caller_for(make_service("tea"))
    text = other.error("POST", body=BODY, status=409)
    assert text.startswith("CONFLICT: vpcEndpointServiceName: ")
    assert "orders" not in text
    assert ReversePrivateEndpoint.objects.count() == 1


def test_unknown_service_and_endpoint_are_not_found(caller: Caller, service: Service) -> None:
    unknown = str(uuid4())
    assert caller.error("GET", f"/{unknown}", status=404) == f"NOT_FOUND: {unknown}"
    caller.collection = caller.collection.replace(str(service.pk), unknown)
    assert caller.error("GET", status=404) == f"NOT_FOUND: {unknown}"


def test_endpoint_of_another_service_is_not_found(caller: Caller, caller_for: CallerFor) -> None:
    endpoint = row(caller.create())
    sibling = caller_for(make_service("analytics", caller.key.organization))
    assert sibling.error("DELETE", f"/{endpoint.pk}", status=404)


def test_create_in_a_region_without_a_network_says_so(caller_for: CallerFor, service: Service) -> None:
    far = make_service("far", service.organization)
    far.clickpipes_region_override = "us-east-1"
    far.save()
    assert "no network in us-east-1" in caller_for(far).error("POST", body=BODY, status=400)


def test_service_name_is_echoed_unchanged_or_refused(caller: Caller) -> None:
    text = caller.error("POST", body=BODY | {"vpcEndpointServiceName": f" {NAME}"}, status=400)
    assert text.startswith("BAD_REQUEST: vpcEndpointServiceName: ")


def test_create_beyond_the_limit_is_a_400_that_says_which_and_a_repeat_is_no_new_one(caller: Caller) -> None:
    Service.objects.update(endpoint_limit=1)
    assert caller.create().status_code == 200
    assert caller.create().status_code == 200, "the same request again: its answer may have been lost"
    text = caller.error("POST", body=BODY | {"description": "another"}, status=400)
    assert text.startswith("BAD_REQUEST: This service uses 1 of the 1 endpoints it may have.")
    Service.objects.update(endpoint_limit=2)
    Organization.objects.update(endpoint_limit=1)
    text = caller.error("POST", body=BODY | {"description": "another"}, status=400)
    assert "The organization of this service uses 1 of the 1 endpoints it may have." in text
    assert ReversePrivateEndpoint.objects.count() == 1
