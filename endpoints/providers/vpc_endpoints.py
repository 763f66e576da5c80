"""What every kind of EC2 VPC endpoint shares: finding, listing and deleting. Source: aws.md §1a, §1e, §4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from endpoints.domain.errors import ProviderError
from endpoints.domain.sighting import Details, Setup, Sighting
from endpoints.providers.base import Answer, Deleted, Operator, Ownership, Recall
from endpoints.providers.errors import sorted_error, translated
from endpoints.providers.session import ec2_reader, ec2_writer
from endpoints.providers.tags import endpoint_filter, installation_filter, is_ours, read_tag_map

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import VpcEndpointTypeDef


PAGE = 1000  # endpoints a page, AWS's maximum
IDS = 200  # values that one filter takes
_GONE_STATES = ("deleted",)


def find(operator: Operator, owner: Ownership, request: Mapping[str, Any]) -> Sighting | None:
    """Return the endpoint that carries this endpoint's and generation's tags, None if none is listed."""
    return find_together(operator, {owner: request}).get(owner)


def find_together(
    operator: Operator, wanted: Mapping[Ownership, Mapping[str, Any]]
) -> dict[Ownership, Sighting]:
    """Return the endpoints that carry the tags of these, at most `IDS`, by one call."""
    with translated("DescribeVpcEndpoints"):
        answer = ec2_reader(operator).describe_vpc_endpoints(
            Filters=[endpoint_filter(operator, wanted), installation_filter(operator)]
        )
    owners = {(str(owner.endpoint_id), owner.generation): owner for owner in wanted}
    found: dict[Ownership, Sighting] = {}
    for seen in (sighting_of(operator, item) for item in answer["VpcEndpoints"]):
        owner = owners.get((seen.endpoint_id, seen.generation))
        if owner is not None and seen.state.casefold() not in _GONE_STATES:
            found.setdefault(owner, seen)
    return found


def list_owned(operator: Operator, recall: Recall) -> Iterator[Sighting]:
    """Yield all endpoints of this installation in the region, 1,000 a call."""
    paginator = ec2_reader(operator).get_paginator("describe_vpc_endpoints")
    with translated("DescribeVpcEndpoints"):
        for page in paginator.paginate(
            Filters=[installation_filter(operator)], PaginationConfig={"PageSize": PAGE}
        ):
            for item in page["VpcEndpoints"]:
                yield sighting_of(operator, item)


def look_up(operator: Operator, external_ids: Sequence[str]) -> dict[str, Sighting]:
    """Return endpoints by id, 200 a call. By a filter: one unknown id of a plain list refuses them all."""
    found: dict[str, Sighting] = {}
    for start in range(0, len(external_ids), IDS):
        wanted = sorted(external_ids[start : start + IDS])
        with translated("DescribeVpcEndpoints"):
            answer = ec2_reader(operator).describe_vpc_endpoints(
                Filters=[{"Name": "vpc-endpoint-id", "Values": wanted}], MaxResults=PAGE
            )
        seen = (sighting_of(operator, item) for item in answer["VpcEndpoints"])
        found.update((one.external_id, one) for one in seen)
    return found


def no_details(operator: Operator, wanted: Iterable[Sighting]) -> dict[str, Details]:
    """A listing tells everything of an Interface endpoint."""
    return {}


def create(operator: Operator, request: dict[str, Any]) -> Answer:
    """Send a saved CreateVpcEndpoint request."""
    with translated("CreateVpcEndpoint"):
        answer = ec2_writer(operator).create_vpc_endpoint(**request)
    made = answer["VpcEndpoint"]
    sent = [tag for each in request.get("TagSpecifications", []) for tag in each.get("Tags", [])]
    made.setdefault("Tags", sent)  # an answer may leave out what was just sent
    return Answer(sighting_of(operator, made), answer["ResponseMetadata"].get("RequestId", ""))


def delete(operator: Operator, external_ids: Sequence[str]) -> Deleted:
    """Ask for the deletion of endpoints. DeleteVpcEndpoints answers 200 and names what it refused."""
    with translated("DeleteVpcEndpoints"):
        answer = ec2_writer(operator).delete_vpc_endpoints(VpcEndpointIds=list(external_ids))
    request_id = answer["ResponseMetadata"].get("RequestId", "")
    refused: dict[str, ProviderError] = {}
    for item in answer.get("Unsuccessful", []):
        told = item.get("Error", {})
        code, text = told.get("Code", ""), told.get("Message", "")
        if not code.endswith(".NotFound"):  # listings say whether it is gone or only not known everywhere yet
            error = sorted_error("DeleteVpcEndpoints", code, text, request_id)
            refused[item.get("ResourceId", "")] = error
    return Deleted(request_id, refused)


def sighting_of(operator: Operator, item: VpcEndpointTypeDef) -> Sighting:
    """Read one endpoint of a describe or create answer; every field may be absent."""
    tags = {tag.get("Key", ""): tag.get("Value", "") for tag in item.get("Tags", [])}
    endpoint_id, generation = read_tag_map(operator, tags)
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
        made_at=item.get("CreationTimestamp"),
        is_ours=is_ours(operator, tags),
        setup=_setup_of(item),
    )


def _setup_of(item: VpcEndpointTypeDef) -> Setup:
    groups = [group.get("GroupId", "") for group in item["Groups"]] if "Groups" in item else None
    return Setup(
        subnets=tuple(sorted(item["SubnetIds"])) if "SubnetIds" in item else None,
        groups=tuple(sorted(groups)) if groups is not None else None,
        policy=item.get("PolicyDocument", ""),
        address_type=item.get("IpAddressType", ""),
    )
