"""The forms with which people sign in, and choose their first password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import User


class SignInForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": gettext_lazy("This e-mail and password do not belong together. Check both."),
        "inactive": gettext_lazy("This account is closed."),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].label = _("E-mail")
        widget = self.fields["username"].widget
        widget.input_type = "email"
        widget.attrs["autocomplete"] = "username"


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A first password, by the one-time link."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Save the password, and that it was changed."""
        user: User = super().save(commit)
        audit.record(Action.PASSWORD_CHANGED, by=user, on=user)
        return user
