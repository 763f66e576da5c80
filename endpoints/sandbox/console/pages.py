"""The console's pages. Forms go to `actions`, which goes through the control interface."""

import functools
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endpoints.sandbox.calllog import CallLog
from endpoints.sandbox.console import actions, msk, sharing, zones
from endpoints.sandbox.control.api import Control
from endpoints.sandbox.control.endpoints import endpoint_of
from endpoints.sandbox.control.mail import feeds_view
from endpoints.sandbox.control.owner import service_of
from endpoints.sandbox.control.router import ControlError
from endpoints.sandbox.control.views import endpoint_view, service_view
from endpoints.sandbox.faults.fault import KINDS
from endpoints.sandbox.faults.holds import Holds
from endpoints.sandbox.operations import built
from endpoints.sandbox.wire.http import Request, Response
from endpoints.sandbox.world.knobs import PROFILES
from endpoints.sandbox.world.moved import Clock, iso
from endpoints.sandbox.world.objects import Endpoint
from endpoints.sandbox.world.seed import OPERATOR, REGIONS, ZONES
from endpoints.sandbox.world.world import World

if TYPE_CHECKING:
    from django.template import Engine

# No script at all, forms to ourselves only, and no frame around us.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
_REJECTABLE = ("pendingAcceptance", "pending", "available")


