"""Which commands are offered for which type, status and reason, and with which ids they are filled."""

import itertools
import re

import pytest

from endpoints.domain.commands import (
    COMMANDS,
    NOTHING,
    Blank,
    Filled,
    Guide,
    GuideKey,
    Target,
    guide,
    guides,
    left_behind,
    prepare,
)
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import Spec, parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from tests.people import ACCOUNT, EXTERNAL_ID, PARAMETERS, REGION

INTERFACE, RESOURCE, MSK = EndpointType
FILLED = Filled(REGION, ACCOUNT, EXTERNAL_ID, Source.POSTGRES)
BARE = Filled(REGION)
LATTICE_ONLY = {
    Reason.WAITING_FOR_SHARE, Reason.SHARE_ACCEPTED, Reason.ASSOCIATING, Reason.INVITATION_REJECTED,
    Reason.SHARE_NOT_FOUND, Reason.INVITATION_EXPIRED, Reason.INVITATION_REFUSED, Reason.SHARE_GONE,
    Reason.SHARE_HOLDS_OTHER, Reason.CONFIGURATION_UNUSABLE, Reason.CONFIGURATION_NOT_SHARED,
    Reason.RESOURCE_UNREACHABLE,
}  # fmt: skip
MSK_ONLY = {
    Reason.READING_BROKERS, Reason.BROKERS_REFUSED, Reason.REJECTED_BY_CLUSTER_OWNER,
    Reason.CLUSTER_NOT_VISIBLE, Reason.CLUSTER_NOT_ACTIVE, Reason.CLUSTER_UNFIT, Reason.SCHEME_OFF,
    Reason.ZONES_DIFFER, Reason.CONNECTION_OF_OTHERS, Reason.TURNED_OFF_BY_OWNER,
    Reason.FAILED_WITHOUT_REASON,
}  # fmt: skip
SERVICE_ONLY = {Reason.SERVICE_NOT_FOUND, Reason.SERVICE_NOT_INTERFACE, Reason.REGION_NOT_SUPPORTED}
ENDPOINT_STATES = {  # of EC2 endpoints, which an MSK connection is not
    Reason.OWNER_MUST_ACCEPT, Reason.REJECTED_BY_OWNER, Reason.NOT_ACCEPTED_IN_TIME, Reason.FAILED_AT_AWS,
    Reason.PARTIAL_AT_AWS, Reason.AVAILABLE_IN_PART, Reason.NO_COMMON_ZONE,
}  # fmt: skip
FOREIGN = {
    INTERFACE: LATTICE_ONLY | MSK_ONLY,
    RESOURCE: MSK_ONLY | SERVICE_ONLY,
    MSK: LATTICE_ONLY | SERVICE_ONLY | ENDPOINT_STATES,
}

every_type = pytest.mark.parametrize("kind", list(EndpointType))


def spec_of(kind: EndpointType, **changed: str) -> Spec:
    return parse_spec(kind, PARAMETERS[kind] | changed)


def everything(kind: EndpointType, filled: Filled) -> list[Guide]:
    """Return every guide of a type, for an endpoint and for one that is to be made."""
    spec = spec_of(kind)
    keys = {*COMMANDS[kind].looks, *COMMANDS[kind](spec, filled).preparation()}
    keys |= {*COMMANDS[kind](spec, filled).clean_up(), *itertools.chain(*COMMANDS[kind].by_reason.values())}
    return [guide(spec, key, filled) for key in sorted(keys)] + list(prepare(kind, None, filled))


def keys(found: tuple[Guide, ...]) -> list[GuideKey]:
    return [one.key for one in found]


@every_type
def test_every_reason_has_a_deliberate_answer(kind: EndpointType) -> None:
    answered = set(COMMANDS[kind].by_reason)
    assert answered | NOTHING | FOREIGN[kind] == set(Reason)
    assert not answered & (NOTHING | FOREIGN[kind])
    assert all(COMMANDS[kind].by_reason.values())


