"""How the process logs: to stderr, a line each, with secrets taken out; `settings` chooses the level."""

import logging
from typing import Any


class WithoutRefusals(logging.Filter):
    """Takes the traceback from the lines of requests that were refused: a 403 is an answer, not a fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line, and the tracebacks of those that say a fault of ours (5xx)."""
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True


def logging_at(level: str) -> dict[str, Any]:
    """Return the LOGGING setting for a level, in the form of `logging.config.dictConfig`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_refusals": {"()": f"{__name__}.WithoutRefusals"}},
        "formatters": {
            "line": {
                "()": "endpoints.redaction.Formatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Without the handlers that Django gives them where DEBUG is on: those take no secrets out.
            "django": {"handlers": []},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"filters": ["without_refusals"]},
            "django.security.DisallowedHost": {"filters": ["without_refusals"]},
            **{name: {"level": "WARNING"} for name in ("django-q", "boto3", "botocore", "urllib3")},
        },
    }
