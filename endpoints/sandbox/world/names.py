"""Domain names as Route 53 keeps them: small letters, a closing dot, odd characters as `\\ooo`."""

import re

_ESCAPE = re.compile(r"\\([0-7]{3})")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
STAR = "\\052"
"""An asterisk as it is listed."""


def kept(name: str) -> str:
    """Return a name as it is kept. Raises ValueError for one that no DNS server could hold."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 8)), name).lower()
    plain = plain.removesuffix(".")
    labels = plain.split(".")
    if not plain.isascii() or not plain.isprintable() or " " in plain:
        raise ValueError("UnsupportedCharacter (Value contains unsupported characters)")
    if any(not label for label in labels):
        raise ValueError("DomainLabelEmpty (Domain label is empty)")
    if any(len(label) > 63 for label in labels):
        raise ValueError("DomainLabelTooLong (Domain label is too long)")
    if len(plain) > 255:
        raise ValueError("DomainNameTooLong (Domain name is too long)")
    return "".join(sign if sign in _PLAIN else f"\\{ord(sign):03o}" for sign in plain) + "."


def order(name: str) -> tuple[str, ...]:
    """Return what names sort by: their labels from the right."""
    return tuple(reversed(name.removesuffix(".").split(".")))


def lies_in(name: str, zone: str) -> bool:
    """Whether a kept name is a zone's own or below it."""
    return name == zone or name.endswith(f".{zone}")


def is_wildcard(name: str) -> bool:
    """Whether the leftmost label of a kept name is an asterisk."""
    return name.startswith(f"{STAR}.")


def is_half_wildcard(name: str) -> bool:
    """Whether an asterisk stands beside other characters in the leftmost label."""
    first = name.partition(".")[0]
    return STAR in first and first != STAR
