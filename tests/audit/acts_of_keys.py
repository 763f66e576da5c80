"""One act for each intent about API keys."""

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.models import ApiKey
from tests.audit.acts import Act, nothing
from tests.people import Cast


def _key(cast: Cast) -> ApiKey:
    return ApiKey.issue(organization=cast.organization, service=cast.service, role="viewer", name="script")[0]


ACTS_OF_KEYS: dict[str, Act] = {
    "issue_key": Act(
        nothing,
        lambda cast, _: intents.issue_key(
            place=cast.service, name="script", role="viewer", days=30, by=cast.admin
        ),
        (Action.KEY_ISSUED,),
        again=False,
    ),
    "rotate_key": Act(
        _key,
        lambda cast, key: intents.rotate_key(key=key, overlap="day", days=30, by=cast.admin),
        (Action.KEY_ROTATED,),
        again=False,
    ),
    "change_key": Act(
        _key,
        lambda cast, key: intents.change_key(key=key, name="renamed", by=cast.admin),
        (Action.KEY_CHANGED,),
    ),
    "disable_key": Act(
        _key, lambda cast, key: intents.disable_key(key=key, by=cast.admin), (Action.KEY_DISABLED,)
    ),
}
