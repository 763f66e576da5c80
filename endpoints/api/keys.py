"""HTTP Basic with API keys: the key id is the user, its secret the password. Source: cloud-api.md §1."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja.security import HttpBasicAuth

from endpoints.models import ApiKey

LAST_USED_EVERY = timedelta(minutes=1)
"""How often, at most, the use of a key is written down."""

_NOBODY = ApiKey(secret_sha256="0" * 64)  # compared where there is no such key, so that both take as long


class BasicKey(HttpBasicAuth):
    """Finds the key of a request; a disabled key (or issuer), an unknown one, a wrong secret: all one 401."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Any | None:
        """Return the key, and note that it was used; None for 401."""
        readable = username.isascii() and username.isprintable()
        key = (
            ApiKey.objects.select_related("created_by").filter(key_id=username).first() if readable else None
        )
        if not (key or _NOBODY).accepts(password) or key is None:
            return None
        unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - LAST_USED_EVERY)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=Now())
        return key


def key_of(request: HttpRequest) -> ApiKey:
    """Return the key that a request was authenticated with."""
    key = getattr(request, "auth", None)
    assert isinstance(key, ApiKey)
    return key
