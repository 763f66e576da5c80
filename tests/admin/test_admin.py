"""Django admin: staff see everything, and nothing asked of an endpoint goes around the intents."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from endpoints.domain.reasons import EventCode
from endpoints.domain.status import Status
from endpoints.models import (
    AllowedPair,
    ApiKey,
    Attempt,
    AuditEntry,
    Breaker,
    Claim,
    ClickPipe,
    Event,
    HandOff,
    Installation,
    Network,
    Organization,
    Orphan,
    RateBucket,
    Region,
    Replacement,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    Service,
    Team,
    Turn,
    User,
    read_clock,
)
from tests.admin.filled import filled
from tests.people import (
    Cast,
    give_role,
    make_breaker,
    make_bucket,
    make_endpoint,
    make_event,
    make_hand_off,
    make_orphan,
    make_pipe,
    make_replacement,
    make_service,
    make_team,
    make_tombstone,
    make_turn,
)

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "endpoints"]


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def url(model: type, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:endpoints_{model.__name__.lower()}_{page}", args=args)


def text_of(response: Any) -> str:
    """Return what a page says, with white space as one space."""
    return re.sub(r"\s+", " ", response.content.decode())


def make_attempt(cast: Cast, endpoint: ReversePrivateEndpoint) -> Attempt:
    now = read_clock().now
    return Attempt.objects.create(
        endpoint=endpoint,
        generation=1,
        network=cast.network,
        request={"ClientToken": "t"},
        token=str(endpoint.pk),
        created_at=now,
    )


def act(staff: Client, action: str, *endpoints: ReversePrivateEndpoint, **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(endpoint.pk) for endpoint in endpoints], **more}
    return staff.post(url(ReversePrivateEndpoint), data, follow=True)


def test_what_staff_need_is_there_and_groups_are_teams() -> None:
    needed = {Organization, Service, Network, Region, ReversePrivateEndpoint, Event, Claim, ApiKey, User}
    console = {ClickPipe, HandOff, Replacement, Orphan}
    waiting = {Breaker, RateBucket, Turn}
    kept = {RoleAssignment, Team, Installation, AllowedPair, AuditEntry}
    assert needed | console | waiting | kept == set(MODELS)
    assert not admin.site.is_registered(apps.get_model("auth", "Group"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_search_and_page_opens_for_staff(staff: Client, cast: Cast, model: type) -> None:
    endpoint = make_endpoint(cast.service)
    make_event(endpoint, EventCode.CREATE_SENT, attempt=make_attempt(cast, endpoint), raw="<b>raw</b>")
    ApiKey.issue(organization=cast.organization, service=cast.service, role="viewer", name="script")
    Claim.objects.create(kind="service_name", key="name", organization=cast.organization)
    make_pipe(cast.service, endpoint)
    make_hand_off(endpoint)
    make_replacement(endpoint)
    AllowedPair.objects.create(service_name="name", organization=cast.organization, reason="Ours")
    make_orphan(cast.region)
    make_turn(endpoint, make_bucket())
    make_breaker(cast.network)
    make_team("Platform", cast.viewer)
    assert staff.get(url(model)).status_code == 200
    if admin.site._registry[model].search_fields:
        assert staff.get(url(model), {"q": "é 'x\" 5"}).status_code == 200
    row = model._default_manager.first()  # type: ignore[attr-defined]
    page = staff.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert "<b>raw</b>" not in page.content.decode()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_who_is_not_staff_is_not_let_in(cast: Cast, client: Client, model: type) -> None:
    assert client.get(url(model)).status_code == 302
    client.force_login(cast.admin)
    response = client.get(url(model))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_endpoint_is_read_only_and_cannot_be_added_or_deleted(staff: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    assert (
        'name="description"'
        not in staff.get(url(ReversePrivateEndpoint, "change", endpoint.pk)).content.decode()
    )
    for page, args in (("add", ()), ("change", (endpoint.pk,)), ("delete", (endpoint.pk,))):
        assert staff.post(url(ReversePrivateEndpoint, page, *args), {"post": "yes"}).status_code == 403
    act(staff, "delete_selected", endpoint, post="yes")
    assert ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).exists()


def test_page_of_an_endpoint_tells_its_timeline_and_attempts(staff: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    make_event(endpoint, EventCode.REQUESTED, actor="operator@example.com")
    make_attempt(cast, endpoint)
    page = staff.get(url(ReversePrivateEndpoint, "change", endpoint.pk)).content.decode()
    assert "operator@example.com" in page
    assert cast.network.vpc_id in page


def test_removal_asks_first_and_names_what_goes(staff: Client, cast: Cast) -> None:
    give_role(cast.staff, Role.ADMIN, cast.organization)
    endpoint = make_endpoint(cast.service, description="Orders <b>")
    page = text_of(act(staff, "remove", endpoint))
    assert "Orders &lt;b&gt;" in page
    assert "Example Shop" in page
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is None
    assert "Asked for 1 endpoint." in text_of(act(staff, "remove", endpoint, confirmed="yes"))
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_by == "staff@example.com"
    assert Event.objects.get(endpoint=endpoint).code == EventCode.REMOVAL_REQUESTED
    assert LogEntry.objects.filter(object_id=str(endpoint.pk), user=cast.staff).exists()


def test_removal_of_a_tombstone_has_nothing_to_ask(staff: Client, cast: Cast) -> None:
    assert "removed already" in text_of(act(staff, "remove", make_tombstone(cast.service)))


def test_retry_goes_through_the_intent_and_tells_a_refusal(staff: Client, cast: Cast) -> None:
    give_role(cast.staff, Role.OPERATOR, cast.service)
    failed = make_endpoint(cast.service, Status.FAILED)
    ready = make_endpoint(cast.service, Status.READY, description="Ready one")
    page = text_of(act(staff, "retry", failed, ready))
    failed.refresh_from_db()
    ready.refresh_from_db()
    assert (failed.generation, ready.generation) == (2, 1)
    assert "Ready one: There is nothing to retry" in page
    assert "Asked for 1 endpoint." in page


def test_list_of_endpoints_takes_as_many_queries_for_200_as_for_one(
    staff: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    region = cast.region
    services = [make_service(cast.organization, f"service {number}") for number in range(10)]
    for number in range(200):
        make_endpoint(services[number % 10], description=f"endpoint {number}", region=region)
    with django_assert_max_num_queries(10):
        response = staff.get(url(ReversePrivateEndpoint))
    assert response.content.decode().count("field-status_since") >= 100


@pytest.mark.parametrize("of", ["organization", "service"])
def test_what_endpoints_depend_on_is_not_deleted_and_it_is_said_why(
    staff: Client, cast: Cast, of: str
) -> None:
    make_attempt(cast, make_endpoint(cast.service))
    row = getattr(cast, of)
    page = staff.post(url(type(row), "delete", row.pk), {"post": "yes"})
    assert "cannot be removed." in text_of(page)
    assert type(row).objects.filter(pk=row.pk).exists()


def test_user_who_asked_for_an_endpoint_is_not_deleted(staff: Client, cast: Cast) -> None:
    make_endpoint(cast.service, created_by=cast.operator)
    staff.post(url(User, "delete", cast.operator.pk), {"post": "yes"})
    assert User.objects.filter(pk=cast.operator.pk).exists()


def test_user_is_added_by_e_mail_and_gets_a_link(staff: Client) -> None:
    data = {"email": "new@example.com", "usable_password": "false"}
    staff.post(url(User, "add"), data)
    user = User.objects.get(email="new@example.com")
    assert not user.has_usable_password()
    data = {"action": "show_set_password_link", "_selected_action": str(user.pk)}
    assert "/set-password/" in text_of(staff.post(url(User), data, follow=True))


def test_staff_do_not_touch_a_superuser_nor_become_one(staff: Client, cast: Cast) -> None:
    root = User.objects.create_superuser("root@example.com", "a long password 1")
    assert staff.post(url(User, "change", root.pk), {"email": "mine@example.com"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert staff.post(password, {"password1": "x", "password2": "x"}).status_code == 403
    data = {"action": "show_set_password_link", "_selected_action": str(root.pk)}
    listed = text_of(staff.post(url(User), data, follow=True))
    assert "Only a superuser touches a superuser" in listed
    assert "/set-password/" not in listed
    page = staff.get(url(User, "change", cast.staff.pk)).content.decode()
    assert "is_superuser" not in page


def test_service_keeps_its_organization_and_has_a_region_that_may_exist(staff: Client, cast: Cast) -> None:
    typed = {"name": "renamed", "organization": str(cast.other_organization.pk), "region": "europe"}
    data = filled(staff.get(url(Service, "change", cast.service.pk)), "service_form", **typed)
    page = staff.post(url(Service, "change", cast.service.pk), data)
    assert "not an AWS region name" in page.content.decode()
    staff.post(url(Service, "change", cast.service.pk), data | {"region": "eu-west-1"})
    service = Service.objects.get(pk=cast.service.pk)
    assert (service.name, service.organization) == ("renamed", cast.organization)


def test_account_of_a_region_and_place_of_a_network_are_not_changed_here(staff: Client, cast: Cast) -> None:
    staff.post(url(Region, "change", cast.region.pk), {"name": "x", "account_id": "999999999999"})
    assert Region.objects.get(pk=cast.region.pk).account_id == cast.region.account_id
    wrong = staff.post(url(Region, "change", cast.region.pk), {"push_queue_url": "https://example.com/q"})
    assert "URL of an SQS queue of this region" in wrong.content.decode()
    queue = f"https://sqs.{cast.region.pk}.amazonaws.com/111111111111/q"
    with CaptureQueriesContext(connection) as queries:
        staff.post(url(Region, "change", cast.region.pk), {"push_queue_url": queue})
    [written] = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "endpoints_region"')]
    assert "lease_token" not in written  # the engine writes the rest of the row at the same time
    assert Region.objects.get(pk=cast.region.pk).push_queue_url == queue
    data = {
        "vpc_id": "vpc-9",
        "subnet_ids": '["subnet-1", "subnet-2"]',
        "security_group_ids": '["sg-1"]',
        "draining": "on",
    }
    staff.post(url(Network, "change", cast.network.pk), data)
    network = Network.objects.get(pk=cast.network.pk)
    assert (network.vpc_id, network.subnet_ids) == (cast.network.vpc_id, ["subnet-1", "subnet-2"])
    wrong = staff.post(url(Network, "change", cast.network.pk), data | {"subnet_ids": '"vpc"'})
    assert "Give a list with at least one id." in wrong.content.decode()


def test_installation_is_paused_here_and_nothing_else_of_it_changes(staff: Client) -> None:
    before = Installation.get()
    data = {"writes_paused": "on", "pg_system_identifier": "1"}
    staff.post(url(Installation, "change", before.pk), data)
    after = Installation.get()
    assert after.writes_paused
    assert after.pg_system_identifier == before.pg_system_identifier
    assert staff.post(url(Installation, "delete", before.pk), {"post": "yes"}).status_code == 403
    assert staff.get(url(Installation, "add")).status_code == 403


def test_staff_without_a_role_remove_from_admin(staff: Client, cast: Cast) -> None:
    endpoint = make_endpoint(cast.service)
    act(staff, "remove", endpoint, confirmed="yes")
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is not None


def test_a_network_tells_its_room_for_vpc_resources(staff: Client, cast: Cast) -> None:
    address = url(Network, "change", cast.network.pk)
    assert "more VPC resource" not in staff.get(address).text
    Network.objects.update(
        capacity={"subnet-<1>": {"zone": "euc1-az1", "blocks": 7}}, capacity_at=read_clock().now
    )
    page = staff.get(address).text
    assert "7 more VPC resources fit in every zone." in page
    assert "subnet-&lt;1&gt; (euc1-az1): 7" in page
    assert staff.get(url(Network, "add")).status_code == 200
