"""Signing in and out, and the first password."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from endpoints.web.session_forms import ChoosePasswordForm, SignInForm


class _Unprocessable:
    """Answers a form with errors as the other pages do, with 422."""

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignIn(_Unprocessable, LoginView):
    """The sign-in page; who is signed in is sent on."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SetPassword(_Unprocessable, PasswordResetConfirmView):
    """The page behind a one-time link, on which a new person chooses a password."""

    template_name = "set_password.html"
    form_class = ChoosePasswordForm
    post_reset_login = True
    success_url = reverse_lazy("services")


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
set_password = SetPassword.as_view()


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell a load balancer that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")
