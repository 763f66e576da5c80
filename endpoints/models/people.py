"""Who may sign in: people with an e-mail and a password, and scripts with an API key."""

import hashlib
import hmac
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

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


class ApiKey(models.Model):
    """A key pair for HTTP Basic: the id is public, of the secret only its SHA-256 is kept."""

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
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled since"), null=True, blank=True)

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
        cls, *, organization: Organization, service: Service | None, role: str, name: str
    ) -> "tuple[ApiKey, str]":
        """Save a new key and return it with its secret, which cannot be read again."""
        secret = secrets.token_urlsafe(32)
        key = cls.objects.create(
            key_id=secrets.token_urlsafe(15),
            secret_sha256=_sha256(secret),
            name=name,
            organization=organization,
            service=service,
            role=role,
        )
        return key, secret

    def accepts(self, secret: str) -> bool:
        """Say whether this is the key's secret and the key is in use, in constant time."""
        return hmac.compare_digest(self.secret_sha256, _sha256(secret)) and self.disabled_at is None


def _sha256(secret: str) -> str:
    # The secrets are 256 random bits: a plain hash keeps them, and a slow one would only slow every call.
    return hashlib.sha256(secret.encode()).hexdigest()
