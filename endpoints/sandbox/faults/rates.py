"""Real token buckets with the numbers of aws.md §4, in force while the knob `real_rates` is 1."""

import time

# Operation → (bucket, size, tokens a second). What is not named shares a bucket of reads or of writes.
_NAMED = {
    "CreateVpcEndpoint": ("create", 4.0, 0.3),
    "ModifyVpcEndpoint": ("modify", 4.0, 0.3),
    "DeleteVpcEndpoints": ("delete", 4.0, 0.3),
    "AcceptVpcEndpointConnections": ("accept", 10.0, 1.0),
    "RejectVpcEndpointConnections": ("reject", 10.0, 1.0),
    "CreateTags": ("tags", 100.0, 10.0),
}
_READS = ("reads", 100.0, 20.0)
_WRITES = ("writes", 50.0, 5.0)


class Rates:
    """One bucket for each account, Region and API, on real time. The caller holds the world's lock."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def take(self, account: str, region: str, operation: str, now: float | None = None) -> bool:
        """Take a token for an EC2 call; False when the bucket is empty. `now` is monotonic seconds."""
        moment = time.monotonic() if now is None else now
        rest = _READS if operation.startswith("Describe") else _WRITES
        name, size, refill = _NAMED.get(operation, rest)
        key = (account, region, name)
        tokens, filled_at = self._buckets.get(key, (size, moment))
        tokens = min(size, tokens + (moment - filled_at) * refill)
        granted = tokens >= 1
        self._buckets[key] = (tokens - 1 if granted else tokens, moment)
        return granted

    def refill(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()
