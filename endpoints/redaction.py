"""What no log and no error page may tell: the secrets that stand in addresses, headers and variables."""

import logging
import re
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

_SECRETS = re.compile(
    r"(/hand-off/|/set-password/[^/\s]+/)[^/\s?#\"'<>]+"  # who has such an address is let in
    r"|((?:^|[?&])(?:code|state|token)=)[^&\s\"'<>]+"  # what an identity provider sends people back with
    r"|(\bBasic\s+)[A-Za-z0-9+/=_-]{8,}"
)
_NAMES = re.compile(r"pass|secret|token|credential|authori[sz]ation|cookie|\bcode\b|session", re.IGNORECASE)


def redact(text: str) -> str:
    """Return a text with three dots in the place of each secret."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}…", text)


class Formatter(logging.Formatter):
    """Formats log lines as usual, tracebacks included, and then takes the secrets out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return redact(super().format(record))


class ReporterFilter(SafeExceptionReporterFilter):
    """Keeps secrets off Django's detailed error pages as well, which Django shows a developer in full."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Say that there is always something to hide."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """Return the fields of a form, those with secrets masked."""
        if request is None:
            return {}
        fields = request.POST.copy()
        for name in fields:
            if _NAMES.search(name):
                fields[name] = self.cleansed_substitute
        return fields

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """Return a frame's variables, those with secrets, and requests and forms as a whole, masked."""
        return [(name, self._shown(name, value)) for name, value in tb_frame.f_locals.items()]

    def _shown(self, name: str, value: Any) -> Any:
        is_plain = value is None or isinstance(value, bool | int | float | str | bytes)
        return self.cleansed_substitute if _NAMES.search(name) or not is_plain else redact(str(value))
