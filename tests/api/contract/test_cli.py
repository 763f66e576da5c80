"""The commands of the released `clickhousectl` for organizations, services and endpoints, with exit codes."""

from pathlib import Path
from typing import Any

import pytest

from endpoints.models import ApiKey, ReversePrivateEndpoint, Service
from tests.api.contract.cli import NOT_SIGNED_IN, USAGE, Cli
from tests.api.contract.conftest import becomes
from tests.api.samples import CLUSTER_ARN, CONFIGURATION_ID, SERVICE_NAME, SHARE_ARN

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]

ENDPOINT = ("clickpipe", "reverse-private-endpoint")
DNS = "--custom-private-dns-mapping"


@pytest.fixture(params=["", "/v1"], ids=["bare", "v1"])
def cli(request: Any, live_server: Any, key: tuple[ApiKey, str], tmp_path: Path) -> Cli:
    return Cli(live_server.url + request.param, *key, tmp_path)


def test_organizations_and_services(cli: Cli, service: Service) -> None:
    Service.objects.update(labels=["env=prod"])
    organization = str(service.organization_id)
    (listed,) = cli.json("org", "list")
    assert listed["id"] == organization
    assert cli.json("org", "get", "--org-id", organization)["name"] == service.organization.name
    (found,) = cli.json("service", "list")
    assert (found["id"], found["state"]) == (str(service.pk), "running")
    assert cli.json("service", "get", str(service.pk))["name"] == "orders"
    assert cli.json("service", "get", "--name", "orders")["id"] == str(service.pk)
    for command in ("start", "stop", "wake"):
        cli.run("service", command, str(service.pk))
    for words in (("org", "list"), ("service", "list"), ("service", "get", str(service.pk))):
        assert service.name in cli.run(*words).stdout


def test_an_endpoint_from_its_creation_to_its_removal(cli: Cli, service: Service) -> None:
    place = str(service.pk)
    service_name = ("--vpc-endpoint-service-name", SERVICE_NAME)
    wanted = ("--type", "VPC_ENDPOINT_SERVICE", "--description", "Orders 한글", *service_name)
    made = cli.json(*ENDPOINT, "create", place, *wanted, DNS, "b.example.com", DNS, "*.example.com")
    assert (made["status"], made["description"]) == ("Provisioning", "Orders 한글")
    one = made["id"]
    becomes("PendingAcceptance", external_id="vpce-0a")()
    assert cli.json(*ENDPOINT, "get", place, one)["endpointId"] == "vpce-0a"
    assert "vpce-0a" in cli.run(*ENDPOINT, "get", place, one).stdout
    assert [each["id"] for each in cli.json(*ENDPOINT, "list", place)] == [one]
    assert one in cli.run(*ENDPOINT, "list", place).stdout
    changed = cli.json(*ENDPOINT, "update", place, one, DNS, "a.example.com")
    assert changed["customPrivateDnsMappings"] == [{"privateDnsName": "a.example.com"}]
    cleared = cli.json(*ENDPOINT, "update", place, one, "--clear-custom-private-dns-mappings")
    assert not cleared["customPrivateDnsMappings"]
    assert cli.json(*ENDPOINT, "delete", place, one)["deleted"] == one
    assert cli.json(*ENDPOINT, "get", place, one)["status"] == "Deleting"
    cli.run(*ENDPOINT, "delete", place, one)


def test_the_other_types_and_targets(one_cli: Cli, service: Service) -> None:
    place = str(service.pk)
    share = ("--vpc-resource-configuration-id", CONFIGURATION_ID, "--vpc-resource-share-arn", SHARE_ARN)
    target = ("--type", "VPC_RESOURCE", "--description", "r", *share, DNS, "a.example.com=rcfg-1")
    made = one_cli.json(*ENDPOINT, "create", place, *target)
    assert made["customPrivateDnsMappings"] == [{"privateDnsName": "a.example.com", "targetId": "rcfg-1"}]
    cluster = ("--msk-cluster-arn", CLUSTER_ARN, "--msk-authentication", "SASL_IAM")
    wanted = ("create", place, "--type", "MSK_MULTI_VPC", "--description", "m", *cluster)
    made = one_cli.json(*ENDPOINT, *wanted)
    assert made["mskAuthentication"] == "SASL_IAM"
    taken = one_cli.error(
        *ENDPOINT, "create", place, "--type", "MSK_MULTI_VPC", "--description", "n", *cluster
    )
    assert "CONFLICT: mskClusterArn" in taken
    assert made["id"] in taken


def test_errors_are_printed_and_told_by_their_exit_codes(
    one_cli: Cli, service: Service, live_server: Any, tmp_path: Path
) -> None:
    place, unknown = str(service.pk), "00000000-0000-4000-8000-000000000000"
    assert f"NOT_FOUND: {unknown}" in one_cli.error(*ENDPOINT, "get", place, unknown)
    assert "NOT_FOUND" in one_cli.error(*ENDPOINT, "delete", place, unknown)
    assert "BAD_REQUEST: Invalid service id" in one_cli.error(*ENDPOINT, "list", "not-a-uuid")
    attachment = ("--gcp-service-attachment", "projects/a/regions/b/serviceAttachments/c")
    google = ("--type", "GCP_PSC_SERVICE_ATTACHMENT", "--description", "g", *attachment)
    assert "AWS only" in one_cli.error(*ENDPOINT, "create", place, *google)
    one_cli.error(*ENDPOINT, "create", place, "--type", "VPC_RESOURCE", "--description", "x", expect=USAGE)
    viewer, secret = ApiKey.issue(
        organization=service.organization, service=None, role="viewer", name="viewer"
    )
    limited = Cli(live_server.url, viewer, secret, tmp_path)
    assert limited.json(*ENDPOINT, "list", place) == []
    wanted = ("--type", "VPC_ENDPOINT_SERVICE", "--description", "x")
    name = ("--vpc-endpoint-service-name", SERVICE_NAME)
    forbidden = limited.error(*ENDPOINT, "create", place, *wanted, *name, expect=NOT_SIGNED_IN)
    assert "FORBIDDEN" in forbidden
    stranger = Cli(live_server.url, viewer, "wrong", tmp_path)
    assert "UNAUTHORIZED" in stranger.error("org", "list", expect=NOT_SIGNED_IN)
    assert not ReversePrivateEndpoint.objects.exists()
