"""What must hold once a storm is over: small named checks, each of which returns its complaints.

Red on a wrong world: `test_checks.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from endpoints.domain.reasons import Reason
from endpoints.domain.specs import Family
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ClaimKind, Network, ReversePrivateEndpoint, quota_left
from tests.chaos.lives import TYPES, Act, Kind
from tests.chaos.picture import Picture

Complaints = Iterator[str]
Check = Callable[[Picture], Complaints]
_SETTLED = (Status.READY, Status.PENDING_ACCEPTANCE, Status.REJECTED, Status.FAILED)
_READY = (Status.READY, Reason.AVAILABLE)
_REJECTED = {
    EndpointType.VPC_ENDPOINT_SERVICE: (Status.REJECTED, Reason.REJECTED_BY_OWNER),
    EndpointType.MSK_MULTI_VPC: (Status.REJECTED, Reason.REJECTED_BY_CLUSTER_OWNER),
}


# --- rows -----------------------------------------------------------------------------------------------


def nothing_is_lost(seen: Picture) -> Complaints:
    """Each request was taken, each that was taken has its row, and each row was asked for."""
    asked = seen.journal.asks
    yield from (f"request {number} was refused: {why}" for number, why in seen.journal.refused.items())
    yield from (f"{key} was accepted and has no row" for key in asked if key not in seen.rows)
    yield from (f"{key} was never asked for" for key in seen.rows if key not in asked)


def every_removal_is_done(seen: Picture) -> Complaints:
    """Each removal, by a person or because it expired, ended in a tombstone; nothing else did."""
    due = seen.journal.removals | seen.journal.expired()
    for row in seen.rows.values():
        if (row.removed_at is not None) != (row.pk in due):
            what = "is a tombstone unasked" if row.removed_at else "is not removed"
            yield f"{_told(row)} {what}"


def everything_is_settled(seen: Picture) -> Complaints:
    """Nothing is under way, and nobody waits for an answer of AWS."""
    for row in seen.live():
        moves = row.status not in _SETTLED or row.observed_generation < row.generation
        doubts = [a for a in seen.attempts[row.pk] if a.gone_at is None and (a.in_doubt or a.absent_listings)]
        if moves or doubts:
            yield f"{_told(row)} has not settled: {row.raw_error or 'no error'}"


def every_outcome_fits(seen: Picture) -> Complaints:
    """Status and reason are those of what was last done to the object, or of one that was left alone."""
    for row in seen.live():
        ask = seen.journal.asks.get(row.pk)
        if ask is None:
            continue
        fits = _outcome(ask.kind, seen.journal.done_to(row.pk, seen.newest_id(row)))
        if (row.status, row.reason) != fits:
            yield f"{_told(row)} should be {fits[0]}({fits[1]})"


def _outcome(kind: Kind, done: list[Act]) -> tuple[Status, Reason]:
    last = done[-1] if done else None
    if last is Act.DELETE_BY_HAND:
        return Status.FAILED, Reason.REMOVED_OUTSIDE
    if last is Act.REJECT:
        return _REJECTED[TYPES[kind]]
    if last is Act.CUT:
        return Status.FAILED, Reason.RESOURCE_UNREACHABLE
    if kind is Kind.ACCEPTANCE and Act.ACCEPT not in done:
        return Status.PENDING_ACCEPTANCE, Reason.OWNER_MUST_ACCEPT
    return _READY


# --- objects in AWS -------------------------------------------------------------------------------------


def nothing_is_orphaned(seen: Picture) -> Complaints:
    """Every object with our tags is the one of an open attempt of a live row."""
    owned = {(a.external_id, str(a.endpoint_id)) for a in seen.open_attempts()}
    live = {str(row.pk) for row in seen.live()}
    for thing in seen.things:
        if thing.endpoint not in live or (thing.id, thing.endpoint) not in owned:
            yield f"{thing.id} ({thing.state}) of {thing.endpoint} is nobody's"


def one_object_each_now(seen: Picture) -> Complaints:
    """No endpoint has two living objects."""
    counted = Counter(thing.endpoint for thing in seen.things)
    yield from (f"{key} has {count} objects" for key, count in counted.items() if count > 1)


def one_object_each_ever(seen: Picture) -> Complaints:
    """The call log never shows a create with effect while another object of that endpoint lived."""
    steps: list[tuple[float, str, int]] = []
    for effect in seen.effects:
        if effect.made_for:
            steps.append((effect.seq, effect.made_for, 1))
        owners = {str(seen.known_ids[key]) for key in effect.deleted if key in seen.known_ids}
        steps += [(effect.seq, owner, -1) for owner in owners]
    for deed in seen.journal.deeds:
        if deed.act is Act.DELETE_BY_HAND:
            steps.append((deed.seq + 0.5, str(deed.endpoint), -1))
    living: dict[str, int] = defaultdict(int)
    for seq, key, change in sorted(steps):
        living[key] = max(0, living[key] + change)
        if living[key] > 1:
            yield f"call {seq:.0f} made a second object of {key}"


# --- the database equals AWS ----------------------------------------------------------------------------


def ids_are_aws(seen: Picture) -> Complaints:
    """Every open attempt has its object, and its row shows that id."""
    there = {(thing.id, thing.endpoint) for thing in seen.things}
    for attempt in seen.open_attempts():
        if (attempt.external_id, str(attempt.endpoint_id)) not in there:
            yield f"{attempt} believes in {attempt.external_id or 'nothing'}"
    for row in seen.live():
        if row.external_id != seen.newest_id(row):
            yield f"{_told(row)} shows the id {row.external_id}"


def states_are_aws(seen: Picture) -> Complaints:
    """Every open attempt has the state that AWS shows."""
    states = {thing.id: thing.state for thing in seen.things}
    for attempt in seen.open_attempts():
        if attempt.state != states.get(attempt.external_id, ""):
            yield f"{attempt} is {attempt.state}, AWS says {states.get(attempt.external_id, 'nothing')}"


def names_are_aws(seen: Picture) -> Complaints:
    """A Ready row publishes AWS's names, the connection string included; any other publishes none."""
    things = {thing.id: thing for thing in seen.things}
    for row in seen.live():
        thing = things.get(row.external_id) if row.status == Status.READY else None
        names, told = (set(thing.names), thing.connection_string) if thing else (set[str](), "")
        if (row.answered_names, row.connection_string) != (names, told):
            yield f"{_told(row)} publishes {sorted(row.answered_names)}, AWS {sorted(names)}"


