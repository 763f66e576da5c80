"""What the commands about API keys share."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey
from endpoints.texts import refusal_text

_OPTIONS = {"name": "--name", "days": "--expires-days", "overlap": "--overlap"}


def add_expiry(parser: ArgumentParser) -> None:
    """Take the number of days after which a key ends, a year unless the installation allows less."""
    usual = intents.default_days(365)
    said = f"end of the key in days from now (default: {usual}); 0: none, if API_KEY_MAX_DAYS is 0"
    parser.add_argument("--expires-days", type=_days, default=usual, metavar="N", help=said)


def _days(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise ArgumentTypeError(f"{text!r} is no number of days")
    return int(text) or None


def find_key(key_id: str) -> ApiKey:
    """Return the key of an id. Raises CommandError."""
    key = ApiKey.objects.filter(key_id=key_id).first()
    if key is None:
        raise CommandError(f"There is no API key {key_id}.")
    return key


@contextmanager
def refused_as_error() -> Iterator[None]:
    """Let a refusal be the command's error, which names the option."""
    try:
        yield
    except IntentRefused as refused:
        text = refusal_text(refused.code, refused.params)
        option = _OPTIONS.get(refused.field)
        raise CommandError(f"{option}: {text}" if option else text) from None
