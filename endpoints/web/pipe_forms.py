"""The last form of the wizard: the address of the source as the ClickPipe will call it, and a name."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents, texts
from endpoints.domain.dns import PORTS
from endpoints.domain.pipes import clean_port, parse_addresses, with_ports
from endpoints.domain.types import Source, SpecError
from endpoints.intents import IntentRefused, WantedPipe
from endpoints.models import ClickPipe, Service
from endpoints.web.forms import Verbatim, read_form_key
from endpoints.web.shown import Shown

STRING, OTHER = "string", "other"
PIPE_FIELDS = ("host", "port", "address", "name")
CHOICE_FIELDS = ("endpoint", "host")


def _text(**attrs: str) -> forms.TextInput:
    plain = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    return forms.TextInput(plain | attrs)


class Worded(forms.Form):
    """A form that words refusals at its fields."""

    def refuse(self, refused: SpecError | IntentRefused) -> None:
        """Put a refusal at its field, once."""
        name = self.place_of(refused.field)
        if name is None or name not in self.errors:
            self.add_error(name, texts.refusal_text(refused.code, refused.params))

    def place_of(self, name: str) -> str | None:
        """Return the field at which a refusal is shown, None for the top of the form."""
        return name if name in self.fields else None


class ChoiceForm(Worded):
    """The choice of a way: an endpoint of the service by `endpoint`, or a host that one of them answers.

    `way` says which of the two was sent. `address` holds the host with its port once `is_valid()`.
    """

    endpoint = Verbatim(label=gettext_lazy("Endpoint"))
    host = Verbatim(
        label=gettext_lazy("Host name"),
        help_text=gettext_lazy("A host that an endpoint of this service answers, also by a wildcard."),
        widget=_text(placeholder="db.example.com"),
    )

    def __init__(
        self,
        service: Service,
        source: Source,
        data: Mapping[str, Any] | None = None,
        *,
        way: str = "",
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(typed or {}))
        self.service = service
        self.source = source
        self.way = way
        self.address = ""

    def clean(self) -> dict[str, Any]:
        """Check the host; the view looks the endpoint up."""
        if self.way == "host":
            try:
                self._check_host(self.cleaned_data.get("host", ""))
            except SpecError as error:
                self.refuse(error)
            except IntentRefused as refused:
                self.refuse(refused)
        return self.cleaned_data

    def _check_host(self, text: str) -> None:
        address = with_ports(text, PORTS[self.source]) if text.isprintable() else text
        addresses = parse_addresses("host", address, self.source)
        intents.check_reach(self.service, WantedPipe("", self.source, address, addresses))
        self.address = ",".join(map(str, addresses))

    def place_of(self, name: str) -> str | None:
        """All that is wrong with an address is wrong with the host."""
        return "host" if name == "address" else super().place_of(name)


class PipeForm(Worded):
    """Address and name of a ClickPipe, over one endpoint or, without it, by host name alone.

    With an endpoint, `host` is one of its names and goes with `port`; STRING is MSK's own string; OTHER is
    what stands in `address`. `wanted` holds what is asked for once `is_valid()`.
    """

    host = Verbatim(label=gettext_lazy("DNS name"))
    port = Verbatim(label=gettext_lazy("Port"), widget=_text(inputmode="numeric"))
    address = Verbatim(label=gettext_lazy("Address"))
    name = Verbatim(
        label=gettext_lazy("ClickPipe name"),
        help_text=gettext_lazy("What people will know this ClickPipe by."),
        widget=_text(),
    )

    def __init__(
        self,
        service: Service,
        source: Source,
        shown: Shown | None,
        data: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"port": str(PORTS[source])} | dict(typed or {}))
        self.service = service
        self.source = source
        self.shown = shown
        self.wanted: WantedPipe | None = None
        self.form_key: uuid.UUID = read_form_key((data or typed or {}).get("form_key"))
        self.hosts = _hosts_of(shown) if shown else []
        self.fields["port"].help_text = _port_help(source)
        self.fields["address"].help_text = _address_help(source)
        self.fields["address"].widget = _text(placeholder=f"host.example.com:{PORTS[source]}")
        if shown is None:
            del self.fields["host"], self.fields["port"]
        elif self.initial.get("host") not in {value for value, *_rest in self.hosts}:
            self.initial["host"] = self.hosts[0][0]

    def start_anew(self, earlier: ClickPipe) -> None:
        """Become another request than the one that `earlier` was made from, and say so."""
        self.form_key = uuid.uuid4()
        text = _("A ClickPipe was already created from this form: %(name)s. Send it again to create another.")
        self.add_error(None, text % {"name": earlier.name})

    @property
    def options(self) -> list[tuple[str, str, str, bool]]:
        """What can stand before the port: value, text, a word on it, whether it is chosen."""
        chosen = self["host"].value()
        return [(*one, one[0] == chosen) for one in self.hosts]

    @property
    def wildcards(self) -> list[str]:
        """The names that answer more hosts than themselves."""
        shown = self.shown
        names = [*shown.regional_names, *shown.private_names] if shown else []
        return [str(name) for name in names if str(name).startswith("*")]

    def clean(self) -> dict[str, Any]:
        """Ask the one place of rules, and put its errors at the fields."""
        try:
            address = self._address()
        except SpecError as error:
            self.refuse(error)
            address = None
        named = (self.shown.endpoint.pk,) if self.shown else ()
        asked = {"name": self.cleaned_data.get("name"), "address": address}
        wanted, refusals = intents.check_pipe(self.source, asked, named)
        for refusal in refusals:
            if refusal.field != "address" or address is not None:
                self.refuse(refusal)
        if wanted is not None and not self.errors:
            try:
                intents.check_reach(self.service, wanted)
            except IntentRefused as refused:
                self.refuse(refused)
            else:
                self.wanted = wanted
        return self.cleaned_data

    def _address(self) -> str:
        given = self.cleaned_data
        host = given.get("host", OTHER) if self.shown else OTHER
        if host == OTHER:
            return str(given.get("address", ""))
        if host not in {value for value, *_rest in self.hosts} or self.shown is None:
            raise SpecError("host", "no_choice")
        if host == STRING:
            return self.shown.endpoint.connection_string
        return f"{host}:{clean_port('port', given.get('port'))}"

    def place_of(self, name: str) -> str | None:
        """What is wrong with an address that was put together is wrong with its host."""
        if name == "address" and self.shown and self.cleaned_data.get("host") != OTHER:
            return "host"
        return super().place_of(name)


def _hosts_of(shown: Shown) -> list[tuple[str, str, str]]:
    """The names to choose from: value, text, a word on it."""
    if shown.endpoint.connection_string:
        note = _("MSK's own string for private connectivity. It carries its ports.")
        names = [(STRING, shown.endpoint.connection_string, note)]
    else:
        kinds = (
            (shown.regional_names, ""),
            (shown.private_names, _("Private DNS name")),
            (shown.zonal_names, _("One zone only")),
        )
        names = [(str(name), str(name), note) for group, note in kinds for name in group]
        names = [one for one in names if not one[0].startswith("*")]
    return [*names, (OTHER, _("Another address"), _("A name that this endpoint answers, with its port."))]


def _port_help(source: Source) -> str:
    if source is Source.KAFKA:
        return _("Usual: 9092. Amazon MSK in its own VPC: 9094 (TLS), 9096 (SASL_SCRAM), 9098 (SASL_IAM).")
    return _("Usual: %(port)s.") % {"port": PORTS[source]}


def _address_help(source: Source) -> str:
    if source is Source.KAFKA:
        return _("Host and port; several brokers with commas between them.")
    return _("Host and port.")
