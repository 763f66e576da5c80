"""The commands hold before AWS: its own CLI takes them, cfn-lint and Terraform's grammar pass them."""

import itertools
import os
import re
from typing import Any

import hcl2
import pytest
from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.validate import ParamValidator
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from endpoints.domain.commands import COMMANDS, Blank, Filled, Guide, GuideKey, guide, prepare
from endpoints.domain.commands.base import Commands
from endpoints.domain.specs import parse_spec
from endpoints.domain.types import EndpointType, Source
from tests.domain.test_command_texts import words
from tests.people import ACCOUNT, EXTERNAL_ID, PARAMETERS, REGION

OWNER = f"{REGION}:444455556666"
SAMPLES = {
    Blank.ACCOUNT: ACCOUNT,
    Blank.PORT: "9092",
    Blank.VPC: "vpc-0123456789abcdef0",
    Blank.SUBNET_1: "subnet-0123456789abcdef0",
    Blank.SUBNET_2: "subnet-0123456789abcdef1",
    Blank.SECURITY_GROUP: "sg-0123456789abcdef0",
    Blank.GATEWAY: "rgw-0123456789abcdef0",
    Blank.CONFIGURATION_ID: "rcfg-0123456789abcdef0",
    Blank.CONFIGURATION_ARN: f"arn:aws:vpc-lattice:{OWNER}:resourceconfiguration/rcfg-0123456789abcdef0",
    Blank.RDS_ARN: f"arn:aws:rds:{OWNER}:cluster:orders",
    Blank.HOST: "db.example.com",
    Blank.ADDRESS: "10.0.0.10",
    Blank.BALANCER_ARN: f"arn:aws:elasticloadbalancing:{OWNER}:loadbalancer/net/a/0123456789abcdef",
    Blank.SERVICE_ID: "vpce-svc-0123456789abcdef0",
    Blank.SERVICE_REGION: "eu-west-1",
    Blank.CLUSTER_ARN: PARAMETERS[EndpointType.MSK_MULTI_VPC]["mskClusterArn"],
}
"""What an owner would put for the blanks that stand in templates."""


def written(filled: Filled) -> list[tuple[EndpointType, Guide]]:
    """Return every guide of every type, for an endpoint and for one that is to be made."""
    found: list[tuple[EndpointType, Guide]] = []
    for kind, commands in COMMANDS.items():
        spec = parse_spec(kind, PARAMETERS[kind])
        found += [(kind, guide(spec, key, filled)) for key in every_key(commands(spec, filled))]
        found += [(kind, one) for one in prepare(kind, filled.source, filled)]
    return found


def every_key(commands: Commands) -> list[GuideKey]:
    """Return the keys of a type: each is tried, and the other types' are refused."""
    known = []
    for key in GuideKey:
        try:
            commands.write(key)
        except KeyError:
            continue
        known.append(key)
    return known


ALL = written(Filled("us-west-2", ACCOUNT, EXTERNAL_ID, Source.POSTGRES))
NAMES = [f"{kind}-{one.key}-{number}" for number, (kind, one) in enumerate(ALL)]
every_guide = pytest.mark.parametrize("one", [one for _, one in ALL], ids=NAMES)


def test_every_key_is_written_by_one_type() -> None:
    keys = [
        every_key(commands(parse_spec(kind, PARAMETERS[kind]), Filled(REGION)))
        for kind, commands in COMMANDS.items()
    ]
    assert sorted(itertools.chain(*keys)) == sorted(GuideKey)


class Cli:
    """The AWS CLI in this process; it stops where it would call AWS, once the parameters are checked."""

    def __init__(self) -> None:
        self.driver = create_clidriver()
        self.driver.session.register("calling-command.*", self._check)
        self.calls: list[str] = []
        self.service = ""

    def _check(self, event_name: str, call_parameters: Any, **_: Any) -> int:
        # The event's own word for the service may be another than the command's.
        command = event_name.rpartition(".")[2]
        model = self.driver.session.get_service_model(self.service)
        (operation,) = [name for name in model.operation_names if xform_name(name, "-") == command]
        wanted = model.operation_model(operation).input_shape
        report = ParamValidator().validate(call_parameters, wanted)
        assert report.generate_report() == ""
        self.calls.append(f"{self.service} {operation}")
        return 0

    def run(self, command: str) -> None:
        """Hand over a command as a shell would."""
        name, *arguments = words(command)
        self.service = arguments[0]
        assert (name, "--region" in arguments) == ("aws", True)
        assert self.driver.main(arguments) == 0, command


@pytest.fixture(scope="module")
def cli() -> Cli:
    """One for all: it takes a while to read AWS's service models."""
    return Cli()


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")


@every_guide
def test_the_aws_cli_takes_every_command(one: Guide, cli: Cli) -> None:
    commands = re.split(r"\n(?=aws )", with_samples(one.cli))
    before = len(cli.calls)
    for command in commands:
        cli.run(command)
    assert len(cli.calls) - before == len(commands), "every command gets as far as its call"


@pytest.mark.parametrize(
    "wrong",
    [
        "aws ec2 accept-vpc-endpoint-connections --region us-west-2 --service-id vpce-svc-1",
        "aws ec2 accept-vpc-endpoint-connection --region us-west-2",
        "aws kafka update-connectivity --region us-west-2 --cluster-arn a --current-version 1"
        " --connectivity-info '{\"Vpc\": {}}'",
    ],
)
def test_the_aws_cli_would_refuse_a_wrong_one(wrong: str, cli: Cli) -> None:
    with pytest.raises((SystemExit, AssertionError)):
        cli.run(wrong)


@every_guide
def test_terraform_parses(one: Guide) -> None:
    if one.terraform:
        read = hcl2.loads(one.terraform + "\n")
        assert set(read) == {"resource"}
        assert len(read["resource"]) == one.terraform.count('resource "')


def with_samples(text: str) -> str:
    """Return a text with an owner's ids in place of the blanks."""
    return re.sub(r"<[A-Z_0-9]+>", lambda found: SAMPLES.get(Blank(found[0]), found[0]), text)


@every_guide
def test_cloudformation_passes_its_linter(one: Guide) -> None:
    if one.cloudformation:
        text = with_samples(one.cloudformation)
        problems = lint(text, config=ManualArgs(regions=[REGION]))
        assert [f"{found.rule.id}: {found.message}" for found in problems] == []


def test_the_linter_would_find_a_wrong_property() -> None:
    wrong = with_samples(next(one.cloudformation for _, one in ALL if "AWS::RAM" in one.cloudformation))
    assert lint(wrong.replace("Principals:", "Accounts:"), config=ManualArgs(regions=[REGION]))
