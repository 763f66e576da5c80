"""A row of every model that has pages in Django admin, by the model as `admin_table.py` names it."""

from typing import Any

from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.reasons import EventCode
from endpoints.models import AllowedPair, ApiKey, Claim, Installation, Replacement, RoleAssignment, Team
from tests.access.world import World
from tests.people import make_breaker, make_bucket, make_event, make_orphan, make_turn


def make_objects(world: World) -> dict[str, Any]:
    """Make what is not in the world yet; return one row of each model."""
    own = world.places["own"]
    ready, failed = own.endpoints["ready"], own.endpoints["failed"]
    bucket = make_bucket()
    now = timezone.now()
    task = {"func": "endpoints.tasks.observe", "started": now, "stopped": now, "args": (), "kwargs": {}}
    return {
        "endpoints_user": own.newcomer,
        "endpoints_roleassignment": RoleAssignment.objects.filter(service=own.service).first(),
        "endpoints_team": Team.objects.get(name="Example team"),
        "endpoints_apikey": ApiKey.objects.filter(service=own.service).first(),
        "endpoints_clickpipe": own.pipe,
        "endpoints_handoff": own.link,
        "endpoints_replacement": Replacement.objects.first(),
        "endpoints_reverseprivateendpoint": failed,
        "endpoints_event": make_event(ready, EventCode.REQUESTED),
        "endpoints_region": world.cast.region,
        "endpoints_network": world.cast.network,
        "endpoints_claim": Claim.objects.create(
            kind="service_name", key="com.amazonaws.vpce.x", organization_id=own.service.organization_id
        ),
        "endpoints_allowedpair": AllowedPair.objects.create(
            service_name="com.amazonaws.vpce.x", organization=own.service.organization
        ),
        "endpoints_installation": Installation.objects.get(),
        "endpoints_orphan": make_orphan(world.cast.region),
        "endpoints_breaker": make_breaker(world.cast.network),
        "endpoints_ratebucket": bucket,
        "endpoints_turn": make_turn(ready, bucket),
        "endpoints_auditentry": audit.record(
            Action.SERVICE_CHANGED, by=world.cast.staff, on=own.service, after={"contact": "#orders"}
        ),
        "endpoints_organization": own.service.organization,
        "endpoints_service": own.service,
        "django_q_schedule": Schedule.objects.create(func="endpoints.tasks.observe"),
        "django_q_success": Success.objects.create(id="s" * 32, name="success", success=True, **task),
        "django_q_failure": Failure.objects.create(id="f" * 32, name="failure", success=False, **task),
        "django_q_ormq": OrmQ.objects.create(key="postern", payload="", lock=now),
    }
