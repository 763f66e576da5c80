"""How people sign in (docs/sign-in.md)."""

from environs import validate

from endpoints.settings.environment import DEVELOPMENT, env

LOGIN_URL = "sign-in"
CSRF_FAILURE_VIEW = "endpoints.web.kept.csrf_failure"
LOGIN_REDIRECT_URL = "services"
LOGOUT_REDIRECT_URL = "sign-in"
AUTHENTICATION_BACKENDS = ["endpoints.web.account.backend.EmailBackend"]
_RULES = ("none", "staff", "everyone")
REQUIRE_SECOND_FACTOR: str = env.str(
    "REQUIRE_SECOND_FACTOR", "none" if DEVELOPMENT else "staff", validate=validate.OneOf(_RULES)
)
OIDC_ISSUER: str = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", "")
OIDC_NAME: str = env.str("OIDC_NAME", "") or "OpenID Connect"
OIDC_VERIFIED_DOMAINS: list[str] = env.list("OIDC_VERIFIED_DOMAINS", [])
OIDC_CREATE_DOMAINS: list[str] = env.list("OIDC_CREATE_DOMAINS", [])
# django-allauth. E-mail addresses are the operators' to verify: people are made by them, not by signing up.
ACCOUNT_ADAPTER = "endpoints.web.account.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
SOCIALACCOUNT_ADAPTER = "endpoints.web.account.oidc.ProviderAdapter"
MFA_ADAPTER = "endpoints.web.account.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
SET_PASSWORD_LINK_SECONDS: int = env.int("SET_PASSWORD_LINK_SECONDS", 3 * 24 * 3600)
PASSWORD_RESET_TIMEOUT = SET_PASSWORD_LINK_SECONDS
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
