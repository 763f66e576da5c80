"""Settings, read from the environment, from `NAME_FILE`, or from `.env`; one flat file.

Every name is explained in `.env.example`; wrong combinations are system checks with ids (`checks.py`).
"""

import os
from pathlib import Path
from typing import Any

from environs import FileAwareEnv, validate

from endpoints import embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv(strip_whitespace=True)
if not os.environ.get("POSTERN_WITHOUT_DOTENV"):  # ./dev sets it: an installation's .env is not for the demo
    env.read_env(BASE_DIR / ".env", recurse=False)

# --- the process -----------------------------------------------------------------------------------------
DEVELOPMENT: bool = env.bool("DEVELOPMENT", False)
DEBUG: bool = env.bool("DEBUG", False)
SECRET_KEY: str = env.str("SECRET_KEY", "")
_OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", []) + (_OWN_NAMES if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
BASE_URL: str = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
BEHIND_TLS_PROXY: bool = env.bool("BEHIND_TLS_PROXY", False)
# Relative paths are meant from the checkout, wherever a command was started; empty means the default.
VAR_DIR: Path = BASE_DIR / (env.str("VAR_DIR", "") or "var")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(_LEVELS))

ROOT_URLCONF = "endpoints.urls"
WSGI_APPLICATION = "endpoints.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "endpoints.User"

INSTALLED_APPS = [
    "endpoints.apps.EndpointsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "endpoints.web.middleware.HeadersMiddleware",
    "endpoints.web.limits.SizeMiddleware",
    "endpoints.web.middleware.BadInputMiddleware",
    "endpoints.web.middleware.MethodMiddleware",
    "endpoints.web.middleware.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "endpoints.web.middleware.ZoneMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "endpoints.web.middleware.SignInMiddleware",
    "endpoints.web.account.requirement.SecondFactorMiddleware",
    "endpoints.web.account.tracking.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # The last: what is forged, or sent on to the sign-in page, takes nobody's allowance.
    "endpoints.web.limits.RateMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "endpoints.web.context.installation",
            ],
            "libraries": {"postern_admin": "endpoints.admin.tags"},
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "endpoints.web.tags",
                "endpoints.web.guide_tags",
            ],
        },
    }
]

# --- PostgreSQL ------------------------------------------------------------------------------------------
# Design decision 2. Without DATABASE_URL the server inside the wheel runs under VAR_DIR; `manage.py` and
# the WSGI and ASGI modules start it, settings never do.
DATABASE_URL: str = env.str("DATABASE_URL", "")
DATABASES: dict[str, Any] = {
    "default": env.dj_db_url("DATABASE_URL") if DATABASE_URL else embedded.database_settings(VAR_DIR)
}
DATABASES["default"] |= {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}

