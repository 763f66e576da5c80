"""The Korean catalogue: finds what is translatable, keeps the `.po` complete and compiles the `.mo`.

`python -m devtools.catalogue` adds what is new, drops what is gone and compiles; it names what still lacks a
translation and then exits with 1. No GNU gettext is needed. A test compares all three.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
PO = CHECKOUT / "endpoints" / "locale" / "ko" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
APART = CHECKOUT / "endpoints" / "sandbox"  # a process of its own, without Django

# Names of gettext's functions, with what their leading arguments mean.
_FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "_now"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "text", "plural")),
}
_CALL = re.compile(r"\b(?:n?p?gettext|_)\(")
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]")


@dataclass(frozen=True, order=True)
class Message:
    """One translatable text; `plural` and `context` are "" for none."""

    text: str
    plural: str = ""
    context: str = ""


def wanted() -> set[Message]:
    """Return every translatable text of the Python files and the templates."""
    found: set[Message] = set()
    for path in sorted((CHECKOUT / "endpoints").rglob("*.py")):
        if APART not in path.parents:
            found |= set(_calls(ast.parse(path.read_text("utf-8"))))
    for path in sorted((CHECKOUT / "templates").rglob("*.html")):
        for call in _template_calls(templatize(path.read_text("utf-8"))):
            found |= set(_calls(call))
    return found


def problems() -> list[str]:
    """Return what is wrong with the committed catalogue, a line each."""
    if not PO.exists():
        return [f"{PO} does not exist"]
    catalogue = polib.pofile(str(PO))
    entries = {_message(entry): entry for entry in catalogue}
    asked = wanted()
    lines = [f"missing: {message.text}" for message in sorted(asked - entries.keys())]
    lines += [f"not used any more: {message.text}" for message in sorted(entries.keys() - asked)]
    for message, entry in sorted(entries.items()):
        lines += [f"{what}: {message.text}" for what in _faults(entry)]
    if not MO.exists() or MO.read_bytes() != catalogue.to_binary():
        lines.append(f"{MO.name} was not compiled from {PO.name}")
    return lines


def update() -> None:
    """Add what is new to the `.po`, drop what is gone, sort it, and compile the `.mo`."""
    old = {_message(entry): entry for entry in polib.pofile(str(PO))} if PO.exists() else {}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Project-Id-Version": "Postern",
        "Language": "ko",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for message in sorted(wanted()):
        catalogue.append(old.get(message) or _entry(message))
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(PO))
    MO.write_bytes(polib.pofile(str(PO)).to_binary())


def _faults(entry: polib.POEntry) -> Iterator[str]:
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy or entry.obsolete:
        yield "fuzzy or obsolete"
    if not translations or not all(translations):
        yield "not translated"
    asked = set(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    if any(set(_PLACEHOLDER.findall(text)) != asked for text in translations if text):
        yield "has other placeholders"


def _entry(message: Message) -> polib.POEntry:
    plural = {"msgid_plural": message.plural, "msgstr_plural": {0: ""}} if message.plural else {}
    return polib.POEntry(msgid=message.text, msgctxt=message.context or None, **plural)


def _message(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        meanings = _FUNCTIONS.get(name, ())
        values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        texts = [value for value in values if isinstance(value, str)]
        if meanings and len(texts) >= len(meanings):
            yield Message(**dict(zip(meanings, texts, strict=False)))


def _template_calls(source: str) -> Iterator[ast.AST]:
    """Parse each call in what `templatize` gives, which is Python only in parts."""
    for found in _CALL.finditer(source):
        end = source.find(")", found.end())
        while end != -1:
            try:
                yield ast.parse(source[found.start() : end + 1].replace("\n", "\\n"), mode="eval")
                break
            except SyntaxError:
                end = source.find(")", end + 1)


if __name__ == "__main__":
    update()
    sys.exit("\n".join(problems()) or None)
