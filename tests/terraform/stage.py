"""Terraform with the real provider in a folder of its own, against a Postern of its own."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from endpoints.config import demo
from tests.browser.house import ORDERS, ORGANIZATION, House
from tests.terraform.relay import Relay

HEAD = """
terraform {
  required_providers {
    clickhouse = { source = "ClickHouse/clickhouse" }
  }
}
provider "clickhouse" {}
"""
ENDPOINT = "clickhouse_clickpipes_reverse_private_endpoint"
DNS = f"{ENDPOINT}_custom_private_dns"


class Failed(Exception):
    """Terraform did something else than the step expects."""


@dataclass
class Stage:
    """What a step works with."""

    house: House
    relay: Relay
    folder: Path
    provider: Path

    def write(self, text: str) -> None:
        """Write the configuration."""
        rc = f"""
provider_installation {{
  dev_overrides {{ "ClickHouse/clickhouse" = {json.dumps(str(self.provider.parent))} }}
  direct {{}}
}}
"""
        (self.folder / "terraform.rc").write_text(rc)
        (self.folder / "main.tf").write_text(HEAD + text)

    def terraform(self, *arguments: str, expect: int = 0) -> str:
        """Run terraform; return what it printed. Raises Failed for another exit code."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        env = own | {
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraform.rc"),
            "CHECKPOINT_DISABLE": "1",
            "CLICKHOUSE_API_URL": f"{self.relay.url}/v1",
            "CLICKHOUSE_ORG_ID": ORGANIZATION,
            "CLICKHOUSE_CLOUD_API_KEY": demo.KEY_ID,
            "CLICKHOUSE_CLOUD_API_SECRET": demo.KEY_SECRET,
        }
        command = ["terraform", arguments[0], "-no-color", *arguments[1:]]
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode != expect:
            raise Failed(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def apply(self) -> str:
        """Apply, without asking."""
        return self.terraform("apply", "-auto-approve")

    def plans_nothing(self) -> None:
        """Expect that nothing is to be done."""
        self.terraform("plan", "-detailed-exitcode")

    def plans_something(self) -> str:
        """Expect that something is to be done, and return what."""
        return self.terraform("plan", "-detailed-exitcode", expect=2)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the values of each resource in Terraform's state, by its address."""
        shown = json.loads(self.terraform("show", "-json"))
        found = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {one["address"]: one["values"] for one in found}

    def forget(self) -> None:
        """Begin without a state."""
        for path in self.folder.glob("terraform.tfstate*"):
            path.unlink()


def endpoint(name: str, description: str, k: int) -> str:
    """Return the block of an endpoint to the demo's endpoint service k, which accepts by itself."""
    return f"""
resource "{ENDPOINT}" "{name}" {{
  service_id                = "{ORDERS}"
  description               = "{description}"
  type                      = "VPC_ENDPOINT_SERVICE"
  vpc_endpoint_service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-{k:017d}"
}}
"""


def names(name: str, *private: str) -> str:
    """Return the block of the custom private DNS names of an endpoint."""
    mapping = ", ".join(f'{{ private_dns_name = "{one}" }}' for one in private)
    return f"""
resource "{DNS}" "{name}" {{
  service_id                  = "{ORDERS}"
  reverse_private_endpoint_id = {ENDPOINT}.{name}.id
  mapping                     = [{mapping}]
}}
"""
