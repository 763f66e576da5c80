"""An endpoint as code: what asks for one like it by Terraform, by the API and by clickhousectl.

Values may be user data; every one is quoted for whatever reads it. Keys are read from the environment and
stand nowhere. Source: cloud-api.md §1, §3.1, §4, §5, §11 and §14.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoints.domain.commands.writing import Expression, resource, terraform

KIND = "clickhouse_clickpipes_reverse_private_endpoint"
_KEY = '"$CLICKHOUSE_CLOUD_API_KEY:$CLICKHOUSE_CLOUD_API_SECRET"'
_TARGET = "targetId"
_NEXT = " \\\n    "


@dataclass(frozen=True)
class AsCode:
    """One endpoint; `asked` are the API's fields of its request, description and type included.

    `url` is Postern's own, without a slash at its end. `names` are its custom private DNS names as the API
    tells them: `privateDnsName`, and perhaps `targetId`.
    """

    url: str
    organization_id: str
    service_id: str
    endpoint_id: str
    asked: Mapping[str, str]
    names: Sequence[Mapping[str, str]] = ()

    @property
    def terraform(self) -> str:
        """The block of the endpoint, and that of its names if it has any.

        Later providers know `target_id` (§14); 3.25.3 does not, and Terraform leaves it out without a word.
        """
        own = {"service_id": self.service_id} | {_snake(name): value for name, value in self.asked.items()}
        blocks = [resource(KIND, self._label, own)]
        if self.names:
            mapping = [{_snake(name): value for name, value in one.items()} for one in self.names]
            named = {
                "service_id": self.service_id,
                "reverse_private_endpoint_id": Expression(f"{KIND}.{self._label}.id"),
                "mapping": mapping,
            }
            blocks.append(resource(f"{KIND}_custom_private_dns", self._label, named))
        return terraform(*blocks)

    @property
    def terraform_import(self) -> str:
        """The commands that take this very endpoint over into Terraform's state."""
        ids = f"{self.service_id}:{self.endpoint_id}"
        kinds = [KIND, *([f"{KIND}_custom_private_dns"] if self.names else [])]
        return "\n".join(f"terraform import {kind}.{self._label} {ids}" for kind in kinds)

    @property
    def api_call(self) -> str:
        """The call that asks for an endpoint like it."""
        place = f"/v1/organizations/{self.organization_id}/services/{self.service_id}"
        body = {**self.asked, **({"customPrivateDnsMappings": list(self.names)} if self.names else {})}
        return _NEXT.join(
            [
                f"curl --fail-with-body --user {_KEY}",
                "--header 'Content-Type: application/json'",
                f"--data {shlex.quote(json.dumps(body, ensure_ascii=False))}",
                shlex.quote(f"{self.url}{place}/clickpipesReversePrivateEndpoints"),
            ]
        )

    @property
    def command(self) -> str:
        """The command of clickhousectl that asks for an endpoint like it."""
        # With an equals sign, so that no value is taken for an option.
        words = [
            f"--{_snake(name).replace('_', '-')}={shlex.quote(value)}" for name, value in self.asked.items()
        ]
        for one in self.names:
            name = "=".join(filter(None, (one["privateDnsName"], one.get(_TARGET))))
            words.append(f"--custom-private-dns-mapping={shlex.quote(name)}")
        command = (
            f"clickhousectl cloud --url {shlex.quote(self.url)} clickpipe reverse-private-endpoint create"
        )
        return _NEXT.join([command, self.service_id, f"--org-id {self.organization_id}", *words])

    @property
    def has_targets(self) -> bool:
        """Whether a name leads to a resource configuration of its own."""
        return any(one.get(_TARGET) for one in self.names)

    @property
    def _label(self) -> str:
        """A name that Terraform accepts, made from the description."""
        words = re.sub(r"[^a-z0-9]+", "_", self.asked["description"].lower()).strip("_")[:40].strip("_")
        return words if words[:1].isalpha() else f"endpoint_{words}".strip("_")


def _snake(name: str) -> str:
    """Return a name of the API in Terraform's spelling: `mskClusterArn` is `msk_cluster_arn`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
