"""The forms. They read what was typed and put each error at its field; the rules are `check_wanted`'s."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents, texts
from endpoints.domain.types import EndpointType
from endpoints.intents import IntentRefused, Wanted
from endpoints.models import Service


class Verbatim(forms.Field):
    """A text exactly as it was sent: no stripping, no rule of Django's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> str:
        """Return the text; refuse bytes that were no UTF-8, which Django has replaced by U+FFFD."""
        text = "" if value is None else str(value)
        if "\ufffd" in text:
            raise forms.ValidationError(texts.refusal_text("undecodable"))
        return text


@dataclass(frozen=True)
class TypeFields:
    """What the create form asks for one endpoint type; the names are the API's."""

    summary: Any
    fields: Mapping[str, tuple[Any, str]]  # name → help text, placeholder


TYPES: dict[EndpointType, TypeFields] = {
    EndpointType.VPC_ENDPOINT_SERVICE: TypeFields(
        summary=gettext_lazy(
            "A source behind a Network Load Balancer that its owner offers as an endpoint service. May lie in"
            " another region."
        ),
        fields={
            "vpcEndpointServiceName": (
                gettext_lazy("The owner finds it in the AWS console under VPC → Endpoint services."),
                "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0",
            )
        },
    )
}


def _text_input(placeholder: str = "") -> forms.TextInput:
    attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    return forms.TextInput(attrs | ({"placeholder": placeholder} if placeholder else {}))


class EndpointForm(forms.Form):
    """A request for an endpoint. `wanted` holds what it asks for once `is_valid()`."""

    type = Verbatim(label=texts.FIELD_LABELS["type"])

    def __init__(self, service: Service, data: Mapping[str, Any] | None = None, kind: str = "") -> None:
        super().__init__(data)
        self.service = service
        self.wanted: Wanted | None = None
        self.kind = _known_type((data or {}).get("type") or kind)
        self.form_key = _form_key((data or {}).get("form_key"))
        self._add_fields()

    def _add_fields(self) -> None:
        for name, (help_text, placeholder) in TYPES[self.kind].fields.items():
            self.fields[name] = Verbatim(
                label=texts.FIELD_LABELS[name], help_text=help_text, widget=_text_input(placeholder)
            )
        self.fields["description"] = Verbatim(
            label=texts.FIELD_LABELS["description"],
            help_text=gettext_lazy("What people will know this endpoint by. It cannot be changed later."),
            widget=_text_input(),
        )

    @property
    def choices(self) -> list[tuple[str, Any, Any, bool]]:
        """The types to choose from: value, words, what it is for, whether it is chosen."""
        return [
            (kind.value, texts.TYPE_LABELS[kind], fields.summary, kind is self.kind)
            for kind, fields in TYPES.items()
        ]

    @property
    def typed_fields(self) -> list[forms.BoundField]:
        """The fields below the choice of the type."""
        return [field for field in self.visible_fields() if field.name != "type"]

    def clean(self) -> dict[str, Any]:
        """Ask the one place of rules, and put its errors at the fields."""
        unread = set(self.errors)
        self.wanted, refusals = intents.check_wanted(self.service, self.cleaned_data)
        for refusal in refusals:
            if refusal.field not in unread:
                self._refuse(refusal.field, texts.refusal_text(refusal.code, refusal.params))
        return self.cleaned_data

    def refuse(self, refused: IntentRefused) -> None:
        """Put an intent's refusal at its field."""
        self._refuse(refused.field, texts.refusal_text(refused.code, refused.params))

    def _refuse(self, field: str, message: str) -> None:
        self.add_error(field if field in self.fields else None, message)


def _known_type(value: object) -> EndpointType:
    try:
        return EndpointType(str(value))
    except ValueError:
        return next(iter(TYPES))


def _form_key(value: object) -> uuid.UUID:
    """The hidden key that makes one row of many identical posts; a missing or broken one is replaced."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()


class SignInForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": gettext_lazy("This e-mail and password do not belong together. Check both."),
        "inactive": gettext_lazy("This account is closed."),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].label = _("E-mail")
        widget = self.fields["username"].widget
        widget.input_type = "email"
        widget.attrs["autocomplete"] = "username"


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A first password, by the one-time link."""
