"""`manage.py demo`: the same on every run, and only in the sandbox."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from endpoints import intents
from endpoints.config import demo
from endpoints.config.demo_endpoints import CLUSTERS, NAMES, PIPES, RESOURCES
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import (
    ApiKey,
    ClickPipe,
    Network,
    ReversePrivateEndpoint,
    Service,
    User,
    affected_by,
)
from endpoints.sandbox.world import seed
from endpoints.sandbox.world.store import Store
from endpoints.sandbox.world.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_sandbox(settings: Any) -> None:
    settings.SANDBOX_CONSOLE_URL = "http://localhost:4567"


@pytest.fixture
def sown() -> World:
    """The sandbox's world at its first start."""
    world = World(Store(":memory:"))
    seed.sow(world, "instant", 0.0)
    return world


def run() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_second_run_prints_the_same_and_makes_nothing(settings: Any) -> None:
    first = run()
    made = set(ReversePrivateEndpoint.objects.values_list("pk", flat=True))
    assert len(made) == 9
    assert run() == first
    assert set(ReversePrivateEndpoint.objects.values_list("pk", flat=True)) == made
    assert Service.objects.count() == 4
    assert {service.clickpipes_region for service in Service.objects.all()} == {"eu-central-1", "us-east-1"}


def test_printed_sign_ins_and_key_work() -> None:
    said = run()
    for email, password in demo.PASSWORDS.items():
        assert f"{email}" in said
        assert password in said
        assert authenticate(username=email, password=password) is not None
    assert ApiKey.objects.get(key_id=demo.KEY_ID).accepts(demo.KEY_SECRET)
    admins = User.objects.filter(is_staff=True, is_superuser=True)
    assert [user.email for user in admins] == ["admin@postern.example"]


def test_changed_password_is_left_alone() -> None:
    run()
    user = User.objects.get(email="viewer@postern.example")
    user.set_password("my own words 1")
    user.save()
    run()
    assert authenticate(username=user.email, password="my own words 1") == user


def test_removed_endpoints_do_not_come_back() -> None:
    run()
    admin = User.objects.get(email="admin@postern.example")
    for endpoint in ReversePrivateEndpoint.objects.all():
        intents.request_removal(endpoint=endpoint, by=admin)
    run()
    assert ReversePrivateEndpoint.objects.count() == 9


def test_networks_are_those_of_the_sandbox() -> None:
    run()
    for index, region in enumerate(seed.REGIONS, start=1):
        network = Network.objects.get(region=region)
        assert network.vpc_id == f"vpc-{index:017x}"
        assert network.subnet_ids == [f"subnet-{index * 16 + n:017x}" for n in (1, 2, 3)]
        assert network.security_group_ids == [f"sg-{index:017x}"]


def test_every_id_is_one_of_the_sandbox(sown: World) -> None:
    run()
    known = {seed.service_name(item.region, item.id) for item in sown.services}
    known |= {item.id for item in sown.configurations} | {item.arn for item in sown.shares}
    known |= {item.id for item in sown.msk.clusters} | {"SASL_IAM", "SASL_SCRAM"}
    for endpoint in ReversePrivateEndpoint.objects.all():
        assert set(endpoint.parameters.values()) <= known, endpoint
    assert {*NAMES, *CLUSTERS, *(each for pair in RESOURCES for each in pair)} <= known


def test_first_endpoints_cover_every_type_and_leave_something_to_try() -> None:
    said = run()
    assert set(ReversePrivateEndpoint.objects.values_list("type", flat=True)) == set(EndpointType)
    service = Service.objects.get(name="orders")
    for asked in (*_resources_to_try(), *_clusters_to_try()):
        description = " ".join(asked.values())
        wanted, errors = intents.check_wanted(service, {**asked, "description": "To try"})
        assert wanted is not None, (description, errors)
        intents.request_endpoint(
            service=service, wanted=wanted, by=User.objects.get(email="admin@postern.example")
        )
        shown = [value for name, value in asked.items() if name != "type"]
        assert all(value in said for value in shown)


def _resources_to_try() -> list[dict[str, str]]:
    return [
        {
            "type": "VPC_RESOURCE",
            "vpcResourceConfigurationId": configuration,
            "vpcResourceShareArn": share,
        }
        for configuration, share in RESOURCES
    ]


def _clusters_to_try() -> list[dict[str, str]]:
    return [
        {"type": "MSK_MULTI_VPC", "mskClusterArn": arn, "mskAuthentication": scheme}
        for arn in CLUSTERS
        for scheme in ("SASL_IAM", "SASL_SCRAM")
    ]


def test_demo_data_outside_the_sandbox_is_refused(settings: Any) -> None:
    settings.SANDBOX_CONSOLE_URL = ""
    with pytest.raises(CommandError, match="sandbox"):
        run()
    assert User.objects.count() == 0


def make_ready(service: Service) -> None:
    """Give every endpoint the names that AWS would give it, as if it were Ready."""
    for number, row in enumerate(service.endpoints.order_by("created_at", "pk")):
        name = f"vpce-{number:017x}-x.vpce-svc-0.eu-central-1.vpce.amazonaws.com"
        if row.type == EndpointType.MSK_MULTI_VPC:
            row.connection_string = f"b-{number}.kafka.test:14001"
            row.private_dns_names = [f"b-{number}.kafka.test"]
        else:
            row.dns_names = [name]
        row.status = Status.READY
        row.save()


def test_clickpipes_come_once_their_endpoints_are_ready_and_only_once() -> None:
    run()
    service = Service.objects.get(name="orders")
    assert ClickPipe.objects.count() == 0
    assert demo.record_clickpipes() == len(PIPES), "none has an address yet"
    make_ready(service)
    assert demo.record_clickpipes() == 0
    made = {pipe.name: pipe for pipe in ClickPipe.objects.prefetch_related("endpoints")}
    assert set(made) == {pipe.name for pipe in PIPES}
    for asked in PIPES:
        (endpoint,) = service.endpoints.filter(description=asked.endpoint)
        pipe = made[asked.name]
        assert [row.pk for row in pipe.endpoints.all()] == ([endpoint.pk] if asked.by_id else [])
        assert set(pipe.hosts) <= endpoint.answered_names
    intents.remove_pipe(pipe=made["customers"], by=User.objects.get(email="admin@postern.example"))
    run()
    assert ClickPipe.objects.live().count() == len(PIPES) - 1, "a removed one does not come back"


def test_clickpipes_show_both_what_uses_an_endpoint_and_what_may_be_affected() -> None:
    run()
    service = Service.objects.get(name="orders")
    make_ready(service)
    run()
    both = service.endpoints.get(description="Customers Postgres")
    found = affected_by([both])[both.pk]
    assert [pipe.name for pipe in found.uses] == ["customers"]
    assert [pipe.name for pipe in found.may] == ["customers-nightly"]


def test_waiting_ends_with_the_time_and_goes_by_what_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    call_command("demo", "--wait", "0.01", stdout=StringIO())
    service = Service.objects.get(name="orders")
    for endpoint in service.endpoints.all():
        intents.request_removal(endpoint=endpoint, by=User.objects.get(email="admin@postern.example"))
    call_command("demo", "--wait", "3600", stdout=StringIO())
    assert ClickPipe.objects.count() == 0
