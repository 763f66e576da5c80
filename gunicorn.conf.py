"""What gunicorn reads by itself when it is started in the checkout.

How large the head of a request may be: Postern's own limits (BODY_MOST) begin where a request has been read
so far. And what the access log says: whoever has the address of a hand-off link, or of one that sets a
password, is let in, so their secret parts stay out of it.
"""

from typing import Any

from gunicorn.glogging import Logger

from endpoints.redaction import redact


class Discreet(Logger):
    """Gunicorn's logger without the secrets in addresses."""

    def atoms(self, *about: Any) -> dict[str, Any]:
        """Return what a line of the access log is made from."""
        made = super().atoms(*about)
        return {name: redact(value) if isinstance(value, str) else value for name, value in made.items()}


logger_class = Discreet

threads = 16  # what waits holds one each: more than API_WAITS
limit_request_line = 8190  # bytes; the longest address of ours names 100 endpoints, in 4,000
limit_request_fields = 100
limit_request_field_size = 8190
