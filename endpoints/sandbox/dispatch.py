"""The way of one wire call: read, faults, effect, faults again, answer, log."""

import sys
import time
import traceback
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel, ServiceModel

from endpoints.sandbox import services
from endpoints.sandbox.calllog import CallEntry, CallLog
from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.faults.holds import Holds
from endpoints.sandbox.faults.striking import Drop, Striking
from endpoints.sandbox.operations import Call, Handler, NotYet, handler_for
from endpoints.sandbox.wire import credentials, models, protocols
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.wire.http import Answer, Dropped, Request, Response
from endpoints.sandbox.wire.validate import validate
from endpoints.sandbox.world.moved import Clock, iso
from endpoints.sandbox.world.world import World

services.register()

_LOOK_SECONDS = 0.5  # how often a call that waits looks anew: moved time brings things, too
_LENSES = frozenset({"read_lag", "rewrite", "partial_delete"})


@dataclass
class Inbound:
    """A request as read so far. `problem` is what is wrong with it, told after the faults had their turn."""

    request: Request
    scope: credentials.Scope
    request_id: str
    model: ServiceModel | None = None
    name: str = ""
    operation: OperationModel | None = None
    handler: Handler | None = None
    params: dict[str, Any] = field(default_factory=dict)
    identity: credentials.Identity | None = None
    problem: AwsError | None = None


