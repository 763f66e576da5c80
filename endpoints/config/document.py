"""The shape of the configuration file of `manage.py apply_config`, as tables of typed keys.

Every table refuses keys that it does not know. Values are checked here as far as the file alone can tell;
what needs the database is checked in `apply.py`.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from endpoints.domain.labels import LABEL_MAX, LABELS_MOST, clean_labels
from endpoints.domain.pushes import queue_region
from endpoints.domain.regions import is_aws_region
from endpoints.domain.types import SpecError


def _complaint(text: str) -> PydanticCustomError:
    return PydanticCustomError("config", "{text}", {"text": text})


def _aws_region(value: str) -> str:
    if not is_aws_region(value):
        raise _complaint(f"{value!r} is not an AWS region name, such as eu-central-1")
    return value


def _no_region_or_one(value: str) -> str:
    return _aws_region(value) if value else value


def _uuid(value: object) -> UUID:
    if isinstance(value, str) and len(value) == 36:
        try:
            return UUID(value)
        except ValueError:
            pass
    raise _complaint(f"{value!r} is not a UUID")


def _moment(value: object) -> datetime:
    """Read a TOML offset date-time, or a local date as midnight UTC. A time without offset is refused."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _complaint("a time needs its offset, such as 2026-01-31T12:00:00Z")
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise _complaint("give a TOML date or date-time, without quotes, such as 2026-01-31")


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise _complaint(f"{value!r} is not an e-mail address") from None
    return value


def _limit(value: object) -> int | None:
    """Read a number of endpoints; "" goes back to the installation's setting."""
    if value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    raise _complaint('give a whole number of endpoints, or "" for the setting of the installation')


def _printable(value: str) -> str:
    if not value.isprintable():
        raise _complaint("contains characters that cannot be printed")
    return value


def _labels(values: list[str]) -> list[str]:
    try:
        return clean_labels(values)
    except SpecError as error:
        raise _complaint(
            f"give at most {LABELS_MOST} labels of at most {LABEL_MAX} characters, without commas"
        ) from error


def _shaped(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=rf"^(?:{pattern})$")


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise _complaint("names one id twice")
    return values


Id = Annotated[UUID, BeforeValidator(_uuid)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(_printable),
]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_email)]
Region = Annotated[str, AfterValidator(_aws_region)]
VpcId = Annotated[str, _shaped("vpc-[0-9a-f]{8,17}")]
SubnetId = Annotated[str, _shaped("subnet-[0-9a-f]{8,17}")]
GroupId = Annotated[str, _shaped("sg-[0-9a-f]{8,17}")]
Limit = Annotated[int | None, BeforeValidator(_limit)]
RoleArn = Annotated[str, _shaped(r"|arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,150}")]


class Table(BaseModel):
    """One table of the file. An optional key that is left out changes nothing on what is there already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def given(self, *names: str) -> dict[str, Any]:
        """Return those of the named keys that stand in the file, with their values."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class RegionTable(Table):
    """`[[region]]`: what belongs to a whole region of AWS; `push_queue_url = ""` takes the queue away."""

    name: Region
    push_queue_url: str = ""

    @field_validator("push_queue_url")
    @classmethod
    def _queue_of_the_region(cls, value: str, info: ValidationInfo) -> str:
        if value and queue_region(value) != info.data.get("name"):
            raise _complaint(f"{value!r} is not the URL of an SQS queue of this region")
        return value


class NetworkTable(Table):
    """`[[network]]`: one VPC of the operator. A VPC is known by its region and id."""

    region: Region
    vpc_id: VpcId
    subnet_ids: Annotated[list[SubnetId], Field(min_length=1), AfterValidator(_each_once)]
    security_group_ids: Annotated[list[GroupId], Field(min_length=1), AfterValidator(_each_once)]
    role_arn: RoleArn = ""
    draining: StrictBool = False


class ServiceTable(Table):
    """`[[organization.service]]`: a data service. `clickpipes_region = ""` goes back to the table.

    `owner` is the e-mail of a user, of this file or not.
    """

    id: Id
    name: Name
    provider: Literal["aws", "gcp", "azure"]
    region: Annotated[str, _shaped("[a-z][a-z0-9-]{1,39}")]
    created_at: Annotated[datetime, BeforeValidator(_moment)]
    clickpipes_region: Annotated[str, AfterValidator(_no_region_or_one)] = ""
    endpoint_limit: Limit = None
    owner: Email | None = None
    contact: Annotated[
        str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_printable)
    ] = ""
    labels: Annotated[list[str], AfterValidator(_labels)] = []

    @field_validator("region")
    @classmethod
    def _region_of_aws(cls, value: str, info: ValidationInfo) -> str:
        return _aws_region(value) if info.data.get("provider") == "aws" else value


class OrganizationTable(Table):
    """`[[organization]]`, with its services."""

    id: Id
    name: Name
    endpoint_limit: Limit = None
    service: tuple[ServiceTable, ...] = ()


class RoleTable(Table):
    """`[[user.role]]` and `[[team.role]]`: a role on one service, or on an organization and all in it."""

    service: Id | None = None
    organization: Id | None = None
    role: Literal["viewer", "operator", "admin"]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.service is None) == (self.organization is None):
            raise _complaint("names exactly one of service and organization")
        return self


class UserTable(Table):
    """`[[user]]`: somebody who may sign in, with roles."""

    email: Email
    is_staff: StrictBool = False
    role: tuple[RoleTable, ...] = ()


class TeamTable(Table):
    """`[[team]]`: people who have roles together; `members` are e-mails of users, of this file or not."""

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=150, strip_whitespace=True),
        AfterValidator(_printable),
    ]
    members: list[Email] = []
    role: tuple[RoleTable, ...] = ()


class Document(Table):
    """The whole file."""

    region: tuple[RegionTable, ...] = ()
    network: tuple[NetworkTable, ...] = ()
    organization: tuple[OrganizationTable, ...] = ()
    user: tuple[UserTable, ...] = ()
    team: tuple[TeamTable, ...] = ()