@every_type
@pytest.mark.parametrize("status", list(Status))
def test_every_status_and_reason_is_answered_with_whole_commands(kind: EndpointType, status: Status) -> None:
    for reason in (*Reason, None):
        for one in guides(spec_of(kind), status, reason, FILLED):
            assert one.cli.startswith("aws ")
            assert "None" not in one.cli + one.terraform + one.cloudformation


@every_type
def test_removal_is_followed_by_the_clean_up_and_the_unknown_only_by_looks(kind: EndpointType) -> None:
    spec = spec_of(kind)
    for reason in Reason:
        assert guides(spec, Status.DELETING, reason, FILLED) == left_behind(spec, FILLED)
        assert tuple(keys(guides(spec, Status.UNKNOWN, reason, FILLED))) == COMMANDS[kind].looks
    assert not left_behind(spec, FILLED, used_up=False)


@every_type
def test_looks_change_nothing(kind: EndpointType) -> None:
    for one in guides(spec_of(kind), Status.UNKNOWN, None, FILLED):
        operations = re.findall(r"^aws \S+ (\S+)", one.cli, re.MULTILINE)
        assert operations
        assert all(name.startswith(("describe-", "get-", "list-")) for name in operations)


@every_type
def test_no_guide_is_offered_twice(kind: EndpointType) -> None:
    for reason in Reason:
        found = keys(guides(spec_of(kind), Status.FAILED, reason, FILLED))
        assert len(found) == len(set(found))


@every_type
def test_what_is_known_is_filled_in_and_what_is_not_says_what_to_put_there(kind: EndpointType) -> None:
    texts = [
        text for one in everything(kind, FILLED) for text in (one.cli, one.terraform, one.cloudformation)
    ]
    assert Blank.ACCOUNT not in "".join(texts)
    bare = everything(kind, BARE)
    assert any(Blank.ACCOUNT in one.cli for one in bare)
    blanks = {found for one in bare for found in re.findall(r"<[^>]+>", one.cli + one.terraform)}
    assert blanks <= {blank.value for blank in Blank}


def test_accepting_names_service_and_endpoint_in_the_services_own_region() -> None:
    name = "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0"
    spec = spec_of(INTERFACE, vpcEndpointServiceName=name)
    found = guides(spec, Status.PENDING_ACCEPTANCE, Reason.OWNER_MUST_ACCEPT, FILLED)
    assert keys(found) == [GuideKey.ACCEPT, GuideKey.SEE_CONNECTIONS, GuideKey.REJECT]
    assert found[0].cli == (
        "aws ec2 accept-vpc-endpoint-connections \\\n    --region us-west-2 \\\n"
        f"    --service-id vpce-svc-0123456789abcdef0 \\\n    --vpc-endpoint-ids {EXTERNAL_ID}"
    )
    assert f'vpc_endpoint_id         = "{EXTERNAL_ID}"' in found[0].terraform
    assert found[0].cloudformation == ""
    unmade = guides(spec, Status.PENDING_ACCEPTANCE, Reason.OWNER_MUST_ACCEPT, BARE)[0]
    assert f"'{Blank.ENDPOINT_ID}'" in unmade.cli


def test_a_region_is_taken_back_only_where_one_was_added() -> None:
    name = "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0"
    assert keys(left_behind(spec_of(INTERFACE), FILLED)) == [
        GuideKey.REMOVE_PRINCIPAL,
        GuideKey.DELETE_SERVICE,
    ]
    elsewhere = left_behind(spec_of(INTERFACE, vpcEndpointServiceName=name), FILLED)
    assert keys(elsewhere) == [GuideKey.REMOVE_PRINCIPAL, GuideKey.REMOVE_REGION, GuideKey.DELETE_SERVICE]
    assert f"--remove-supported-regions {REGION}" in elsewhere[1].cli


