"""What is to be done about a resource share before its endpoint is made. Source: aws.md §1b, §2."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.domain.timing import SHARE_WAIT


@dataclass(frozen=True)
class ShareSeen:
    """One look at a share and its newest invitation.

    `share` and `invitation` are AWS's states, casefolded, "" where there is none; `resources` the ARNs of
    what an active share brings; `configuration` the state and `configuration_type` the type of the one asked
    for, "" where AWS does not say.
    """

    share: str
    invitation: str = ""
    invitation_arn: str = ""
    resources: tuple[str, ...] = ()
    configuration: str = ""
    configuration_type: str = ""


class Verdict(StrEnum):
    """What follows from a look at a share."""

    WAIT = "wait"
    ACCEPT = "accept"
    READY = "ready"
    FAIL = "fail"


@dataclass(frozen=True)
class Judgement:
    """A verdict; for WAIT and FAIL with what the row says. `configuration_arn` is given for READY."""

    verdict: Verdict
    reason: Reason = Reason.WAITING_FOR_SHARE
    status: Status = Status.PROVISIONING
    configuration_arn: str = ""


HEALING = frozenset(
    {
        Reason.SHARE_NOT_FOUND,
        Reason.INVITATION_EXPIRED,
        Reason.INVITATION_REJECTED,
        Reason.INVITATION_REFUSED,
        Reason.SHARE_GONE,
        Reason.SHARE_HOLDS_OTHER,
        Reason.CONFIGURATION_UNUSABLE,
    }
)
"""Reasons of rows that go on by themselves once the owner has shared (again)."""

_DEAD = ("failed", "deleting", "deleted")
_UNUSABLE = ("create_failed", "delete_in_progress", "delete_failed")


def judge(seen: ShareSeen, configuration_id: str, waited: timedelta) -> Judgement:
    """Say what follows from one look, for a row that has waited so long."""
    if seen.share == "active":
        return _judge_active(seen, configuration_id, waited)
    if seen.invitation == "pending":
        return Judgement(Verdict.ACCEPT)
    if seen.invitation == "rejected":
        return Judgement(Verdict.FAIL, Reason.INVITATION_REJECTED, Status.REJECTED)
    if seen.invitation == "expired":
        return _fail(Reason.INVITATION_EXPIRED)
    if seen.share in _DEAD:
        return _fail(Reason.SHARE_GONE)
    accepted = seen.share == "pending" or seen.invitation == "accepted"
    return _wait(Reason.SHARE_ACCEPTED if accepted else Reason.WAITING_FOR_SHARE, waited)


def judge_offer(resources: tuple[str, ...], configuration_id: str, waited: timedelta) -> Judgement:
    """Say what follows from what a pending invitation offers: an accepted one, or a young one, nothing."""
    if not resources:
        return _wait(Reason.WAITING_FOR_SHARE, waited)
    if not holds_only(resources, configuration_id):
        return _fail(Reason.SHARE_HOLDS_OTHER)
    return Judgement(Verdict.ACCEPT)


def judge_refused(waited: timedelta) -> Judgement:
    """Say what follows when AWS refused to accept an invitation that brings what was asked for."""
    return _wait(Reason.INVITATION_REFUSED, waited, Reason.INVITATION_REFUSED)


def holds_only(resources: tuple[str, ...], configuration_id: str) -> bool:
    """Say whether a share brings exactly the configuration asked for."""
    return len(resources) == 1 and resources[0].endswith(f":resourceconfiguration/{configuration_id}")


def _judge_active(seen: ShareSeen, configuration_id: str, waited: timedelta) -> Judgement:
    if not seen.resources:
        return _wait(Reason.SHARE_ACCEPTED, waited)
    if not holds_only(seen.resources, configuration_id):
        return _fail(Reason.SHARE_HOLDS_OTHER)
    if seen.configuration in _UNUSABLE or seen.configuration_type == "child":
        return _fail(Reason.CONFIGURATION_UNUSABLE)
    if seen.configuration == "create_in_progress":
        return _wait(Reason.SHARE_ACCEPTED, waited)
    return Judgement(Verdict.READY, configuration_arn=seen.resources[0])


def _wait(reason: Reason, waited: timedelta, at_last: Reason = Reason.SHARE_NOT_FOUND) -> Judgement:
    if waited >= SHARE_WAIT:
        return _fail(at_last)
    return Judgement(Verdict.WAIT, reason)


def _fail(reason: Reason) -> Judgement:
    return Judgement(Verdict.FAIL, reason, Status.FAILED)
