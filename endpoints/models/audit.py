"""Who did what: one entry for each act of a person, a key or a command; nothing changes or deletes one.

There are no foreign keys: an entry outlives everything that it names. A trigger (migration 0020) refuses
UPDATE and TRUNCATE, and every DELETE but that of entries older than what an `audit.pruned` entry of the same
transaction says.
"""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from endpoints.domain.actions import Action
from endpoints.models.access import ActorKind, Principal, organizations_of, services_of
from endpoints.models.people import User
from endpoints.models.tenancy import Organization, Service


class CurrentTransaction(models.Func):
    """The id of the transaction that is open, for `AuditEntry.transaction`."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field = models.BigIntegerField()


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries, starting from the person."""

    def visible_to(self, principal: Principal) -> "AuditEntryQuerySet":
        """Those about services that the principal may see, and about organizations of which it has a role.

        Staff see all.
        """
        if isinstance(principal, User) and principal.is_active and principal.is_staff:
            return self
        services = Service.objects.filter(services_of(principal))
        whole = Organization.objects.filter(organizations_of(principal, whole=True))
        return self.filter(
            Q(service_id__in=services.values("pk")) | Q(organization_id__in=whole.values("pk"))
        )


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
    action = models.CharField(
        _("action"), max_length=40, choices=[(a.value, a.value) for a in Action], editable=False
    )
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
        ordering = ["-id"]
        indexes = [
            BrinIndex(fields=["at"], name="audit_by_age"),
            models.Index(fields=["service_id", "-id"], name="audit_of_service"),
            models.Index(fields=["organization_id", "-id"], name="audit_of_organization"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="audit_of_actor"),
            models.Index(fields=["transaction"], name="audit_of_pruning", condition=Q(action="audit.pruned")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="audit_known_actor")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.object_name}"
