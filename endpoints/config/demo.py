"""The demo: what `demo.toml` says, with passwords, an API key and first endpoints that everybody may know.

For the sandbox only: `manage.py demo` refuses to run elsewhere.
"""

import hashlib
from pathlib import Path
from uuid import UUID

from django.db import transaction

from endpoints import intents
from endpoints.config.apply import apply
from endpoints.config.reader import read
from endpoints.models import ApiKey, ReversePrivateEndpoint, Role, Service, User

FILE = Path(__file__).with_name("demo.toml")
PASSWORDS = {
    "admin@postern.example": "postern-demo-admin",
    "operator@postern.example": "postern-demo-operator",
    "viewer@postern.example": "postern-demo-viewer",
}
SERVICE_ID = UUID("b0000000-0000-4000-8000-000000000001")
KEY_ID = "postern-demo-key"
KEY_SECRET = "postern-demo-secret"

# Service names of the sandbox's seed in eu-central-1 (endpoints/sandbox/world/seed.py), and what they show.
NAMES = {
    "com.amazonaws.vpce.eu-central-1.vpce-svc-00000000000000041": "its owner must accept the connection",
    "com.amazonaws.vpce.eu-central-1.vpce-svc-00000000000000042": "accepts by itself",
    "com.amazonaws.vpce.eu-central-1.vpce-svc-00000000000000043": "does not allow our account",
}
_DESCRIPTIONS = ("Orders Kafka", "Customers Postgres", "Inventory MySQL")


@transaction.atomic
def install() -> Service:
    """Make the demo, or find it as it was left; return the service that the examples speak of."""
    apply(read(FILE))
    for email, password in PASSWORDS.items():
        _let_sign_in(User.objects.get_by_natural_key(email), password)
    service = Service.objects.select_related("organization").get(pk=SERVICE_ID)
    ApiKey.objects.get_or_create(
        key_id=KEY_ID,
        defaults={
            "secret_sha256": hashlib.sha256(KEY_SECRET.encode()).hexdigest(),
            "name": "Demo",
            "organization": service.organization,
            "role": Role.ADMIN,
        },
    )
    if not ReversePrivateEndpoint.objects.filter(service=service).exists():
        _request_first_endpoints(service)
    return service


def _let_sign_in(user: User, password: str) -> None:
    if user.has_usable_password():
        return  # found as it was left, perhaps with another password
    user.set_password(password)
    user.is_superuser = user.is_staff
    user.save(update_fields=["password", "is_superuser"])


def _request_first_endpoints(service: Service) -> None:
    admin = User.objects.get_by_natural_key("admin@postern.example")
    for name, description in zip(NAMES, _DESCRIPTIONS, strict=True):
        data = {"type": "VPC_ENDPOINT_SERVICE", "description": description, "vpcEndpointServiceName": name}
        wanted, errors = intents.check_wanted(service, data)
        assert wanted is not None, errors
        intents.request_endpoint(service=service, wanted=wanted, by=admin)
