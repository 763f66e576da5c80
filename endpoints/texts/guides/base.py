"""The words of one guide, and a guide as a page shows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class GuideText:
    """What a guide is called, where it is done in the AWS console, by whom, and what to mind."""

    title: "StrOrPromise"
    where: "StrOrPromise"
    who: "StrOrPromise"
    note: "StrOrPromise" = ""


@dataclass(frozen=True)
class Told:
    """One guide with words and commands, as `templates/_guides.html` shows it; `key` goes into ids."""

    key: str
    title: str
    where: str
    who: str
    note: str
    cli: str
    terraform: str = ""
    cloudformation: str = ""

    @property
    def ways(self) -> list[tuple[str, str, str]]:
        """The ways that there are: key, name, text. The names are products' own."""
        known = (
            ("cli", "AWS CLI", self.cli),
            ("terraform", "Terraform", self.terraform),
            ("cloudformation", "CloudFormation", self.cloudformation),
        )
        return [way for way in known if way[2]]
