"""An endpoint as code: what takes it over, reads it, and asks for one like it.

By Terraform, by the API and by clickhousectl, each to be run as it is copied.
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
_SHARE = "vpcResourceShareArn"
_NEW_SHARE = '"${VPC_RESOURCE_SHARE_ARN:?}"'
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
    def read_call(self) -> str:
        """The call that reads this very endpoint."""
        return self._call(f"/{self.endpoint_id}")

    @property
    def read_command(self) -> str:
        """The command of clickhousectl that reads this very endpoint."""
        return self._command(f"get {self.service_id} {self.endpoint_id}")

    @property
    def names_call(self) -> str:
        """The call that gives this very endpoint its names, all at once."""
        return self._call(f"/{self.endpoint_id}", "PATCH", _quoted({"customPrivateDnsMappings": self.names}))

    @property
    def names_command(self) -> str:
        """The command of clickhousectl that gives this very endpoint its names, all at once."""
        told = ("=".join(filter(None, (one["privateDnsName"], one.get(_TARGET)))) for one in self.names)
        words = [f"--custom-private-dns-mapping={shlex.quote(name)}" for name in told]
        return self._command(f"update {self.service_id} {self.endpoint_id}", *words)

    @property
    def create_call(self) -> str:
        """The call that asks for an endpoint like it, without its names: they would be taken.

        A share serves one endpoint, so that another share's ARN is read from the environment.
        """
        data = _quoted(self._again)
        if self._needs_share:
            start = json.dumps(self._again, ensure_ascii=False)[:-1] + f', "{_SHARE}": "'
            data = shlex.quote(start) + _NEW_SHARE + shlex.quote('"}')
        return self._call("", "POST", data)

    @property
    def create_command(self) -> str:
        """The command of clickhousectl that asks for an endpoint like it, as `create_call` does."""
        # With an equals sign, so that no value is taken for an option.
        words = [f"{_option(name)}={shlex.quote(value)}" for name, value in self._again.items()]
        if self._needs_share:
            words.append(f"{_option(_SHARE)}={_NEW_SHARE}")
        return self._command(f"create {self.service_id}", *words)

    @property
    def _needs_share(self) -> bool:
        return _SHARE in self.asked

    @property
    def _again(self) -> dict[str, str]:
        return {name: value for name, value in self.asked.items() if name != _SHARE}

    def _call(self, path: str, method: str = "GET", data: str = "") -> str:
        place = f"/v1/organizations/{self.organization_id}/services/{self.service_id}"
        address = shlex.quote(f"{self.url}{place}/clickpipesReversePrivateEndpoints{path}")
        sent = [f"--request {method} --header 'Content-Type: application/json'", f"--data {data}"]
        return _NEXT.join([f"curl --fail-with-body --user {_KEY}", *(sent if data else ()), address])

    def _command(self, verb: str, *words: str) -> str:
        command = f"clickhousectl cloud --url {shlex.quote(self.url)} clickpipe reverse-private-endpoint"
        return _NEXT.join([command, verb, f"--org-id {self.organization_id}", *words])

    @property
    def has_targets(self) -> bool:
        """Whether a name leads to a resource configuration of its own."""
        return any(one.get(_TARGET) for one in self.names)

    @property
    def _label(self) -> str:
        """A name that Terraform accepts, made from the description."""
        words = re.sub(r"[^a-z0-9]+", "_", self.asked["description"].lower()).strip("_")[:40].strip("_")
        return words if words[:1].isalpha() else f"endpoint_{words}".strip("_")


def _quoted(body: Mapping[str, object]) -> str:
    return shlex.quote(json.dumps(body, ensure_ascii=False))


def _option(name: str) -> str:
    return f"--{_snake(name).replace('_', '-')}"


def _snake(name: str) -> str:
    """Return a name of the API in Terraform's spelling: `mskClusterArn` is `msk_cluster_arn`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
