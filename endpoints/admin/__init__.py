"""Django admin, for staff: who belongs to what, where endpoints are made, and what was recorded.

Whatever is asked of an endpoint goes through `intents/`, as on the pages; its row is read-only here.
"""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy

from endpoints.admin import (
    access,
    audit,
    claim,
    console,
    endpoint,
    installation,
    keys,
    network,
    orphan,
    queue,
    rates,
    region,
    roles,
    service,
    teams,
    tenancy,
)
from endpoints.admin.not_offered import unregister_those_of_allauth

__all__ = [
    "access",
    "audit",
    "claim",
    "console",
    "endpoint",
    "installation",
    "keys",
    "network",
    "orphan",
    "queue",
    "rates",
    "region",
    "roles",
    "service",
    "teams",
    "tenancy",
]

admin.site.site_header = admin.site.site_title = gettext_lazy("Postern administration")
admin.site.index_title = gettext_lazy("Administration")
unregister_those_of_allauth()
admin.site.unregister(Group)  # they are teams here
