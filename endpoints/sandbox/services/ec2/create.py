"""CreateVpcEndpoint, with client tokens (aws.md §1a, §1e); what only Resource has is in `resource`."""

import hashlib
import json
import secrets
import string
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2 import resource, rules
from endpoints.sandbox.services.ec2.tags import tags_on_create
from endpoints.sandbox.services.ec2.views import endpoint_view
from endpoints.sandbox.wire.errors import AwsError, invalid_value, missing_parameter, not_built
from endpoints.sandbox.world import lifecycle
from endpoints.sandbox.world.objects import Endpoint, SecurityGroup, Service, Subnet, Vpc
from endpoints.sandbox.world.world import new_id

_OPEN_POLICY = json.dumps(
    {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
)
_LETTERS = string.ascii_lowercase + string.digits


@operation("ec2", "CreateVpcEndpoint")
def create_vpc_endpoint(call: Call) -> dict[str, Any]:
    """Create an Interface or Resource endpoint, or replay the answer that belongs to a client token.

    The answer to a replay is the original endpoint in its current state. Raises AwsError as the checks in
    `rules` and `resource` do, and IdempotentParameterMismatch.
    """
    token, digest = _token(call), _digest(call.params)
    endpoint = _replayed(call, token, digest)
    if endpoint is None:
        endpoint = _create(call, token, digest)
    answer: dict[str, Any] = {"VpcEndpoint": endpoint_view(call, endpoint)}
    if token:
        answer["ClientToken"] = token
    return answer


def _token(call: Call) -> str:
    token = str(call.params.get("ClientToken", ""))
    if len(token) > 64 or not token.isascii():
        raise invalid_value(token, "clientToken")
    return token


def _digest(params: dict[str, Any]) -> str:
    asked = {name: value for name, value in params.items() if name not in ("ClientToken", "DryRun")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _replayed(call: Call, token: str, digest: str) -> Endpoint | None:
    key = call.world.tokens.get((call.account, call.region, token)) if token else None
    endpoint = call.world.endpoints.get(key) if key else None
    if endpoint is None:
        return None
    if endpoint.request_digest != digest:
        text = (
            "Request with idempotency token was previously used with different parameters, "
            f"but the same client token {token}"
        )
        raise AwsError("IdempotentParameterMismatch", text)
    return endpoint


def _create(call: Call, token: str, digest: str) -> Endpoint:
    params = call.params
    kind = params.get("VpcEndpointType", "Gateway")
    if kind == "Resource":
        return resource.create(call, token, digest)
    if kind in ("ServiceNetwork", "Tunnel"):
        raise not_built(f"VPC endpoints of type {kind}")
    vpc = rules.vpc_of(call, params["VpcId"])
    service = _service(call, kind)
    subnets = rules.subnets_of(call, vpc, service, params.get("SubnetIds") or [])
    groups = rules.groups_of(call, vpc, params.get("SecurityGroupIds"))
    if params.get("PrivateDnsEnabled", False):
        rules.private_dns(call, vpc, service, None)
    tags = tags_on_create(params.get("TagSpecifications") or [], "vpc-endpoint")
    rules.room_in(call, vpc, kind)
    return _made(call, vpc, service, subnets, groups, tags, token, digest)


def _service(call: Call, kind: str) -> Service:
    """Check everything about the service that does not depend on the network."""
    params = call.params
    if "ServiceName" not in params:
        raise missing_parameter("ServiceName")
    service = rules.service_of(call, params["ServiceName"], params.get("ServiceRegion") or call.region)
    if kind != "Interface":
        text = f"Endpoint type ({kind}) does not match available service types ([Interface])."
        raise AwsError("InvalidParameter", text)
    if params.get("RouteTableIds"):
        text = "Route table IDs are only supported for Gateway type VPC Endpoint."
        raise AwsError("InvalidParameter", text)
    if params.get("IpAddressType", "ipv4") != "ipv4":
        text = (
            f"The IP address type {params['IpAddressType']} is not supported by the service {service.name}."
        )
        raise AwsError("InvalidParameter", text)
    for name in ("SubnetConfigurations", "DnsOptions", "PolicyDocument"):
        if params.get(name):
            raise not_built(f"CreateVpcEndpoint with {name}")
    return service


def _made(
    call: Call, vpc: Vpc, service: Service, subnets: list[Subnet], groups: list[SecurityGroup],
    tags: dict[str, str], token: str, digest: str,
) -> Endpoint:  # fmt: skip
    private = bool(call.params.get("PrivateDnsEnabled", False))
    endpoint = Endpoint(
        id=new_id("vpce"), number=call.world.next_number(), region=call.region, account=call.account,
        kind="Interface", vpc_id=vpc.id, service_id=service.id, service_name=service.name,
        service_region=service.region, state="", created_at=call.now, dns_suffix=dns_suffix(),
        connection_id=new_id("vpce-con"), subnet_ids=[subnet.id for subnet in subnets],
        group_ids=[group.id for group in groups], private_dns_enabled=private,
        private_zone_id=private_zone() if private else "", policy=_OPEN_POLICY, tags=tags,
        client_token=token, request_digest=digest,
    )  # fmt: skip
    for subnet in subnets:
        call.world.add_nic(endpoint, subnet, call.now)
    lifecycle.start(call.world, endpoint, service.acceptance_required, call.now)
    return endpoint


def dns_suffix() -> str:
    """Return the eight characters that AWS adds to an endpoint's id in its names."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def private_zone() -> str:
    """Return a hosted zone id, as AWS shows one of its own for a private name."""
    return "Z" + secrets.token_hex(10).upper()
