"""What the four operations do with every endpoint type, as a client sees it."""

from collections.abc import Mapping

import pytest
from django.utils import timezone

from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import MskMultiVpcSpec, Reading, VpcResourceSpec
from endpoints.domain.status import Status
from endpoints.models import Network, Region, ReversePrivateEndpoint, Service
from tests.api.conftest import Caller, CallerFor, create, make_service
from tests.api.samples import (
    BODIES,
    CLUSTER,
    CLUSTER_ARN,
    MSK,
    PUBLISHED,
    RESOURCE,
    SHARE,
    SHARE_ARN,
    TYPE_FIELDS,
    WHOLE_ARN,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

Body = Mapping[str, str]
every_type = pytest.mark.parametrize("body", BODIES, ids=lambda body: body["type"])


# --- create, list, get, delete --------------------------------------------------------------------------


@every_type
def test_what_was_sent_is_echoed_and_fields_of_other_types_are_null(
    caller: Caller, service: Service, body: Body
) -> None:
    result = create(caller, body)
    assert {name: result[name] for name in TYPE_FIELDS} == {name: body.get(name) for name in TYPE_FIELDS}
    shown = {name: value for name, value in result.items() if name not in {*TYPE_FIELDS, "id"}}
    assert shown == {
        "type": body["type"],
        "description": "Orders",
        "serviceId": str(service.pk),
        "status": "Provisioning",
        "endpointId": None,
        "dnsNames": [],
        "privateDnsNames": [],
        "customPrivateDnsMappings": [],
        "dnsTargets": [],
        "privateDnsMappings": [],
    }


@pytest.mark.parametrize("body", PUBLISHED)
def test_the_published_samples_are_accepted_and_echoed(caller: Caller, service: Service, body: Body) -> None:
    Service.objects.update(clickpipes_region_override="us-east-1")
    region = Region.objects.create(name="us-east-1")
    Network.objects.create(
        region=region, vpc_id="vpc-2", subnet_ids=["subnet-2"], security_group_ids=["sg-2"]
    )
    made = create(caller, body)
    for result in (made, caller.call("GET", f"/{made['id']}").json()["result"]):
        assert {name: result[name] for name in body} == body


@pytest.mark.parametrize("arn", [CLUSTER_ARN, WHOLE_ARN])
def test_a_cluster_arn_is_echoed_with_or_without_its_uuid_as_it_came(caller: Caller, arn: str) -> None:
    made = create(caller, MSK, **{CLUSTER: arn})
    assert caller.call("GET", f"/{made['id']}").json()["result"][CLUSTER] == arn


def test_a_share_arn_is_echoed_in_its_own_letter_case(caller: Caller) -> None:
    arn = SHARE_ARN.replace("7c6f", "7C6F")
    assert create(caller, RESOURCE, **{SHARE: arn})[SHARE] == arn


def test_get_and_list_show_endpoints_of_every_type(caller: Caller) -> None:
    made = {result["type"]: result for result in (create(caller, body) for body in BODIES)}
    for result in made.values():
        assert caller.call("GET", f"/{result['id']}").json()["result"] == result
    listed = caller.call("GET").json()["result"]
    assert {result["type"]: result for result in listed} == made
    assert len(listed) == len(BODIES)


@every_type
def test_a_deleted_endpoint_is_deleting_and_then_not_found(caller: Caller, body: Body) -> None:
    one = f"/{create(caller, body)['id']}"
    answer = caller.call("DELETE", one)
    assert (answer.status_code, set(answer.json())) == (200, {"status", "requestId"})
    assert caller.call("GET", one).json()["result"]["status"] == "Deleting"
    assert caller.call("DELETE", one).status_code == 200
    ReversePrivateEndpoint.objects.update(removed_at=timezone.now())
    for method in ("GET", "DELETE"):
        caller.error(method, one, status=404)


@every_type
def test_nulls_for_the_fields_of_other_types_are_as_good_as_none(caller: Caller, body: Body) -> None:
    nulls: dict[str, str | None] = {name: None for name in TYPE_FIELDS if name not in body}
    result = create(caller, body, **nulls)
    assert [result[name] for name in nulls] == [None] * len(nulls)


@every_type
def test_strangers_find_nothing_and_viewers_may_not_act(
    caller: Caller, caller_for: CallerFor, service: Service, body: Body
) -> None:
    one = f"/{create(caller, body)['id']}"
    stranger = caller_for(service, "admin", of=make_service("tea"))
    viewer = caller_for(service, "viewer")
    for method, path, sent in (("POST", "", body), ("DELETE", one, None)):
        assert stranger.error(method, path, sent, status=404) == f"NOT_FOUND: {service.pk}"
        assert viewer.error(method, path, sent, status=403).startswith("FORBIDDEN: ")
    assert stranger.error("GET", one, status=404)
    assert viewer.call("GET", one).json()["result"]["type"] == body["type"]
    endpoint = ReversePrivateEndpoint.objects.get()
    assert endpoint.removal_requested_at is None


# --- addresses ------------------------------------------------------------------------------------------


def read(endpoint_id: str, reading: Reading, external_id: str) -> None:
    """Write into a row what was read of its object."""
    ReversePrivateEndpoint.objects.filter(pk=endpoint_id).update(
        status=reading.status,
        reason=reading.reason,
        external_id=external_id,
        dns_names=list(reading.dns_names),
        private_dns_names=list(reading.private_dns_names),
        connection_string=reading.connection_string,
    )


def test_the_private_names_of_msk_are_its_brokers_without_their_ports(caller: Caller) -> None:
    made = create(caller, MSK)
    arn = "arn:aws:kafka:eu-central-1:111111111111:vpc-connection/123456789012/orders/1"
    hosts = [
        "b-1.orders.scram.kafka.eu-central-1.amazonaws.com",
        "b-2.orders.kafka.eu-central-1.amazonaws.com",
    ]
    brokers = f"{hosts[0]}:14001,{hosts[1]}:14002,{hosts[0]}:14003"
    details = {"state": "available", "brokers": brokers}
    reading = MskMultiVpcSpec.read(Sighting(arn, "AVAILABLE", "", 1), details, Status.PROVISIONING)
    read(made["id"], reading, arn)
    result = caller.call("GET", f"/{made['id']}").json()["result"]
    assert (result["status"], result["endpointId"], result["dnsNames"]) == ("Ready", arn, [])
    assert result["privateDnsNames"] == hosts
    assert "14001" not in str(result)


def test_the_names_of_a_resource_are_those_of_its_associations(caller: Caller) -> None:
    made = create(caller, RESOURCE)
    name = "vpce-1.rcfg-0123456789abcdef0.x.vpc-lattice-rsc.eu-central-1.on.aws"
    details = {"associations": [{"name": name, "accessible": True, "code": "", "text": ""}]}
    reading = VpcResourceSpec.read(Sighting("vpce-1", "Available", "", 1), details, Status.PROVISIONING)
    read(made["id"], reading, "vpce-1")
    result = caller.call("GET", f"/{made['id']}").json()["result"]
    assert (result["status"], result["dnsNames"], result["privateDnsNames"]) == ("Ready", [name], [])
