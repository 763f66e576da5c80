"""The address builder: a form whose every state is an address of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from endpoints import texts
from endpoints.domain.building import WILDCARD, Built, NameKind, Way, build
from endpoints.domain.specs import SPECS, SpecErrors
from endpoints.domain.types import EndpointType
from endpoints.models import Affected
from endpoints.texts.building import NAME_KINDS, WAYS, notes_of
from endpoints.web.shown import Shown


class AddressForm(forms.Form):
    """Which name, which source, and if need be the owner's own port."""

    name = forms.ChoiceField(label=_("DNS name"))
    part = forms.CharField(
        label=_("In place of the star"),
        help_text=_("Only for a name that begins with *."),
        required=False,
        max_length=200,
    )
    way = forms.ChoiceField(label=_("Source and authentication"))
    port = forms.CharField(
        label=_("Own port"), help_text=_("Empty for the usual one."), required=False, max_length=200
    )

    _built: Built | None = None

    def __init__(
        self, one: Shown, data: Mapping[str, Any] | None = None, *, sources: Iterable[str] = ()
    ) -> None:
        """Take an endpoint that has names; without `data`, its first name and a source are chosen.

        That is the source of the ClickPipes that use it, if `sources` names one alone, else the first.
        """
        self._kinds = names_of(one)
        self._private = tuple(one.private_names)
        ways = [way for way in Way if way.source in SPECS[EndpointType(one.endpoint.type)].sources]
        used = set(sources)
        likely = next((way for way in ways if {way.source.value} == used), ways[0])
        first = {"name": next(iter(self._kinds)), "way": likely.value}
        super().__init__(first if data is None else data, auto_id="address_%s", label_suffix="")
        self._choices("name").choices = [
            (str(NAME_KINDS[kind]), [(name, name) for name, its in self._kinds.items() if its is kind])
            for kind in NameKind
            if kind in self._kinds.values()
        ]
        self._choices("way").choices = [(way.value, f"{WAYS[way]} ({way.port})") for way in ways]
        if not any(name.startswith(WILDCARD) for name in self._kinds):
            del self.fields["part"]

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        """Build the address, or say at the field what is wrong."""
        given = self.cleaned_data
        if "name" in given and "way" in given:
            try:
                self._built = build(
                    given["name"],
                    self._kinds[given["name"]],
                    Way(given["way"]),
                    part=given.get("part", ""),
                    port=given.get("port", ""),
                    private=self._private,
                )
            except SpecErrors as wrong:
                for error in wrong.errors:
                    self.add_error(error.field, texts.refusal_text(error.code, error.params))
        return given

    @property
    def built(self) -> Built | None:
        """The address; None where something is wrong."""
        return self._built if self.is_valid() else None

    @property
    def notes(self) -> list[str]:
        """What to mind about the address."""
        return notes_of(self.built) if self.built else []


def names_of(one: Shown) -> dict[str, NameKind]:
    """Return the names an address can be built from; none before they answer, or where MSK has its string."""
    if not one.is_connected or one.endpoint.connection_string:
        return {}
    kinds: dict[str, NameKind] = {}
    for kind, names in (
        (NameKind.REGIONAL, one.regional_names),
        (NameKind.PRIVATE, one.private_names),
        (NameKind.ZONAL, one.zonal_names),
    ):
        kinds |= {name: kind for name in names if name not in kinds}
    return kinds


def builder_context(one: Shown, affected: Affected) -> dict[str, Any]:
    """Return what `_address_builder.html` needs; it shows nothing where no address can be built."""
    sources = {pipe.source for pipe in (*affected.uses, *affected.may)}
    return {"builder": AddressForm(one, sources=sources) if names_of(one) else None}
