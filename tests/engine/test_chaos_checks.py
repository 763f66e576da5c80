"""Each check after a storm is green on a good world, and goes red on the wrong one of its kind."""

import uuid
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from endpoints.models import Attempt, Claim, ClaimKind, Event, Installation, ReversePrivateEndpoint
from tests.chaos import checks, picture
from tests.chaos.journal import Deed, EffectLog, Journal
from tests.chaos.lives import Act, Kind
from tests.chaos.schedule import Ask
from tests.chaos.storm import doer
from tests.engine.world import GRACE, LOOK_AGAIN, REGION, World, cluster, resource
from tests.sandbox.helpers import tags
from tests.sandbox_client import OPERATOR_KEY, service_name, share_arn, vpc_id

ANY = uuid.UUID(int=0)


@dataclass
class Aftermath:
    """A world in which everything went well: one endpoint of each kind, one removed, and its journal."""

    world: World
    journal: Journal
    log: EffectLog
    rows: dict[Kind, ReversePrivateEndpoint]
    removed: ReversePrivateEndpoint

    def said(self) -> dict[str, list[str]]:
        """Take the picture of now, and return all complaints."""
        self.log.read()
        return checks.complaints(picture.take(self.world.box, self.journal, self.log.effects()))

    def change(self, kind: Kind, **columns: Any) -> None:
        """Falsify columns of a row."""
        ReversePrivateEndpoint.objects.filter(pk=self.rows[kind].pk).update(**columns)

    def done(self, kind: Kind, act: Act) -> Deed:
        """Return the note of what is about to be done to a row's object."""
        row = self.rows[kind]
        return Deed(row.pk, act, row.external_id, self.world.box.last_seq())

    def attempt(self, kind: Kind) -> Any:
        """Return the open attempt of a row, as a query."""
        return Attempt.objects.filter(endpoint=self.rows[kind].pk)


def _ask(kind: Kind, number: int = 0) -> Ask:
    return Ask(number=number, at=0.0, kind=kind, region=REGION, organization=0, acts=())


@pytest.fixture
def after(world: World) -> Aftermath:
    journal, log = Journal(), EffectLog(world.box)
    rows = {
        Kind.ACCEPTANCE: world.ask(1),
        Kind.AUTOMATIC: world.ask(2),
        Kind.SHARED: world.ask_for(resource(1)),
        Kind.CLUSTER: world.ask_for(cluster()),
    }
    removed = world.ask(2)
    for _ in range(3):
        world.later(LOOK_AGAIN)
    world.remove(removed)
    world.later(GRACE)
    for kind, row in [*rows.items(), (Kind.AUTOMATIC, removed)]:
        journal.asks[row.pk] = _ask(kind)
        row.refresh_from_db()
    journal.removals.add(removed.pk)
    return Aftermath(world, journal, log, rows, removed)


def _orphan(world: World, endpoint: uuid.UUID) -> str:
    """Make an endpoint with our tags behind Postern's back, as boto3 does it."""
    mine = {"installation": str(Installation.get().pk), "endpoint-id": str(endpoint), "generation": "9"}
    marked = tags(**{f"postern:{name}": value for name, value in mine.items()})
    made = world.box.boto3("ec2", REGION, OPERATOR_KEY).create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc_id(REGION), ServiceName=service_name(REGION, 2),
        TagSpecifications=marked,
    )  # fmt: skip
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def _forge_request(after: Aftermath) -> None:
    after.journal.asks[ANY] = _ask(Kind.AUTOMATIC)


def _refuse_a_request(after: Aftermath) -> None:
    after.journal.refused[9] = "There is no room."


def _delete_a_row(after: Aftermath) -> None:
    key = after.rows[Kind.ACCEPTANCE].pk
    after.rows[Kind.ACCEPTANCE].claims.clear()
    for rows in (Event, Attempt):
        rows.objects.filter(endpoint=key).delete()
    ReversePrivateEndpoint.objects.filter(pk=key).delete()


def _forge_row(after: Aftermath) -> None:
    del after.journal.asks[after.rows[Kind.SHARED].pk]


def _forget_a_removal(after: Aftermath) -> None:
    after.journal.removals.add(after.rows[Kind.AUTOMATIC].pk)


def _bury_unasked(after: Aftermath) -> None:
    after.journal.removals.clear()


def _leave_it_moving(after: Aftermath) -> None:
    after.change(Kind.AUTOMATIC, status="Provisioning", reason="connecting")


def _leave_it_in_doubt(after: Aftermath) -> None:
    after.attempt(Kind.CLUSTER).update(in_doubt=True)


def _leave_a_retry(after: Aftermath) -> None:
    after.change(Kind.SHARED, generation=2)


def _make_an_orphan(after: Aftermath) -> None:
    _orphan(after.world, ANY)


def _revive_the_removed(after: Aftermath) -> None:
    _orphan(after.world, after.removed.pk)


def _make_a_second_object(after: Aftermath) -> None:
    _orphan(after.world, after.rows[Kind.AUTOMATIC].pk)


def _delete_unseen(after: Aftermath) -> None:
    after.world.box.delete_by_hand(after.rows[Kind.AUTOMATIC].external_id)


def _show_another_id(after: Aftermath) -> None:
    after.change(Kind.SHARED, external_id="vpce-00000000000000000")


def _miss_a_state(after: Aftermath) -> None:
    after.attempt(Kind.CLUSTER).update(state="creating")


def _publish_another_name(after: Aftermath) -> None:
    after.change(Kind.AUTOMATIC, dns_names=["elsewhere.example.com"])


