"""What the provider claims of its people: what `provider.json` says."""

import json
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class Validator(OAuth2Validator):  # type: ignore[misc]  # it has no types
    """Adds the claims to ID tokens and to what the userinfo endpoint answers."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        """Return them."""
        claims: dict[str, Any] = json.loads(request.user.first_name)
        return claims
