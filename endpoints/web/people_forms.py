"""The forms about roles, and about what describes a service."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.domain.labels import read_labels
from endpoints.domain.types import SpecError
from endpoints.intents import IntentRefused
from endpoints.models import Role, Service, User
from endpoints.web.forms import Verbatim
from endpoints.web.people import Where
from endpoints.web.pipe_forms import Worded

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class GrantForm(Worded):
    """A role for a person, by their whole e-mail, or for a team. `holder` is who, once `is_valid()`."""

    email = Verbatim(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Of somebody who can sign in here already. Enter the whole address."),
        widget=forms.EmailInput(_PLAIN),
    )
    team = Verbatim(label=gettext_lazy("Team"))
    role = Verbatim(label=gettext_lazy("Role"))

    def __init__(self, where: Where, by: User, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"role": Role.VIEWER})
        self.holder: User | Group | None = None
        self.teams = {str(team.pk): team for team in intents.teams_for(by, where.place).order_by("name")}
        choices = [("", "–"), *((key, team.name) for key, team in self.teams.items())]
        self.fields["team"].widget = forms.Select(choices=choices)
        if not self.teams:
            del self.fields["team"]
        self.fields["role"].widget = forms.Select(choices=Role.choices)

    def clean(self) -> dict[str, Any]:
        """Find who gets the role."""
        email, team = self.cleaned_data.get("email", "").strip(), self.cleaned_data.get("team", "")
        if self.errors:
            return self.cleaned_data
        if email and team:
            self.refuse(IntentRefused("one_holder", "email"))
        elif team:
            self.holder = self.teams.get(team)
            if self.holder is None:
                self.refuse(IntentRefused("no_such_team", "team"))
        elif not email:
            self.refuse(IntentRefused("required", "email"))
        else:
            try:
                self.holder = intents.find_person(email)
            except IntentRefused as refused:
                self.refuse(refused)
        return self.cleaned_data


class AboutForm(Worded):
    """What describes a service: its name, contact and labels."""

    name = Verbatim(label=gettext_lazy("Name"), widget=forms.TextInput(_PLAIN))
    contact = Verbatim(
        label=gettext_lazy("Contact"),
        help_text=Service._meta.get_field("contact").help_text,
        widget=forms.TextInput(_PLAIN),
    )
    labels = Verbatim(
        label=gettext_lazy("Labels"),
        help_text=Service._meta.get_field("labels").help_text,
        widget=forms.TextInput(_PLAIN),
    )

    def __init__(self, service: Service, data: Mapping[str, Any] | None = None) -> None:
        known = {"name": service.name, "contact": service.contact, "labels": ", ".join(service.labels)}
        super().__init__(data, initial=known)

    def clean_labels(self) -> list[str]:
        """Return the labels as a list."""
        try:
            return read_labels(self.cleaned_data["labels"])
        except SpecError as error:
            self.refuse(error)
            return []


class TransferForm(Worded):
    """The new owner of a service, one of those who have access to it, and why. `owner` is who, once valid."""

    owner = Verbatim(
        label=gettext_lazy("New owner"),
        help_text=gettext_lazy("Somebody who has access to this service. Give them a role first if need be."),
    )
    reason = Verbatim(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept, and everybody who may see this service can read it."),
        widget=forms.TextInput(_PLAIN),
    )

    def __init__(self, people: Sequence[User], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.people = {str(person.pk): person for person in people}
        self.new_owner: User | None = None
        choices = [("", "–"), *((key, person.email) for key, person in self.people.items())]
        self.fields["owner"].widget = forms.Select(choices=choices)

    def clean(self) -> dict[str, Any]:
        """Find the person."""
        self.new_owner = self.people.get(self.cleaned_data.get("owner", ""))
        if self.new_owner is None:
            self.refuse(IntentRefused("no_choice", "owner"))
        return self.cleaned_data
