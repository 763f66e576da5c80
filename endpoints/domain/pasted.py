"""What a value is that was pasted where it does not belong, told by its shape.

Source: ui.md §1.2, cloud-api.md §15 (published samples are not even hexadecimal: ids are lower-case
alphanumerics of any length).
"""

import re
from enum import StrEnum

from endpoints.domain.types import SpecError, clean_text

LONGEST = 512  # characters; more than any ARN or name of AWS

# [0-9], for \d also takes the digits of other scripts, such as the wide ones of East Asian keyboards.
REGION = r"(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9])"
ACCOUNT = r"(?P<account>[0-9]{12})"
PARTITION = r"arn:(?P<partition>aws[a-z-]*)"

SERVICE_NAME = re.compile(rf"com\.amazonaws\.vpce\.{REGION}\.(?P<id>vpce-svc-[0-9a-z]+)")
CONFIGURATION_ID = re.compile(r"rcfg-[0-9a-z]+")
SHARE_ARN = re.compile(rf"{PARTITION}:ram:{REGION}:{ACCOUNT}:resource-share/(?P<id>[0-9A-Za-z-]+)")
CLUSTER_ARN = re.compile(
    rf"{PARTITION}:kafka:{REGION}:{ACCOUNT}:cluster/(?P<name>[A-Za-z0-9][A-Za-z0-9-]{{0,63}})"
    r"(?:/(?P<uuid>[0-9A-Za-z-]+))?"
)


class Pasted(StrEnum):
    """Things of AWS that people mix up."""

    SERVICE_NAME = "service_name"
    SERVICE_ID = "service_id"
    ENDPOINT_ID = "endpoint_id"
    CONFIGURATION_ID = "configuration_id"
    CONFIGURATION_ARN = "configuration_arn"
    GATEWAY = "gateway"
    SHARE_ARN = "share_arn"
    INVITATION_ARN = "invitation_arn"
    CLUSTER_ARN = "cluster_arn"
    CONNECTION_ARN = "connection_arn"
    OTHER_ARN = "other_arn"
    AWS_SERVICE = "aws_service"
    ENDPOINT_DNS_NAME = "endpoint_dns_name"
    BROKERS = "brokers"
    ACCOUNT_ID = "account_id"
    AUTHENTICATION = "authentication"
    CONSOLE_URL = "console_url"
    URL = "url"


_SHAPES: tuple[tuple[Pasted, re.Pattern[str]], ...] = (
    # Most telling first.
    (Pasted.SERVICE_NAME, SERVICE_NAME),
    (Pasted.SERVICE_ID, re.compile(r"vpce-svc-[0-9a-z]+")),
    (Pasted.ENDPOINT_ID, re.compile(r"vpce-[0-9a-z]+")),
    (Pasted.CONFIGURATION_ID, CONFIGURATION_ID),
    (Pasted.CONFIGURATION_ARN, re.compile(r"arn:aws[\w-]*:vpc-lattice:.*:resourceconfiguration/.*")),
    (Pasted.GATEWAY, re.compile(r"rgw-[0-9a-z]+|arn:aws[\w-]*:vpc-lattice:.*:resourcegateway/.*")),
    (Pasted.SHARE_ARN, SHARE_ARN),
    (Pasted.INVITATION_ARN, re.compile(r"arn:aws[\w-]*:ram:.*:resource-share-invitation/.*")),
    (Pasted.CLUSTER_ARN, CLUSTER_ARN),
    (Pasted.CONNECTION_ARN, re.compile(r"arn:aws[\w-]*:kafka:.*:vpc-connection/.*")),
    (Pasted.OTHER_ARN, re.compile(r"arn:.*")),
    (Pasted.AWS_SERVICE, re.compile(r"com\.amazonaws\.(?!vpce\.).*")),
    (Pasted.ENDPOINT_DNS_NAME, re.compile(r"vpce-[0-9a-z]+[.-].*\.(?:amazonaws\.com|on\.aws)(?:\.cn)?")),
    (Pasted.BROKERS, re.compile(r"[\w.-]+\.[\w.-]+:[0-9]{2,5}(?:,[\w.-]+:[0-9]{2,5})*")),
    (Pasted.ACCOUNT_ID, re.compile(r"[0-9]{12}")),
    (Pasted.AUTHENTICATION, re.compile(r"SASL[_/].*|IAM|SCRAM", re.IGNORECASE)),
    (Pasted.CONSOLE_URL, re.compile(r"https?://[\w.-]*console\.(?:aws\.amazon\.com|amazonaws\.cn)\S*")),
    (Pasted.URL, re.compile(r"https?://.*")),
)

_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"

BELONGS: dict[Pasted, str] = {
    Pasted.SERVICE_NAME: "vpcEndpointServiceName",
    Pasted.CONFIGURATION_ID: "vpcResourceConfigurationId",
    Pasted.SHARE_ARN: "vpcResourceShareArn",
    Pasted.CLUSTER_ARN: "mskClusterArn",
    Pasted.AUTHENTICATION: "mskAuthentication",
}
"""The field (its JSON name) in which a thing would be right."""


def recognise(text: str) -> Pasted | None:
    """Return what a text is by its shape, None for what is not known."""
    return next((thing for thing, shape in _SHAPES if shape.fullmatch(text)), None)


def clean_value(field: str, value: object, shape: re.Pattern[str]) -> re.Match[str]:
    """Return the match of a cleaned value with the shape of its field.

    Raises SpecError at the field: `quoted`, `inner_space`, `pasted` (with what it is and where it belongs)
    or `shape`, beside what `clean_text` raises.
    """
    text = clean_text(field, value, maximum=LONGEST)
    matched = shape.fullmatch(text)
    if matched is not None:
        return matched
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        raise SpecError(field, "quoted")
    thing = recognise(text)
    spaced = any(character.isspace() for character in text)
    if spaced and (thing in (None, Pasted.OTHER_ARN) or shape.fullmatch("".join(text.split()))):
        raise SpecError(field, "inner_space")
    if thing is not None:
        raise SpecError(field, "pasted", pasted=thing.value, belongs=BELONGS.get(thing, ""), wanted=field)
    raise SpecError(field, "shape", wanted=field)
