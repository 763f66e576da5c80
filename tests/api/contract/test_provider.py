"""The server against what the Terraform provider does, by a client that is as strict as it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from endpoints.models import Allowance, ReversePrivateEndpoint, Service
from tests.api.contract.conftest import Time, becomes
from tests.api.contract.provider import Provider, plans
from tests.api.contract.wire import Failed, NotFound, Wire
from tests.api.samples import BODIES
from tests.terraform.relay import Relay

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]

_NAMES = {
    "vpcEndpointServiceName": "vpc_endpoint_service_name",
    "vpcResourceConfigurationId": "vpc_resource_configuration_id",
    "vpcResourceShareArn": "vpc_resource_share_arn",
    "mskClusterArn": "msk_cluster_arn",
    "mskAuthentication": "msk_authentication",
}


def block(service: Service, body: Any = BODIES[0], **changes: str) -> dict[str, str]:
    """Return the block of an endpoint."""
    config = {_NAMES.get(name, name): value for name, value in body.items()}
    return {"service_id": str(service.pk), **config, **changes}


def gone() -> None:
    """Let what is being removed be gone."""
    asked = ReversePrivateEndpoint.objects.filter(removal_requested_at__isnull=False)
    asked.update(removed_at=timezone.now())


def names(*wanted: str) -> list[dict[str, str]]:
    """Return the mapping of a block of names."""
    return [{"private_dns_name": name} for name in wanted]


def test_an_endpoint_of_each_type_lives_from_apply_to_destroy(
    provider: Provider, service: Service, time: Time
) -> None:
    time.after(2, becomes("Ready", external_id="vpce-1", dns_names=["a.example"]))
    for body in BODIES:
        config = block(service, body, description=" It is <b>bold</b> & 한글 ")
        state = provider.create(config)
        assert plans(config, state) == plans(config, provider.read(state)) == "nothing"
        assert plans(config | {"description": "other"}, state) == "replace"
        assert provider.import_endpoint(f"{service.pk}:{state['id']}") == provider.read(state)
        assert (state["private_dns_names"], state["dns_targets"]) == ([], [])
        time.after(3, gone)
        provider.delete(state)
        assert provider.read(state) is None
        assert plans(config, provider.read(state)) == "create"
        time.after(2, becomes("PendingAcceptance", external_id="vpce-2"))
    polls = [call for call in provider.wire.calls if call[0] == "GET"]
    assert {status for _, _, status in polls} == {200, 404}
    assert set(time.slept) == {5}, "something was sent again"


def test_what_waits_for_its_owner_tells_the_id_to_accept(
    provider: Provider, service: Service, time: Time
) -> None:
    time.after(1, becomes("PendingAcceptance", external_id="vpce-0a"))
    state = provider.create(block(service))
    assert (state["status"], state["endpoint_id"]) == ("PendingAcceptance", "vpce-0a")


def test_names_are_changed_in_place_cleared_and_imported(
    provider: Provider, service: Service, time: Time
) -> None:
    time.after(1, becomes("PendingAcceptance"))
    endpoint = provider.create(block(service))
    key = f"{service.pk}:{endpoint['id']}"
    state: dict[str, Any] = {}
    for wanted in (names("b.example.com", "*.example.com"), names("*.example.com", "b.example.com"), []):
        before = len(provider.wire.calls)
        state = provider.set_names(str(service.pk), endpoint["id"], wanted)
        assert [call[0] for call in provider.wire.calls[before:]] == ["PATCH"]
        assert provider.read_names(state) == provider.import_names(key) == state
    assert provider.read(endpoint) == endpoint
    provider.delete_names(provider.set_names(str(service.pk), endpoint["id"], names("a.example.com")))
    time.after(1, gone)
    provider.delete(endpoint)
    assert provider.read_names(state) is None
    provider.delete_names(state)


def test_targets_of_names_come_back_as_they_were_sent(
    provider: Provider, service: Service, time: Time
) -> None:
    time.after(1, becomes("Failed"))
    endpoint = provider.create(block(service, BODIES[1]))
    wanted = [{"private_dns_name": "a.example.com", "target_id": "rcfg-1"}, *names("b.example.com")]
    assert provider.set_names(str(service.pk), endpoint["id"], wanted)["mapping"] == wanted


def test_a_busy_server_is_asked_again_and_a_create_makes_one_endpoint(
    provider: Provider, service: Service, relay: Relay, time: Time
) -> None:
    relay.answer_next("POST", 429, X_RateLimit_Reset="1")
    relay.answer_next("POST", 503)
    relay.answer_next("DELETE", 503)
    time.after(3, becomes("Ready"))
    state = provider.create(block(service))
    assert time.slept == [2, 5, 5]
    time.after(2, gone)
    provider.delete(state)
    assert ReversePrivateEndpoint.objects.count() == 1


def test_an_answer_that_was_lost_is_repeated_into_the_same_endpoint(
    provider: Provider, service: Service, time: Time
) -> None:
    collection = f"/organizations/{service.organization_id}/services/{service.pk}"
    made = [
        provider.wire.send("POST", f"{collection}/clickpipesReversePrivateEndpoints", BODIES[0])
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert ReversePrivateEndpoint.objects.count() == 1


def test_the_servers_own_429_is_slept_out(
    provider: Provider, service: Service, time: Time, settings: Any
) -> None:
    settings.RATE_LIMITS = True
    settings.KEY_READS_A_MINUTE = 1
    path = f"/organizations/{service.organization_id}"
    provider.wire.send("GET", path)
    with pytest.raises(Failed, match="429"):
        provider.wire.send("GET", path)
    assert time.slept[0] in (59, 60), "the server's own words"
    settings.KEY_READS_A_MINUTE = 1000
    time.after(1, lambda: setattr(settings, "RATE_LIMITS", False))
    Allowance.objects.update(full_at=timezone.now() + timedelta(seconds=62))
    provider.wire.send("GET", path)
    assert time.slept[-1] in (2, 3)


def test_refusals_are_final_and_say_what_a_person_needs(
    provider: Provider, service: Service, time: Time
) -> None:
    for config, said in (
        (block(service, description="x" * 256), "status: 400, body: .*255"),
        (block(service, vpc_endpoint_service_name="vpce-svc-1"), "whole service name"),
        (block(service) | {"service_id": "not-a-uuid"}, "Invalid service id <string:not-a-uuid>"),
        (
            {
                "service_id": str(service.pk),
                "type": "GCP_PSC_SERVICE_ATTACHMENT",
                "description": "x",
                "gcp_service_attachment": "projects/a/regions/b/serviceAttachments/c",
            },
            "AWS only",
        ),
    ):
        before = len(provider.wire.calls)
        with pytest.raises(Failed, match=said):
            provider.create(config)
        assert len(provider.wire.calls) == before + 1
    time.after(1, becomes("Ready"))
    state = provider.create(block(service, BODIES[2]))
    with pytest.raises(Failed, match="status: 409, body: .*mskClusterArn.*" + state["id"]):
        provider.create(block(service, BODIES[2], description="again"))
    with pytest.raises(Failed, match="status: 400"):
        provider.set_names(str(service.pk), state["id"], names("a.example.com"))
    provider.wire.secret = "wrong"
    with pytest.raises(Failed, match="status: 401"):
        provider.read(state)
    assert time.slept == [5]


def test_a_delete_of_what_is_gone_is_an_error_and_of_what_is_going_is_not(
    provider: Provider, service: Service, time: Time
) -> None:
    time.after(1, becomes("Ready"))
    state = provider.create(block(service))
    for _ in range(2):
        time.after(1, gone) if time.slept[1:] else time.after(700, gone)
        provider.wire.send("DELETE", f"{provider._collection(str(service.pk))}/{state['id']}")
    gone()
    with pytest.raises(NotFound):
        provider.delete(state)


def test_ten_resources_at_once(provider: Provider, service: Service, time: Time) -> None:
    def life(number: int) -> None:
        name = f"number {number}"
        mine_only = ReversePrivateEndpoint.objects.filter(description=name)
        known = provider.wire
        wire = Wire(known.api_url, known.key, known.secret, lambda _: mine_only.update(status="Ready"))
        mine = Provider(wire, provider.organization_id)
        try:
            state = mine.create(block(service, description=name))
            mine.set_names(str(service.pk), state["id"], names(f"*.n{number}.example.com"))
            assert mine.read(state) == state
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(life, range(10)))
    assert ReversePrivateEndpoint.objects.count() == 10


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_answers_with_and_without_its_slash_and_never_redirects(
    provider: Provider, service: Service, slash: str
) -> None:
    send, place = provider.wire.send, f"/organizations/{service.organization_id}"
    send("GET", f"{place}{slash}")
    send("GET", f"{place}/services/{service.pk}{slash}")
    running = send("PATCH", f"{place}/services/{service.pk}/state{slash}", {"command": "awake"})
    assert running["state"] == "running"
    collection = provider._collection(str(service.pk))
    made = send("POST", f"{collection}{slash}", BODIES[0])
    one = f"{collection}/{made['id']}{slash}"
    send("PATCH", one, {})
    send("GET", one)
    assert send("DELETE", one) == {}
