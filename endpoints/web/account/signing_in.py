"""Signing in and out: e-mail and password, passkey, the second step, and the one-time link."""

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import AccountInactiveView, LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LogoutView, PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from endpoints import sessions
from endpoints.models import User
from endpoints.web import kept
from endpoints.web.account.forms import ChoosePasswordForm, CodeForm, SignInForm
from endpoints.web.account.places import Unprocessable, passkeys_at
from endpoints.web.http import SeeOther


class SignIn(Unprocessable, LoginView):
    """The sign-in page; who is signed in is sent on."""

    template_name = "account/sign_in.html"
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other ways to sign in, which lead on to the same page."""
        provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        onward = get_next_redirect_url(self.request) or ""
        begin = kept.sign_in_address(reverse("openid_connect_login"), onward) if provider else ""
        others = {"provider": provider, "begin_at_provider": begin, "onward": onward}
        return super().get_context_data(**kwargs) | others | passkeys_at(self.request)


class SignInByPasskey(LoginWebAuthnView):
    """What the button of the sign-in page asks, and then sends."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say so on the sign-in page, and let everybody hear of it who hears of wrong passwords."""
        user_login_failed.send(sender=__name__, credentials={}, request=self.request)
        messages.error(
            self.request, _("This passkey signs nobody in here: it was removed, or belongs to another site.")
        )
        onward = get_next_redirect_url(self.request) or ""
        return SeeOther(kept.sign_in_address(resolve_url(settings.LOGIN_URL), onward))


class SecondStep(Unprocessable, AuthenticateView):
    """The second step, of whoever has set one up."""

    template_name = "account/second_step.html"
    form_class = CodeForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """Let everybody hear of it who hears of wrong passwords."""
        credentials = {"username": self.stage.login.user.email}
        user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add which kinds of step the person has."""
        kinds = Authenticator.objects.filter(user_id=self.stage.login.user.pk)
        has = {f"has_{kind}": True for kind in kinds.values_list("type", flat=True)}
        return super().get_context_data(**kwargs) | has | passkeys_at(self.request)


@login_not_required
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Leave the second step, and go back to the sign-in page."""
    login = unstash_login(request)
    clear_login(request)
    onward = login.redirect_url if login else ""
    return SeeOther(kept.sign_in_address(resolve_url(settings.LOGIN_URL), onward or ""))


class Closed(AccountInactiveView):
    """What somebody sees whose account was closed."""

    template_name = "account/closed.html"


class SetPassword(Unprocessable, PasswordResetConfirmView):
    """The page behind a one-time link, on which a person chooses a password, and then signs in with it."""

    template_name = "account/set_password.html"
    form_class = ChoosePasswordForm
    success_url = reverse_lazy("services")

    def get_user(self, uidb64: str) -> User | None:
        """Return whose link it is; those of closed accounts are good for nothing."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it, sign the person out everywhere, and in here, by way of the second step if there is one."""
        user = self.user
        assert isinstance(user, User)
        with transaction.atomic():
            super().form_valid(form)
            sessions.end_sessions(user)
        if self.request.user.is_authenticated:
            logout(self.request, show_message=False)
        login = Login(user=user, redirect_url=resolve_url(settings.LOGIN_REDIRECT_URL))
        return perform_login(self.request, login)


@login_not_required
def admin_sign_in(request: HttpRequest, **others: Any) -> HttpResponseBase:
    """Lead to our sign-in page. Raises PermissionDenied for who is signed in and no staff."""
    onward = get_next_redirect_url(request) or reverse("admin:index")
    if not request.user.is_authenticated:
        return HttpResponseRedirect(kept.sign_in_address(resolve_url(settings.LOGIN_URL), onward))
    if not admin.site.has_permission(request):
        raise PermissionDenied
    return HttpResponseRedirect(onward)


def _admin_password(request: HttpRequest, **others: Any) -> HttpResponseBase:
    return HttpResponseRedirect(reverse("account_change_password"))


def lead_here(site: admin.AdminSite) -> None:
    """Let Django admin have no sign-in page and no page of one's own password, but lead to ours."""
    site.login = admin_sign_in  # type: ignore[method-assign,assignment]
    site.password_change = _admin_password  # type: ignore[method-assign,assignment]


sign_in = SignIn.as_view()
sign_in_by_passkey = SignInByPasskey.as_view()
second_step = SecondStep.as_view()
closed = Closed.as_view()
sign_out = LogoutView.as_view()
set_password = SetPassword.as_view()
