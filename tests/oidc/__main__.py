"""The provider's process: `python -m tests.oidc FOLDER`, with what it must know in `FOLDER/provider.json`.

It is a Django project of its own, with its own settings and its own database; it shares nothing with Postern.
It writes its port into `FOLDER/port` once it listens.
"""

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

LOGIN_PAGE = """<form method="post">{% csrf_token %}{{ form }}<button>Go</button></form>"""
_OF_ALL = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def main(folder: Path) -> None:
    """Serve until killed."""
    told = json.loads((folder / "provider.json").read_text("utf-8"))
    server = make_server("127.0.0.1", 0, lambda *_: [], _Server, _Quiet)
    configure(folder, f"http://127.0.0.1:{server.server_port}/o")
    fill(told)
    server.set_app(get_wsgi_application())
    (folder / "port.new").write_text(str(server.server_port))
    (folder / "port.new").rename(folder / "port")
    server.serve_forever()


def configure(folder: Path, issuer: str) -> None:
    """Set Django up, with an address that is the issuer's."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(*_OF_ALL)
    contrib = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")]
    middleware = [
        "sessions.middleware.Session",
        "auth.middleware.Authentication",
        "messages.middleware.Message",
    ]
    loaders = [
        ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE}),
        "django.template.loaders.app_directories.Loader",
    ]
    processors = [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]
    settings.configure(
        SECRET_KEY="of the provider alone",
        ALLOWED_HOSTS=["127.0.0.1"],
        USE_TZ=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # nothing here is a secret
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[*contrib, "oauth2_provider"],
        MIDDLEWARE=[f"django.contrib.{name}Middleware" for name in middleware],
        ROOT_URLCONF="tests.oidc.urls",
        SESSION_COOKIE_NAME="provider_session",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": loaders, "context_processors": processors},
            }
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": issuer,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "OAUTH2_VALIDATOR_CLASS": "tests.oidc.claims.Validator",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who you are", "profile": "your name", "email": "your e-mail"},
        },
    )
    django.setup()


def fill(told: dict[str, Any]) -> None:
    """Make the database: the client that Postern is, and the people with what is claimed of them."""
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    get_application_model().objects.create(
        client_id=told["client_id"],
        client_secret=told["client_secret"],
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=told["redirect_uri"],
        algorithm="RS256",
        name="Postern",
    )
    for name, claims in told["people"].items():
        # Django's user has no column for claims; this one is long enough.
        user: Any = get_user_model()()
        user.username, user.first_name = name, json.dumps(claims)
        user.set_password(told["password"])
        user.save()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
