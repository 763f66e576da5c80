"""AWS's quotas as they were applied, and full networks."""

from typing import Any

import pytest
from botocore.stub import Stubber

from endpoints.domain.errors import NoRoom
from endpoints.domain.sighting import NetworkFacts
from endpoints.domain.specs import VpcEndpointServiceSpec
from endpoints.providers import vpc_endpoint_service
from endpoints.providers.quotas import read_quotas
from endpoints.providers.recent import Recent
from tests.providers.wire import OPERATOR, OWNER, REGION, known_subnets

DEFAULTS = {"interface": 50, "resource": 200}
ASKED = [{"ServiceCode": "vpc", "QuotaCode": code} for code in ("L-29B6F2EB", "L-CA6CC422")]


def test_the_quotas_of_both_families_are_read(quota: Stubber) -> None:
    for value, asked in zip((75.0, 400.0), ASKED, strict=True):
        quota.add_response("get_service_quota", {"Quota": {"Value": value}}, asked)
    assert read_quotas(OPERATOR) == {"interface": 75, "resource": 400}


@pytest.mark.parametrize("code", ["NoSuchResourceException", "AccessDeniedException"])
def test_awss_own_quotas_hold_where_none_was_applied_or_none_may_be_read(quota: Stubber, code: str) -> None:
    for asked in ASKED:
        quota.add_client_error("get_service_quota", code, expected_params=asked)
    assert read_quotas(OPERATOR) == DEFAULTS


@pytest.mark.parametrize(("code", "status"), [("TooManyRequestsException", 400), ("ServiceException", 500)])
def test_what_aws_cannot_tell_just_now_is_no_default(quota: Stubber, code: str, status: int) -> None:
    quota.add_client_error("get_service_quota", code, http_status_code=status)
    quota.add_response("get_service_quota", {"Quota": {"Value": 201.0}})
    assert read_quotas(OPERATOR) == {"resource": 201}


def test_one_quota_that_cannot_be_read_leaves_the_other(quota: Stubber) -> None:
    quota.add_client_error("get_service_quota", "NoSuchResourceException")
    quota.add_response("get_service_quota", {"Quota": {"Value": 201.0}})
    assert read_quotas(OPERATOR) == DEFAULTS | {"resource": 201}


def test_a_quota_without_a_value_is_awss_own(quota: Stubber) -> None:
    answer: dict[str, Any] = {"Quota": {}}
    for _ in ASKED:
        quota.add_response("get_service_quota", answer)
    assert read_quotas(OPERATOR) == DEFAULTS


@pytest.mark.parametrize("room", [0, -3])
def test_no_room_names_every_full_network_that_would_fit(ec2: Stubber, room: int) -> None:
    detail = {"ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZoneIds": ["euc1-az1"]}
    ec2.add_response("describe_vpc_endpoint_services", {"ServiceDetails": [detail]})
    zones = {"subnet_1": "euc1-az1", "subnet_2": "euc1-az1", "subnet_3": "euc1-az2"}
    ec2.add_response("describe_subnets", known_subnets(**zones))
    networks = [NetworkFacts(f"vpc-{n}", (f"subnet-{n}",), ("sg-1",), room) for n in (1, 2, 3)]
    name = f"com.amazonaws.vpce.{REGION}.vpce-svc-0123456789abcdef0"
    spec = VpcEndpointServiceSpec.parse({"vpcEndpointServiceName": name})
    with pytest.raises(NoRoom) as why:
        vpc_endpoint_service.place(OPERATOR, spec, networks, OWNER, "token-1", {}, Recent())
    assert why.value.params == {"region": REGION, "quota": "vpc-1, vpc-2"}
