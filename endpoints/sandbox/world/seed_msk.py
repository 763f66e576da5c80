"""The customer's MSK clusters at the first start; README.md documents their ARNs."""

from endpoints.sandbox.world import policy
from endpoints.sandbox.world.msk import Cluster, Msk


def sow_clusters(
    msk: Msk, index: int, region: str, zone_ids: list[str], owner: str, operator: str, now: float
) -> None:
    """Make the three clusters of one Region: open, closed to everybody, and with one scheme only."""
    both = ["SASL_IAM", "SASL_SCRAM"]
    for k, (name, schemes, principals) in enumerate(
        (("orders", both, [operator]), ("closed", both, []), ("iam-only", ["SASL_IAM"], [operator])), start=1
    ):
        uuid = f"00000000-0000-4000-8000-{index:011x}{k}-1"
        arn = f"arn:aws:kafka:{region}:{owner}:cluster/{name}/{uuid}"
        roots = [f"arn:aws:iam::{account}:root" for account in principals]
        cluster = Cluster(arn, region, owner, name, list(zone_ids), now, schemes=list(schemes))
        cluster.policy = policy.write(arn, roots)
        cluster.policy_version = "K1" if cluster.policy else ""
        msk.clusters.put(cluster)