def counts_are_aws(seen: Picture) -> Complaints:
    """The room that is left in each network is its quota without what AWS has there."""
    there = Counter((thing.vpc_id, thing.family) for thing in seen.things)
    for network in Network.objects.select_related("region"):
        for family in Family:
            used = network.region.quota(family) - quota_left(network.region, family)[network.pk]
            if used != there[network.vpc_id, family]:
                yield f"{network} counts {used} {family}, AWS has {there[network.vpc_id, family]}"


def slots_are_aws(seen: Picture) -> Complaints:
    """The slots of MSK that are held are those that have a connection, by the same endpoints."""
    held = {
        (claim.key, str(row.pk))
        for claim in seen.claims
        if claim.kind == ClaimKind.MSK_SLOT
        for row in claim.endpoints.all()
    }
    there = {(thing.slot, thing.endpoint) for thing in seen.things if thing.slot}
    yield from (f"slot {slot} of {key} has no connection" for slot, key in held - there)
    yield from (f"slot {slot} of {key} is not claimed" for slot, key in there - held)


def shares_are_aws(seen: Picture) -> Complaints:
    """A share that was accepted, once, is used up for ever; one that live rows use was accepted."""
    used_up = {c.key for c in seen.claims if c.kind == ClaimKind.RESOURCE_SHARE and c.used_up_at is not None}
    accepted = {
        arn for arn, states in seen.invitations.items() if "ACCEPTED" in states and arn in _asked(seen)
    }
    yield from (f"{arn} was accepted and is not used up" for arn in accepted if arn.casefold() not in used_up)
    yield from (f"{arn} was accepted {n} times" for arn, n in seen.accepts.items() if n > 1)
    for row in seen.live():
        arn = _share_of(row)
        if arn and seen.newest_id(row) and arn not in accepted:
            yield f"{_told(row)} uses {arn}, which was not accepted"


def _asked(seen: Picture) -> set[str]:
    return {_share_of(row) for row in seen.rows.values()}


def _share_of(row: ReversePrivateEndpoint) -> str:
    return str(row.parameters.get("vpcResourceShareArn", ""))


def _told(row: ReversePrivateEndpoint) -> str:
    return f"{row.pk} ({row.type}, {row.status}({row.reason}))"


CHECKS: tuple[Check, ...] = (
    nothing_is_lost,
    every_removal_is_done,
    everything_is_settled,
    every_outcome_fits,
    nothing_is_orphaned,
    one_object_each_now,
    one_object_each_ever,
    ids_are_aws,
    states_are_aws,
    names_are_aws,
    counts_are_aws,
    slots_are_aws,
    shares_are_aws,
)


def complaints(seen: Picture) -> dict[str, list[str]]:
    """Return the complaints of every check by its name; no entry where it holds."""
    found = {check.__name__: list(check(seen)) for check in CHECKS}
    return {name: said for name, said in found.items() if said}
