"""The forms with which people sign in, and choose their first password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


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
