"""Commands are read back as they were meant: by a shell, by Terraform, by CloudFormation."""

import json
import shlex
from typing import Any

import hcl2
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.commands.writing import (
    Block,
    Encoded,
    Expression,
    aws,
    aws_resource,
    ref,
    resource,
    template,
    terraform,
)

wild = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
nasty = st.sampled_from(
    ["'; rm -rf ~ #", "$(id)", "`id`", '" || true', "${var.x}", "%{if x}", "$${x}", "a\\", "<VPC_ID>", "no"]
)
values = wild | nasty
unhurried = settings(deadline=None, database=None, max_examples=60)


def words(command: str) -> list[str]:
    """Return what a shell would hand over, after joining the lines that end in a backslash."""
    return shlex.split(command.replace("\\\n", " "))


def read_hcl(text: str) -> dict[str, Any]:
    """Return what Terraform would read."""
    return dict(hcl2.loads(text + "\n"))


@unhurried
@given(values, st.lists(values, min_size=1, max_size=3))
def test_a_shell_reads_every_value_as_it_was(one: str, several: list[str]) -> None:
    command = aws("ec2", "do-it", service_id=one, items=several, data={"Key": one}, flag=True)
    assert words(command) == [
        "aws", "ec2", "do-it", "--service-id", one, "--items", *several,
        "--data", json.dumps({"Key": one}, ensure_ascii=False), "--flag",
    ]  # fmt: skip


def test_a_list_of_mappings_is_json_and_a_number_is_a_word() -> None:
    command = aws("elbv2", "do-it", port=9092, targets=[{"Id": "10.0.0.1"}])
    assert words(command)[3:] == ["--port", "9092", "--targets", '[{"Id": "10.0.0.1"}]']


@unhurried
@given(values, st.lists(values, min_size=1, max_size=3))
def test_cloudformation_reads_every_value_as_it_was(one: str, several: list[str]) -> None:
    properties = {"Name": one, "Names": several, "Deep": {"List": [{"Id": one, "Port": 1}]}, "Enabled": True}
    text = template(Thing=aws_resource("AWS::EC2::Thing", properties))
    read = yaml.safe_load(text)
    assert read["Resources"]["Thing"] == {"Type": "AWS::EC2::Thing", "Properties": properties}
    assert read["AWSTemplateFormatVersion"] == "2010-09-09"


def unescaped(text: str) -> str:
    """Return a text of Terraform without its escapes; hcl2 leaves them, and the quotes."""
    return str(json.loads(text)).replace("$${", "${").replace("%%{", "%{")


@unhurried
@given(values)
def test_terraform_reads_every_value_as_it_was(one: str) -> None:
    text = resource("aws_thing", "source", {"name": one, "list": [one], "on": True, "port": 1})
    # Every expression starts with a dollar or percent sign and a brace; none is left unescaped.
    assert "${" not in text.replace("$${", "")
    assert "%{" not in text.replace("%%{", "")
    line = next(line for line in text.splitlines() if line.strip().startswith("name"))
    assert unescaped(line.partition("=")[2].strip()) == one


def test_terraform_knows_blocks_objects_and_expressions() -> None:
    text = terraform(
        resource(
            "aws_a",
            "x",
            {"name": "n", "nested": Block(deep=Block(on=True)), "ref": Expression("aws_b.x.id")},
        ),
        resource("aws_b", "x", {"policy": Encoded({"Version": "1", "Statement": [{"Effect": "Allow"}]})}),
    )
    assert text == (
        'resource "aws_a" "x" {\n  name = "n"\n  ref  = aws_b.x.id\n\n  nested {\n    deep {\n'
        '      on = true\n    }\n  }\n}\n\nresource "aws_b" "x" {\n  policy = jsonencode({\n'
        '    "Version" = "1"\n    "Statement" = [{\n      "Effect" = "Allow"\n    }]\n  })\n}'
    )
    assert len(read_hcl(text)["resource"]) == 2


@pytest.mark.parametrize("kind", ["AWS::EC2::VPCEndpointService", "AWS::RAM::ResourceShare"])
def test_references_and_types_are_plain(kind: str) -> None:
    text = template(A=aws_resource(kind, {"Of": ref("B")}))
    assert f"Type: {kind}\n" in text
    assert yaml.safe_load(text)["Resources"]["A"]["Properties"]["Of"] == {"Ref": "B"}