def _publish_another_broker(after: Aftermath) -> None:
    after.change(Kind.CLUSTER, connection_string="b-1.example.com:14001")


def _publish_while_waiting(after: Aftermath) -> None:
    after.change(Kind.ACCEPTANCE, dns_names=after.rows[Kind.AUTOMATIC].dns_names)


def _count_one_too_few(after: Aftermath) -> None:
    after.attempt(Kind.SHARED).update(gone_at=after.rows[Kind.SHARED].created_at)


def _drop_a_slot(after: Aftermath) -> None:
    after.rows[Kind.CLUSTER].claims.clear()


def _keep_a_slot(after: Aftermath) -> None:
    organization = after.world.service.organization
    claim = Claim.objects.create(kind=ClaimKind.MSK_SLOT, key="aws/x/SASL_IAM", organization=organization)
    after.removed.claims.add(claim)


def _give_a_share_back(after: Aftermath) -> None:
    Claim.objects.filter(kind=ClaimKind.RESOURCE_SHARE).update(used_up_at=None)


def _use_a_share_unaccepted(after: Aftermath) -> None:
    row = after.rows[Kind.SHARED]
    after.change(Kind.SHARED, parameters=row.parameters | {"vpcResourceShareArn": share_arn(REGION, 4)})


WRONG_ROWS: tuple[tuple[str, Callable[[Aftermath], None]], ...] = (
    ("nothing_is_lost", _forge_request),
    ("nothing_is_lost", _refuse_a_request),
    ("nothing_is_lost", _delete_a_row),
    ("nothing_is_lost", _forge_row),
    ("every_removal_is_done", _forget_a_removal),
    ("every_removal_is_done", _bury_unasked),
    ("everything_is_settled", _leave_it_moving),
    ("everything_is_settled", _leave_it_in_doubt),
    ("everything_is_settled", _leave_a_retry),
    ("ids_are_aws", _show_another_id),
    ("states_are_aws", _miss_a_state),
    ("names_are_aws", _publish_another_name),
    ("names_are_aws", _publish_another_broker),
    ("names_are_aws", _publish_while_waiting),
    ("counts_are_aws", _count_one_too_few),
    ("slots_are_aws", _drop_a_slot),
    ("slots_are_aws", _keep_a_slot),
    ("shares_are_aws", _give_a_share_back),
    ("shares_are_aws", _use_a_share_unaccepted),
)
WRONG_AWS: tuple[tuple[set[str], Callable[[Aftermath], None]], ...] = (
    ({"nothing_is_orphaned", "counts_are_aws"}, _make_an_orphan),
    ({"nothing_is_orphaned"}, _revive_the_removed),
    ({"nothing_is_orphaned", "one_object_each_now", "one_object_each_ever"}, _make_a_second_object),
    ({"ids_are_aws", "states_are_aws", "counts_are_aws"}, _delete_unseen),
)


def test_every_check_has_a_wrong_world() -> None:
    shown = {name for name, _ in WRONG_ROWS}.union(*(names for names, _ in WRONG_AWS), {"every_outcome_fits"})
    assert shown == {check.__name__ for check in checks.CHECKS}


def test_a_good_world_has_no_complaints_and_each_wrong_row_is_seen(after: Aftermath) -> None:
    assert after.said() == {}
    assert after.removed.removed_at is not None
    unseen = []
    for name, spoil in WRONG_ROWS:
        good, mark = deepcopy(after.journal), transaction.savepoint()
        spoil(after)
        if name not in after.said():
            unseen.append((name, spoil.__name__))
        transaction.savepoint_rollback(mark)
        after.journal = good
    assert unseen == []
    assert after.said() == {}


def test_what_is_wrong_in_aws_is_seen(after: Aftermath) -> None:
    before = after.said()
    assert before == {}
    for names, spoil in WRONG_AWS:
        spoil(after)
        now = after.said()
        assert {name for name in now if now[name] != before.get(name)} >= names, spoil.__name__
        before = now


def test_an_outcome_fits_only_what_was_done(after: Aftermath) -> None:
    first = {
        Kind.ACCEPTANCE: Act.ACCEPT,
        Kind.AUTOMATIC: Act.REJECT,
        Kind.SHARED: Act.CUT,
        Kind.CLUSTER: Act.REJECT,
    }
    for deeds in (first, dict.fromkeys(Kind, Act.DELETE_BY_HAND)):
        noted = []
        for kind, row in after.rows.items():
            noted.append(after.done(kind, deeds[kind]))
            doer(after.world.box, deeds[kind], row.external_id)(row.external_id)
        after.world.later(3600)
        after.world.later(GRACE)
        assert [len(said) for said in after.said().values()] == [len(Kind) - 1]
        assert after.said().keys() == {"every_outcome_fits"}
        after.journal.deeds += noted
        assert after.said() == {}


def test_what_expires_is_removed_and_a_retry_makes_its_object_after_the_first(after: Aftermath) -> None:
    waiting, rejected = after.rows[Kind.ACCEPTANCE], after.rows[Kind.AUTOMATIC]
    after.journal.deeds += [after.done(Kind.ACCEPTANCE, Act.EXPIRE), after.done(Kind.AUTOMATIC, Act.REJECT)]
    after.world.box.expire(waiting.external_id)
    after.world.box.reject(rejected.external_id)
    assert "every_removal_is_done" in after.said()
    after.world.work()
    rejected.refresh_from_db()
    after.world.retry(rejected)
    for _ in range(3):
        after.world.later(GRACE)
    assert after.said() == {}
    made = picture.take(after.world.box, after.journal, after.log.effects()).effects
    assert [effect.made_for for effect in made].count(str(rejected.pk)) == 2