class Console:
    """Answers `/_console/…`."""

    def __init__(self, world: World, clock: Clock, log: CallLog, holds: Holds, control: Control) -> None:
        self.world, self.clock, self.log, self.holds, self.control = world, clock, log, holds, control
        self._pages = {
            "services": self._services,
            "new": self._new,
            "endpoints": self._endpoints,
            "clusters": lambda query: msk.clusters(self.world, query.get("region", "")),
            "configurations": lambda query: sharing.configurations(self.world, query.get("region", "")),
            "shares": lambda query: sharing.shares(self.world, query.get("region", "")),
            "zones": lambda query: zones.page(self.world),
            "faults": self._faults,
            "clock": self._clock,
            "calls": self._calls,
        }

    def answer(self, request: Request) -> Response:
        """Answer a page, or take a form and send the browser on."""
        if request.method == "POST":
            return actions.take(self.control, request)
        parts = [part for part in request.path.removeprefix("/_console").split("/") if part]
        try:
            with self.world.lock:
                self.world.settle(self.clock.now())
                template, facts = self._page(parts, request.query)
                self.world.journal.flush(self.world.store, self.log.pending())
        except ControlError as error:
            return _html("problem.html", {"message": error.message}, error.status)
        except ValueError as error:
            return _html("problem.html", {"message": str(error)}, 400)
        query = request.query
        facts |= {
            "here": request.target.partition("?")[0],
            "said": query.get("said"),
            "problem": query.get("problem"),
            "moved": _short(self.clock.now()),
        }
        return _html(template, facts)

    def _page(self, parts: list[str], query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        match parts:
            case []:
                return self._services(query)
            case [name] if name in self._pages:
                return self._pages[name](query)
            case ["services", key]:
                return self._service(key)
            case ["clusters", key]:
                return msk.cluster(self.world, key)
            case ["configurations", key]:
                return sharing.configuration(self.world, key, self.clock.now())
            case ["endpoints", key]:
                return self._endpoint(key)
        raise ControlError(404, "There is no such page.")

    def _services(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        region = query.get("region", "")
        rows = []
        for service in sorted(self.world.services, key=lambda item: (REGIONS.index(item.region), item.id)):
            if region in ("", service.region):
                states = [item.state for item in self.world.endpoints if item.service_id == service.id]
                waiting = states.count("pendingAcceptance")
                rows.append({**service_view(service), "waiting": waiting, "connections": len(states)})
        return "services.html", {"services": rows, "regions": REGIONS, "region": region}

    def _new(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        facts = {"regions": REGIONS, "principal": f"arn:aws:iam::{OPERATOR}:root"}
        return "service_new.html", facts

    def _service(self, key: str) -> tuple[str, dict[str, Any]]:
        service = service_of(self.world, key)
        connections = [item for item in self.world.endpoints if item.service_id == key]
        zones = [{"id": zone, "on": zone in service.zone_ids} for _, zone in ZONES[service.region]]
        regions = [{"name": name, "on": name in service.supported_regions} for name in REGIONS]
        shown = [self._row(item) for item in connections[-200:]]
        facts = {"service": service_view(service), "zones": zones, "regions": regions, "connections": shown}
        return "service.html", facts

    def _endpoints(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        everything = list(self.world.endpoints)
        newest = [self._row(item) for item in everything[::-1][:200]]
        return "endpoints.html", {"endpoints": newest, "total": len(everything)}

    def _endpoint(self, key: str) -> tuple[str, dict[str, Any]]:
        return "endpoint.html", {"endpoint": self._row(endpoint_of(self.world, key))}

    def _row(self, endpoint: Endpoint) -> dict[str, Any]:
        # MSK's own endpoints are acted on through their connection alone.
        state = "" if endpoint.requester_managed else endpoint.state
        return {
            **endpoint_view(self.world, endpoint, self.clock.now()),
            "created": _short(endpoint.created_at),
            "next": {follows: _short(at) for follows, at in endpoint.schedule.items()},
            "can_accept": state == "pendingAcceptance",
            **sharing.endpoint_facts(self.world, endpoint),
            "can_reject": endpoint.kind != "Resource" and state in _REJECTABLE,
            "can_leave": state not in ("", "deleting", "deleted"),
            "connection": self._connection(endpoint),
        }

    def _connection(self, endpoint: Endpoint) -> str:
        """Return the page of the cluster that MSK made this endpoint for, or nothing."""
        if endpoint.requester_managed:
            for item in self.world.msk.connections:
                if item.endpoint_id == endpoint.id:
                    return f"/_console/clusters/{item.cluster_arn.rpartition('/')[2]}"
        return ""

    def _faults(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        faults = [fault.shown() for fault in self.world.faults]
        operations = sorted({name for _, name in built()})
        facts: dict[str, Any] = {
            "faults": faults,
            "kinds": KINDS,
            "operations": operations,
            "regions": REGIONS,
        }
        facts["services"] = sorted({name for name, _ in built()})
        facts["accounts"], facts["feeds"] = list(self.world.accounts), feeds_view(self.world)
        return "faults.html", {**facts, "holds": self.holds.shown()}

    def _clock(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        knobs = asdict(self.world.knobs)
        numbers = {name: value for name, value in knobs.items() if name not in ("id", "profile")}
        facts = {"knobs": numbers, "profile": knobs["profile"], "profiles": sorted(PROFILES)}
        return "clock.html", {**facts, "scale": self.clock.control().scale}

    def _calls(self, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
        operation, region = query.get("operation", ""), query.get("region", "")
        wanted = {name: value for name, value in (("operation", operation), ("region", region)) if value}
        calls = self.log.find({**wanted, "limit": "100"})[::-1]
        facts = {"calls": calls, "operation": operation, "region": region, "regions": REGIONS}
        return "calls.html", {**facts, "operations": sorted({name for _, name in built()})}


def _short(seconds: float) -> str:
    """Spell a moved time for a reader: UTC, to the second."""
    return iso(seconds)[:19].replace("T", " ")


@functools.cache
def _engine() -> "Engine":
    # Imported at the first page: calls on the wire need no templates.
    from django.template import Engine

    return Engine(dirs=[str(Path(__file__).parent / "templates")])


def _html(template: str, facts: dict[str, Any], status: int = 200) -> Response:
    from django.template import Context

    # Both switches off: otherwise the engine would ask Django's settings, which the sandbox has none of.
    context = Context(facts, use_l10n=False, use_tz=False)
    body = _engine().get_template(template).render(context).encode()
    return Response(status, body, "text/html; charset=utf-8", dict(_HEADERS))
