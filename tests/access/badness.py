"""Bodies that no form and no operation can take, made from good ones: by field, and as a whole."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from tests.access.forms_found import Form

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
HUGE = 300_000  # bytes: more than any body may have
LONG = 20_000  # characters: more than any field takes


@dataclass(frozen=True)
class Bad:
    """A body with its type, and what is wrong with it, in words; `field` is where, "" for all of it."""

    what: str
    body: bytes
    content_type: str
    field: str = ""


def make_bad(form: Form, dice: random.Random) -> Bad:
    """Return something that this form must refuse."""
    makers = _JSON if form.is_json else _FORMS
    whole = dice.random() < 0.25 or not form.checked
    return dice.choice(makers["whole" if whole else "field"])(form, dice)


# --- forms
_NO_UTF_8 = ("%FF", "%C3%28", "%ED%A0%80", "%F8%A1")
_VALUES: dict[str, Callable[[random.Random], bytes]] = {
    "NUL": lambda dice: _sprinkled(dice, "%00"),
    "a newline in NULs": lambda dice: b"%00%0A%00",
    "not UTF-8": lambda dice: _sprinkled(dice, dice.choice(_NO_UTF_8)),
    "too long": lambda dice: b"x" * (LONG + dice.randrange(1000)),
    "too long, in other letters": lambda dice: quote_plus("한" * 2_000).encode() + b"%00",
}


def _sprinkled(dice: random.Random, bad: str) -> bytes:
    letters = [dice.choice("abc-._:/0123") for _ in range(dice.randrange(30))]
    letters.insert(dice.randrange(len(letters) + 1), bad)
    return "".join(letters).encode()


def _pairs(form: Form) -> list[tuple[str, bytes]]:
    found = []
    for name, value in form.fields.items():
        for one in value if isinstance(value, list) else [value]:
            found.append((name, quote_plus(str(one)).encode()))
    return found


def _encoded(pairs: list[tuple[str, bytes]]) -> bytes:
    return b"&".join(quote_plus(name).encode() + b"=" + value for name, value in pairs)


def _one_field(form: Form, dice: random.Random) -> Bad:
    name, what = dice.choice(form.checked), dice.choice(sorted(_VALUES))
    value = _VALUES[what](dice)
    pairs = [(known, value if known == name else good) for known, good in _pairs(form)]
    return Bad(f"{name} with {what}", _encoded(pairs), FORM, name)


def _all_fields(form: Form, dice: random.Random) -> Bad:
    what = dice.choice(sorted(_VALUES))
    value = _VALUES[what](dice)[:1000] + b"%00"
    return Bad(f"all fields with {what}", _encoded([(name, value) for name, _ in _pairs(form)]), FORM)


def _said(what: str, make: Callable[[Form, random.Random], tuple[bytes, str]]) -> Callable[..., Bad]:
    return lambda form, dice: Bad(what, *make(form, dice))


_PARTS = "multipart/form-data; boundary=bound"
_CHARSETS = ("utf-16", "utf-7", "latin-1", "rot13", "no-such", "\ufffd", "utf-8-sig", "idna", "hex")
_FORMS: dict[str, list[Callable[..., Bad]]] = {
    "field": [_one_field, _one_field, _one_field, _all_fields],
    "whole": [
        _said("another encoding", lambda f, d: (_encoded(_pairs(f)) or b"a=1", _other(FORM, d))),
        _said("no boundary", lambda f, d: (b"--x\r\n", "multipart/form-data")),
        _said("a boundary of nothing", lambda f, d: (b"--x", 'multipart/form-data; boundary=""')),
        _said("a boundary that is no text", lambda f, d: (b"--x", "multipart/form-data; boundary=\xff")),
        _said("too large", lambda f, d: (b"a=" + b"x" * HUGE, FORM)),
        _said("too many fields", lambda f, d: (b"&".join(b"a=%d" % n for n in range(1001)), FORM)),
        _said("a file", lambda f, d: (_file(d), _PARTS)),
    ],
}  # fmt: skip


def _other(kind: str, dice: random.Random) -> str:
    return f"{kind}; charset={dice.choice(_CHARSETS)}"


def _part(head: str, body: bytes) -> bytes:
    return b"--bound\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n--bound--\r\n"


def _file(dice: random.Random) -> bytes:
    head = 'Content-Disposition: form-data; name="description"; filename="x.txt"\r\nContent-Type: text/plain'
    return _part(head, bytes(dice.randrange(256) for _ in range(40)))


# --- JSON
_WRONG: dict[str, Callable[[random.Random], Any]] = {
    "a list": lambda dice: [dice.random()],
    "lists in lists": lambda dice: _nested(dice.randrange(9, 60), list),
    "objects in objects": lambda dice: _nested(dice.randrange(9, 60), dict),
    "an object": lambda dice: {"\u202e": {"a": 1}},
    "NUL": lambda dice: "a\0b",
    "half a character": lambda dice: "a\ud800" if dice.random() < 0.5 else "\udfff",
    "too long": lambda dice: "x" * LONG,
}


def _nested(depth: int, kind: type) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


def _wrong_type(form: Form, dice: random.Random) -> Bad:
    data = json.loads(json.dumps(form.fields, default=str))
    where, name = _leaf(data, dice)
    what = dice.choice(sorted(_WRONG))
    where[name] = _WRONG[what](dice)
    return Bad(f"{name} is {what}", json.dumps(data).encode(), JSON, str(name))


def _leaf(data: Any, dice: random.Random) -> tuple[Any, Any]:
    """Return where a value stands that holds no other, and under which name."""
    while True:
        name = dice.choice(sorted(data)) if isinstance(data, dict) else dice.randrange(len(data))
        if not data[name] or not isinstance(data[name], dict | list):
            return data, name
        data = data[name]


def _twice(form: Form, dice: random.Random) -> Bad:
    name = dice.choice(sorted(form.fields))
    text = json.dumps(form.fields, default=str)
    body = f'{{"{name}": {json.dumps(form.fields[name], default=str)}, {text[1:]}'
    return Bad(f"{name} twice", body.encode(), JSON)


def _good(form: Form) -> bytes:
    return json.dumps(form.fields, default=str).encode()


def _cut(form: Form, dice: random.Random) -> bytes:
    body = _good(form)
    return body[: dice.randrange(len(body) - 1)]


def _swapped(form: Form, dice: random.Random) -> bytes:
    body = bytearray(_good(form))
    body[dice.randrange(len(body))] = dice.choice([0, 0xFF, 0xC0, 0xED])
    return bytes(body)


def _deep(dice: random.Random) -> bytes:
    return dice.choice([b"[", b'{"a":']) * dice.randrange(9_000, 40_000)


_NO_OBJECT = (b"", b"null", b"[]", b"5", b'"x"', b"NaN", b"{]", b"\xef\xbb\xbf{}", b"\0", b"{'a': 1}")
_JSON: dict[str, list[Callable[..., Bad]]] = {
    "field": [_wrong_type, _wrong_type, _twice],
    "whole": [
        _said("no object", lambda f, d: (d.choice(_NO_OBJECT), JSON)),
        _said("cut off", lambda f, d: (_cut(f, d), JSON)),
        _said("a byte that is no text", lambda f, d: (_swapped(f, d), JSON)),
        _said("nested without end", lambda f, d: (_deep(d), JSON)),
        _said("too large", lambda f, d: (b'{"a": "' + b"x" * HUGE + b'"}', JSON)),
        _said("another type", lambda f, d: (_good(f), d.choice([FORM, "text/plain", "application/xml", ""]))),
        _said("another encoding", lambda f, d: (_good(f), _other(JSON, d))),
        _said("a number without end", lambda f, d: (b'{"a": ' + b"9" * 10_000 + b"}", JSON)),
    ],
}  # fmt: skip