class Dispatcher:
    """Answers wire calls on one world."""

    def __init__(self, world: World, clock: Clock, log: CallLog, holds: Holds) -> None:
        self.world, self.clock, self.log = world, clock, log
        self.striking = Striking(world, clock, holds)

    def answer(self, request: Request) -> Answer:
        """Answer one AWS request, or drop its connection."""
        started = time.monotonic()
        inbound = self._read(request)
        entry, struck = self._arrive(inbound)
        try:
            response = self._run(inbound, entry, struck)
        except Drop:
            self._finish(entry, started, answered=False)
            return Dropped()
        entry.status = response.status
        gone = request.client_gone()
        self._finish(entry, started, answered=not gone)
        response.after = lambda sent: None if sent else self._unsent(entry)
        return Dropped() if gone else response

    # Reading

    def _read(self, request: Request) -> Inbound:
        scope = credentials.scope(request)
        inbound = Inbound(request, scope, str(uuid.uuid4()), models.load(scope.service))
        try:
            with self.world.lock:
                inbound.identity = credentials.identify(self.world, scope)
        except AwsError as error:
            inbound.problem = error
        try:
            self._read_operation(inbound)
        except AwsError as error:
            inbound.problem = inbound.problem or error
        return inbound

    def _read_operation(self, inbound: Inbound) -> None:
        if inbound.model is None:
            inbound.name = f"{inbound.request.method} {inbound.request.path}"
            raise not_built(f"the service {inbound.scope.service!r}")
        protocol = protocols.for_model(inbound.model)
        inbound.name = protocol.operation_name(inbound.request, inbound.model)
        inbound.handler = handler_for(inbound.scope.service, inbound.name)
        if inbound.handler is None:
            if inbound.name in inbound.model.operation_names or " " in inbound.name:
                raise not_built(f"{inbound.scope.service}:{inbound.name}")
            text = f"The action {inbound.name} is not valid for this web service."
            raise AwsError("InvalidAction", text)
        inbound.operation = inbound.model.operation_model(inbound.name)
        try:
            inbound.params = protocol.parse(inbound.request, inbound.operation)
            validate(inbound.operation.input_shape, inbound.params)
        except AwsError as error:
            raise protocol.refusal(inbound.model, error) from error

    # Faults

    def _arrive(self, inbound: Inbound) -> tuple[CallEntry, list[Fault]]:
        """Log the call, and let the faults choose."""
        scope = inbound.scope
        account = inbound.identity.account if inbound.identity else ""
        with self.world.lock:
            entry = self.log.open(
                at=iso(time.time()), moved_at=iso(self.clock.now()), service=scope.service,
                operation=inbound.name, region=scope.region, account=account, params=inbound.params,
                request_id=inbound.request_id,
            )  # fmt: skip
            about = (scope.service, inbound.name, scope.region, account, inbound.params)
            calls = [fault for fault in self.world.faults if not fault.is_of_pushes]
            matching = [fault for fault in calls if fault.matches(*about)]
            struck = [fault for fault in matching if fault.strikes()]
            for fault in matching:
                self.world.faults.put(fault)
            entry.fault = ",".join(fault.kind for fault in struck)
            if matching:
                self._write(entry)
        return entry, struck

    def _run(self, inbound: Inbound, entry: CallEntry, struck: list[Fault]) -> Response:
        by_kind = {fault.kind: fault for fault in struck}
        protocol = protocols.for_model(inbound.model)
        try:
            self.striking.before(inbound.request, inbound.model, entry, by_kind)
            response = self._await(inbound, entry, [fault for fault in struck if fault.kind in _LENSES])
            self.striking.after(inbound.request, inbound.model, entry, by_kind)
        except AwsError as error:
            entry.error_code, entry.error_message = error.code, error.message
            return protocol.error(inbound.model, error, inbound.request_id)
        return response

    # Effect

    def _await(self, inbound: Inbound, entry: CallEntry, lenses: list[Fault]) -> Response:
        """Do what was asked, again and again while its handler says that it is not time yet."""
        began = time.monotonic()
        while True:
            known = self.world.mail.arrivals.count
            try:
                return self._effect(inbound, entry, lenses, time.monotonic() - began)
            except NotYet as wait:
                if inbound.request.client_gone():
                    raise Drop from None
                self.world.mail.arrivals.wait(known, min(wait.seconds, _LOOK_SECONDS))

    def _effect(self, inbound: Inbound, entry: CallEntry, lenses: list[Fault], waited: float) -> Response:
        """Do what was asked, and write it with the log row in one transaction."""
        with self.world.lock:
            now = self.clock.now()
            self.world.settle(now)
            self.world.journal.touched = False
            try:
                return self._perform(inbound, now, lenses, waited)
            except AwsError as error:
                # A failed call of several steps can have changed nothing: operations check before they write.
                entry.status, entry.error_code = error.status, error.code
                raise
            finally:
                entry.effect = self.world.journal.touched
                if entry.effect:
                    self._write(entry)

    def _perform(self, inbound: Inbound, now: float, lenses: list[Fault], waited: float) -> Response:
        if inbound.problem is not None:
            raise inbound.problem
        identity, operation, handler = inbound.identity, inbound.operation, inbound.handler
        if identity is None or operation is None or handler is None:
            raise AwsError("InternalFailure", "The sandbox read this request only half.", 500)
        if inbound.params.get("DryRun"):
            text = "Request would have succeeded, but DryRun flag is set."
            raise AwsError("DryRunOperation", text, 412)
        call = Call(
            self.world, identity, inbound.scope.region, now, inbound.params, inbound.scope.service,
            inbound.name, lenses, waited,
        )  # fmt: skip
        try:
            value = handler(call)
            return protocols.for_model(inbound.model).result(operation, value, inbound.request_id)
        except (AwsError, NotYet):
            raise
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            text = f"The sandbox has a bug: {type(error).__name__}: {error}"
            raise AwsError("InternalFailure", text, 500) from error

    # Ending

    def _finish(self, entry: CallEntry, started: float, *, answered: bool) -> None:
        with self.world.lock:
            entry.done, entry.answered = True, answered
            entry.duration_ms = round((time.monotonic() - started) * 1000, 3)
            self._write(entry)

    def _unsent(self, entry: CallEntry) -> None:
        with self.world.lock:
            entry.answered = False
            self._write(entry)

    def _write(self, entry: CallEntry) -> None:
        self.log.touch(entry)
        self.world.journal.flush(self.world.store, self.log.pending())
