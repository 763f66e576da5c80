"""System checks of the settings, each with an id; production (DEVELOPMENT off) refuses what is unsafe.

Commands run them by themselves; a web server does not, so `wsgi.py` and `asgi.py` call `enforce()`.
"""

import os
import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from endpoints.domain.regions import is_aws_region

SECRET_KEY_LENGTH = 50  # characters, as Django's own deployment check asks for
SECRET_KEY_VARIETY = 5  # different characters

Apps = Sequence[AppConfig] | None


def enforce() -> None:
    """Raise ImproperlyConfigured, naming every error, unless the settings are safe to serve with."""
    errors = [message for message in run_checks() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(str(message) for message in errors))


@register(Tags.security)
def check_secret_key(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E001: no SECRET_KEY. E002: one that can be guessed, in production."""
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own answer to an empty one
        hint = "Set it to 50 or more random characters; see .env.example."
        return [Error("SECRET_KEY is empty.", hint=hint, id="postern.E001")]
    weak = len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_VARIETY
    if weak and not settings.DEVELOPMENT:
        hint = "Set it to 50 or more random characters; see .env.example."
        return [Error("SECRET_KEY is too short or too simple.", hint=hint, id="postern.E002")]
    return []


@register(Tags.security)
def check_hosts(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E003: production answers to no name, or to any."""
    if settings.DEVELOPMENT or (settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS):
        return []
    hint = "Name the hosts under which people reach Postern, separated by commas."
    return [Error("ALLOWED_HOSTS is empty or allows every host.", hint=hint, id="postern.E003")]


@register(Tags.security)
def check_base_url(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E004: not an address. E005: production without TLS. W002: TLS that nobody seems to end."""
    url = urlsplit(settings.BASE_URL)
    if url.scheme not in ("http", "https") or not url.hostname or url.path or url.query or url.fragment:
        hint = "Give scheme and host, such as https://postern.example.com."
        return [Error("BASE_URL is not the address of a site.", hint=hint, id="postern.E004")]
    if settings.DEVELOPMENT:
        return []
    if url.scheme == "http" and not _is_loopback(url.hostname):
        hint = "Passwords and API keys travel over it; put Postern behind TLS."
        return [Error("BASE_URL is not https.", hint=hint, id="postern.E005")]
    if settings.SECURE_SSL_REDIRECT and not settings.BEHIND_TLS_PROXY:
        hint = "Set BEHIND_TLS_PROXY=on, unless the web server itself speaks TLS."
        return [
            Warning("https is demanded, and no proxy says that it is spoken.", hint=hint, id="postern.W002")
        ]
    return []


@register(Tags.security)
def check_nothing_of_the_sandbox(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E006, E007, E008: what belongs to development, in production. W001: an AWS that is on this machine."""
    return [] if settings.DEVELOPMENT else list(_of_the_sandbox())


def _of_the_sandbox() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        hint = "It shows settings and code to whoever makes a page fail. Remove it."
        yield Error("DEBUG is on in production.", hint=hint, id="postern.E008")
    if settings.CLOCK_FILE:
        hint = "It moves the time of every deadline. Remove it."
        yield Error("CLOCK_FILE is set in production.", hint=hint, id="postern.E006")
    if settings.SANDBOX_CONSOLE_URL:
        hint = "It lets demo data in. Remove it."
        yield Error("SANDBOX_CONSOLE_URL is set in production.", hint=hint, id="postern.E007")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"):
        host = urlsplit(os.environ.get(name, "")).hostname
        if host and _is_loopback(host):
            hint = "Is this meant to work against a simulator?"
            yield Warning(f"{name} leads to this machine.", hint=hint, id="postern.W001")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@register()
def check_broker(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E010: an unknown broker. E011, E012: one without its address. E017: SQS, and the sandbox for AWS."""
    if settings.BROKER not in ("orm", "redis", "sqs"):
        hint = "It is one of orm, redis, sqs."
        return [Error(f"There is no broker {settings.BROKER!r}.", hint=hint, id="postern.E010")]
    if settings.BROKER == "redis" and urlsplit(settings.REDIS_URL).scheme not in ("redis", "rediss", "unix"):
        hint = "Set REDIS_URL, such as redis://localhost:6379/0."
        return [Error("BROKER=redis has no REDIS_URL.", hint=hint, id="postern.E011")]
    if settings.BROKER == "sqs" and not is_aws_region(settings.SQS_REGION):
        hint = "Set SQS_REGION, such as eu-central-1."
        return [Error("BROKER=sqs has no SQS_REGION.", hint=hint, id="postern.E012")]
    if settings.BROKER == "sqs" and _is_sandbox():
        hint = "The queue would follow AWS_ENDPOINT_URL. Use BROKER=orm or BROKER=redis."
        return [Error("BROKER=sqs does not work with the sandbox.", hint=hint, id="postern.E017")]
    return []


def _is_sandbox() -> bool:
    """Say whether AWS is a simulator: its clock or its console is known, or calls are sent elsewhere."""
    return bool(settings.CLOCK_FILE or settings.SANDBOX_CONSOLE_URL or os.environ.get("AWS_ENDPOINT_URL"))


@register()
def check_queue_name(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E018: a name that SQS, or the column of PostgreSQL's queue, would refuse."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", settings.QUEUE_NAME):
        return []
    hint = "Up to 80 letters, digits, hyphens and underscores."
    return [Error("QUEUE_NAME cannot name a queue.", hint=hint, id="postern.E018")]


@register()
def check_tag_prefix(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E013: tags that AWS would refuse. `aws:` is its own (aws.md §4)."""
    prefix = settings.TAG_PREFIX
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_./=+@-]{0,59}", prefix) and prefix.lower() != "aws":
        return []
    hint = "Up to 60 letters, digits and _ . / = + @ -, and not aws."
    return [Error("TAG_PREFIX cannot begin a tag.", hint=hint, id="postern.E013")]


@register()
def check_time_budget(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E014: a step may outlive its task, a task its lease, or a lease the queue's patience.

    A step makes at most STEP_CALLS calls. A read is tried twice; the step that chooses a network only reads.
    """
    tries = settings.STEP_CALLS * 2
    step = tries * (settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)
    order = (step, settings.TASK_TIMEOUT_SECONDS, settings.LEASE_SECONDS, settings.TASK_RETRY_SECONDS)
    if all(shorter < longer for shorter, longer in pairwise(order)):
        return []
    hint = (
        f"{tries} × (AWS_CONNECT_SECONDS + AWS_READ_SECONDS) = {step:g} < TASK_TIMEOUT_SECONDS"
        " < LEASE_SECONDS < TASK_RETRY_SECONDS must hold."
    )
    return [Error("The time limits of the engine are out of order.", hint=hint, id="postern.E014")]


@register(Tags.security)
def check_sign_in(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E030 to E033: a provider half described, or not to be trusted. E034, W003: sign-in too easy."""
    return [*_of_the_provider(), *([] if settings.DEVELOPMENT else _of_sign_in_in_production())]


def _of_the_provider() -> Iterator[CheckMessage]:
    issuer = urlsplit(settings.OIDC_ISSUER)
    if not settings.OIDC_ISSUER:
        if settings.OIDC_CLIENT_ID or settings.OIDC_CLIENT_SECRET or settings.OIDC_CREATE_DOMAINS:
            hint = "Set OIDC_ISSUER, or remove the others."
            yield Error("OIDC_… are set without OIDC_ISSUER.", hint=hint, id="postern.E030")
        return
    if not settings.OIDC_CLIENT_ID:
        hint = "It is what the provider calls Postern; see docs/sign-in.md."
        yield Error("OIDC_ISSUER is set without OIDC_CLIENT_ID.", hint=hint, id="postern.E031")
    if not issuer.hostname or (issuer.scheme != "https" and not _is_loopback(issuer.hostname)):
        hint = "Whoever can change what it says can sign in as anybody."
        yield Error("OIDC_ISSUER is not an https address.", hint=hint, id="postern.E032")
    for domain in (*settings.OIDC_VERIFIED_DOMAINS, *settings.OIDC_CREATE_DOMAINS):
        if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", domain):
            hint = "Name domains of your own, such as example.com; there is no sign for all."
            yield Error(f"{domain!r} is not the domain of an e-mail.", hint=hint, id="postern.E033")


def _of_sign_in_in_production() -> Iterator[CheckMessage]:
    if not settings.RATE_LIMITS:
        hint = "Passwords and codes can then be guessed without end. Remove RATE_LIMITS=off."
        yield Error("RATE_LIMITS is off in production.", hint=hint, id="postern.E034")
    if settings.REQUIRE_SECOND_FACTOR == "none":
        hint = "Staff may do everything. Set REQUIRE_SECOND_FACTOR=staff, unless the provider sees to it."
        yield Warning("No second step is required of staff.", hint=hint, id="postern.W003")


_AT_LEAST: dict[str, float] = {
    "WORKERS": 1,
    "CREATE_GRACE_SECONDS": 0,
    "TASK_RECORD_DAYS": 1,
    "EVENT_DAYS": 1,
    "TOMBSTONE_DAYS": 1,
    "AUDIT_DAYS": 30,
    "SET_PASSWORD_LINK_SECONDS": 1,
    "SECURE_HSTS_SECONDS": 0,
    "ENDPOINTS_PER_SERVICE": 0,
    "ENDPOINTS_PER_ORGANIZATION": 0,
}
_POSITIVE = ("WATCHDOG_SECONDS", "AWS_CONNECT_SECONDS", "AWS_READ_SECONDS")


@register()
def check_numbers(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E015: a number with which nothing works."""
    low = [
        f"{name} must be at least {least:g}." for name, least in _AT_LEAST.items() if not _has(name, least)
    ]
    zero = [f"{name} must be greater than 0." for name in _POSITIVE if getattr(settings, name) <= 0]
    return [Error(text, id="postern.E015") for text in low + zero]


def _has(name: str, least: float) -> bool:
    return bool(getattr(settings, name) >= least)


@register()
def check_database(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """E016: another database than PostgreSQL (design decision 2)."""
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine == "django.db.backends.postgresql":
        return []
    hint = "Set DATABASE_URL=postgres://…, or leave it out for the embedded PostgreSQL."
    return [Error(f"{engine} is not PostgreSQL.", hint=hint, id="postern.E016")]
