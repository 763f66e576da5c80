"""Rate limits on pages, on the API, on sign-in and on links: what is told, to whom, and what is not lost."""

import base64
import html
import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import retention, throttling
from endpoints.models import Allowance, ApiKey, ReversePrivateEndpoint
from tests.api.conftest import BODY
from tests.people import PASSWORD, SERVICE_NAME, Cast, make_endpoint, make_hand_off, make_user

pytestmark = pytest.mark.django_db

Settings = Any


@pytest.fixture(autouse=True)
def _few(settings: Settings) -> None:
    settings.RATE_LIMITS = True
    settings.USER_CHANGES_A_MINUTE = settings.KEY_CHANGES_A_MINUTE = settings.TRIES_A_MINUTE = 2
    settings.KEY_READS_A_MINUTE = 4


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.operator)
    return client


def refill() -> None:
    Allowance.objects.all().delete()


# --- pages ----------------------------------------------------------------------------------------------


def test_a_form_that_came_too_soon_waits_on_the_page_and_is_sent_once_more(
    cast: Cast, operator: Client
) -> None:
    create = reverse("create-endpoint", args=[cast.service.pk])
    typed = {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": 'Orders "<b>',
        "vpcEndpointServiceName": SERVICE_NAME,
    }
    for _ in range(2):
        assert operator.post(create, {}).status_code == 422
    page = operator.post(create, typed)
    assert (page.status_code, page["Retry-After"], "no-store" in page["Cache-Control"]) == (429, "30", True)
    assert "Try again in 30 seconds." in page.text
    assert not ReversePrivateEndpoint.objects.exists()
    main = page.text.partition("<main")[2]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', main)
    again = {name: html.unescape(value) for name, value in fields}
    again.pop("csrfmiddlewaretoken")
    assert again == typed
    refill()
    assert operator.post(create, again).status_code == 303
    assert ReversePrivateEndpoint.objects.get().description == typed["description"]


def test_looking_costs_nothing_and_a_person_has_one_allowance_for_all_pages(
    cast: Cast, operator: Client
) -> None:
    endpoint = make_endpoint(cast.service)
    where = [endpoint.service_id, endpoint.pk]
    for _ in range(2):
        operator.post(reverse("tick-endpoint", args=where), {})
    assert operator.post(reverse("retry-endpoint", args=where)).status_code == 429
    assert operator.get(reverse("endpoint", args=where)).status_code == 200
    other = Client()
    other.force_login(cast.admin)
    assert other.post(reverse("retry-endpoint", args=where)).status_code != 429


def test_staff_have_theirs_in_django_admin(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.staff)
    lists = reverse("admin:endpoints_handoff_changelist")
    closing = {"action": "close", "_selected_action": [make_hand_off(make_endpoint(cast.service)).pk]}
    assert [client.post(lists, closing).status_code for _ in range(3)] == [302, 302, 429]


def test_a_field_that_is_checked_is_told_in_a_fragment(cast: Cast, operator: Client) -> None:
    create = reverse("create-endpoint", args=[cast.service.pk])
    asked = {"data": {"description": "x"}, "headers": {"HX-Request": "true"}}
    answers = [operator.post(f"{create}?check=description", **asked) for _ in range(3)]  # type: ignore[arg-type]
    assert answers[2].status_code == 429
    assert "<html" not in answers[2].text
    assert "Wait 30 seconds" in answers[2].text
    assert '"code":"429","swap":true,"target":"#too-fast"' in operator.get(create).text


def test_a_forged_form_takes_nobodys_allowance(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.operator)
    for _ in range(3):
        assert client.post(reverse("create-endpoint", args=[cast.service.pk]), {}).status_code == 403
    assert not Allowance.objects.exists()


# --- who is not known yet -------------------------------------------------------------------------------


