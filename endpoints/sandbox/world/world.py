"""The world held in memory, written through to its store."""

import ipaddress
import secrets
import threading
from collections import deque
from typing import Any

from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.world import blocks, connections, lifecycle, pushes, sharing
from endpoints.sandbox.world.dns import Dns
from endpoints.sandbox.world.knobs import Knobs
from endpoints.sandbox.world.msk import Msk
from endpoints.sandbox.world.objects import (
    Account,
    Endpoint,
    Nic,
    SecurityGroup,
    Service,
    Session,
    Subnet,
    Vpc,
)
from endpoints.sandbox.world.queues import Mail
from endpoints.sandbox.world.resources import (
    EndpointAssociation,
    Invitation,
    ResourceConfiguration,
    ResourceGateway,
    ResourceShare,
    ShareAssociation,
)
from endpoints.sandbox.world.store import Store
from endpoints.sandbox.world.tables import Journal, Table


class World:
    """All objects and their indexes. Every reader and writer holds `lock`; nothing waits while holding it."""

    def __init__(self, store: Store) -> None:
        self.lock = threading.RLock()
        self.store = store
        self.journal = Journal()
        self._make_tables()
        self._load()

    def _make_tables(self) -> None:
        journal = self.journal
        self.accounts = Table("account", Account, journal)
        self.sessions = Table("session", Session, journal)
        self.vpcs = Table("vpc", Vpc, journal)
        self.subnets = Table("subnet", Subnet, journal)
        self.groups = Table("group", SecurityGroup, journal)
        self.services = Table("service", Service, journal)
        self.endpoints = Table("endpoint", Endpoint, journal)
        self.nics = Table("nic", Nic, journal)
        self.msk = Msk(journal)
        self.gateways = Table("gateway", ResourceGateway, journal)
        self.configurations = Table("configuration", ResourceConfiguration, journal)
        self.associations = Table("association", EndpointAssociation, journal)
        self.shares = Table("share", ResourceShare, journal)
        self.share_associations = Table("share_association", ShareAssociation, journal)
        self.invitations = Table("invitation", Invitation, journal)
        self.mail = Mail(journal)
        self.dns = Dns(journal)
        self.faults = Table("fault", Fault, journal)
        self._knobs = Table("knobs", Knobs, journal)
        self._tables: list[Table[Any]] = [
            self.accounts, self.sessions, self.vpcs, self.subnets, self.groups, self.services,
            self.endpoints, self.nics, self.gateways, self.configurations, self.associations, self.shares,
            self.share_associations, self.invitations, self.faults, self._knobs, *self.mail.tables,
        ]  # fmt: skip
        self.moving: dict[str, None] = {}  # in order of creation, so that addresses are given in that order
        self.tokens: dict[tuple[str, str, str], str] = {}
        self.addresses: dict[str, dict[str, str]] = {}
        self.ghosts: deque[Endpoint] = deque(maxlen=1000)
        self._bound: dict[str, list[str]] = {}
        self._last_number = 0
        self.sharing_due = 0.0
        self.ram_lists = 0

    def _load(self) -> None:
        for table in self._tables:
            table.load(self.store)
        self._last_number = self.msk.load(self.store)
        self.dns.load(self.store)
        for nic in self.nics:
            self._take(nic)
        for endpoint in self.endpoints:
            self._index(endpoint)
        for association in self.associations:
            self._bind(association)
        for invitation in self.invitations:
            self._last_number = max(self._last_number, invitation.number)

    def _index(self, endpoint: Endpoint) -> None:
        self._last_number = max(self._last_number, endpoint.number)
        if endpoint.schedule:
            self.moving.setdefault(endpoint.id)
        else:
            self.moving.pop(endpoint.id, None)
        if endpoint.client_token:
            self.tokens[endpoint.account, endpoint.region, endpoint.client_token] = endpoint.id

    @property
    def empty(self) -> bool:
        """Whether there is nothing yet, so that the seed is due."""
        return len(self.accounts) == 0

    @property
    def knobs(self) -> Knobs:
        """The knobs in force."""
        return self._knobs.get("knobs") or Knobs()

    def set_knobs(self, knobs: Knobs) -> None:
        """Put other knobs in force; transitions already scheduled keep their time."""
        self._knobs.put(knobs)

    def clear(self) -> None:
        """Forget everything, in memory and in the file."""
        self.store.clear()
        self.journal.puts.clear()
        self.journal.removals.clear()
        self._make_tables()

    def next_number(self) -> int:
        """Return the number of the next object that is paged by number."""
        self._last_number += 1
        return self._last_number

    def save_endpoint(self, endpoint: Endpoint) -> None:
        """Store an endpoint that is new or changed, and keep the indexes true."""
        self.endpoints.put(endpoint)
        self._index(endpoint)

    def drop_endpoint(self, endpoint: Endpoint) -> None:
        """Take an endpoint out for good; read lag may still show it for a while."""
        self.release_nics(endpoint)
        self.forget_token(endpoint)
        self.drop_associations(endpoint)
        self.endpoints.remove(endpoint.id)
        self.moving.pop(endpoint.id, None)
        self.ghosts.append(endpoint)

    def forget_token(self, endpoint: Endpoint) -> None:
        """Forget the client token of an endpoint that is deleted ([I], aws.md §1e: not documented)."""
        key = (endpoint.account, endpoint.region, endpoint.client_token)
        if self.tokens.get(key) == endpoint.id:
            del self.tokens[key]

    def settle(self, now: float) -> None:
        """Bring everything to the state it has at `now`."""
        connections.settle_all(self, now)
        for key in list(self.moving):
            endpoint = self.endpoints.get(key)
            if endpoint is not None:
                lifecycle.settle(self, endpoint, now)
        if now >= self.sharing_due:
            sharing.settle(self, now)
        pushes.settle(self, now)

    # Associations of Resource endpoints

    def associations_of(self, endpoint: Endpoint) -> list[EndpointAssociation]:
        """Return what binds an endpoint to resource configurations, in the order they were made."""
        found = [self.associations.get(key) for key in self._bound.get(endpoint.id, ())]
        return [item for item in found if item is not None]

    def save_association(self, association: EndpointAssociation) -> None:
        """Store an association that is new or changed."""
        self._bind(self.associations.put(association))

    def _bind(self, association: EndpointAssociation) -> None:
        self._last_number = max(self._last_number, association.number)
        bound = self._bound.setdefault(association.endpoint_id, [])
        if association.id not in bound:
            bound.append(association.id)

    def drop_associations(self, endpoint: Endpoint) -> None:
        """Take all associations of an endpoint out."""
        for key in self._bound.pop(endpoint.id, ()):
            self.associations.remove(key)

    # Addresses

    def nics_of(self, endpoint: Endpoint) -> list[Nic]:
        """Return the interfaces of an endpoint, in the order of its subnets."""
        mine = [self.nic_in(endpoint, subnet_id) for subnet_id in endpoint.subnet_ids]
        return [nic for nic in mine if nic is not None]

    def nic_in(self, endpoint: Endpoint, subnet_id: str) -> Nic | None:
        """Return the interface that an endpoint holds in a subnet, or None."""
        return self.nics.get(nic_id(endpoint.id, subnet_id))

    def free_count(self, subnet: Subnet) -> int:
        """Return how many addresses are free; AWS keeps the first four and the last of a subnet."""
        size = ipaddress.ip_network(subnet.cidr).num_addresses - 5
        return size - len(self.addresses.get(subnet.id, {})) - len(subnet.reserved)

    def addresses_in(self, subnet: Subnet) -> list[str]:
        """Return the addresses that interfaces hold in a subnet."""
        return list(self.addresses.get(subnet.id, {}))

    def add_nic(self, endpoint: Endpoint, subnet: Subnet, now: float) -> bool:
        """Give an endpoint an interface in a subnet; False when no address is free."""
        taken = self.addresses.setdefault(subnet.id, {})
        network = ipaddress.ip_network(subnet.cidr)
        for offset in range(4, network.num_addresses - 1):
            address = str(network[offset])
            if address not in taken and address not in subnet.reserved:
                self._put_nic(endpoint, subnet, address, "", now)
                return True
        return False

    def add_block(self, endpoint: Endpoint, subnet: Subnet, now: float) -> bool:
        """Give an endpoint an interface with a /28 block of its own; False when no block is free."""
        block = blocks.free_block(self, subnet)
        if block is not None:
            self._put_nic(endpoint, subnet, block.partition("/")[0], block, now)
        return block is not None

    def _put_nic(self, endpoint: Endpoint, subnet: Subnet, address: str, prefix: str, now: float) -> None:
        nic = Nic(
            nic_id(endpoint.id, subnet.id), subnet.region, subnet.account, subnet.vpc_id, subnet.id, address,
            endpoint.id, now, prefix,
        )  # fmt: skip
        self._take(self.nics.put(nic))

    def _take(self, nic: Nic) -> None:
        taken = self.addresses.setdefault(nic.subnet_id, {})
        for address in blocks.addresses_of(nic):
            taken[address] = nic.id

    def release_nics(self, endpoint: Endpoint) -> None:
        """Free all addresses of an endpoint."""
        for nic in self.nics_of(endpoint):
            self.release_nic(nic)

    def release_nic(self, nic: Nic) -> None:
        """Free what one interface holds."""
        taken = self.addresses.get(nic.subnet_id, {})
        for address in blocks.addresses_of(nic):
            taken.pop(address, None)
        self.nics.remove(nic.id)


def new_id(prefix: str) -> str:
    """Return a fresh id in AWS's shape: the prefix, a dash, 17 hexadecimal digits."""
    return f"{prefix}-{secrets.token_hex(9)[:17]}"


def nic_id(endpoint_id: str, subnet_id: str) -> str:
    """Return the id of an endpoint's interface in a subnet; it follows from both, so no index is needed."""
    mixed = int(endpoint_id.rpartition("-")[2], 16) ^ (int(subnet_id.rpartition("-")[2], 16) << 20)
    return f"eni-{mixed & (16**17 - 1):017x}"
