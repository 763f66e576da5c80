"""Whose e-mail and password it is."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from endpoints.models import User


class EmailBackend(AuthenticationBackend):
    """E-mail, in any letter case, and password.

    django-allauth's own table of addresses is not asked: `User.email` is the only one that counts, so that an
    address that staff have changed is good for nothing any more.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user who has both. Of a closed account django-allauth is told, and tells its person."""
        email = credentials.get("username") or credentials.get("email") or ""
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            return None
        found = self._check_password(user, credentials["password"])
        return user if found else None
