"""What all of VPC Lattice shares: identifiers, pages, its words for refusals (aws.md §3)."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.pages import BadToken, json_page
from endpoints.sandbox.wire.errors import AwsError

PAGE = 100


class Named(Protocol):
    """Something of VPC Lattice: it has an id, an ARN, an owner and a name."""

    id: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """Its ARN."""


N = TypeVar("N", bound=Named)
T = TypeVar("T")


def find(call: Call, items: Iterable[N], identifier: str) -> N | None:
    """Return what an id or an ARN names in the call's Region, whoever owns it."""
    for item in items:
        if item.region == call.region and identifier in (item.id, item.arn):
            return item
    return None


def own(call: Call, items: Iterable[N], identifier: str, what: str) -> N:
    """Return what is named, of the caller. Raises AwsError as `missing`."""
    found = find(call, items, identifier)
    if found is None or found.account != call.account:
        raise missing(call, identifier, what)
    return found


def missing(call: Call, identifier: str, what: str) -> AwsError:
    """Return the refusal of what the caller may not see.

    An ARN of another account is AccessDeniedException, whether it exists or not; anything else is
    ResourceNotFoundException.
    """
    if identifier.startswith("arn:") and identifier.split(":")[4] != call.account:
        text = f"User: {call.identity.arn} is not authorized to perform: vpc-lattice:{call.operation}"
        return AwsError("AccessDeniedException", f"{text} on resource: {identifier}", 403)
    members = {"resourceId": identifier, "resourceType": what}
    return AwsError("ResourceNotFoundException", f"{what} {identifier} not found", 404, members)


def refused(message: str) -> AwsError:
    """A request that is not valid."""
    return AwsError("ValidationException", message, 400, {"reason": "other"})


def conflict(message: str, identifier: str, what: str) -> AwsError:
    """A request that something that exists stands against."""
    return AwsError("ConflictException", message, 409, {"resourceId": identifier, "resourceType": what})


def made_before(call: Call, items: Iterable[N], name: str, what: str) -> N | None:
    """Return what the caller made with this client token before, or None.

    Raises AwsError ConflictException when the name is taken, or the token goes with another name.
    """
    token = call.params.get("clientToken", "")
    for item in items:
        same = bool(token) and getattr(item, "client_token", "") == token
        if not call.mine(item) or (item.name != name and not same):
            continue
        if item.name == name and same:
            return item
        text = "The client token was used with other parameters." if same else f"The name {name} is taken."
        raise conflict(text, item.id, what)
    return None


def items_page(
    call: Call, items: Iterable[T], place: Callable[[T], str], view: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """Return one page of a list. Raises AwsError ValidationException for a foreign token."""
    try:
        chosen, token = json_page(call, sorted(items, key=place), place, PAGE)
    except BadToken as error:
        raise refused("The nextToken is not valid.") from error
    return {"items": [view(item) for item in chosen], "nextToken": token}
