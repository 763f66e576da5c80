"""The owner's side: making, changing and deleting shares."""

import re
import uuid
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ram.common import association_view, own_share, share_view
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.resources import ResourceShare, ShareAssociation

_ACCOUNT = re.compile(r"\d{12}")
_CONFIGURATION = re.compile(r"arn:aws:vpc-lattice:[a-z0-9-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}")


@operation("ram", "CreateResourceShare")
def create_resource_share(call: Call) -> dict[str, Any]:
    """Make a share; every principal that is named gets an invitation.

    Raises AwsError as `_resources` and `_principals` do, and IdempotentParameterMismatchException.
    """
    params, token = call.params, call.params.get("clientToken", "")
    for name in ("sources", "permissionArns", "permissionTemplateParameters"):
        if params.get(name):
            raise not_built(f"CreateResourceShare with {name}")
    for share in call.world.shares:
        if token and call.mine(share) and share.client_token == token:
            if share.name != params["name"]:
                text = "The client token was used with other parameters."
                raise AwsError("IdempotentParameterMismatchException", text)
            return _answer(call, resourceShare=share_view(share))
    resources = _resources(call)
    external = params.get("allowExternalPrincipals", True)
    principals = _principals(call, external)
    share = ResourceShare(
        str(uuid.uuid4()), call.region, call.account, params["name"], call.now, call.now,
        allow_external=external, client_token=token,
        tags={tag["key"]: tag.get("value", "") for tag in params.get("tags") or []},
    )  # fmt: skip
    call.world.shares.put(share)
    _associate(call, share, resources, principals)
    return _answer(call, resourceShare=share_view(share))


def _answer(call: Call, **members: Any) -> dict[str, Any]:
    return {**members, "clientToken": call.params.get("clientToken")}


def _resources(call: Call) -> list[str]:
    """Return the ARNs of configurations of the caller.

    Raises AwsError MalformedArnException, UnknownResourceException, OperationNotPermittedException (a CHILD
    cannot be shared alone, aws.md §1b).
    """
    arns = list(dict.fromkeys(call.params.get("resourceArns") or []))
    for arn in arns:
        if not arn.startswith("arn:"):
            raise AwsError("MalformedArnException", f"The specified ARN {arn} is not valid.")
        if not _CONFIGURATION.fullmatch(arn):
            raise not_built(f"shares of {arn}")
        found = call.world.configurations.get(arn.rpartition("/")[2])
        if found is None or found.arn != arn or not call.mine(found):
            raise AwsError("UnknownResourceException", f"Resource {arn} could not be found.")
        if found.kind == "CHILD":
            text = f"The resource configuration {arn} is of type CHILD; share its group."
            raise AwsError("OperationNotPermittedException", text)
    return arns


def _principals(call: Call, external: bool) -> list[str]:
    """Return account numbers; every other account is a stranger here, outside the organization.

    Raises AwsError InvalidParameterException, OperationNotPermittedException (strangers are not allowed).
    """
    accounts = list(dict.fromkeys(call.params.get("principals") or []))
    for account in accounts:
        if not _ACCOUNT.fullmatch(account) or account == call.account:
            raise AwsError("InvalidParameterException", f"Principal ID {account} is not valid.")
    if accounts and not external:
        text = "The resource share does not allow principals outside of the organization."
        raise AwsError("OperationNotPermittedException", text)
    return accounts


def _associate(
    call: Call, share: ResourceShare, resources: list[str], principals: list[str]
) -> list[ShareAssociation]:
    added = [sharing.add_resource(call.world, share, arn, call.now) for arn in resources]
    return added + [sharing.add_principal(call.world, share, item, call.now) for item in principals]


@operation("ram", "AssociateResourceShare")
def associate_resource_share(call: Call) -> dict[str, Any]:
    """Add resources and principals; one that is detached is invited anew.

    Raises AwsError as CreateResourceShare, and as `own_share` does.
    """
    share = own_share(call)
    resources, principals = _resources(call), _principals(call, share.allow_external)
    done = _associate(call, share, resources, principals)
    views = [association_view(share, item) for item in done]
    return _answer(call, resourceShareAssociations=views)


@operation("ram", "DisassociateResourceShare")
def disassociate_resource_share(call: Call) -> dict[str, Any]:
    """Take resources and principals out; endpoints that exist live on (aws.md §1b).

    Raises AwsError UnknownResourceException for what is not in the share, and as `own_share` does.
    """
    share, views = own_share(call), []
    wanted = [(sharing.RESOURCE, arn) for arn in call.params.get("resourceArns") or []]
    wanted += [(sharing.PRINCIPAL, account) for account in call.params.get("principals") or []]
    found = [call.world.share_associations.get(f"{share.id}/{kind}/{entity}") for kind, entity in wanted]
    for (_, entity), item in zip(wanted, found, strict=True):
        if item is None or item.status == "DISASSOCIATED":
            raise AwsError("UnknownResourceException", f"{entity} is not associated with {share.arn}.")
    for item in found:
        if item is not None:
            sharing.detach(call.world, item, call.now)
            views.append(association_view(share, item))
    return _answer(call, resourceShareAssociations=views)


@operation("ram", "DeleteResourceShare")
def delete_resource_share(call: Call) -> dict[str, Any]:
    """Delete a share; endpoints that exist live on. Raises AwsError as `own_share` does."""
    sharing.delete_share(call.world, own_share(call), call.now)
    return _answer(call, returnValue=True)
