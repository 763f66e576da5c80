"""What the database holds of every endpoint, and the indexes by which lists and workers find endpoints."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(type__in=[t.value for t in EndpointType]), name="endpoint_known_type"),
    models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="endpoint_known_status"),
    models.CheckConstraint(
        condition=Q(observed_generation__lte=F("generation")),
        name="endpoint_observes_only_the_asked_for",
    ),
    models.CheckConstraint(
        condition=Q(removed_at__isnull=True) | Q(removal_requested_at__isnull=False),
        name="endpoint_removed_only_when_asked",
    ),
]

INDEXES: list[models.Index] = [
    models.Index(fields=["due_at"], name="endpoint_due", condition=Q(removed_at__isnull=True)),
    models.Index(fields=["service", "-created_at"], name="endpoint_of_service"),
    models.Index(fields=["region"], name="endpoint_live", condition=Q(removed_at__isnull=True)),
    *(
        models.Index(
            fields=["service", *fields],
            name=f"endpoint_list_{name}",
            condition=Q(removed_at__isnull=True),
        )
        for name, fields in {
            "created": ["-created_at", "id"],
            "name": ["description", "id"],
            "since": ["shown_since", "id"],
            "shown": ["shown", "shown_since", "id"],
            "type": ["type", "-created_at", "id"],
            "deadline": ["deadline_at", "id"],
            "owner": ["owner_account", "-created_at", "id"],
            "creator": ["created_by_name", "-created_at", "id"],
            "pipes": ["pipe_sources", "-created_at", "id"],
            # All that lists filter by: what several filters leave is counted without a row.
            "counts": ["type", "shown", "region", "pipe_sources", "owner_account", "created_by_name"],
        }.items()
    ),
    models.Index(
        "service",
        F("deadline_at").desc(nulls_last=True),
        "id",
        name="endpoint_list_last_deadline",
        condition=Q(removed_at__isnull=True),
    ),
    GinIndex(fields=["dns_names"], name="endpoint_dns_names"),
    GinIndex(fields=["private_dns_names"], name="endpoint_private_names"),
    models.Index(
        fields=["type", "-removed_at"],
        name="endpoint_removed_lately",
        condition=Q(removed_at__isnull=False),
    ),
    models.Index(
        fields=["type", "-first_ready_at"],
        name="endpoint_first_ready",
        condition=Q(first_ready_at__isnull=False),
    ),
]
