"""The pages on which people look after their own account: password, sessions, and where they begin."""

from typing import Any

from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ConfirmByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import audit, sessions
from endpoints.domain.actions import Action
from endpoints.models import User
from endpoints.web.account import requirement
from endpoints.web.account.forms import ConfirmCodeForm, ConfirmForm, PasswordForm
from endpoints.web.account.places import Unprocessable, passkeys_at
from endpoints.web.account.shown import shown_session
from endpoints.web.http import PersonRequest, SeeOther


@require_safe
@never_cache
def see_account(request: PersonRequest) -> HttpResponse:
    """Show how a person signs in, and what of it can be changed."""
    user = request.user
    factors = {factor.type: factor for factor in Authenticator.objects.filter(user=user)}
    shown = {
        "totp": factors.get(requirement.Type.TOTP),
        "codes": factors.get(requirement.Type.RECOVERY_CODES),
        "passkeys": requirement.passkeys_of(user).count(),
        "lacks_one": requirement.lacks_one(user),
        "wanted": requirement.wanted_page(request),
        "connected": SocialAccount.objects.filter(user=user).first(),
        "sessions": len(UserSession.objects.purge_and_list(user)),
    }
    return render(request, "account/account.html", shown)


class ChangePassword(Unprocessable, PasswordChangeView):
    """Another password, by the old one; it ends the person's other sessions."""

    template_name = "account/password.html"
    form_class = PasswordForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on. Raises Http404 for who has none: a first one comes by staff's link only."""
        if not request.user.has_usable_password():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_default_success_url(self) -> str:
        """Return the page that led here."""
        return reverse("account")

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it."""
        user = self.request.user
        assert isinstance(user, User)
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            sessions.end_sessions(user, but=self.request.session.session_key)
            audit.record(Action.PASSWORD_CHANGED, by=user, on=user)
        return response


class Confirm(Unprocessable, ReauthenticateView):
    """The password once more, before something that a stranger at an open browser must not do."""

    template_name = "account/confirm.html"
    form_class = ConfirmForm


class ConfirmByCode(Unprocessable, ConfirmByCodeView):
    """The same by a code."""

    template_name = "account/confirm_by_code.html"
    form_class = ConfirmCodeForm


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    """The same by a passkey."""

    template_name = "account/confirm_by_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether they work here."""
        return super().get_context_data(**kwargs) | passkeys_at(self.request)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say so, and show the page again."""
        super().form_invalid(form)
        return SeeOther(self.request.get_full_path())


@never_cache
def list_sessions(request: PersonRequest) -> HttpResponse:
    """Show where a person is signed in; a POST ends the session it names, or all others if it names none."""
    if request.method == "POST":
        _end(request)
        return SeeOther(reverse("usersessions_list"))
    current = request.session.session_key
    rows = sorted(UserSession.objects.purge_and_list(request.user), key=lambda row: row.last_seen_at)
    shown = [shown_session(row, is_current=row.session_key == current) for row in reversed(rows)]
    shown.sort(key=lambda one: not one.is_current)
    return render(request, "account/sessions.html", {"rows": shown, "now": timezone.now()})


def _end(request: PersonRequest) -> None:
    """End one session, or all but this one. Raises Http404 for one that is not the person's own."""
    user, current = request.user, request.session.session_key
    chosen = request.POST.get("session", "")
    with transaction.atomic():
        if chosen:
            number = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else -1
            row = get_object_or_404(UserSession.objects.exclude(session_key=current), user=user, pk=number)
            ended = {"address": row.ip, "browser": shown_session(row).browser}
            row.end()
            messages.info(request, _("The session was ended."))
        else:
            ended = {"sessions": sessions.end_sessions(user, but=current)}
            messages.info(request, _("You are signed out everywhere else."))
        audit.record(Action.SESSION_ENDED, by=user, on=user, before=ended)


change_password = ChangePassword.as_view()
confirm = Confirm.as_view()
confirm_by_code = ConfirmByCode.as_view()
confirm_by_passkey = ConfirmByPasskey.as_view()
