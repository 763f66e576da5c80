"""What a reverse private endpoint can be, and how the values that people give are cleaned.

Source: cloud-api.md §3.1, ui.md §1.2.
"""

from enum import StrEnum

DESCRIPTION_MAX = 255  # characters; cloud-api.md §3.1


class EndpointType(StrEnum):
    """The endpoint types, in the Cloud API's spelling."""

    VPC_ENDPOINT_SERVICE = "VPC_ENDPOINT_SERVICE"
    VPC_RESOURCE = "VPC_RESOURCE"
    MSK_MULTI_VPC = "MSK_MULTI_VPC"


class Source(StrEnum):
    """What an endpoint can lead to."""

    KAFKA = "Kafka"
    POSTGRES = "Postgres"
    MYSQL = "MySQL"
    MONGODB = "MongoDB"


class SpecError(ValueError):
    """A value that no spec can be built from.

    `field` is the JSON name of the field, `code` a closed word that `texts.py` turns into a sentence, and
    `params` what the sentence needs.
    """

    def __init__(self, field: str, code: str, **params: str) -> None:
        super().__init__(f"{field}: {code} {params or ''}".strip())
        self.field = field
        self.code = code
        self.params = params


def clean_text(field: str, value: object, *, maximum: int) -> str:
    """Return a stripped, non-empty, printable text of at most `maximum` characters; else raise SpecError."""
    if not isinstance(value, str):
        raise SpecError(field, "required" if value is None else "not_text")
    text = value.strip()
    if not text:
        raise SpecError(field, "required")
    if any(not (character.isprintable() or character == " ") for character in text):
        raise SpecError(field, "unprintable")
    if len(text) > maximum:
        raise SpecError(field, "too_long", maximum=str(maximum), length=str(len(text)))
    return text


def clean_description(value: object) -> str:
    """Return the description, 1 to 255 characters; else raise SpecError on field `description`."""
    return clean_text("description", value, maximum=DESCRIPTION_MAX)
