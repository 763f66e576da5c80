"""Writing what was seen and done into rows and timelines. Called with the row locked; the caller saves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from endpoints import claims
from endpoints.domain import drift
from endpoints.domain.errors import OperatorError, ProviderError
from endpoints.domain.reasons import NAMES_OUR_ACCOUNT, EventCode, Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.status import Status
from endpoints.models import Attempt, ClaimKind, Event, ReversePrivateEndpoint, sources_of, sources_of_all
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import stubborn

_DELETES = frozenset(adapter.delete_operation for adapter in ADAPTERS.values())


def set_status(
    row: ReversePrivateEndpoint, status: Status, reason: Reason, now: datetime, **params: str
) -> None:
    """Set status and reason; a change of status starts its grace period anew and makes a line."""
    for line in changed_status(row, status, reason, now, **params):
        line.save()


def changed_status(
    row: ReversePrivateEndpoint, status: Status, reason: Reason, now: datetime, **params: str
) -> list[Event]:
    """The same, but return the line instead, unsaved; none when the status stays."""
    lines = []
    if row.status != status:
        told = {"from": row.status, "status": status, "reason": reason, **params}
        lines.append(Event.line(row, EventCode.STATUS_CHANGED, now, params=told))
        row.last_status = row.status
        row.status = status
        row.status_since = now
        row.warned_at = None
        if status is Status.READY and row.first_ready_at is None:
            row.first_ready_at = now
    row.reason = reason
    row.reason_params = params
    if status is Status.FAILED:
        publish(row, (), ())
    return lines


def publish(
    row: ReversePrivateEndpoint,
    dns_names: Iterable[str],
    private_dns_names: Iterable[str],
    connection_string: str = "",
) -> None:
    """Write the names that a row answers from now on, lower case as DNS has it, and keep those it loses."""
    if _rename(row, dns_names, private_dns_names, connection_string):
        row.pipe_sources = sources_of(row)


def _rename(
    row: ReversePrivateEndpoint,
    dns_names: Iterable[str],
    private_dns_names: Iterable[str],
    connection_string: str,
) -> bool:
    """Say whether they are others than before: then other ClickPipes may depend on the row."""
    before = row.answered_names
    known = {*before, *row.former_names}
    row.dns_names = [name.lower() for name in dns_names]
    row.private_dns_names = [name.lower() for name in private_dns_names]
    row.connection_string = connection_string
    row.former_names = sorted(known - row.answered_names)
    return row.answered_names != before


def fail_without_object(row: ReversePrivateEndpoint, reason: Reason, now: datetime, **params: str) -> None:
    """Fail a row that has nothing in AWS: it holds no claim any more, but for a share, which is its own."""
    set_status(row, Status.FAILED, reason, now, **params)
    claims.release(row, keep=ClaimKind.RESOURCE_SHARE)


@dataclass
class News:
    """What a sighting leaves to write: lines, and `pipe_sources` if the row's names changed (`renamed`)."""

    lines: list[Event]
    renamed: bool = False


def tell(row: ReversePrivateEndpoint, news: News | None) -> bool:
    """Write the news of one row, and say whether there are any."""
    if news is None:
        return False
    for line in news.lines:
        line.save()
    if news.renamed:
        row.pipe_sources = sources_of(row)
    return True


def tell_together(rows: Mapping[ReversePrivateEndpoint, News]) -> None:
    """Write the news of many rows."""
    Event.objects.bulk_create(line for news in rows.values() for line in news.lines)
    for row, sources in sources_of_all(row for row, news in rows.items() if news.renamed).items():
        row.pipe_sources = sources


def apply_sighting(
    row: ReversePrivateEndpoint,
    attempt: Attempt,
    seen: Sighting,
    now: datetime,
    details: Details | None = None,
) -> News | None:
    """Write a sighting of the attempt's object into attempt and row; return its news, None if there are none.

    `details` are those read with it, None if none were.
    """
    same = attempt.seen_digest == seen.digest and details in (None, attempt.details)
    if same and attempt.absent_listings == 0 and not attempt.in_doubt:
        return None
    if details is not None:
        attempt.details = dict(details)
    attempt.external_id = seen.external_id
    attempt.answered_at = attempt.answered_at or now
    attempt.in_doubt = False
    attempt.refused_at = None
    attempt.state = seen.state.casefold()
    attempt.seen_at = attempt.seen_at or now
    attempt.seen_digest = seen.digest
    if seen.setup is not None and not attempt.address_type:
        attempt.address_type = seen.setup.address_type
    attempt.absent_listings = 0
    row.external_id = attempt.external_id
    if attempt.state == "deleting":
        row.removal_trouble = {}
    if row.removal_requested_at is None and attempt.generation == row.generation:
        return _apply_reading(row, attempt, seen, now)
    return News([])


