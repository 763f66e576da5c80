"""What a look at a network found, in sentences: what was checked, how it stands, and what to do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from endpoints.domain.verification import Check, Result
from endpoints.texts.say import Templates, say

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CHECKS: dict[str, "StrOrPromise"] = {
    Check.ACCOUNT: _("AWS account"),
    Check.VPC: _("VPC"),
    Check.SUBNETS: _("Subnets"),
    Check.GROUPS: _("Security groups"),
    Check.BLOCKS: _("Blocks for VPC resources"),
    Check.QUOTAS: _("Quotas"),
}
RESULTS: dict[str, "StrOrPromise"] = {
    Result.GOOD: _("Good"),
    Result.WARNING: _("Look at it"),
    Result.BAD: _("Wrong"),
    Result.UNREAD: _("Not known"),
    Result.SKIPPED: _("Not checked"),
}
WHAT: dict[str, Templates] = {
    "account_right": (_("The credentials belong to account %(account)s."), _("It is the right account.")),
    "account_wrong": (
        _("The credentials belong to account %(account)s. This region's endpoints are in %(wanted)s."),
        _("The credentials belong to another account than this region's endpoints."),
    ),
    "vpc_found": (_("It is there, with the addresses %(cidr)s."), _("It is there.")),
    "vpc_missing": (_("The account has no such VPC in this region."),),
    "vpc_not_available": (_("AWS says that it is “%(state)s”."), _("It is not available.")),
    "subnets_found": (_("Free addresses: %(subnets)s"), _("All are there.")),
    "subnets_missing": (_("The account has no subnet %(ids)s."), _("Some do not exist.")),
    "subnets_elsewhere": (_("In another VPC: %(ids)s"), _("Some are in another VPC.")),
    "subnets_full": (_("No address is free in: %(ids)s"), _("In some no address is free.")),
    "subnets_one_zone": (
        _("All are in one zone, %(zone)s: endpoints in it fail with that zone."),
        _("All are in one zone."),
    ),
    "groups_found": (_("They are there, and let something in: %(ids)s"), _("They are there.")),
    "groups_missing": (_("The account has no security group %(ids)s."), _("Some do not exist.")),
    "groups_elsewhere": (_("Of another VPC: %(ids)s"), _("Some are of another VPC.")),
    "groups_closed": (
        _("No inbound rule lets anything in, so no ClickPipe reaches an endpoint: %(ids)s"),
        _("No inbound rule lets anything in, so no ClickPipe reaches an endpoint."),
    ),
    "blocks_found": (
        _("Free blocks of 16 addresses: %(subnets)s"),
        _("Every subnet has a free block of 16 addresses."),
    ),
    "blocks_missing": (
        _("No block of 16 addresses is free in: %(ids)s"),
        _("In some subnets no block of 16 addresses is free."),
    ),
    "blocks_none": (_("No block of 16 addresses is free in any subnet: no VPC resource fits."),),
    "blocks_no_zone": (_("No subnet is in a zone that has VPC Lattice: no VPC resource fits."),),
    "quota_interface": (
        _("Interface endpoints: %(used)s of %(quota)s in this VPC."),
        _("Interface endpoints fit."),
    ),
    "quota_interface_full": (
        _("Interface endpoints: %(used)s of %(quota)s in this VPC, so no more fit."),
        _("No more Interface endpoints fit."),
    ),
    "quota_resource": (
        _("Resource endpoints: %(used)s of %(quota)s in this VPC."),
        _("Resource endpoints fit."),
    ),
    "quota_resource_full": (
        _("Resource endpoints: %(used)s of %(quota)s in this VPC, so no more fit."),
        _("No more Resource endpoints fit."),
    ),
    "denied": (_("AWS refuses %(operation)s to Postern."), _("AWS refuses it to Postern.")),
    "unread": (_("AWS did not answer %(operation)s."), _("AWS did not answer.")),
    "no_time": (_("AWS answered slowly, and the time was over."),),
    "skipped": (_("Without the right account there is nothing to learn from it."),),
}
DO: dict[str, "StrOrPromise"] = {
    "account_wrong": _("Give the worker credentials of that account, or the network a role in it."),
    "vpc_missing": _("Compare the VPC ID and the region with the AWS console, under VPC → Your VPCs."),
    "vpc_not_available": _("Wait until AWS has made it, then verify again."),
    "subnets_missing": _("Take them out of the list, or correct them."),
    "subnets_elsewhere": _("List subnets of this VPC only."),
    "subnets_full": _("Free addresses, or add subnets with room."),
    "subnets_one_zone": _("Add a subnet in each zone that your owners' services are in."),
    "groups_missing": _("Take them out of the list, or correct them."),
    "groups_elsewhere": _("List security groups of this VPC only."),
    "groups_closed": _("Add an inbound rule for the ClickPipes to one of them, on the ports of the sources."),
    "blocks_missing": _("VPC resources are made in the other zones. Add a subnet with room in this one."),
    "blocks_none": _(
        "Add subnets with room, or free a whole block: each VPC resource takes one in each zone."
    ),
    "blocks_no_zone": _("Add a subnet in a zone that has VPC Lattice."),
    "quota_interface_full": _("Ask AWS for a higher quota, or add a network."),
    "quota_resource_full": _("Ask AWS for a higher quota, or add a network."),
    "denied": _("Allow this action to the role or user of the worker."),
    "unread": _("Verify again. If it stays, look whether the worker reaches AWS."),
    "no_time": _("Verify again."),
}


def check_label(check: str) -> str:
    """Return what was checked; an unknown check as it is."""
    return str(CHECKS.get(check, check))


def result_label(result: str) -> str:
    """Return how it stands, in a word or two."""
    return str(RESULTS.get(result, result))


def found_text(code: str, params: Mapping[str, Any]) -> str:
    """Return what was found, in a sentence; an unknown code as it is."""
    return say(WHAT[code], params) if code in WHAT else code


def advice_text(code: str) -> str:
    """Return what to do about it; "" where nothing is to be done."""
    return str(DO.get(code, ""))
