"""The forms. They read what was typed and put each error at its field; the rules are `check_wanted`'s."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents, texts
from endpoints.domain.specs import SPECS, Authentication
from endpoints.domain.types import EndpointType, Source
from endpoints.intents import IntentRefused, Wanted
from endpoints.models import ReversePrivateEndpoint, Service


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
class Asked:
    """One field of the form: its help, what it may look like, and the values to choose from, if any."""

    help_text: Any
    placeholder: str = ""
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class TypeFields:
    """What the create form asks for one endpoint type; the names are the API's.

    `rules` are told up front. `permit` says what the owner does with the principal shown below it; where
    `by_account`, that is the bare account number.
    """

    summary: Any
    fields: Mapping[str, Asked]
    permit: Any
    by_account: bool = False
    rules: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Group:
    """The part of the form that belongs to one type; the page shows that of the chosen one."""

    kind: EndpointType
    fields: list[forms.BoundField]
    asks: TypeFields


TYPES: dict[EndpointType, TypeFields] = {
    EndpointType.VPC_ENDPOINT_SERVICE: TypeFields(
        summary=gettext_lazy(
            "A source behind a Network Load Balancer that its owner offers as an endpoint service. May lie in"
            " another region."
        ),
        fields={
            "vpcEndpointServiceName": Asked(
                gettext_lazy("The owner finds it in the AWS console under VPC → Endpoint services."),
                "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0",
            )
        },
        permit=gettext_lazy(
            "The owner of the endpoint service adds this principal to its allowed principals before you"
            " create the endpoint:"
        ),
        rules=(
            gettext_lazy(
                "If the endpoint service lies in another region, its owner adds the ClickPipes region"
                " to its supported regions."
            ),
        ),
    ),
    EndpointType.VPC_RESOURCE: TypeFields(
        summary=gettext_lazy(
            "A database or host that its owner shares as a resource configuration, without a load balancer."
            " Same region only; recommended for RDS."
        ),
        fields={
            "vpcResourceConfigurationId": Asked(
                gettext_lazy("The owner finds it in the AWS console under VPC → Resource configurations."),
                "rcfg-0123456789abcdef0",
            ),
            "vpcResourceShareArn": Asked(
                gettext_lazy("The owner finds it in the AWS console under Resource Access Manager."),
                "arn:aws:ram:eu-central-1:123456789012:resource-share/…",
            ),
        },
        permit=gettext_lazy("The owner shares the resource configuration with this AWS account:"),
        by_account=True,
        rules=(
            gettext_lazy(
                "A resource share serves one endpoint only, for ever: for another one its owner makes another"
                " share."
            ),
            gettext_lazy("Postern accepts the share's invitation by itself; AWS keeps it for 12 hours."),
            gettext_lazy("The resource must not be publicly accessible."),
            gettext_lazy(
                "Each subnet of the resource gateway needs 16 consecutive free addresses (a /28); a /26 is"
                " advised."
            ),
        ),
    ),
    EndpointType.MSK_MULTI_VPC: TypeFields(
        summary=gettext_lazy(
            "An Amazon MSK cluster with multi-VPC connectivity. For Kafka only; same region only; private DNS"
            " is built in."
        ),
        fields={
            "mskClusterArn": Asked(
                gettext_lazy("The owner finds it in the AWS console under MSK → Clusters."),
                "arn:aws:kafka:eu-central-1:123456789012:cluster/orders/…",
            ),
            "mskAuthentication": Asked(
                gettext_lazy("It must be turned on for multi-VPC connectivity in the cluster."),
                choices=tuple(Authentication),
            ),
        },
        permit=gettext_lazy(
            "The owner's cluster policy allows this principal kafka:CreateVpcConnection,"
            " kafka:GetBootstrapBrokers, kafka:DescribeCluster and kafka:DescribeClusterV2:"
        ),
        rules=(
            gettext_lazy(
                "A cluster has one connection for each authentication, across all services and organizations."
            ),
        ),
    ),
}


def _widget(asked: Asked) -> forms.Widget:
    if not asked.choices:
        return _text_input(asked.placeholder)
    return forms.Select(choices=[("", "—"), *((value, value) for value in asked.choices)])


def _text_input(placeholder: str = "") -> forms.TextInput:
    attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    return forms.TextInput(attrs | ({"placeholder": placeholder} if placeholder else {}))


class EndpointForm(forms.Form):
    """A request for an endpoint. `wanted` holds what it asks for once `is_valid()`.

    `data` is a sent form; `typed` one that was typed before, shown without judging it. With a `source` only
    the types that can lead to it may be asked for.
    """

    type = Verbatim(label=texts.FIELD_LABELS["type"])

    def __init__(
        self,
        service: Service,
        data: Mapping[str, Any] | None = None,
        kind: str = "",
        *,
        typed: Mapping[str, Any] | None = None,
        source: Source | None = None,
    ) -> None:
        super().__init__(data, initial=dict(typed or {}))
        self.service = service
        self.source = source
        self.wanted: Wanted | None = None
        known = data or typed or {}
        self.types = {kind: asks for kind, asks in TYPES.items() if leads_to(kind, source)}
        self.kind = _known_type(known.get("type") or kind, list(self.types))
        self.form_key = read_form_key(known.get("form_key"))
        self._add_fields()

    def _add_fields(self) -> None:
        # Those of all types: the page shows the chosen type's, and what was typed into others is not lost.
        for kind in self.types.values():
            for name, asked in kind.fields.items():
                self.fields[name] = Verbatim(
                    label=texts.FIELD_LABELS[name], help_text=asked.help_text, widget=_widget(asked)
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
            for kind, fields in self.types.items()
        ]

    @property
    def groups(self) -> list[Group]:
        """The fields of each type."""
        return [Group(kind, [self[name] for name in asks.fields], asks) for kind, asks in self.types.items()]

    def clean(self) -> dict[str, Any]:
        """Ask the one place of rules, and put its errors at the fields."""
        if self.source is not None and self.cleaned_data.get("type") in set(TYPES) - set(self.types):
            self._refuse("type", texts.refusal_text("type_not_for_source", {"source": self.source.value}))
            return self.cleaned_data
        mine = {"type", "description", *TYPES[self.kind].fields}
        for name in set(self.errors) - mine:
            del self.errors[name]  # of another type: the page does not even show it
        unread = set(self.errors)
        asked = {name: value for name, value in self.cleaned_data.items() if name in mine}
        self.wanted, refusals = intents.check_wanted(self.service, asked)
        for refusal in refusals:
            if refusal.field not in unread:
                self._refuse(refusal.field, texts.refusal_text(refusal.code, refusal.params))
        return self.cleaned_data

    def start_anew(self, earlier: ReversePrivateEndpoint) -> None:
        """Become another request than the one that `earlier` was made from, and say so."""
        self.form_key = uuid.uuid4()
        text = _("An endpoint was already created from this form: %(name)s. Send it again to create another.")
        self.add_error(None, text % {"name": earlier.description})

    def refuse(self, refused: IntentRefused) -> None:
        """Put an intent's refusal at its field."""
        self._refuse(refused.field, texts.refusal_text(refused.code, refused.params))

    def _refuse(self, field: str, message: str) -> None:
        self.add_error(field if field in self.fields else None, message)


def leads_to(kind: EndpointType, source: Source | None) -> bool:
    """Say whether endpoints of a type can lead to a source; to None they all can."""
    return source is None or source in SPECS[kind].sources


def _known_type(value: object, types: Sequence[EndpointType]) -> EndpointType:
    return next((kind for kind in types if kind == value), types[0])


def read_form_key(value: object) -> uuid.UUID:
    """Return the hidden key that makes one row of identical posts; a missing or broken one is replaced."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()
