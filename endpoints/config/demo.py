"""The demo: what `demo.toml` says, with passwords, an API key and first endpoints that everybody may know.

For the sandbox only: `manage.py demo` refuses to run elsewhere.
"""

import hashlib
from pathlib import Path

from django.db import transaction

from endpoints import intents
from endpoints.config.apply import apply
from endpoints.config.demo_endpoints import ORDERS, first_endpoints
from endpoints.config.reader import read
from endpoints.models import ApiKey, ReversePrivateEndpoint, Role, Service, User

FILE = Path(__file__).with_name("demo.toml")
PASSWORDS = {
    "admin@postern.example": "postern-demo-admin",
    "operator@postern.example": "postern-demo-operator",
    "viewer@postern.example": "postern-demo-viewer",
}
KEY_ID = "postern-demo-key"
KEY_SECRET = "postern-demo-secret"


@transaction.atomic
def install() -> Service:
    """Make the demo, or find it as it was left; return the service that the examples speak of."""
    apply(read(FILE))
    for email, password in PASSWORDS.items():
        _let_sign_in(User.objects.get_by_natural_key(email), password)
    service = Service.objects.select_related("organization").get(pk=ORDERS)
    ApiKey.objects.get_or_create(
        key_id=KEY_ID,
        defaults={
            "secret_sha256": hashlib.sha256(KEY_SECRET.encode()).hexdigest(),
            "name": "Demo",
            "organization": service.organization,
            "role": Role.ADMIN,
        },
    )
    if not ReversePrivateEndpoint.objects.filter(service__organization=service.organization).exists():
        _request_first_endpoints()
    return service


def _let_sign_in(user: User, password: str) -> None:
    if user.has_usable_password():
        return  # found as it was left, perhaps with another password
    user.set_password(password)
    user.is_superuser = user.is_staff
    user.save(update_fields=["password", "is_superuser"])


def _request_first_endpoints() -> None:
    admin = User.objects.get_by_natural_key("admin@postern.example")
    for service_id, asked in first_endpoints():
        service = Service.objects.select_related("organization").get(pk=service_id)
        wanted, errors = intents.check_wanted(service, asked)
        assert wanted is not None, errors
        intents.request_endpoint(service=service, wanted=wanted, by=admin)
