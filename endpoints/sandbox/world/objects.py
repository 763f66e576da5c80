"""What the world is made of.

Every object is a dataclass of JSON values only, so that the store can write any of them the same way.
Times are seconds since 1970 in UTC on the moved clock, unless a field says otherwise.
"""

from dataclasses import dataclass, field


@dataclass
class Account:
    """An AWS account. `access_keys` are long-lived key ids; any secret goes with them."""

    id: str
    name: str
    access_keys: list[str] = field(default_factory=list)


@dataclass
class Session:
    """Temporary credentials of an assumed role. `id` is the access key; `expires_at` is real time."""

    id: str
    account: str
    role_arn: str
    session_name: str
    token: str
    expires_at: float


@dataclass
class Vpc:
    """A virtual network with the two DNS attributes that private DNS needs (aws.md §1a)."""

    id: str
    region: str
    account: str
    cidr: str
    dns_support: bool = True
    dns_hostnames: bool = True
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Subnet:
    """One subnet; `reserved` are addresses taken by things the sandbox does not simulate."""

    id: str
    region: str
    account: str
    vpc_id: str
    cidr: str
    zone_id: str
    zone_name: str
    reserved: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class SecurityGroup:
    """A security group; its rules are not simulated. `is_default`: used when a create names no group."""

    id: str
    region: str
    account: str
    vpc_id: str
    name: str
    is_default: bool = False
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Nic:
    """A network interface that an endpoint holds in a subnet, with its constant address.

    `prefix` is the /28 block that a Resource endpoint holds; `address` is its first one.
    """

    id: str
    region: str
    account: str
    vpc_id: str
    subnet_id: str
    address: str
    endpoint_id: str
    created_at: float
    prefix: str = ""


@dataclass
class Service:
    """An endpoint service: the owner's side of PrivateLink.

    `allowed_principals` are ARNs, account numbers or `*`. `private_dns_state` is `verified`,
    `pendingVerification` or `failed`, and means something only when `private_dns_name` is set.
    """

    id: str
    region: str
    account: str
    name: str
    acceptance_required: bool
    allowed_principals: list[str]
    supported_regions: list[str]
    zone_ids: list[str]
    created_at: float
    private_dns_name: str = ""
    private_dns_state: str = "pendingVerification"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Endpoint:
    """A VPC endpoint. `state` is spelled as in EC2's filters; `schedule` says which states follow, and when.

    `number` orders endpoints by creation, for paging. `removed_at` is when a delete was asked for, and
    `state_before_delete` what the endpoint was then: read lag shows it. `requester_managed` are the
    endpoints that MSK makes for VPC connections, which its service alone may change. A Resource endpoint
    has no service but a `configuration_arn`; its `accepted` means that its addresses were decided on.
    """

    id: str
    number: int
    region: str
    account: str
    kind: str
    vpc_id: str
    service_id: str
    service_name: str
    service_region: str
    state: str
    created_at: float
    dns_suffix: str
    connection_id: str
    subnet_ids: list[str] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    schedule: dict[str, float] = field(default_factory=dict)
    private_dns_enabled: bool = False
    private_zone_id: str = ""
    ip_address_type: str = "ipv4"
    policy: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    client_token: str = ""
    request_digest: str = ""
    accepted: bool = False
    error_code: str = ""
    error_message: str = ""
    removed_at: float | None = None
    state_before_delete: str = ""
    requester_managed: bool = False
    configuration_arn: str = ""
    dns_preference: str = ""
    dns_domains: list[str] = field(default_factory=list)
