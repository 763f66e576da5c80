"""Settings, read from the environment, from `NAME_FILE`, or from `.env`; some parts are in files beside this.

Every name is explained in `.env.example`; wrong combinations are system checks with ids (`checks.py`).
"""

from pathlib import Path
from typing import Any

from environs import validate

from endpoints import embedded, logs
from endpoints.settings.browsers import *  # noqa: F403
from endpoints.settings.engine import *  # noqa: F403
from endpoints.settings.environment import BASE_DIR, DEVELOPMENT, env
from endpoints.settings.environment import BASE_URL as BASE_URL
from endpoints.settings.sign_in import *  # noqa: F403

# --- the process -----------------------------------------------------------------------------------------
DEBUG: bool = env.bool("DEBUG", False)
SECRET_KEY: str = env.str("SECRET_KEY", "")
_OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", []) + (_OWN_NAMES if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
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
    "endpoints.web.hosts.HostMiddleware",
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

# --- sandbox and tests only (design decision 8) ---------------------------------------------------------
# An empty value means none, so that it can override one in `.env`.
CLOCK_FILE: Path | None = Path(env.str("CLOCK_FILE")) if env.str("CLOCK_FILE", "") else None
SANDBOX_CONSOLE_URL: str = env.str("SANDBOX_CONSOLE_URL", "")

LOGGING = logs.logging_at(LOG_LEVEL)
