"""Who may sign in: people with an e-mail and a password, and scripts with an API key."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from endpoints.domain.keys import EXPIRES_SOON, UNUSED_FOR, KeyState
from endpoints.models.tenancy import Organization, Service


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail; e-mails are one person's in any letter case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of an e-mail, in any letter case. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password nobody can sign in until one is set by link."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who may do everything in Django admin (for `manage.py createsuperuser`)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who signs in with an e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys, by PostgreSQL's own clock."""

    def getting_in(self) -> "ApiKeyQuerySet":
        """Those that the API takes."""
        unended = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=Now())
        of_somebody = models.Q(created_by__isnull=True) | models.Q(created_by__is_active=True)
        return self.filter(unended, of_somebody, disabled_at__isnull=True)

    def expiring(self) -> "ApiKeyQuerySet":
        """Those that the API takes and that end soon."""
        return self.getting_in().filter(expires_at__lte=Now() + EXPIRES_SOON)

    def ended(self) -> "ApiKeyQuerySet":
        """Those that the API does not take."""
        return self.filter(
            models.Q(disabled_at__isnull=False)
            | models.Q(expires_at__lte=Now())
            | models.Q(created_by__is_active=False)
        )


class ApiKey(models.Model):
    """A key pair for HTTP Basic: the id is public, of the secret only its SHA-256 is kept.

    Times are real ones, as of sign-ins. A key ends at `expires_at`, or at once when it is disabled; a key
    that was rotated names its successor, and both are good until the old one expires. While whoever issued
    it is disabled, it is as good as disabled.
    """

    key_id = models.CharField(_("key id"), max_length=40, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    name = models.CharField(_("name"), max_length=100)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="api_keys")
    service = models.ForeignKey(
        Service,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="api_keys",
        help_text=_("Empty: every service of the organization."),
    )
    role = models.CharField(_("role"), max_length=10)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="issued_keys",
        editable=False,
        verbose_name=_("issued by"),
    )
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled since"), null=True, blank=True)
    successor = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="predecessor", editable=False
    )
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    """Which form it was issued from: the same form sent again makes no second key."""

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["viewer", "operator", "admin"]), name="api_key_known_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key_id})"

    @classmethod
    def issue(
        cls, *, organization: Organization, service: Service | None, role: str, name: str, **more: Any
    ) -> "tuple[ApiKey, str]":
        """Save a new key and return it with its secret, which cannot be read again; `more` are columns."""
        secret = secrets.token_urlsafe(32)
        key = cls.objects.create(
            key_id=secrets.token_urlsafe(15),
            secret_sha256=_sha256(secret),
            name=name,
            organization=organization,
            service=service,
            role=role,
            **more,
        )
        return key, secret

    def accepts(self, secret: str) -> bool:
        """Say whether this is the key's secret and the key is in use, in constant time."""
        return hmac.compare_digest(self.secret_sha256, _sha256(secret)) and self.is_in_use(timezone.now())

    def is_in_use(self, now: datetime) -> bool:
        """Say whether the key, and who issued it, is not disabled, and it is not expired at a real time."""
        if self.created_by is not None and not self.created_by.is_active:
            return False
        return self.disabled_at is None and (self.expires_at is None or now < self.expires_at)

    def state(self, now: datetime) -> KeyState:
        """Return what the key is at a real time; what matters most, where it is several things at once."""
        if self.disabled_at is not None:
            return KeyState.DISABLED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        if not self.is_in_use(now):
            return KeyState.ISSUER_GONE
        if self.successor_id is not None:
            return KeyState.ROTATED
        if self.expires_at is not None and self.expires_at - now <= EXPIRES_SOON:
            return KeyState.EXPIRING
        return KeyState.UNUSED if self._is_unused(now) else KeyState.IN_USE

    def _is_unused(self, now: datetime) -> bool:
        return self.last_used_at is None and now - self.created_at > UNUSED_FOR


def _sha256(secret: str) -> str:
    # The secrets are 256 random bits: a plain hash keeps them, and a slow one would only slow every call.
    return hashlib.sha256(secret.encode()).hexdigest()
