"""What staff and the operators' commands may ask of how somebody signs in: to end it, and to begin anew."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from endpoints import audit, sessions
from endpoints.domain.actions import Action
from endpoints.intents.base import actor_of
from endpoints.intents.people import require_over
from endpoints.models import Asker, User


@transaction.atomic
def sign_out_everywhere(*, user: User, by: Asker, reason: str = "") -> int:
    """End all sessions of somebody; return how many there were. Raises PermissionDenied."""
    require_over(by, user)
    ended = sessions.end_sessions(user)
    if ended:
        told = {"sessions": ended}
        audit.record(Action.SESSION_ENDED, by=actor_of(by), on=user, before=told, reason=reason)
    return ended


@transaction.atomic
def reset_second_factor(*, user: User, by: Asker, reason: str = "") -> int:
    """Take away the second factors that somebody has lost, recovery codes included, and end all sessions.

    Whoever has found the telephone may be signed in on it. Returns how many factors there were. Raises
    PermissionDenied.
    """
    require_over(by, user)
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if kinds:
        Authenticator.objects.filter(user=user).delete()
        told = {"kinds": kinds}
        audit.record(Action.SECOND_FACTOR_REMOVED, by=actor_of(by), on=user, before=told, reason=reason)
        sign_out_everywhere(user=user, by=by, reason=reason)
    return len([kind for kind in kinds if kind != Authenticator.Type.RECOVERY_CODES])


@transaction.atomic
def disconnect_provider(*, user: User, by: Asker, reason: str = "") -> bool:
    """Forget which account at the provider somebody has: the next with their e-mail there is connected anew.

    All sessions end. Returns whether there was one. Raises PermissionDenied.
    """
    require_over(by, user)
    accounts = SocialAccount.objects.filter(user=user)
    subjects = list(accounts.values_list("uid", flat=True))
    if subjects:
        accounts.delete()
        told = {"subjects": subjects}
        audit.record(Action.PROVIDER_DISCONNECTED, by=actor_of(by), on=user, before=told, reason=reason)
        sign_out_everywhere(user=user, by=by, reason=reason)
    return bool(subjects)
