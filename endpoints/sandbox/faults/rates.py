"""Token buckets with the numbers of aws.md §4, in force while the knob `real_rates` is above 0."""

from collections.abc import Mapping
from typing import Any

# Operation → (bucket, size, tokens a second). What is not named shares a bucket of reads or of writes.
_NAMED = {
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


class Rates:
    """One bucket for each account, Region and API. The caller holds the world's lock.

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
    ) -> bool:
        """Take a token for an EC2 call with its parameters; False when the bucket is empty.

        `now` is moved time in seconds, `factor` multiplies every size and refill; 0 lets everything pass.
        A bucket holds one token at least. Another factor than before fills all buckets.
        """
        if factor != self._factor:
            self._factor = factor
            self.refill()
        if not factor:
            return True
        rest = _READS if operation.startswith("Describe") else _WRITES
        named = _NAMED if any(params.get(name) for name in _NARROWING) else _NAMED | _WHOLE
        name, size, refill = named.get(operation, rest)
        size = max(1.0, size * factor)
        key = (account, region, name)
        tokens, filled_at = self._buckets.get(key, (size, now))
        tokens = min(size, tokens + max(0.0, now - filled_at) * refill * factor)
        granted = tokens >= 1
        self._buckets[key] = (tokens - 1 if granted else tokens, now)
        return granted

    def refill(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()
