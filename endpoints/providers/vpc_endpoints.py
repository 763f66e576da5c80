"""What every kind of EC2 VPC endpoint shares: finding, listing and deleting. Source: aws.md §1a, §1e, §4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from endpoints.domain.errors import OperatorError, UserError
from endpoints.domain.sighting import Details, Sighting
from endpoints.providers.base import Answer, Operator, Ownership, Recall
from endpoints.providers.errors import translated
from endpoints.providers.session import ec2_reader, ec2_writer
from endpoints.providers.tags import endpoint_filter, installation_filter, read_tags

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import VpcEndpointTypeDef


PAGE = 1000  # endpoints a page, AWS's maximum
_GONE_STATES = ("deleted",)


def find(operator: Operator, owner: Ownership, request: Mapping[str, Any]) -> Sighting | None:
    """Return the endpoint that carries this endpoint's and generation's tags, None if none is listed."""
    with translated("DescribeVpcEndpoints"):
        answer = ec2_reader(operator).describe_vpc_endpoints(
            Filters=[endpoint_filter(operator, owner), installation_filter(operator)]
        )
    seen = [sighting_of(operator, item) for item in answer["VpcEndpoints"]]
    mine = [s for s in seen if s.generation == owner.generation and s.state.casefold() not in _GONE_STATES]
    return mine[0] if mine else None


def list_owned(operator: Operator, recall: Recall) -> Iterator[Sighting]:
    """Yield all endpoints of this installation in the region, 1,000 a call."""
    paginator = ec2_reader(operator).get_paginator("describe_vpc_endpoints")
    with translated("DescribeVpcEndpoints"):
        for page in paginator.paginate(
            Filters=[installation_filter(operator)], PaginationConfig={"PageSize": PAGE}
        ):
            for item in page["VpcEndpoints"]:
                yield sighting_of(operator, item)


def no_details(operator: Operator, wanted: Iterable[Sighting]) -> dict[str, Details]:
    """A listing tells everything of an Interface endpoint."""
    return {}


def create(operator: Operator, request: dict[str, Any]) -> Answer:
    """Send a saved CreateVpcEndpoint request."""
    with translated("CreateVpcEndpoint"):
        answer = ec2_writer(operator).create_vpc_endpoint(**request)
    return Answer(
        sighting_of(operator, answer["VpcEndpoint"]), answer["ResponseMetadata"].get("RequestId", "")
    )


def delete(operator: Operator, external_id: str) -> Answer:
    """Ask for the deletion of one endpoint. DeleteVpcEndpoints answers 200 and names what it refused."""
    with translated("DeleteVpcEndpoints"):
        answer = ec2_writer(operator).delete_vpc_endpoints(VpcEndpointIds=[external_id])
    request_id = answer["ResponseMetadata"].get("RequestId", "")
    for item in answer.get("Unsuccessful", []):
        error = item.get("Error", {})
        code, text = error.get("Code", ""), error.get("Message", "")
        if code.endswith(".NotFound"):
            continue  # listings say whether it is gone or only not known everywhere yet
        kind = OperatorError if code in ("UnauthorizedOperation", "AccessDenied") else UserError
        raise kind("DeleteVpcEndpoints", code, text, request_id)
    return Answer(None, request_id)


def sighting_of(operator: Operator, item: VpcEndpointTypeDef) -> Sighting:
    """Read one endpoint of a describe or create answer; every field may be absent."""
    endpoint_id, generation = read_tags(operator, [dict(tag) for tag in item.get("Tags", [])])  # type: ignore[arg-type]
    last_error = item.get("LastError", {})
    return Sighting(
        external_id=item.get("VpcEndpointId", ""),
        state=item.get("State", ""),
        endpoint_id=endpoint_id,
        generation=generation,
        dns_names=tuple(e["DnsName"] for e in item.get("DnsEntries", []) if e.get("DnsName")),
        private_dns_enabled=bool(item.get("PrivateDnsEnabled", False)),
        error_code=last_error.get("Code", ""),
        error_text=last_error.get("Message", "") or item.get("FailureReason", ""),
    )
