"""The one place at which the number of endpoints is limited; everything that makes a new row asks here."""

from django.db import connection

from endpoints.intents.base import IntentRefused
from endpoints.models import Service, usages_of

_LOCK = "SELECT FROM endpoints_organization WHERE id = %s FOR NO KEY UPDATE"


def take_place(service: Service) -> None:
    """Let the caller make one more endpoint of a service in this transaction; others wait until it ends.

    Raises IntentRefused: `service_full` or `organization_full`. The organization's row is locked, after rows
    of endpoints and before claims; rows that only refer to it are not held up (`no_key`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [service.organization_id])
    usages = usages_of(service)
    if usages.service.is_full:
        here = usages.service
        raise IntentRefused("service_full", used=str(here.used), limit=str(here.limit))
    if usages.organization.is_full:
        whole = usages.organization
        raise IntentRefused("organization_full", used=str(whole.used), limit=str(whole.limit))
