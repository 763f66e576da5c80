"""Whose account it is that a provider vouches for: what its claims must say, and what is refused in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import Actor, ActorKind, User

LONGEST_NAME = 150


class Refused(Exception):
    """A person that the provider knows and we do not let in; `code` says why, `email` who it says it is."""

    def __init__(self, code: str, email: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.email = email


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody (OpenID Connect Core 1.0, 5.1)."""

    email: str
    is_verified: bool
    first_name: str = ""
    last_name: str = ""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Claims":
        """Read claims. Only a true `email_verified` counts: some providers send the word "false".

        Where it is missing altogether, OIDC_VERIFIED_DOMAINS decides.
        """
        email = _text(said.get("email"))
        vouched = said.get("email_verified")
        if vouched is None:
            vouched = _is_in(email, settings.OIDC_VERIFIED_DOMAINS)
        names = (_text(said.get(name))[:LONGEST_NAME] for name in ("given_name", "family_name"))
        return cls(email, vouched is True, *names)


def person_of(claims: Claims, provider: str) -> User:
    """Return the user whose verified e-mail it is, made now if OIDC_CREATE_DOMAINS says so.

    Raises Refused: `no_email`, `unverified`, `unknown`, `closed`, `taken` (by another account at the
    provider: addresses are given to new people, and the old one's account is not theirs).
    """
    if not _is_email(claims.email):
        raise Refused("no_email")
    if not claims.is_verified:
        raise Refused("unverified", claims.email)
    user = _find(claims.email) or _create(claims)
    if not user.is_active:
        raise Refused("closed", claims.email)
    if SocialAccount.objects.filter(user=user, provider=provider).exists():
        raise Refused("taken", claims.email)
    return user


def _find(email: str) -> User | None:
    user = User.objects.filter(email__iexact=email).first()
    # The database's letters may be wider than ASCII's: ı, or the Kelvin sign, must not pass for i and k.
    same = user and (user.email == email or (email.isascii() and user.email.isascii()))
    return user if same else None


def _create(claims: Claims) -> User:
    if not claims.email.isascii() or not _is_in(claims.email, settings.OIDC_CREATE_DOMAINS):
        raise Refused("unknown", claims.email)
    by = Actor(settings.OIDC_NAME, kind=ActorKind.POSTERN)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                claims.email, first_name=claims.first_name, last_name=claims.last_name
            )
            audit.record(Action.USER_CREATED, by=by, on=user, after=audit.columns(user, "email"))
    except IntegrityError:
        raise Refused("unknown", claims.email) from None
    return user


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= (User._meta.get_field("email").max_length or 0)


def _is_in(email: str, domains: list[str]) -> bool:
    return email.rpartition("@")[2].lower() in {domain.lower() for domain in domains}


def _text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
