"""A form of a page as a browser would send it back, with some fields typed anew."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.fields: dict[str, str] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = told.get("id") == self.form_id
        name = told.get("name", "")
        if not self.inside or "__prefix__" in name:
            return
        if tag == "input" and name and told.get("type") not in ("submit", "button"):
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.fields[name] = told.get("value", "on" if told.get("type") == "checkbox" else "")
        elif tag == "select":
            self.select = name
            self.fields.setdefault(name, "")
        elif tag == "option" and "selected" in told:
            self.fields[self.select] = told.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        if tag == "form":
            self.inside = False


def filled(page: Any, form_id: str, **typed: Any) -> dict[str, Any]:
    """Return the fields of a form; `typed` ones with `__` for the `-` of a row below the page."""
    form = _Form(form_id)
    form.feed(page.content.decode())
    assert form.fields, "there is no such form"
    return form.fields | {name.replace("__", "-"): value for name, value in typed.items()}
