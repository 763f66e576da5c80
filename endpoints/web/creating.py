"""What a page needs to show the form of a new endpoint."""

from typing import Any

from endpoints.domain.commands import Filled, prepare
from endpoints.domain.commands.base import principal
from endpoints.models import Region, usages_of
from endpoints.texts.guides import Told, tell
from endpoints.web.capacity import room_context
from endpoints.web.forms import EndpointForm, Group


def create_context(form: EndpointForm) -> dict[str, Any]:
    """Return the form, what the owner allows ("" while that is not known), and how much room there is.

    `usages`: how many endpoints the service and its organization have, and may have.
    `groups`: the fields of each type with what its owner prepares in AWS.
    """
    region = Region.objects.filter(pk=form.service.clickpipes_region).first()
    account = region.account_id if region is not None else ""
    return {
        "form": form,
        "groups": [(group, _preparation(group, form, account)) for group in form.groups],
        "account": account,
        "principal": principal(account, form.service.clickpipes_region) if account else "",
        "usages": usages_of(form.service),
        **room_context(form.service.clickpipes_region),
    }


def _preparation(group: Group, form: EndpointForm, account: str) -> list[Told]:
    filled = Filled(form.service.clickpipes_region, account)
    return tell(prepare(group.kind, form.source, filled))
