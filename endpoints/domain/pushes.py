"""What a message of AWS speaks of. Source: aws.md §7.

AWS documents neither the body of EC2's connection notifications nor all of RAM's events, and they may come
wrapped: so ids and ARNs are looked for in the whole text, whatever its shape. A message is a hint to look,
never a fact; one that names nothing is worth nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from endpoints.domain.pasted import ACCOUNT, REGION, SHARE_ARN

MOST = 1000
"""Of so many ids and so many ARNs of one message notice is taken."""

_ENDPOINT = re.compile(r"(?<![0-9A-Za-z])vpce-[0-9a-f]{8,17}(?![0-9A-Za-z])")
_SHARING = re.compile(r"aws\.ram|Resource Sharing State Change")
_QUEUE = re.compile(
    rf"https://sqs\.{REGION}\.amazonaws\.com(?:\.cn)?/{ACCOUNT}/(?P<name>[A-Za-z0-9_-]{{1,80}})"
)


@dataclass(frozen=True)
class Told:
    """The endpoints' ids and the shares' ARNs that a message names; `sharing`: it is RAM's."""

    external_ids: frozenset[str] = frozenset()
    share_arns: frozenset[str] = frozenset()
    sharing: bool = False

    def __bool__(self) -> bool:
        """Whether anything follows from it."""
        return bool(self.external_ids or self.share_arns or self.sharing)


def read_push(body: str) -> Told:
    """Return what a message's body speaks of; nothing for garbage. Never raises."""
    text = body.replace("\\/", "/")  # JSON may escape slashes
    return Told(
        frozenset(_found(_ENDPOINT, text)),
        frozenset(_found(SHARE_ARN, text)),
        _SHARING.search(text) is not None,
    )


def read_pushes(bodies: Iterable[str]) -> Told:
    """Return what several messages speak of together."""
    every = [read_push(body) for body in bodies]
    return Told(
        frozenset().union(*(told.external_ids for told in every)),
        frozenset().union(*(told.share_arns for told in every)),
        any(told.sharing for told in every),
    )


def queue_region(url: str) -> str | None:
    """Return the region of an SQS queue's URL; None for anything that is no such URL."""
    match = _QUEUE.fullmatch(url)
    return match["region"] if match else None


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return islice((match[0] for match in pattern.finditer(text)), MOST)
