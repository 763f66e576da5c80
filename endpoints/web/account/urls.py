"""The addresses of signing in and of one's own account. Names with `_` are django-allauth's."""

from django.urls import URLPattern, path

from endpoints.web.account import factors, oidc, own, signing_in

_PASSKEYS = "account/passkeys/"
_PASSKEY = f"{_PASSKEYS}<int:pk>/"
_CODES = "account/recovery-codes/"

urlpatterns: list[URLPattern] = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/passkey/", signing_in.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/second-step/", signing_in.second_step, name="mfa_authenticate"),
    path("sign-in/start-again/", signing_in.start_again, name="start-again"),
    path("sign-in/closed/", signing_in.closed, name="account_inactive"),
    path("sign-in/provider/", oidc.begin, name="openid_connect_login"),
    path("sign-in/provider/callback/", oidc.callback, name="openid_connect_callback"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("set-password/<uidb64>/<token>/", signing_in.set_password, name="set-password"),
    path("account/", own.see_account, name="account"),
    path("account/password/", own.change_password, name="account_change_password"),
    path("account/sessions/", own.list_sessions, name="usersessions_list"),
    path("account/confirm/", own.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", own.confirm_by_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", own.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/app/", factors.set_up_app, name="mfa_activate_totp"),
    path("account/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path(_CODES, factors.see_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{_CODES}new/", factors.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path(_PASSKEYS, factors.list_passkeys, name="mfa_list_webauthn"),
    path(f"{_PASSKEYS}add/", factors.add_passkey, name="mfa_add_webauthn"),
    path(_PASSKEY, factors.rename_passkey, name="mfa_edit_webauthn"),
    path(f"{_PASSKEY}remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
]
