"""What a page needs to show the form of a new endpoint."""

from typing import Any

from endpoints.models import Region
from endpoints.web.capacity import room_context
from endpoints.web.forms import EndpointForm


def create_context(form: EndpointForm) -> dict[str, Any]:
    """Return the form, what the owner allows ("" while that is not known), and how much room there is."""
    region = Region.objects.filter(pk=form.service.clickpipes_region).first()
    account = region.account_id if region is not None else ""
    return {
        "form": form,
        "account": account,
        "principal": f"arn:aws:iam::{account}:root" if account else "",
        **room_context(form.service.clickpipes_region),
    }
