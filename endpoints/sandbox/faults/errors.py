"""What throttled and failing services say, where a fault does not name its own error (aws.md §3)."""

from botocore.model import ServiceModel

from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.json_errors import modelled_status

_Default = tuple[int, str, str]
_SLOW_DOWN = "Rate exceeded"
_BROKEN = "An internal error has occurred"
# Signing name → (of `throttle`, of `error` and `error_after`).
_SERVICES: dict[str, tuple[_Default, _Default]] = {
    "kafka": (
        (429, "TooManyRequestsException", _SLOW_DOWN), (500, "InternalServerErrorException", _BROKEN),
    ),
    "ram": ((429, "ThrottlingException", _SLOW_DOWN), (500, "ServerInternalException", _BROKEN)),
    "vpc-lattice": ((429, "ThrottlingException", _SLOW_DOWN), (500, "InternalServerException", _BROKEN)),
    "servicequotas": ((400, "TooManyRequestsException", _SLOW_DOWN), (500, "ServiceException", _BROKEN)),
}  # fmt: skip
_OTHERS: tuple[_Default, _Default] = (
    (503, "RequestLimitExceeded", "Request limit exceeded."), (500, "InternalError", _BROKEN),
)  # fmt: skip


def planned(fault: Fault, service: str, model: ServiceModel | None) -> AwsError:
    """Return a fault's error: what it names, else what the service would say.

    A code that the service's model knows brings the model's status along.
    """
    status, code, message = _SERVICES.get(service, _OTHERS)[fault.kind != "throttle"]
    if fault.code:
        code, status = fault.code, modelled_status(model, fault.code) or status
    return AwsError(code, fault.message or message, fault.status or status)
