"""Service Quotas, for the endpoints of one VPC (aws.md §4).

A quota counts as applied to the account when its knob differs from AWS's default.
"""

from dataclasses import dataclass
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.knobs import Knobs


@dataclass(frozen=True)
class _Quota:
    name: str
    knob: str


_QUOTAS = {
    ("vpc", "L-29B6F2EB"): _Quota("Interface VPC endpoints per VPC", "interface_quota_per_vpc"),
    ("vpc", "L-CA6CC422"): _Quota("Resource VPC endpoints per VPC", "resource_quota_per_vpc"),
}


@operation("servicequotas", "GetServiceQuota")
def get_service_quota(call: Call) -> dict[str, Any]:
    """Tell the value applied to the account. Raises AwsError NoSuchResourceException when none was."""
    quota = _quota(call)
    applied = float(getattr(call.world.knobs, quota.knob))
    if applied == _default(quota):
        raise _no_such_quota()
    return {"Quota": _view(call, quota, applied, call.account)}


@operation("servicequotas", "GetAWSDefaultServiceQuota")
def get_default_service_quota(call: Call) -> dict[str, Any]:
    """Tell AWS's default. Raises AwsError NoSuchResourceException."""
    quota = _quota(call)
    return {"Quota": _view(call, quota, _default(quota), "")}


def _quota(call: Call) -> _Quota:
    found = _QUOTAS.get((call.params["ServiceCode"], call.params["QuotaCode"]))
    if found is None:
        raise _no_such_quota()
    return found


def _no_such_quota() -> AwsError:
    text = "The request failed because the specified service does not exist."
    return AwsError("NoSuchResourceException", text)


def _default(quota: _Quota) -> float:
    return float(getattr(Knobs(), quota.knob))


def _view(call: Call, quota: _Quota, value: float, account: str) -> dict[str, Any]:
    service, code = call.params["ServiceCode"], call.params["QuotaCode"]
    return {
        "ServiceCode": service, "ServiceName": "Amazon Virtual Private Cloud (Amazon VPC)",
        "QuotaArn": f"arn:aws:servicequotas:{call.region}:{account}:{service}/{code}", "QuotaCode": code,
        "QuotaName": quota.name, "Value": value, "Unit": "None", "Adjustable": True, "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }  # fmt: skip
