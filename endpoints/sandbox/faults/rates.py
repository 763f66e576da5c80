"""Token buckets with the numbers of aws.md §4, in force while the knob `real_rates` is above 0."""

from collections.abc import Mapping
from typing import Any

_Bucket = tuple[str, float, float]

# Operation → (bucket, size, tokens a second). What is not named shares a bucket of reads or of writes.
_NAMED: dict[str, _Bucket] = {
    "CreateVpcEndpoint": ("create", 4.0, 0.3),
    "ModifyVpcEndpoint": ("modify", 4.0, 0.3),
    "DeleteVpcEndpoints": ("delete", 4.0, 0.3),
    "AcceptVpcEndpointConnections": ("accept", 10.0, 1.0),
    "RejectVpcEndpointConnections": ("reject", 10.0, 1.0),
    "CreateTags": ("tags", 100.0, 10.0),
}
# Reads that have a bucket of their own when they ask for everything.
_WHOLE = {
    "DescribeNetworkInterfaces": ("all interfaces", 50.0, 10.0),
    "DescribeSecurityGroups": ("all groups", 50.0, 10.0),
}
_NARROWING = ("Filters", "NetworkInterfaceIds", "GroupIds", "GroupNames")
_READS = ("reads", 100.0, 20.0)
_WRITES = ("writes", 50.0, 5.0)
# Route 53 has one bucket for all calls of an account, and these besides; changes are not weighed.
_ROUTE53: dict[str, _Bucket] = {
    "CreateHostedZone": ("route53 create", 40.0, 2.0),
    "DeleteHostedZone": ("route53 delete", 40.0, 5.0),
    "AssociateVPCWithHostedZone": ("route53 associate", 20.0, 5.0),
    "DisassociateVPCFromHostedZone": ("route53 disassociate", 10.0, 5.0),
}
_ALL_OF_ROUTE53 = ("route53", 50.0, 10.0)
SERVICES = frozenset({"ec2", "route53"})
"""The services with buckets."""


def _buckets(service: str, operation: str, params: Mapping[str, Any]) -> list[_Bucket]:
    if service == "route53":
        return [_ALL_OF_ROUTE53, *([_ROUTE53[operation]] if operation in _ROUTE53 else [])]
    rest = _READS if operation.startswith("Describe") else _WRITES
    named = _NAMED if any(params.get(name) for name in _NARROWING) else _NAMED | _WHOLE
    return [named.get(operation, rest)]


class Rates:
    """One bucket for each account, Region and API; Route 53 has no Region. The caller holds the world's lock.

    Time is moved time, as in the client's own buckets, so that a scaled clock scales both alike. A clock
    that went back refills nothing by that, and goes on from there.
    """

    def __init__(self) -> None:
        self._factor = 0.0
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def take(
        self,
        account: str,
        region: str,
        operation: str,
        params: Mapping[str, Any],
        now: float,
        factor: float = 1.0,
        service: str = "ec2",
    ) -> bool:
        """Take a token of each bucket of a call; False, and none taken, when one of them is empty.

        `now` is moved time in seconds, `factor` multiplies every size and refill; 0 lets everything pass.
        A bucket holds one token at least. Another factor than before fills all buckets.
        """
        if factor != self._factor:
            self._factor = factor
            self.refill()
        if not factor:
            return True
        place = "" if service == "route53" else region
        left: dict[tuple[str, str, str], float] = {}
        for name, size, refill in _buckets(service, operation, params):
            key, most = (account, place, name), max(1.0, size * factor)
            tokens, filled_at = self._buckets.get(key, (most, now))
            left[key] = min(most, tokens + max(0.0, now - filled_at) * refill * factor)
        granted = all(tokens >= 1 for tokens in left.values())
        for key, tokens in left.items():
            self._buckets[key] = (tokens - 1 if granted else tokens, now)
        return granted

    def refill(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()
