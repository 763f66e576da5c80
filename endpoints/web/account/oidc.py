"""Signing in at an OpenID Connect provider: code flow with PKCE, the ID token's signature checked.

What django-allauth would take from the address (`process`, `scope`, `auth_params`) is not taken: an account
is connected by its verified e-mail alone, never because a link said so.
"""

import hashlib
import logging
from typing import Any

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.web.account.claims import Claims, Refused, person_of

log = logging.getLogger(__name__)

PROVIDER = "openid_connect"
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_BROKEN = (requests.RequestException, KeyError, TypeError, ValueError)


def provider_id() -> str:
    """Return what tells the accounts of one issuer from those of another, which may use the same subjects."""
    return f"oidc-{hashlib.sha256(settings.OIDC_ISSUER.encode()).hexdigest()[:16]}"


class ProviderAdapter(DefaultSocialAccountAdapter):
    """One provider, by the settings alone; the database names none."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the provider of the settings, if there is one."""
        if not settings.OIDC_ISSUER:
            return []
        how = {"server_url": settings.OIDC_ISSUER.rstrip("/"), "oauth_pkce_enabled": True}
        app = SocialApp(
            provider=PROVIDER,
            provider_id=provider_id(),
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings=how,
        )
        return [app]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse; `pre_social_login` has found or made the person, or said why not."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is, and connect it. Raises ImmediateHttpResponse: why not."""
        if sociallogin.is_existing:
            return
        claims: Claims = sociallogin.claims  # type: ignore[attr-defined]  # `Adapter.complete_login` puts it there
        try:
            with transaction.atomic():
                user = person_of(claims, sociallogin.account.provider)
                sociallogin.connect(request, user)
                told = {"provider": settings.OIDC_NAME, "subject": sociallogin.account.uid}
                audit.record(Action.PROVIDER_CONNECTED, by=user, on=user, after=told)
        except Refused as refused:
            credentials = {"username": refused.email}
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            raise ImmediateHttpResponse(_page(request, refused.code, 403, email=refused.email)) from None

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Answer with our own page. Raises ImmediateHttpResponse."""
        raise ImmediateHttpResponse(_failed(request, error, exception))


class Adapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider, and believes it no more than the protocol says."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's own description. Raises OAuth2Error where it is not that of the issuer."""
        try:
            found: dict[str, Any] = super().openid_config
            missing = [name for name in _NEEDED if not isinstance(found.get(name), str)]
            issuer = found["issuer"].rstrip("/")
        except requests.RequestException:
            raise
        except _BROKEN as error:
            raise OAuth2Error("the description of the provider cannot be read") from error
        if missing or issuer != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error(f"the description is of {issuer}, or lacks {missing}")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the address that operators name at the provider."""
        return settings.BASE_URL + reverse("openid_connect_callback")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return who the provider says it is. Raises OAuth2Error where ID token and claims do not agree."""
        try:
            id_token = self._decode_id_token(app, kwargs["response"]["id_token"])
            said = self._fetch_user_info(token.token)
            if said["sub"] != id_token["sub"]:
                raise OAuth2Error("the claims are somebody else's")
            login: SocialLogin = _provider(request).sociallogin_from_response(request, {"sub": said["sub"]})
        except requests.RequestException:
            raise
        except _BROKEN as error:
            raise OAuth2Error("the answer of the provider cannot be read") from error
        login.claims = Claims.read({**id_token, **said})  # type: ignore[attr-defined]
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        told = self.openid_config
        found: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=told["jwks_uri"],
            issuer=told["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return found


@login_not_required
@require_safe
@never_cache
def begin(request: HttpRequest) -> HttpResponseBase:
    """Lead to the provider, and remember where the person wanted to go. Raises Http404 if there is none."""
    if not settings.OIDC_ISSUER:
        raise Http404
    onward = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or resolve_url(settings.LOGIN_REDIRECT_URL))
    if not ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
        return ratelimit.respond_429(request)
    provider = _provider(request)
    provider.oauth2_adapter_class = Adapter
    try:
        response: HttpResponse = provider.redirect(request, process=AuthProcess.LOGIN, next_url=onward)
    except requests.RequestException as error:
        return _failed(request, AuthError.UNKNOWN, error)
    except ImmediateHttpResponse as answer:
        return answer.response
    return response


@login_not_required
@require_safe
@never_cache
def callback(request: HttpRequest) -> HttpResponseBase:
    """Take the person back from the provider. Raises Http404 if there is none."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        answer: HttpResponseBase = OAuth2CallbackView.adapter_view(Adapter(request, provider_id()))(request)
    except (requests.RequestException, OAuth2Error) as error:  # while it looks where to ask
        return _failed(request, AuthError.UNKNOWN, error)
    return answer


def _provider(request: HttpRequest) -> OpenIDConnectProvider:
    found: OpenIDConnectProvider = get_adapter().get_provider(request, provider_id())
    return found


def _failed(request: HttpRequest, error: Any, exception: Exception | None) -> HttpResponse:
    if error == AuthError.CANCELLED:
        return _page(request, "cancelled", 200)
    if exception is None:
        return _page(request, "expired", 400)
    log.warning("The OpenID Connect provider failed: %s: %.300s", type(exception).__name__, exception)
    return _page(request, "unreachable", 502)


def _page(request: HttpRequest, code: str, status: int, email: str = "") -> HttpResponse:
    shown = {"code": code, "provider": settings.OIDC_NAME, "email": email}
    return render(request, "account/provider.html", shown, status=status)
