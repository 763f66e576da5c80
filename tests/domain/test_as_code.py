"""An endpoint as code is read back as it was meant, whatever stands in its description."""

import json
import re
import shlex
from typing import Any

import hcl2
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.as_code import KIND, AsCode

ORGANIZATION, SERVICE, ENDPOINT = (f"{n}0000000-0000-4000-8000-000000000001" for n in "abc")
TERRAFORMS = {"privateDnsName": "private_dns_name", "targetId": "target_id"}
nasty = st.sampled_from(["'; rm -rf ~ #", "$(id)", "`id`", "${var.x}", "%{if x}", "-x", "--json", "a\\", '"'])
unhurried = settings(deadline=None, database=None, max_examples=60)
texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
names = st.lists(
    st.fixed_dictionaries(
        {"privateDnsName": st.just("*.db.example.com")}, optional={"targetId": st.just("rcfg-1")}
    )
)


def code(description: str, names: list[dict[str, str]] | None = None) -> AsCode:
    asked = {
        "description": description,
        "type": "MSK_MULTI_VPC",
        "mskClusterArn": "arn:aws:kafka:eu-central-1:123456789012:cluster/orders",
        "mskAuthentication": "SASL_IAM",
    }
    return AsCode("https://postern.example.com", ORGANIZATION, SERVICE, ENDPOINT, asked, names or [])


def words(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", " "))


def plain(text: Any) -> str:
    """Return a text of Terraform without the quotes and escapes that hcl2 leaves."""
    return str(json.loads(text)).replace("$${", "${").replace("%%{", "%{")


@unhurried
@given(nasty | texts, names)
def test_each_way_asks_for_the_same(description: str, names: list[dict[str, str]]) -> None:
    one = code(description, names)
    call = words(one.create_call)
    assert json.loads(call[call.index("--data") + 1]) == one.asked
    place = f"/organizations/{ORGANIZATION}/services/{SERVICE}/clickpipesReversePrivateEndpoints"
    assert call[-1].endswith(place)
    call = words(one.names_call)
    assert json.loads(call[call.index("--data") + 1]) == {"customPrivateDnsMappings": names}
    assert call[-1] == words(one.read_call)[-1]
    assert call[-1].endswith(f"{place}/{ENDPOINT}")

    command = words(one.create_command)
    assert command[:4] == ["clickhousectl", "cloud", "--url", "https://postern.example.com"]
    assert [word for word in command if word.startswith("--description=")] == [f"--description={description}"]
    assert not [word for word in command if word.startswith("--custom-private")]
    command = words(one.names_command)
    assert words(one.read_command)[6:9] == ["get", SERVICE, ENDPOINT]
    mappings = [word.partition("=")[2] for word in command if word.startswith("--custom-private")]
    assert mappings == [
        "=".join(name[field] for field in ("privateDnsName", "targetId") if field in name) for name in names
    ]

    blocks = {
        kind.strip('"'): next(iter(block.values()))
        for found in hcl2.loads(one.terraform + "\n")["resource"]
        for kind, block in found.items()
    }
    assert plain(blocks[KIND]["description"]) == description
    assert plain(blocks[KIND]["msk_cluster_arn"]) == one.asked["mskClusterArn"]
    assert (f"{KIND}_custom_private_dns" in blocks) is bool(names)
    mapped = blocks.get(f"{KIND}_custom_private_dns", {"mapping": []})["mapping"]
    assert [{plain(key): plain(value) for key, value in one.items()} for one in mapped] == [
        {TERRAFORMS[field]: value for field, value in name.items()} for name in names
    ]


@unhurried
@given(nasty | texts)
def test_terraforms_name_is_one_and_the_import_uses_it(description: str) -> None:
    one = code(description)
    found = re.match(rf'resource "{KIND}" "([a-z][a-z0-9_]*)" ', one.terraform)
    assert found is not None, one.terraform
    assert one.terraform_import == f"terraform import {KIND}.{found[1]} {SERVICE}:{ENDPOINT}"


@unhurried
@given(nasty | texts, texts)
def test_a_share_is_read_from_the_environment_and_all_else_stays(description: str, share: str) -> None:
    asked = {"description": description, "type": "VPC_RESOURCE", "vpcResourceConfigurationId": "rcfg-1"}
    one = AsCode(
        "https://postern.example.com",
        ORGANIZATION,
        SERVICE,
        ENDPOINT,
        {**asked, "vpcResourceShareArn": share},
    )
    call = words(one.create_call)
    new = "${VPC_RESOURCE_SHARE_ARN:?}"
    assert json.loads(call[call.index("--data") + 1]) == {**asked, "vpcResourceShareArn": new}
    assert f"--vpc-resource-share-arn={new}" in words(one.create_command)


def test_it_reads_like_what_a_person_would_write() -> None:
    assert (
        code("Orders database", [{"privateDnsName": "pg.example.com", "targetId": "rcfg-1"}]).terraform
        == f"""\
resource "{KIND}" "orders_database" {{
  service_id         = "{SERVICE}"
  description        = "Orders database"
  type               = "MSK_MULTI_VPC"
  msk_cluster_arn    = "arn:aws:kafka:eu-central-1:123456789012:cluster/orders"
  msk_authentication = "SASL_IAM"
}}

resource "{KIND}_custom_private_dns" "orders_database" {{
  service_id                  = "{SERVICE}"
  reverse_private_endpoint_id = {KIND}.orders_database.id
  mapping                     = [{{
    "private_dns_name" = "pg.example.com"
    "target_id" = "rcfg-1"
  }}]
}}"""
    )
