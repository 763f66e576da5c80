"""The forms with which people sign in, confirm that it is they, and look after their account."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCode
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.utils.translation import gettext_lazy

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import User

LONGEST_NAME = 100
_CODE = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off", "autofocus": True}


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # As it was typed, and no e-mail at all: what somebody tried is what the audit says.
        widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["login"] = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, widget=widget)
        self.order_fields(["login", "password"])
        name(self, "password", gettext_lazy("Password"))

    def add_prefix(self, field_name: str) -> str:
        """Return the name of a field as it is sent; password managers know this one."""
        return "username" if field_name == "login" else super().add_prefix(field_name)

    def user_credentials(self) -> dict[str, Any]:
        """Return what Django's signals call it."""
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A first password, by the one-time link."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Save the password, and that it was changed."""
        user: User = super().save(commit)
        audit.record(Action.PASSWORD_CHANGED, by=user, on=user)
        return user


class PasswordForm(ChangePasswordForm):
    """Another password, by the old one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name(self, "oldpassword", gettext_lazy("Password until now"))
        name(self, "password1", gettext_lazy("New password"))
        name(self, "password2", gettext_lazy("New password, once more"))


class ConfirmForm(ReauthenticateForm):
    """The password, once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name(self, "password", gettext_lazy("Password"))


class CodeForm(AuthenticateForm):
    """The second step: a code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_for_code(self)


class ConfirmCodeForm(ReauthenticateByCode):
    """A code, once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_for_code(self)


class SetUpAppForm(ActivateTOTPForm):
    """The first code of an authenticator app, which proves that it has the secret."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_for_code(self)


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey: what to call it, and whether it may do without the password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name(self, "name", gettext_lazy("Name"))
        self.fields["name"].help_text = gettext_lazy("Where it is kept, such as the name of your telephone.")
        self.fields["name"].widget.attrs |= {"maxlength": str(LONGEST_NAME), "autocomplete": "off"}
        self.fields["passwordless"].label = gettext_lazy("Sign in with it alone, without e-mail and password")
        self.fields["passwordless"].help_text = gettext_lazy(
            "It then asks for your finger, your face or its PIN. Leave this out for a simple security key."
        )
        self.fields["passwordless"].initial = True

    def clean_name(self) -> str:
        """Return the name, or one of ours for none; a browser cuts a longer one itself."""
        return str(super().clean_name())[:LONGEST_NAME]


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def clean_name(self) -> str:
        """Return the name."""
        return str(self.cleaned_data["name"])[:LONGEST_NAME]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name(self, "name", gettext_lazy("Name"))
        self.fields["name"].widget.attrs |= {"maxlength": str(LONGEST_NAME), "autocomplete": "off"}


class NoFields(forms.Form):
    """A button."""


def ask_for_code(form: forms.Form) -> None:
    """Ask for a code as a telephone likes to fill it in."""
    name(form, "code", gettext_lazy("Code"))
    form.fields["code"].widget.attrs |= _CODE
    form.fields["code"].widget.attrs["maxlength"] = "20"


def name(form: forms.Form, field: str, label: Any) -> None:
    """Give a field our label, and no placeholder that says it again."""
    form.fields[field].label = label
    form.fields[field].widget.attrs.pop("placeholder", None)
