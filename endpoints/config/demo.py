"""The demo: what `demo.toml` says, with passwords, an API key and first endpoints that everybody may know.

For the sandbox only: `manage.py demo` refuses to run elsewhere.
"""

import hashlib
from pathlib import Path

from django.db import transaction

from endpoints import intents
from endpoints.config.apply import apply
from endpoints.config.demo_endpoints import ORDERS, PIPES, first_endpoints
from endpoints.config.reader import read
from endpoints.domain.dns import PORTS
from endpoints.domain.moving import entrance_of
from endpoints.domain.types import EndpointType, Source
from endpoints.models import Actor, ApiKey, ClickPipe, ReversePrivateEndpoint, Role, Service, User

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
    apply(read(FILE), by=Actor.command("demo"))
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


def record_clickpipes() -> int:
    """Record the ClickPipes whose endpoints are Ready; return how many still wait for theirs.

    Each is recorded once for ever: a removed one does not come back, nor one whose endpoint is removed.
    """
    waiting = 0
    service = Service.objects.select_related("organization").get(pk=ORDERS)
    admin = User.objects.get_by_natural_key("admin@postern.example")
    known = set(ClickPipe.objects.filter(service=service).values_list("name", flat=True))
    for pipe in PIPES:
        endpoint = service.endpoints.filter(description=pipe.endpoint).order_by("created_at").first()
        if pipe.name in known or endpoint is None or endpoint.removal_requested_at is not None:
            continue
        address = _address_of(endpoint, pipe.source)
        if not address:
            waiting += 1
            continue
        named = (endpoint.pk,) if pipe.by_id else ()
        wanted, errors = intents.check_pipe(pipe.source, {"name": pipe.name, "address": address}, named)
        assert wanted is not None, errors
        intents.record_pipe(service=service, wanted=wanted, by=admin)
    return waiting


def _address_of(endpoint: ReversePrivateEndpoint, source: Source) -> str:
    """What one would copy from the endpoint's page; "" before it is Ready."""
    if endpoint.connection_string:
        return endpoint.connection_string
    entrance = entrance_of(EndpointType(endpoint.type), endpoint.dns_names, "")
    return f"{entrance.hosts[0]}:{PORTS[source]}" if entrance.hosts else ""


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