def _apply_reading(row: ReversePrivateEndpoint, attempt: Attempt, seen: Sighting, now: datetime) -> News:
    if attempt.state == "deleted":
        return News([])  # next_step tells that it was removed outside
    reading = row.spec.read(seen, attempt.details, Status(row.status))
    account = {"account": row.region.account_id} if reading.reason in NAMES_OUR_ACCOUNT else {}
    lines = changed_status(row, reading.status, reading.reason, now, **account, **reading.params)
    renamed = _rename(row, reading.dns_names, reading.private_dns_names, reading.connection_string)
    lines += _changes_outside(row, attempt, seen, now)
    row.raw_error = f"{seen.error_code}: {seen.error_text}" if seen.error_code or seen.error_text else ""
    return News(lines, renamed)


def _changes_outside(
    row: ReversePrivateEndpoint, attempt: Attempt, seen: Sighting, now: datetime
) -> list[Event]:
    """Keep what somebody else changed; return a line when that is news. The status stays."""
    changes = drift.changed(seen, expected_of(attempt), row.changed_outside)
    if changes == row.changed_outside:
        return []
    row.changed_outside = changes
    code = EventCode.CHANGED_OUTSIDE if changes else EventCode.CHANGED_BACK
    params = {"external_id": seen.external_id, "changed": ", ".join(changes)}
    return [Event.line(row, code, now, attempt=attempt, params=params)]


def expected_of(attempt: Attempt) -> drift.Expected:
    """Return how an attempt's object should stand in AWS."""
    return drift.expected(
        attempt.request,
        str(attempt.endpoint_id),
        attempt.generation,
        private_dns=_private_dns(attempt),
        address_type=attempt.address_type,
    )


def _private_dns(attempt: Attempt) -> bool | None:
    """Return whether private DNS should be on; None while Postern may have switched it on unanswered."""
    if not attempt.private_dns_wanted:
        return bool(attempt.request.get("PrivateDnsEnabled", False))
    return True if attempt.private_dns_on_at else None


def stumble(
    row: ReversePrivateEndpoint, error: ProviderError, now: datetime, attempt: Attempt | None
) -> None:
    """Keep an AWS error; a row on its way to Ready also says for whom it is to fix. The status stays."""
    trouble(row, error, now, attempt)
    if row.status == Status.PROVISIONING:
        operators = isinstance(error, OperatorError)
        row.reason = Reason.OPERATOR_MUST_ACT if operators else Reason.AWS_UNAVAILABLE
        row.reason_params = {"region": row.region_id}


def trouble(
    row: ReversePrivateEndpoint, error: ProviderError, now: datetime, attempt: Attempt | None
) -> None:
    """Keep the raw words of an AWS error on the row, and a line of it when they are new."""
    raw = f"{error.raw_code}: {error.raw_text}"
    # By code: some texts differ each time, such as those with an encoded authorization message.
    news = not row.raw_error.startswith(f"{error.raw_code}:")
    if error.operation in _DELETES:
        news = stubborn.count(row, error.raw_code, now)
    row.raw_error = raw
    if news:
        aws_line(row, EventCode.AWS_TROUBLE, now, attempt, error.operation, error.request_id, raw)


def aws_line(
    row: ReversePrivateEndpoint,
    code: EventCode,
    now: datetime,
    attempt: Attempt | None,
    operation: str,
    request_id: str = "",
    raw: str = "",
    **params: str,
) -> None:
    """Add the line of one AWS call, with its operation and AWS request id."""
    line_of_call(row, code, now, attempt, operation, request_id, raw, **params).save()


def line_of_call(
    row: ReversePrivateEndpoint,
    code: EventCode,
    now: datetime,
    attempt: Attempt | None,
    operation: str,
    request_id: str = "",
    raw: str = "",
    **params: str,
) -> Event:
    """Return the same line unsaved."""
    return Event.line(
        row,
        code,
        now,
        attempt=attempt,
        operation=operation,
        aws_request_id=request_id,
        raw=raw,
        params={"operation": operation, **params},
    )
