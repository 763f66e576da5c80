"""What VPC Lattice and RAM are made of: gateways, resource configurations, shares, invitations.

As in `objects`: dataclasses of JSON values only, times in seconds since 1970 on the moved clock. A time that
says from when something is seen is fixed when its cause happens, so turning a knob later changes nothing.
"""

from dataclasses import dataclass, field


@dataclass
class ResourceGateway:
    """The way into the owner's VPC; a Resource endpoint needs a zone in common with it (aws.md §1b)."""

    id: str
    region: str
    account: str
    name: str
    vpc_id: str
    zone_ids: list[str]
    created_at: float
    subnet_ids: list[str] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    client_token: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:vpc-lattice:{self.region}:{self.account}:resourcegateway/{self.id}"


@dataclass
class ResourceConfiguration:
    """What a Resource endpoint reaches: one thing (SINGLE, ARN), or a GROUP with its CHILD configurations.

    `verification` is that of the custom domain name: VERIFIED, PENDING, VERIFICATION_TIMED_OUT, or empty
    for none. `definition` is kept as on the wire.
    """

    id: str
    region: str
    account: str
    name: str
    kind: str
    gateway_id: str
    ports: list[str]
    created_at: float
    updated_at: float
    status: str = "ACTIVE"
    failure_reason: str = ""
    custom_domain_name: str = ""
    verification: str = ""
    group_id: str = ""
    definition: dict[str, dict[str, str]] = field(default_factory=dict)
    client_token: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:vpc-lattice:{self.region}:{self.account}:resourceconfiguration/{self.id}"


@dataclass
class EndpointAssociation:
    """What binds an endpoint to one resource configuration; EC2 and VPC Lattice show it with their own ids.

    `accessible_at` is when the resource can be reached at the earliest. `cut`: the owner deleted it, or
    fate did; `hidden`: EC2 shows it no more.
    """

    id: str
    number: int
    region: str
    account: str
    endpoint_id: str
    configuration_id: str
    configuration_arn: str
    group_arn: str
    dns_name: str
    created_at: float
    accessible_at: float
    private_name: str = ""
    private_zone_id: str = ""
    cut: bool = False
    hidden: bool = False
    failure_code: str = ""
    failure_reason: str = ""

    @property
    def lattice_id(self) -> str:
        """Its id in VPC Lattice."""
        return f"rea-{self.id.rpartition('-')[2]}"

    @property
    def ec2_id(self) -> str:
        """Its id in EC2."""
        return f"vpce-rsc-asc-{self.id.rpartition('-')[2]}"


@dataclass
class ResourceShare:
    """A RAM share; `id` is the UUID in its ARN. `same_organization`: no invitations, active at once."""

    id: str
    region: str
    account: str
    name: str
    created_at: float
    updated_at: float
    status: str = "ACTIVE"
    same_organization: bool = False
    allow_external: bool = True
    client_token: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:ram:{self.region}:{self.account}:resource-share/{self.id}"


@dataclass
class ShareAssociation:
    """A principal or a resource of a share.

    A principal sees the share from `share_seen_at` and its resources from `resources_seen_at`, None = not
    yet invited, or not accepted; a resource that was added later shows from its own `resources_seen_at`.
    """

    id: str
    share_id: str
    kind: str
    entity: str
    status: str
    external: bool
    created_at: float
    updated_at: float
    share_seen_at: float | None = None
    resources_seen_at: float | None = None


@dataclass
class Invitation:
    """A share offered to one account; `id` is the UUID in its ARN, `number` counts all invitations."""

    id: str
    number: int
    share_id: str
    share_name: str
    region: str
    account: str
    receiver: str
    created_at: float
    seen_at: float
    expires_at: float
    status: str = "PENDING"
    vanishes_at: float | None = None
    client_token: str = ""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:ram:{self.region}:{self.account}:resource-share-invitation/{self.id}"

    @property
    def share_arn(self) -> str:
        """The share's ARN."""
        return f"arn:aws:ram:{self.region}:{self.account}:resource-share/{self.share_id}"