# What is counted, and what was used up, holds for all web processes: a table (migration 0031).
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "endpoints_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- sign-in (docs/sign-in.md) ---------------------------------------------------------------------------
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
_TLS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT: bool = env.bool("SECURE_SSL_REDIRECT", _TLS and not DEVELOPMENT)
# A redirected POST becomes a GET without its body: the API answers plain http with a 400 instead.
# Load balancers ask for health in plain http.
SECURE_REDIRECT_EXEMPT = [r"^v1/", r"^healthz/$"]
SECURE_HSTS_SECONDS: int = env.int("SECURE_HSTS_SECONDS", 31_536_000 if _TLS and not DEVELOPMENT else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
# Which other names there are below ours, and whether they speak https, is not ours to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER_FILTER = "endpoints.redaction.ReporterFilter"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# --- how much may be sent ---------------------------------------------------------------------------------
_NOT_NEGATIVE = validate.Range(min=0)
RATE_LIMITS: bool = env.bool("RATE_LIMITS", True)
# How often django-allauth lets somebody try a password or a code.
ACCOUNT_RATE_LIMITS: Any = {"login_failed": "10/m/ip,5/5m/key"} if RATE_LIMITS else False
MFA_RATE_LIMITS: Any = {} if RATE_LIMITS else False
USER_CHANGES_A_MINUTE: int = env.int("USER_CHANGES_A_MINUTE", 120, validate=_NOT_NEGATIVE)
KEY_CHANGES_A_MINUTE: int = env.int("KEY_CHANGES_A_MINUTE", 120, validate=_NOT_NEGATIVE)
KEY_READS_A_MINUTE: int = env.int("KEY_READS_A_MINUTE", 1200, validate=_NOT_NEGATIVE)
TRIES_A_MINUTE: int = env.int("TRIES_A_MINUTE", 30, validate=_NOT_NEGATIVE)
API_WAITS: int = env.int("API_WAITS", 8, validate=_NOT_NEGATIVE)
# Bytes. Django itself holds against it only what has no file in it; `SizeMiddleware` all.
BODY_MOST: int = env.int("BODY_MOST", 256 * 1024, validate=validate.Range(min=16 * 1024))
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_MOST
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0  # there is nothing to upload

# --- API keys --------------------------------------------------------------------------------------------
API_KEY_MAX_DAYS: int = env.int("API_KEY_MAX_DAYS", 365, validate=_NOT_NEGATIVE)

# --- language, time, static files ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "endpoints" / "locale"]
USE_TZ = True
TIME_ZONE: str = env.str("TIME_ZONE", "UTC")
STATIC_URL = "/static/"
STATIC_ROOT: Path = BASE_DIR / (env.str("STATIC_ROOT", "") or "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- AWS -------------------------------------------------------------------------------------------------
# Credentials, profile and endpoint come from boto3's ordinary configuration and stand nowhere here.
TAG_PREFIX: str = env.str("TAG_PREFIX", "postern")
AWS_CONNECT_SECONDS: float = env.float("AWS_CONNECT_SECONDS", 2.0)
AWS_READ_SECONDS: float = env.float("AWS_READ_SECONDS", 8.0)
CLAIM_SERVICE_NAMES: bool = env.bool("CLAIM_SERVICE_NAMES", True)
AWS_WRITES_PAUSED: bool = env.bool("AWS_WRITES_PAUSED", False)
AWS_RATE_FACTOR: float = env.float("AWS_RATE_FACTOR", 1.0, validate=validate.Range(min=0))
PLAN_ONLY: bool = env.bool("PLAN_ONLY", False)

# --- how many live endpoints there may be where staff set no other limit ---------------------------------
ENDPOINTS_PER_SERVICE: int = env.int("ENDPOINTS_PER_SERVICE", 20)
ENDPOINTS_PER_ORGANIZATION: int = env.int("ENDPOINTS_PER_ORGANIZATION", 20)

# --- the engine; its order is asserted by a system check ------------------------------------------------
STEP_CALLS = 3  # AWS calls in one step of one endpoint, at most
TASK_TIMEOUT_SECONDS: int = env.int("TASK_TIMEOUT_SECONDS", 75)
LEASE_SECONDS: float = env.float("LEASE_SECONDS", 90.0)
TASK_RETRY_SECONDS: int = env.int("TASK_RETRY_SECONDS", 120)
CREATE_GRACE_SECONDS: float = env.float("CREATE_GRACE_SECONDS", 300.0)
WATCHDOG_SECONDS: float = env.float("WATCHDOG_SECONDS", 60.0)
WORKERS: int = env.int("WORKERS", 2)
TASK_RECORD_DAYS: int = env.int("TASK_RECORD_DAYS", 14)
EVENT_DAYS: int = env.int("EVENT_DAYS", 400)
TOMBSTONE_DAYS: int = env.int("TOMBSTONE_DAYS", 400)
AUDIT_DAYS: int = env.int("AUDIT_DAYS", 400)

BROKER: str = env.str("BROKER", "orm")
REDIS_URL: str = env.str("REDIS_URL", "")
SQS_REGION: str = env.str("SQS_REGION", "")
QUEUE_NAME: str = env.str("QUEUE_NAME", "postern")
_BROKERS: dict[str, dict[str, Any]] = {
    "orm": {"orm": "default", "broker_class": "endpoints.brokers.Postgres"},
    "redis": {"redis": REDIS_URL, "broker_class": "endpoints.brokers.Redis"},
    # Without a wait django-q2 would ask SQS without a pause.
    "sqs": {"sqs": {"aws_region": SQS_REGION, "receive_message_wait_time_seconds": 10}},
}
Q_CLUSTER: dict[str, Any] = {
    "name": QUEUE_NAME,
    "label": "Queue",
    "workers": WORKERS,
    "timeout": TASK_TIMEOUT_SECONDS,
    "retry": TASK_RETRY_SECONDS,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 500,
    # No records of tasks that went well, but for the schedules': with a limit, each task would lock them all.
    "save_limit": -1,
    # One task in front of the hands: what waits in the broker may be taken by another host.
    "queue_limit": 1,
    **_BROKERS.get(BROKER, _BROKERS["orm"]),
}

# --- sandbox and tests only (design decision 8) ---------------------------------------------------------
# An empty value means none, so that it can override one in `.env`.
CLOCK_FILE: Path | None = Path(env.str("CLOCK_FILE")) if env.str("CLOCK_FILE", "") else None
SANDBOX_CONSOLE_URL: str = env.str("SANDBOX_CONSOLE_URL", "")

LOGGING = logs.logging_at(LOG_LEVEL)
