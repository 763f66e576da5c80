"""The form of an endpoint's custom private DNS names: one on each line. The rules are `parse_names`'s."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from endpoints import texts
from endpoints.domain.custom_dns import CustomName, custom_names, parse_names
from endpoints.domain.types import EndpointType
from endpoints.intents import IntentRefused
from endpoints.models import ReversePrivateEndpoint
from endpoints.web.forms import Verbatim

_HELP = _(
    "One name on each line, such as db.example.com; *.db.example.com stands for one label in place of the"
    " star. An empty list removes all."
)
_HELP_WITH_TARGETS = _(
    "One name on each line, such as db.example.com; *.db.example.com stands for one label in place of the"
    " star. db.example.com=rcfg-0123456789abcdef0 leads to that resource configuration. An empty list removes"
    " all."
)


class CustomDnsForm(forms.Form):
    """All names of one endpoint; `wanted` holds them once `is_valid()`."""

    names = Verbatim(
        label=_("Custom private DNS names"),
        widget=forms.Textarea(
            {"rows": 8, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        ),
    )

    def __init__(self, endpoint: ReversePrivateEndpoint, data: Any = None) -> None:
        self.had = custom_names(endpoint.custom_dns)
        super().__init__(data, initial={"names": "\n".join(map(str, self.had))})
        self.endpoint = endpoint
        self.wanted: tuple[CustomName, ...] = ()
        is_resource = endpoint.type == EndpointType.VPC_RESOURCE
        self.fields["names"].help_text = _HELP_WITH_TARGETS if is_resource else _HELP

    def clean_names(self) -> str:
        """Read the lines and ask the one place of rules."""
        typed = str(self.cleaned_data["names"])
        targets = {target["id"] for target in self.endpoint.dns_targets}
        kind = EndpointType(self.endpoint.type)
        self.wanted, refusals = parse_names(_mappings(typed), kind, had=self.had, targets=targets)
        if refusals:
            raise forms.ValidationError(
                [forms.ValidationError(texts.refusal_text(each.code, each.params)) for each in refusals]
            )
        return typed

    def refuse(self, refused: IntentRefused) -> None:
        """Put an intent's refusal at the field."""
        self.add_error("names", texts.refusal_text(refused.code, refused.params))


def _mappings(typed: str) -> list[dict[str, str]]:
    lines = (line.strip() for line in typed.splitlines())
    mappings = []
    for line in filter(None, lines):
        name, equals, target = line.partition("=")
        mappings.append({"privateDnsName": name} | ({"targetId": target} if equals else {}))
    return mappings
