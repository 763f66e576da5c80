"""One act for each intent of staff: networks, regions, the installation, claims in dispute."""

import uuid
from typing import Any

from django.utils import timezone
from django_q.models import Task

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.models import AllowedPair, Claim, ClaimKind, Network, Region, read_clock
from tests.audit.acts import ACTS, Act, nothing
from tests.audit.acts_of_keys import ACTS_OF_KEYS
from tests.audit.acts_of_people import ACTS_OF_PEOPLE
from tests.people import SERVICE_NAME, Cast, make_network, make_orphan


def _claim(cast: Cast) -> Claim:
    fields: dict[str, Any] = {"organization": cast.organization, "claimed_at": read_clock().now}
    return Claim.objects.create(kind=ClaimKind.SERVICE_NAME, key=SERVICE_NAME, **fields)


def _pair(cast: Cast) -> AllowedPair:
    said = {"allowed_by_name": "staff@example.com", "reason": "One company"}
    return AllowedPair.objects.create(service_name=SERVICE_NAME, organization=cast.organization, **said)


def _new_network(cast: Cast) -> Network:
    return Network(
        region=cast.region,
        vpc_id="vpc-0bbbbbbbbbbbbbbbb",
        subnet_ids=["subnet-0bbbbbbbbbbbbbbbb"],
        security_group_ids=["sg-0bbbbbbbbbbbbbbbb"],
    )


def _drain(cast: Cast, network: Network) -> Network:
    network.draining = True
    return intents.change_network(network=network, by=cast.staff)


def _feed(cast: Cast, region: Region) -> Region:
    region.push_queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/postern"
    return intents.save_region(region=region, by=cast.staff)


def _failed_task(cast: Cast) -> Task:
    now = timezone.now()
    said = {"func": "endpoints.tasks.sweep", "args": (), "kwargs": {}, "result": "no", "success": False}
    return Task.objects.create(id=uuid.uuid4().hex, name="late", started=now, stopped=now, **said)


ACTS_OF_STAFF: dict[str, Act] = {
    "release_claim": Act(
        _claim,
        lambda cast, claim: intents.release_claim(claim=claim, by=cast.staff, reason="Left", typed={}),
        (Action.CLAIM_RELEASED,),
    ),
    "allow_pair": Act(
        nothing,
        lambda cast, _: intents.allow_pair(
            service_name=SERVICE_NAME, organization=cast.organization, by=cast.staff, reason="One company"
        ),
        (Action.CLAIM_PAIR_ALLOWED,),
    ),
    "forbid_pair": Act(
        _pair,
        lambda cast, pair: intents.forbid_pair(pair=pair, by=cast.staff, reason="Two companies now"),
        (Action.CLAIM_PAIR_FORBIDDEN,),
    ),
    "request_adoption": Act(
        lambda cast: make_orphan(cast.region),
        lambda cast, orphan: intents.request_adoption(
            orphan=orphan,
            service=cast.service,
            description="Orders",
            by=cast.staff,
            typed=orphan.external_id,
        ),
        (Action.ORPHAN_ADOPTION_REQUESTED,),
    ),
    "add_network": Act(
        _new_network,
        lambda cast, network: intents.add_network(network=network, by=cast.staff),
        (Action.NETWORK_CREATED,),
        again=False,
    ),
    "change_network": Act(lambda cast: make_network(cast.region), _drain, (Action.NETWORK_CHANGED,)),
    "pause_networks": Act(
        nothing,
        lambda cast, _: intents.pause_networks(networks=[cast.network], paused=True, by=cast.staff),
        (Action.NETWORK_CHANGED,),
    ),
    "remove_network": Act(
        lambda cast: make_network(cast.region),
        lambda cast, network: intents.remove_network(network=network, by=cast.staff),
        (Action.NETWORK_REMOVED,),
        again=False,
    ),
    "request_verification": Act(
        nothing,
        lambda cast, _: intents.request_verification(network=cast.network, by=cast.staff),
        (Action.NETWORK_VERIFIED,),
        changes=False,
    ),
    "save_region": Act(lambda cast: cast.region, _feed, (Action.REGION_CHANGED,)),
    "remove_region": Act(
        lambda cast: Region.objects.create(name="eu-west-1"),
        lambda cast, region: intents.remove_region(region=region, by=cast.staff),
        (Action.REGION_CHANGED,),
        again=False,
    ),
    "resubmit_tasks": Act(
        _failed_task,
        lambda cast, task: intents.resubmit_tasks(tasks=[task], by=cast.staff),
        (Action.TASK_RESUBMITTED,),
        again=False,
    ),
    "change_installation": Act(
        nothing,
        lambda cast, _: intents.change_installation(writes_paused=True, plan_only=False, by=cast.staff),
        (Action.INSTALLATION_CHANGED,),
    ),
}

EVERY_ACT = ACTS | ACTS_OF_PEOPLE | ACTS_OF_KEYS | ACTS_OF_STAFF

NOT_RECORDED = {
    "keep_draft": "what one person typed so far, which nobody else sees",
    "drop_draft": "the same",
    "may_manage": "asks only",
    "require_manager": "asks only",
    "teams_for": "asks only",
}
"""Functions that take `by` and leave no entry → why."""
