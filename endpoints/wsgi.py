"""The WSGI application. Starts the embedded PostgreSQL when no DATABASE_URL is set."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")

from django.conf import settings

from endpoints import embedded

if not settings.DATABASE_URL:
    embedded.hold(settings.VAR_DIR)

application = get_wsgi_application()

from endpoints.checks import enforce  # noqa: E402 - needs the settings read

enforce()  # a web server runs no system checks by itself
