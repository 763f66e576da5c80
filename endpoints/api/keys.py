"""HTTP Basic with API keys: the key id is the user, its secret the password. Source: cloud-api.md §1."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja.security import HttpBasicAuth

from endpoints import audit, throttling
from endpoints.api.envelope import Problem
from endpoints.models import ApiKey

LAST_USED_EVERY = timedelta(minutes=1)
"""How often, at most, the use of a key is written down."""

_NOBODY = ApiKey(secret_sha256="0" * 64)  # compared where there is no such key, so that both take as long
_UNNOTED = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - LAST_USED_EVERY)
_READS = ("GET", "HEAD", "OPTIONS")


class BasicKey(HttpBasicAuth):
    """Finds the key of a request; whatever is wrong with a key, or its secret, the answer is the same 401.

    Calls of a key take from its allowances, and wrong ones from their address's, which never shuts out a
    right one: nobody guesses 256 random bits, and many may stand behind one address.
    """

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Any | None:
        """Return the key, and note that it was used; None for 401. Raises Problem(429)."""
        readable = username.isascii() and username.isprintable()
        known = ApiKey.objects.select_related("created_by").annotate(is_unnoted=_UNNOTED)
        key = known.filter(key_id=username).first() if readable else None
        is_right = (key or _NOBODY).accepts(password)
        try:
            if key is None or not is_right:
                throttling.try_from(audit.client_address() or "")
                return None
            throttling.call_by(key, is_change=request.method not in _READS)
        except throttling.TooFast as fast:
            raise Problem.too_fast(fast.wait) from None
        if key.__dict__["is_unnoted"]:
            # Of several at once the first one writes: the others look again, and find it noted.
            ApiKey.objects.filter(_UNNOTED, pk=key.pk).update(last_used_at=Now())
        return key


def key_of(request: HttpRequest) -> ApiKey:
    """Return the key that a request was authenticated with."""
    key = getattr(request, "auth", None)
    assert isinstance(key, ApiKey)
    return key
