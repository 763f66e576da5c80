"""The control routes: state, log, knobs, faults, holds, clock. The rest is in the modules beside."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from endpoints import clock as shared_clock
from endpoints.sandbox.control import endpoints, kafka, mail, owner, sharing, zones
from endpoints.sandbox.control.router import Ask, ControlError, Router
from endpoints.sandbox.control.views import world_view
from endpoints.sandbox.faults.fault import build
from endpoints.sandbox.wire.http import Request, Response
from endpoints.sandbox.world.knobs import for_profile
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.world import new_id

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox


class Control:
    """Answers `/_control/…`."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self._router = Router()
        for method, path, route in (
            ("GET", "/_control/health", self.health),
            ("GET", "/_control/state", self.state),
            ("POST", "/_control/reset", self.reset),
            ("GET", "/_control/calls", self.calls),
            ("DELETE", "/_control/calls", self.forget_calls),
            ("GET", "/_control/knobs", self.knobs),
            ("PUT", "/_control/knobs", self.turn_knobs),
            ("GET", "/_control/faults", self.faults),
            ("POST", "/_control/faults", self.start_fault),
            ("DELETE", "/_control/faults", self.clear_faults),
            ("GET", "/_control/faults/{id}", self.fault),
            ("DELETE", "/_control/faults/{id}", self.clear_fault),
            ("GET", "/_control/holds", self.holds),
            ("POST", "/_control/holds/{id}/release", self.release),
            ("GET", "/_control/clock", self.clock),
            ("POST", "/_control/clock", self.move_clock),
        ):
            self._router.add(method, path, route)
        modules = (owner, endpoints, kafka, sharing, mail, zones)
        for method, path, act in (route for module in modules for route in module.ROUTES):
            self._router.add(method, path, partial(act, sandbox))

    def answer(self, request: Request) -> Response:
        """Answer one control request. All changes it made are written before the answer goes out."""
        if request.path.startswith("/_control/holds") or request.path == "/_control/reset":
            return self._router.answer(request)
        with self.sandbox.world.lock:
            self.sandbox.world.settle(self.sandbox.clock.now())
            try:
                return self._router.answer(request)
            finally:
                self.sandbox.world.journal.flush(self.sandbox.store, self.sandbox.log.pending())

    def health(self, ask: Ask) -> dict[str, Any]:
        """Tell that it lives, and both times."""
        return {"ok": True, "profile": self.sandbox.world.knobs.profile, **self.clock(ask)}

    def state(self, ask: Ask) -> dict[str, Any]:
        """Show the whole world."""
        return world_view(self.sandbox.world, self.sandbox.clock.now())

    def reset(self, ask: Ask) -> dict[str, Any]:
        """Go back to the seed."""
        self.sandbox.reset(ask.only(profile=str).get("profile"))
        return {"ok": True, "profile": self.sandbox.world.knobs.profile}

    def calls(self, ask: Ask) -> dict[str, Any]:
        """Count and show calls that match the query."""
        found = self.sandbox.log.find(ask.query)
        return {"count": len(found), "calls": [asdict(entry) for entry in found]}

    def forget_calls(self, ask: Ask) -> dict[str, Any]:
        """Forget all calls."""
        self.sandbox.log.clear()
        return {"ok": True}

    def knobs(self, ask: Ask) -> dict[str, Any]:
        """Show the knobs."""
        shown = asdict(self.sandbox.world.knobs)
        del shown["id"]
        return shown

    def turn_knobs(self, ask: Ask) -> dict[str, Any]:
        """Turn the named knobs; the others stay. `profile` sets all of them first."""
        values = dict(ask.body)
        knobs = self.sandbox.world.knobs
        if "profile" in values:
            knobs = for_profile(str(values.pop("profile")))
        self.sandbox.world.set_knobs(knobs.changed(values))
        return self.knobs(ask)

    def faults(self, ask: Ask) -> dict[str, Any]:
        """Show all faults, spent ones too."""
        return {"faults": [fault.shown() for fault in self.sandbox.world.faults]}

    def start_fault(self, ask: Ask) -> dict[str, Any]:
        """Put a fault in force."""
        return self.sandbox.world.faults.put(build(new_id("fault"), ask.body)).shown()

    def fault(self, ask: Ask) -> dict[str, Any]:
        """Show one fault."""
        found = self.sandbox.world.faults.get(ask.path["id"])
        if found is None:
            raise ControlError(404, f"There is no fault {ask.path['id']}.")
        return found.shown()

    def clear_faults(self, ask: Ask) -> dict[str, Any]:
        """End all faults; calls held by them stay held until released."""
        for fault in list(self.sandbox.world.faults):
            self.sandbox.world.faults.remove(fault.id)
        return {"ok": True}

    def clear_fault(self, ask: Ask) -> dict[str, Any]:
        """End one fault."""
        shown = self.fault(ask)
        self.sandbox.world.faults.remove(ask.path["id"])
        return shown

    def holds(self, ask: Ask) -> dict[str, Any]:
        """Show the calls that are held now."""
        return {"holds": self.sandbox.holds.shown()}

    def release(self, ask: Ask) -> dict[str, Any]:
        """Let a held call go on, or drop it."""
        action = ask.only(action=str).get("action", "proceed")
        key = ask.path["id"]
        if not key.isdigit() or not self.sandbox.holds.release(int(key), action):
            raise ControlError(404, f"There is no hold {key}.")
        return {"ok": True, "action": action}

    def clock(self, ask: Ask) -> dict[str, Any]:
        """Tell real time, moved time and the scale."""
        real, control = datetime.now(UTC), self.sandbox.clock.control()
        moved = control.moved(real)
        return {
            "real": iso(real.timestamp()),
            "moved": iso(moved.timestamp()),
            "offset_seconds": round((moved - real).total_seconds(), 3),
            "scale": control.scale,
        }

    def move_clock(self, ask: Ask) -> dict[str, Any]:
        """Move, scale or reset the clock that Postern shares, in this order: reset, advance, scale."""
        number = (int, float)
        body = ask.only(advance_seconds=number, scale=number, reset=bool)
        path = self.sandbox.clock.path
        if path is None:
            raise ControlError(409, "The sandbox was started without --clock-file.")
        if not body:
            raise ControlError(400, "Say 'advance_seconds', 'scale' or 'reset'.")
        real = datetime.now(UTC)
        control = shared_clock.IDENTITY if body.get("reset") else self.sandbox.clock.control()
        try:
            control = control.advanced(timedelta(seconds=body.get("advance_seconds", 0)), real)
            control = control.scaled(body.get("scale", control.scale), real)
        except OverflowError as error:
            raise ControlError(400, "That is too far away.") from error
        if body.keys() == {"reset"} and body["reset"]:
            control = shared_clock.IDENTITY
        shared_clock.write(path, control)
        return self.clock(ask)
