"""The pages of the second step: authenticator app, passkeys, recovery codes."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, ListWebAuthnView, RemoveWebAuthnView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import User
from endpoints.web.account import requirement
from endpoints.web.account.forms import AddPasskeyForm, RenamePasskeyForm, SetUpAppForm
from endpoints.web.account.places import Unprocessable, passkeys_at


class _Recorded:
    """Does what its form asks for, and writes it down, in one transaction."""

    action: Action
    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it."""
        user = self.request.user
        assert isinstance(user, User)
        what = self.what(form)
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            before, after = (what, {}) if self.action is Action.SECOND_FACTOR_REMOVED else ({}, what)
            audit.record(self.action, by=user, on=user, before=before, after=after)
        return response

    def what(self, form: Any) -> dict[str, Any]:
        """Return what the audit keeps of it."""
        raise NotImplementedError


class SetUpApp(Unprocessable, _Recorded, ActivateTOTPView):
    """The picture that an authenticator app reads, and its first code."""

    template_name = "account/set_up_app.html"
    form_class = SetUpAppForm
    action = Action.SECOND_FACTOR_ADDED

    def what(self, form: Any) -> dict[str, Any]:
        """Return the kind."""
        return {"kind": Authenticator.Type.TOTP.value}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the secret in groups, for who types it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        return context | {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}

    def get_success_url(self) -> str:
        """Return the codes, if this made some, or the account."""
        return _after(self)


class RemoveApp(Unprocessable, _Recorded, DeactivateTOTPView):
    """The question before an authenticator app is removed."""

    template_name = "account/remove_app.html"
    success_url = reverse_lazy("account")
    action = Action.SECOND_FACTOR_REMOVED

    def what(self, form: Any) -> dict[str, Any]:
        """Return the kind."""
        return {"kind": Authenticator.Type.TOTP.value}


class Passkeys(ListWebAuthnView):
    """A person's passkeys."""

    template_name = "account/passkeys.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether they work here."""
        return super().get_context_data(**kwargs) | kwargs | passkeys_at(self.request)


class AddPasskey(Unprocessable, _Recorded, AddWebAuthnView):
    """A new passkey."""

    template_name = "account/add_passkey.html"
    form_class = AddPasskeyForm
    action = Action.SECOND_FACTOR_ADDED

    def what(self, form: Any) -> dict[str, Any]:
        """Return the kind, and what it is called."""
        return {"kind": Authenticator.Type.WEBAUTHN.value, "name": form.cleaned_data["name"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether they work here."""
        return super().get_context_data(**kwargs) | kwargs | passkeys_at(self.request)

    def get_success_url(self) -> str:
        """Return the codes, if this made some, or the account."""
        return _after(self)


class RenamePasskey(Unprocessable, EditWebAuthnView):
    """Another name for a passkey."""

    template_name = "account/rename_passkey.html"
    form_class = RenamePasskeyForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Rename it, and write down from what to what; the name that it has already is no change."""
        user = self.request.user
        assert isinstance(user, User)
        old = self.object.wrap().name
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            new = self.object.wrap().name
            if new != old:
                audit.record(
                    Action.PASSKEY_RENAMED, by=user, on=user, before={"name": old}, after={"name": new}
                )
        return response


class RemovePasskey(_Recorded, RemoveWebAuthnView):
    """The question before a passkey is removed."""

    template_name = "account/remove_passkey.html"
    action = Action.SECOND_FACTOR_REMOVED

    def what(self, form: Any) -> dict[str, Any]:
        """Return the kind, and what it was called."""
        return {"kind": Authenticator.Type.WEBAUTHN.value, "name": self.object.wrap().name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say if it must stay."""
        may = get_adapter().can_delete_authenticator(self.object)
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[no-untyped-call]
        return context | {"may_remove": may}

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, unless it is the last factor of somebody who must have one."""
        if not get_adapter().can_delete_authenticator(self.object):
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return super().form_valid(form)


class RecoveryCodes(ViewRecoveryCodesView):
    """New recovery codes, this one time."""

    template_name = "account/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where the person wanted to go."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"wanted": requirement.wanted_page(self.request)}


class MakeRecoveryCodes(Unprocessable, _Recorded, GenerateRecoveryCodesView):
    """The question before new codes replace the old ones."""

    template_name = "account/make_recovery_codes.html"
    action = Action.RECOVERY_CODES_MADE

    def what(self, form: Any) -> dict[str, Any]:
        """Return nothing: that it was done is all there is to say."""
        return {}


def _after(view: Any) -> str:
    return reverse("mfa_view_recovery_codes" if view.did_generate_recovery_codes else "account")


set_up_app = SetUpApp.as_view()
remove_app = RemoveApp.as_view()
list_passkeys = Passkeys.as_view()
add_passkey = AddPasskey.as_view()
rename_passkey = RenamePasskey.as_view()
remove_passkey = RemovePasskey.as_view()
see_recovery_codes = RecoveryCodes.as_view()
make_recovery_codes = MakeRecoveryCodes.as_view()
