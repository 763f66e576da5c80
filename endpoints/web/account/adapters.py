"""What django-allauth asks of a project: our words, our addresses, our rules."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import audit
from endpoints.models import User
from endpoints.sessions import NOWHERE
from endpoints.web.account import requirement

_TOO_MANY = gettext_lazy("Too many attempts. Try again in five minutes.")
_WRONG_CODE = gettext_lazy(
    "This is not the code of this moment. Look again, and type the one that is shown now."
)
_SAID = {
    "account/messages/password_changed.txt": gettext_lazy(
        "Your password was changed, and you are signed out everywhere else."
    ),
    "mfa/messages/totp_activated.txt": gettext_lazy("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("Your authenticator app was removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey was removed."),
    "usersessions/messages/sessions_logged_out.txt": gettext_lazy("You are signed out everywhere else."),
}
"""The templates of django-allauth's messages → what is said; of others nothing is."""


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, no mail is sent, and `next` leads nowhere but to ourselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy(
            "This e-mail and password do not belong together. Check both."
        ),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse; people are made by staff, by `apply_config`, or by OIDC_CREATE_DOMAINS."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Say whether an address is one of this site's, under the name by which the browser asks."""
        return is_ours(context.request, url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count by, as the audit knows it."""
        return audit.client_address() or NOWHERE

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words."""
        text = message or _SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def reauthenticate(self, user: User, password: str) -> bool:  # type: ignore[override]  # it is our user
        """Say whether it is the user's password; counts as an attempt to sign in."""
        return bool(self.authenticate(context.request, username=user.email, password=password) == user)


def is_ours(request: HttpRequest, url: str) -> bool:
    """Say whether an address is one of this site's."""
    return "\0" not in url and url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are kept encrypted, and the last one stays where one is required."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy(
            "Your account needs a second step. Set up another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an authenticator app or a passkey first."),
    }

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app shows above the code."""
        return f"Postern ({urlsplit(settings.BASE_URL).hostname})"

    def _get_site_name(self) -> str:
        return "Postern"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor of somebody who must have one."""
        user = authenticator.user
        others = requirement.factors_of(user).exclude(pk=authenticator.pk)
        return not requirement.must_have_one(user) or others.exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # type: ignore[override]
        """Return a name for a passkey whose person gives it none."""
        return _("Passkey %(n)s") % {"n": requirement.passkeys_of(user).count() + 1}

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it: whoever reads only that has no second factor by it."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret. After a change of SECRET_KEY it is another one, by which nobody gets in."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _fernet() -> Fernet:
    key = hashlib.sha256(b"postern.second-factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