def test_the_configurations_arn_is_the_owners() -> None:
    found = guides(spec_of(RESOURCE), Status.FAILED, Reason.SHARE_GONE, FILLED)
    arn = f"arn:aws:vpc-lattice:{REGION}:444455556666:resourceconfiguration/rcfg-0123456789abcdef0"
    assert keys(found) == [GuideKey.SHARE]
    assert all(arn in text for text in (found[0].cli, found[0].terraform, found[0].cloudformation))
    assert f"--principals {ACCOUNT}" in found[0].cli


def test_an_expired_invitation_is_shared_again_with_the_same_share() -> None:
    found = guides(spec_of(RESOURCE), Status.EXPIRED, Reason.INVITATION_EXPIRED, FILLED)[0]
    operations = re.findall(r"^aws ram (\S+)", found.cli, re.MULTILINE)
    assert operations == [
        "disassociate-resource-share", "get-resource-share-associations", "associate-resource-share",
    ]  # fmt: skip
    assert found.cli.count(PARAMETERS[RESOURCE]["vpcResourceShareArn"]) == 3


@pytest.mark.parametrize(
    ("source", "port", "is_rds"),
    [(Source.POSTGRES, 5432, True), (Source.MYSQL, 3306, True), (Source.MONGODB, 27017, False)],
)
def test_a_configuration_has_the_sources_port_and_rds_only_what_rds_runs(
    source: Source, port: int, is_rds: bool
) -> None:
    found = {one.key: one for one in prepare(RESOURCE, source, BARE)}
    assert f"--port-ranges {port} " in found[GuideKey.CONFIGURE_HOST].cli
    assert (GuideKey.CONFIGURE_RDS in found) is is_rds
    if is_rds:
        assert "port" not in found[GuideKey.CONFIGURE_RDS].cli, "an ARN brings its own"


def test_only_the_fitting_way_to_name_a_source_is_told() -> None:
    one = Filled(REGION, targets=(Target.ADDRESS,))
    assert keys(prepare(RESOURCE, Source.KAFKA, one)) == [
        GuideKey.CREATE_GATEWAY, GuideKey.CONFIGURE_ADDRESS, GuideKey.SHARE,
    ]  # fmt: skip


@pytest.mark.parametrize(("scheme", "word"), [("SASL_IAM", "Iam"), ("SASL_SCRAM", "Scram")])
def test_connectivity_is_turned_on_for_the_endpoints_own_authentication(scheme: str, word: str) -> None:
    spec = spec_of(MSK, mskAuthentication=scheme)
    found = guides(spec, Status.FAILED, Reason.SCHEME_OFF, FILLED)[0]
    assert found.key is GuideKey.TURN_ON_CONNECTIVITY
    assert f'"Sasl": {{"{word}": {{"Enabled": true}}}}' in found.cli
    assert f"{word.lower()} = true" in found.terraform


def test_the_policy_allows_the_account_the_four_actions_on_the_whole_arn() -> None:
    found = guide(spec_of(MSK), GuideKey.ALLOW_IN_POLICY, FILLED)
    for text in (found.cli, found.terraform, found.cloudformation):
        assert f"arn:aws:iam::{ACCOUNT}:root" in text
        assert text.count("kafka:") >= 4
    short = spec_of(MSK, mskClusterArn=f"arn:aws:kafka:{REGION}:444455556666:cluster/orders")
    whole = f"arn:aws:kafka:{REGION}:444455556666:cluster/orders/{Blank.CLUSTER_UUID}"
    assert whole in guide(short, GuideKey.ALLOW_IN_POLICY, FILLED).cli


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-2", "aws")],
)
def test_principals_lie_in_the_regions_partition(region: str, partition: str) -> None:
    found = prepare(MSK, Source.KAFKA, Filled(region, ACCOUNT))[-1]
    assert f"arn:{partition}:iam::{ACCOUNT}:root" in found.cli


def test_another_types_guide_is_refused() -> None:
    with pytest.raises(KeyError):
        guide(spec_of(MSK), GuideKey.ACCEPT, FILLED)
