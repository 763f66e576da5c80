"""Django admin, for staff: who belongs to what, where endpoints are made, and what was recorded.

Whatever is asked of an endpoint goes through `intents/`, as on the pages; its row is read-only here.
"""

from django.contrib import admin
from django.contrib.auth.models import Group

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

unregister_those_of_allauth()
admin.site.unregister(Group)  # they are teams here
