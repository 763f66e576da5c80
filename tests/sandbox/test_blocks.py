"""The /28 blocks of Resource endpoints: real bookkeeping, failed and partial (aws.md §1b, §6, §10)."""

from ipaddress import ip_address, ip_network
from typing import Any

from tests.sandbox.helpers import REGION, create, listed, state
from tests.sandbox.sharing import PENDING, accept, associations, reach
from tests.sandbox_client import Sandbox, start_sandbox, subnet_id

SUBNETS = [subnet_id(REGION, n) for n in (1, 2, 3)]


def prefixes(endpoint: dict[str, Any]) -> dict[str, str]:
    """Return the block of each subnet."""
    return {item["SubnetId"]: item["IpPrefixes"][0] for item in endpoint["Ipv4Prefixes"]}


def fill(box: Sandbox, n: int) -> None:
    """Spoil every /28 of the seed's subnet n by one address."""
    box.reserve_addresses(subnet_id(REGION, n), [f"10.1.{n}.{16 * block + 9}" for block in range(16)])


def test_a_block_is_aligned_and_leaves_out_what_aws_keeps(ec2: Any) -> None:
    reach(ec2, SubnetIds=SUBNETS)
    assert prefixes(listed(ec2)[0]) == {key: f"10.1.{n}.16/28" for n, key in enumerate(SUBNETS, start=1)}


def test_what_a_client_computes_agrees_until_nothing_is_left(ec2: Any) -> None:
    create(ec2, SubnetIds=[SUBNETS[0]])
    for _ in range(14):
        free = free_blocks(ec2, SUBNETS[0])
        reach(ec2)
        newest = max(listed(ec2, vpc_endpoint_type="Resource"), key=lambda e: str(e["CreationTimestamp"]))
        taken = {block for e in listed(ec2, vpc_endpoint_type="Resource") for block in prefixes(e).values()}
        assert min(free, key=lambda block: int(ip_network(block).network_address)) in taken
        assert newest["State"] == "Available"
    assert free_blocks(ec2, SUBNETS[0]) == set()
    [subnet] = ec2.describe_subnets(SubnetIds=[SUBNETS[0]])["Subnets"]
    assert subnet["AvailableIpAddressCount"] == 251 - 1 - 14 * 16
    assert state(ec2, reach(ec2)) == "Failed"


def test_interface_addresses_break_blocks_and_blocks_take_addresses(box: Sandbox, ec2: Any) -> None:
    others = [f"10.1.1.{n}" for n in range(4, 17)]
    box.reserve_addresses(SUBNETS[0], others)
    reach(ec2)
    assert prefixes(listed(ec2)[0]) == {SUBNETS[0]: "10.1.1.32/28"}
    create(ec2, SubnetIds=[SUBNETS[0]])
    shown = ec2.describe_network_interfaces()["NetworkInterfaces"]
    blocks = [item["Ipv4Prefix"] for nic in shown for item in nic.get("Ipv4Prefixes", [])]
    singles = sorted(
        (nic["PrivateIpAddress"] for nic in shown if not nic.get("Ipv4Prefixes")), key=ip_address
    )
    assert (blocks, singles) == (["10.1.1.32/28"], [*others, "10.1.1.17"])


def test_no_block_anywhere_fails_after_the_create(box: Sandbox, ec2: Any) -> None:
    box.knobs(resource_pending_seconds=60)
    fill(box, 1)
    key = reach(ec2)
    assert state(ec2, key) == "Pending"
    box.advance(61)
    [endpoint] = listed(ec2)
    assert (endpoint["State"], endpoint["NetworkInterfaceIds"]) == ("Failed", [])
    assert endpoint["LastError"]["Code"] == "InsufficientFreeAddressesInSubnet"
    assert SUBNETS[0] in endpoint["LastError"]["Message"]
    assert endpoint["FailureReason"] == endpoint["LastError"]["Message"]
    assert associations(ec2, key) == []


def test_blocks_are_given_in_the_order_of_creation(box: Sandbox, ec2: Any) -> None:
    box.knobs(resource_pending_seconds=60)
    keys = [reach(ec2) for _ in range(8)]
    box.advance(61)
    shown = {endpoint["VpcEndpointId"]: prefixes(endpoint)[SUBNETS[0]] for endpoint in listed(ec2)}
    assert [shown[key] for key in keys] == [f"10.1.1.{16 * n}/28" for n in range(1, 9)]


def test_no_block_in_some_subnets_is_partial_and_serves(box: Sandbox, ec2: Any) -> None:
    fill(box, 2)
    key = reach(ec2, SubnetIds=SUBNETS)
    [endpoint] = listed(ec2)
    assert endpoint["State"] == "Partial"
    assert set(prefixes(endpoint)) == {SUBNETS[0], SUBNETS[2]}
    assert SUBNETS[1] in endpoint["LastError"]["Message"]
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Accessible"


def test_a_deleted_endpoint_frees_block_and_association(box: Sandbox, ec2: Any) -> None:
    box.knobs(deleting_seconds=60, deleted_visible_seconds=60)
    key = reach(ec2)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    assert associations(ec2, key)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
    box.advance(61)
    assert box.associations() == []
    reach(ec2)
    blocks = [item for endpoint in listed(ec2) for item in prefixes(endpoint).values()]
    assert blocks == ["10.1.1.16/28"]


def free_blocks(ec2: Any, key: str) -> set[str]:
    """Compute the free /28 blocks of a subnet as a client would (aws.md §6)."""
    [subnet] = ec2.describe_subnets(SubnetIds=[key])["Subnets"]
    network = ip_network(subnet["CidrBlock"])
    taken = {network[n] for n in (0, 1, 2, 3, -1)}
    by_subnet = [{"Name": "subnet-id", "Values": [key]}]
    for nic in ec2.describe_network_interfaces(Filters=by_subnet)["NetworkInterfaces"]:
        taken |= {ip_address(item["PrivateIpAddress"]) for item in nic["PrivateIpAddresses"]}
        for item in nic.get("Ipv4Prefixes", []):
            taken |= set(ip_network(item["Ipv4Prefix"]))
    return {str(block) for block in network.subnets(new_prefix=28) if taken.isdisjoint(set(block))}


def test_everything_survives_a_restart(tmp_path: Any) -> None:
    with start_sandbox(tmp_path) as box:
        accept(box)
        key = reach(box.boto3("ec2"), ResourceConfigurationArn=PENDING)
        before = box.state()
        box.kill()
        box.start()
        after = box.state()
        for name in ("endpoints", "shares", "invitations", "associations", "network_interfaces"):
            assert after[name] == before[name]
        other = reach(box.boto3("ec2"))
        assert box.endpoint(other)["prefixes"] != box.endpoint(key)["prefixes"]
