"""The forms about API keys in Django admin."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import AnyModelForm
from endpoints.domain.keys import DEFAULT_DAYS
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, Role
from endpoints.texts import refusal_text
from endpoints.texts.keys import OVERLAP_LABELS, days_text


class EndField(forms.TypedChoiceField):
    """After how many days a key ends; its value is None for never."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=lambda value: int(value) or None, choices=self._choices, **options)
        self.initial = lambda: intents.default_days(DEFAULT_DAYS)

    @staticmethod
    def _choices() -> list[tuple[str, str]]:
        return [(str(days or 0), days_text(days)) for days in intents.days_to_choose()]


class _NamedForm(AnyModelForm):
    """A form with the name of a key."""

    def clean_name(self) -> str:
        """Hold the name against the one rule of names."""
        try:
            return intents.check_key_name(self.cleaned_data["name"])
        except IntentRefused as refused:
            raise forms.ValidationError(refusal_text(refused.code, refused.params)) from None


class KeyForm(_NamedForm):
    """A new API key."""

    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices)
    ends = EndField(label=gettext_lazy("expires"))
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = ApiKey
        fields = ("name", "organization", "service", "role")

    def clean(self) -> dict[str, Any]:
        """Refuse the service of another organization."""
        given: dict[str, Any] = super().clean() or {}
        service = given.get("service")
        if service and service.organization != given.get("organization"):
            self.add_error("service", _("This service belongs to another organization."))
        return given


class ChangeKeyForm(_NamedForm):
    """The name of a key, which is all that stays open."""

    class Meta:
        model = ApiKey
        fields = ("name",)


class RotateForm(forms.Form):
    """How long the old key goes on, and after how many days its successor ends."""

    overlap = forms.ChoiceField(
        label=gettext_lazy("the old key goes on for"), choices=list(OVERLAP_LABELS.items()), initial="day"
    )
    days = EndField(label=gettext_lazy("the new key expires"))
