"""The forms about API keys."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.domain.keys import DEFAULT_DAYS
from endpoints.domain.types import SpecError
from endpoints.intents.roles import Place
from endpoints.models import ApiKey, Role, Service
from endpoints.texts import moment_text
from endpoints.texts.keys import OVERLAP_LABELS, days_text
from endpoints.web.forms import Verbatim, read_form_key
from endpoints.web.pipe_forms import Worded

NO_END, KEEP = "never", "keep"
SERVICE, ORGANIZATION = "service", "organization"

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
_NAME_HELP = gettext_lazy("Where the key is used, such as: Terraform, production.")


class _KeyForm(Worded):
    """A form with the number of days after which a key ends; `days` holds it once `is_valid()`."""

    days: int | None = None
    may_keep_end = False
    keeps_end = False

    def offer_days(self, *before: tuple[str, Any]) -> None:
        """Let one of the installation's numbers of days be chosen, or one of what comes before them."""
        known = [(_value(days), days_text(days)) for days in intents.days_to_choose()]
        self.fields["end"].widget = forms.Select(choices=[*before, *known])
        self.initial.setdefault("end", _value(intents.default_days(DEFAULT_DAYS)))

    def clean_end(self) -> str:
        """Read the choice."""
        end = str(self.cleaned_data["end"])
        if end == NO_END:
            self.days = None
        elif end.isascii() and end.isdecimal() and len(end) < 6:
            self.days = int(end)
        elif end == KEEP and self.may_keep_end:
            self.keeps_end = True
        else:
            self.refuse(SpecError("end", "no_choice"))
        return end

    def place_of(self, name: str) -> str | None:
        """The intents' `days` are chosen as the end."""
        return super().place_of("end" if name == "days" else name)


class IssueForm(_KeyForm):
    """A new key. `place` is where it is good, once `is_valid()`; who manages one place has no choice."""

    name = Verbatim(label=gettext_lazy("Name"), help_text=_NAME_HELP, widget=forms.TextInput(_PLAIN))
    scope = Verbatim(label=gettext_lazy("Good for"))
    role = Verbatim(
        label=gettext_lazy("Role"),
        help_text=gettext_lazy(
            "Viewer: reads. Operator: creates endpoints, and removes those that no ClickPipe uses."
            " Admin: removes any."
        ),
    )
    end = Verbatim(label=gettext_lazy("Expires"))

    def __init__(
        self,
        service: Service,
        data: Mapping[str, Any] | None = None,
        *,
        whole: bool,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"role": Role.OPERATOR, "scope": SERVICE} | dict(typed or {}))
        self.form_key = read_form_key((data or typed or {}).get("form_key"))
        organization = service.organization
        self.places: dict[str, Place] = {SERVICE: service} | ({ORGANIZATION: organization} if whole else {})
        self.place: Place = service
        scopes = [
            (SERVICE, _("This service only: %(name)s") % {"name": service.name}),
            (ORGANIZATION, _("All services of %(name)s") % {"name": organization.name}),
        ]
        self.fields["scope"].widget = forms.Select(choices=scopes)
        self.fields["role"].widget = forms.Select(choices=Role.choices)
        self.offer_days()
        if not whole:
            del self.fields["scope"]

    def clean_scope(self) -> str:
        """Read the choice."""
        scope = str(self.cleaned_data["scope"])
        if scope in self.places:
            self.place = self.places[scope]
        else:
            self.refuse(SpecError("scope", "no_choice"))
        return scope


class RotateForm(_KeyForm):
    """The successor of a key, and how long the old one goes on."""

    overlap = Verbatim(
        label=gettext_lazy("The old key goes on for"),
        help_text=gettext_lazy("Long enough to put the new secret wherever the old one is used."),
        widget=forms.Select(choices=list(OVERLAP_LABELS.items())),
    )
    end = Verbatim(label=gettext_lazy("The new key expires"))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"overlap": "day"})
        self.offer_days()


class ChangeForm(_KeyForm):
    """Name and end of a key; one that ends anyway keeps its end."""

    name = Verbatim(label=gettext_lazy("Name"), help_text=_NAME_HELP, widget=forms.TextInput(_PLAIN))
    end = Verbatim(label=gettext_lazy("Expires"))

    def __init__(self, key: ApiKey, data: Mapping[str, Any] | None = None, *, may_move_end: bool) -> None:
        super().__init__(data, initial={"name": key.name, "end": KEEP})
        ends = moment_text(key.expires_at) if key.expires_at else _("Never")
        self.may_keep_end, self.keeps_end = may_move_end, not may_move_end
        self.offer_days((KEEP, _("As it is: %(end)s") % {"end": ends}))
        if not may_move_end:
            del self.fields["end"]


def _value(days: int | None) -> str:
    return NO_END if days is None else str(days)