def test_an_address_tries_to_sign_in_so_often_and_its_password_stands_on_no_page() -> None:
    make_user("somebody@example.com", password=PASSWORD)
    sign_in = reverse("sign-in")
    wrong, right = ({"username": "somebody@example.com", "password": p} for p in ("guess", PASSWORD))
    for _ in range(2):
        assert Client(REMOTE_ADDR="192.0.2.1").post(sign_in, wrong).status_code == 422
    refused = Client(REMOTE_ADDR="192.0.2.1").post(sign_in, right)
    assert refused.status_code == 429
    assert PASSWORD not in refused.text
    assert Client(REMOTE_ADDR="192.0.2.2").post(sign_in, right).status_code == 302


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_customer_of_an_isp_is_one_sender(address: str, network: str) -> None:
    assert throttling.network_of(address) == network


def test_where_no_address_is_known_nobody_is_shut_out() -> None:
    for _ in range(4):
        assert Client(REMOTE_ADDR="").post(reverse("sign-in"), {}).status_code == 422


def test_links_are_guessed_so_often_and_a_right_one_opens_all_the_same(cast: Cast) -> None:
    client = Client()
    wrong, right = (
        reverse("hand-off", args=[token])
        for token in ("x:y", make_hand_off(make_endpoint(cast.service)).token)
    )
    assert [client.get(wrong).status_code for _ in range(3)] == [404, 404, 429]
    assert client.get(right).status_code == 200


# --- the API --------------------------------------------------------------------------------------------


class Script:
    """Calls the collection of the cast's service with a key."""

    def __init__(self, cast: Cast) -> None:
        self.key, self.secret = ApiKey.issue(
            organization=cast.organization, service=None, role="operator", name="script"
        )
        self.address = reverse("api-list-endpoints", args=[cast.organization.pk, cast.service.pk])

    def call(self, method: str, body: object = None, secret: str = "") -> Any:
        pair = f"{self.key.key_id}:{secret or self.secret}".encode()
        headers = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        return Client().generic(method, self.address, raw, "application/json", headers=headers)


@pytest.fixture
def script(cast: Cast) -> Script:
    return Script(cast)


def test_a_key_that_writes_too_much_is_told_in_the_envelope_when_to_go_on(script: Script) -> None:
    for n in range(2):
        assert script.call("POST", BODY | {"description": str(n)}).status_code == 200
    refused = script.call("POST", BODY)
    assert (refused.status_code, refused.json()["status"]) == (429, 429)
    assert refused.json()["error"].startswith("TOO_MANY_REQUESTS: ")
    assert 0 < float(refused["X-RateLimit-Reset"]) <= 30
    assert refused["Retry-After"] == "30"
    assert ReversePrivateEndpoint.objects.count() == 2
    assert script.call("GET").status_code == 200, "reading has an allowance of its own"
    assert [script.call("GET").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_wrong_keys_count_for_their_address_and_never_shut_out_a_right_one(script: Script) -> None:
    assert [script.call("GET", secret="wrong").status_code for _ in range(3)] == [401, 401, 429]
    assert script.call("GET").status_code == 200


def test_limits_are_turned_off_one_by_one_and_all_together(script: Script, settings: Settings) -> None:
    settings.KEY_CHANGES_A_MINUTE = 0
    assert {script.call("POST", BODY).status_code for _ in range(4)} == {200}
    settings.RATE_LIMITS = False
    assert {script.call("GET", secret="wrong").status_code for _ in range(4)} == {401}


def test_a_call_counts_with_one_statement(
    script: Script, django_assert_num_queries: Any, settings: Settings
) -> None:
    script.call("GET")
    settings.RATE_LIMITS = False
    with django_assert_num_queries(4) as without:
        script.call("GET")
    settings.RATE_LIMITS = True
    with django_assert_num_queries(len(without) + 1):
        script.call("GET")


def test_full_allowances_are_forgotten(script: Script) -> None:
    script.call("GET")
    Allowance.objects.create(sender="user/1", full_at="2026-01-01T00:00:00Z")
    assert retention.prune(time.monotonic() + 60)["allowances"] == 1
    assert Allowance.objects.get().sender == f"key/{script.key.pk}/read"
