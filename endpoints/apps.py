"""The one app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EndpointsConfig(AppConfig):
    """Registers the system checks."""

    name = "endpoints"
    verbose_name = _("Reverse private endpoints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks (importing them does)."""
        from endpoints import checks  # noqa: F401
