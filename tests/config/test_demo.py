"""`manage.py demo`: the same on every run, and only in the sandbox."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from endpoints import intents
from endpoints.config import demo
from endpoints.models import ApiKey, Network, ReversePrivateEndpoint, Service, User
from endpoints.sandbox.world import seed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_sandbox(settings: Any) -> None:
    settings.SANDBOX_CONSOLE_URL = "http://localhost:4567"


def run() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_second_run_prints_the_same_and_makes_nothing(settings: Any) -> None:
    first = run()
    made = set(ReversePrivateEndpoint.objects.values_list("pk", flat=True))
    assert len(made) == 3
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
    assert ReversePrivateEndpoint.objects.count() == 3


def test_networks_and_service_names_are_those_of_the_sandbox() -> None:
    run()
    for index, region in enumerate(seed.REGIONS, start=1):
        network = Network.objects.get(region=region)
        assert network.vpc_id == f"vpc-{index:017x}"
        assert network.subnet_ids == [f"subnet-{index * 16 + n:017x}" for n in (1, 2, 3)]
        assert network.security_group_ids == [f"sg-{index:017x}"]
    assert list(demo.NAMES) == [
        seed.service_name("eu-central-1", f"vpce-svc-{4 * 16 + k:017x}") for k in (1, 2, 3)
    ]


def test_demo_data_outside_the_sandbox_is_refused(settings: Any) -> None:
    settings.SANDBOX_CONSOLE_URL = ""
    with pytest.raises(CommandError, match="sandbox"):
        run()
    assert User.objects.count() == 0
