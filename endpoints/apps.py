"""The one app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EndpointsConfig(AppConfig):
    """Registers the system checks, what is said to PostgreSQL, and who hears of sign-ins."""

    name = "endpoints"
    verbose_name = _("Reverse private endpoints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks (importing them does), greet every connection, and follow sign-ins."""
        from django.db.backends.signals import connection_created

        from endpoints import checks, sessions, sign_ins  # noqa: F401
        from endpoints.connections import limit_idle_transactions

        sign_ins.connect()
        connection_created.connect(limit_idle_transactions, dispatch_uid="limit_idle_transactions")
        sessions.follow()
