"""Which ClickPipes a replacement moves, and where to: told before it happens, and done in one go."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from endpoints.domain.moving import Entrance, entrance_of, moved_address
from endpoints.domain.pipes import names_that_answer, parse_addresses
from endpoints.domain.specs import SPECS
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe, ReversePrivateEndpoint, note_sources


@dataclass(frozen=True)
class Move:
    """One ClickPipe and its address afterwards, None as long as that is not known.

    `named`: it names the old endpoint by id. `fits`: the new endpoint's type can lead to its source.
    """

    pipe: ClickPipe
    named: bool
    address: str | None
    fits: bool

    @property
    def changes_address(self) -> bool:
        """Whether another address must be entered, known or not."""
        return self.address != self.pipe.address


def planned_moves(
    old: ReversePrivateEndpoint,
    kind: EndpointType,
    new: ReversePrivateEndpoint | None = None,
    *,
    for_update: bool = False,
) -> list[Move]:
    """Return what depends on `old`, or did before it lost its names, and where `new`, of this type, takes it.

    Three queries for any number.
    """
    once = {*old.answered_names, *old.former_names}
    by_host = Q(service=old.service_id, reached_names__overlap=sorted(once)) if once else Q()
    by_id = Q(
        pk__in=ClickPipe.endpoints.through.objects.filter(reverseprivateendpoint=old).values("clickpipe")
    )
    found = ClickPipe.objects.live().filter(by_id | by_host).order_by("pk")
    pipes = list(found.select_for_update(of=("self",)) if for_update else found)
    named = set(old.pipes.filter(pk__in=[pipe.pk for pipe in pipes]).values_list("pk", flat=True))
    lost = _lost_hosts(pipes, old, new)
    into = _entrance_of(new) if new is not None else Entrance(kind)
    moves = [
        Move(
            pipe=pipe,
            named=pipe.pk in named,
            address=moved_address(
                pipe.address, Source(pipe.source), lost & set(pipe.hosts), EndpointType(old.type), into
            ),
            fits=Source(pipe.source) in SPECS[kind].sources,
        )
        for pipe in pipes
        if pipe.pk in named or lost & set(pipe.hosts)
    ]
    return sorted(moves, key=lambda move: (move.pipe.name, move.pipe.pk))


def carry_out(move: Move, old: ReversePrivateEndpoint, new: ReversePrivateEndpoint) -> dict[str, str]:
    """Move one ClickPipe, whose address afterwards is known; return what was done, for the record."""
    pipe, address = move.pipe, move.address
    assert address is not None
    done = {"id": str(pipe.pk), "name": pipe.name, "from": pipe.address, "to": address}
    if move.named:
        pipe.endpoints.remove(old)
        pipe.endpoints.add(new)
    if move.changes_address:
        pipe.reach(
            address, [found.host for found in parse_addresses("address", address, Source(pipe.source))]
        )
        pipe.save(update_fields=["address", "hosts", "reached_names"])
    note_sources(pipe, old)
    return done


def _lost_hosts(
    pipes: Iterable[ClickPipe], old: ReversePrivateEndpoint, new: ReversePrivateEndpoint | None
) -> set[str]:
    """The hosts that only the old endpoint answers, or that it answered once and nobody does now."""
    hosts = {host for pipe in pipes for host in pipe.hosts}
    answered = set() if old.is_removed else _answered(hosts, old.answered_names)
    once = _answered(hosts, {*old.answered_names, *old.former_names}) - answered
    if once:
        names = {name for host in once for name in names_that_answer(host)}
        others = ReversePrivateEndpoint.objects.live().filter(service=old.service_id).exclude(pk=old.pk)
        for other in others.answering(names):
            once -= _answered(once, other.answered_names)
    lost = answered | once
    return lost - _answered(lost, new.answered_names) if new is not None else lost


def _answered(hosts: set[str], names: set[str]) -> set[str]:
    return {host for host in hosts if names & set(names_that_answer(host))}


def _entrance_of(endpoint: ReversePrivateEndpoint) -> Entrance:
    return entrance_of(EndpointType(endpoint.type), endpoint.dns_names, endpoint.connection_string)
