"""Who did what: one entry for each act of a person, a key or a command; nothing changes or deletes one.

There are no foreign keys: an entry outlives everything that it names. A trigger (migrations 0021 and 0032)
refuses UPDATE and TRUNCATE, and every DELETE but that of entries older than thirty days and than what an
`audit.pruned` entry of the same transaction says, which so stays itself.
"""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from endpoints.models.access import ActorKind, Principal, Role, roles_of
from endpoints.models.people import User


class CurrentTransaction(models.Func):
    """The id of the transaction that is open, for `AuditEntry.transaction`."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field = models.BigIntegerField()


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries, starting from the person."""

    def visible_to(self, principal: Principal) -> "AuditEntryQuerySet":
        """Those about services and organizations that the principal is an admin of. Staff see all.

        They say who acted from which address: that is for who answers for the service. What happened to an
        endpoint stands in its timeline, which everybody on the service sees.
        """
        if isinstance(principal, User):
            if principal.is_active and principal.is_staff:
                return self
            mine = roles_of(principal).filter(role=Role.ADMIN)
            return self.filter(
                Q(service_id__in=mine.filter(service__isnull=False).values("service"))
                | Q(organization_id__in=mine.filter(organization__isnull=False).values("organization"))
            )
        if principal.role != Role.ADMIN:
            return self.none()
        if principal.service_id is not None:
            return self.filter(service_id=principal.service_id)
        return self.filter(organization_id=principal.organization_id)


class AuditEntry(models.Model):
    """One act. `before` and `after` hold what changed, by the names of columns, never a secret.

    `at` is PostgreSQL's real clock, which the moved clock of sandbox and tests does not touch. `object_kind`
    is a model's name in lower case, `object_id` its key and `object_name` what it was called then. `address`
    is the client's, None for a command.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    actor_kind = models.CharField(
        _("kind of actor"), max_length=10, choices=ActorKind.choices, editable=False
    )
    actor_id = models.CharField(_("id of the actor"), max_length=60, blank=True, editable=False)
    actor_name = models.CharField(_("actor"), max_length=300, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    action = models.CharField(_("action"), max_length=40, editable=False)
    object_kind = models.CharField(_("kind of object"), max_length=40, blank=True, editable=False)
    object_id = models.CharField(_("id of the object"), max_length=200, blank=True, editable=False)
    object_name = models.CharField(_("object"), max_length=300, blank=True, editable=False)
    organization_id = models.UUIDField(_("organization"), null=True, editable=False)
    service_id = models.UUIDField(_("service"), null=True, editable=False)
    before: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("before"), default=dict, encoder=DjangoJSONEncoder, editable=False
    )
    after: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("after"), default=dict, encoder=DjangoJSONEncoder, editable=False
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        # A list is sorted by `at` and begins at any: a day long ago is found as fast as today.
        indexes = [
            models.Index(fields=["at", "id"], name="audit_by_age"),
            models.Index(fields=["service_id", "at", "id"], name="audit_of_service"),
            models.Index(fields=["organization_id", "at", "id"], name="audit_of_organization"),
            models.Index(fields=["object_kind", "object_id", "at", "id"], name="audit_of_object"),
            models.Index(fields=["actor_kind", "actor_id", "at", "id"], name="audit_of_actor"),
            models.Index(fields=["actor_name", "at", "id"], name="audit_of_name"),
            models.Index(fields=["action", "at", "id"], name="audit_of_action"),
            models.Index(fields=["transaction"], name="audit_of_pruning", condition=Q(action="audit.pruned")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="audit_known_actor")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.object_name}"
