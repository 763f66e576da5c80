"""The customer's MSK clusters at the first start; README.md documents their ARNs."""

from endpoints.sandbox.world import policy
from endpoints.sandbox.world.msk import Cluster, Msk
from endpoints.sandbox.world.seed_sharing import SPARES_IN


def sow_clusters(
    msk: Msk, index: int, region: str, zone_ids: list[str], owner: str, operator: str, now: float
) -> None:
    """Make the clusters of one Region: open, closed to everybody, with one scheme only, and a spare one."""
    both = ["SASL_IAM", "SASL_SCRAM"]
    clusters = {
        "orders": (both, [operator]),
        "closed": (both, []),
        "iam-only": (["SASL_IAM"], [operator]),
    }
    if region == SPARES_IN:
        clusters["spare"] = (both, [operator])
    for k, (name, (schemes, principals)) in enumerate(clusters.items(), start=1):
        uuid = f"00000000-0000-4000-8000-{index:011x}{k}-1"
        arn = f"arn:aws:kafka:{region}:{owner}:cluster/{name}/{uuid}"
        roots = [f"arn:aws:iam::{account}:root" for account in principals]
        cluster = Cluster(arn, region, owner, name, list(zone_ids), now, schemes=list(schemes))
        cluster.policy = policy.write(arn, roots)
        cluster.policy_version = "K1" if cluster.policy else ""
        msk.clusters.put(cluster)
