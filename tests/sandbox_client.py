"""A typed client for the sandbox's control interface, and a way to run a sandbox in a test.

    with start_sandbox(tmp_path) as box:
        ec2 = box.boto3("ec2", "eu-central-1")
        box.fault("lost_answer", operation="CreateVpcEndpoint", count=1)

The interface itself is documented in endpoints/sandbox/README.md.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.sandbox_dns import DnsControl
from tests.sandbox_mail import MailControl
from tests.sandbox_msk import MskControl

OPERATOR = "111111111111"
OWNER = "222222222222"
OPERATOR_KEY = "AKIASANDBOXOPERATOR1"
OWNER_KEY = "AKIASANDBOXCUSTOMER1"
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1", "ap-northeast-2")

Json = dict[str, Any]
T = TypeVar("T")
_ROOT = Path(__file__).resolve().parent.parent
# A proxy of the machine must not see loopback traffic.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ControlFailed(AssertionError):
    """The control interface refused; `status` and the sentence it gave."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


def vpc_id(region: str) -> str:
    """Return the seed's VPC of a Region."""
    return f"vpc-{_index(region):017x}"


def subnet_id(region: str, n: int) -> str:
    """Return the seed's subnet n = 1..3 of a Region."""
    return f"subnet-{_index(region) * 16 + n:017x}"


def group_id(region: str) -> str:
    """Return the seed's security group of a Region."""
    return f"sg-{_index(region):017x}"


def service_id(region: str, k: int) -> str:
    """Return the seed's endpoint service k = 1..6 of a Region."""
    return f"vpce-svc-{_index(region) * 16 + k:017x}"


def service_name(region: str, k: int) -> str:
    """Return the name of the seed's endpoint service k = 1..6 of a Region."""
    return f"com.amazonaws.vpce.{region}.{service_id(region, k)}"


def configuration_id(region: str, k: int) -> str:
    """Return the seed's resource configuration k = 1..5 of a Region."""
    return f"rcfg-{_index(region) * 16 + k:017x}"


def configuration_arn(region: str, k: int) -> str:
    """Return the ARN of the seed's resource configuration k = 1..5 of a Region."""
    return f"arn:aws:vpc-lattice:{region}:{OWNER}:resourceconfiguration/{configuration_id(region, k)}"


def share_arn(region: str, k: int) -> str:
    """Return the ARN of the share of the seed's resource configuration k = 1..5 of a Region."""
    return f"arn:aws:ram:{region}:{OWNER}:resource-share/{uuid.UUID(int=_index(region) * 16 + k)}"


def _index(region: str) -> int:
    return REGIONS.index(region) + 1


def eventually(look: Callable[[], T], seconds: float = 10.0, what: str = "it") -> T:
    """Call `look` until it returns something true, and return that; AssertionError after real `seconds`."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)
    return found


class Sandbox(MskControl, MailControl, DnsControl):
    """One running sandbox at `url`. Methods raise ControlFailed when the sandbox refuses."""

    def __init__(self, url: str, clock_file: Path | None = None) -> None:
        self.url, self.clock_file = url.rstrip("/"), clock_file
        self.process: subprocess.Popen[str] | None = None
        self._again: list[str] = []
        self._log: Path | None = None
        self._clients: dict[tuple[str, str, str, str], Any] = {}

    # Transport

    def ask(self, method: str, path: str, body: Json | None = None, **query: object) -> Json:
        """Make one control request; `path` begins after `/_control`."""
        given = {name: _text(value) for name, value in query.items() if value is not None}
        url = f"{self.url}/_control{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            raise ControlFailed(error.code, text) from None

    def environment(self, account_key: str = OPERATOR_KEY, region: str = "us-east-1") -> dict[str, str]:
        """Return the environment variables that point any AWS SDK at this sandbox, and at nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": account_key, "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": region, "AWS_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }  # fmt: skip

    def boto3(self, service: str, region: str = "us-east-1", key: str = OPERATOR_KEY, **more: Any) -> Any:
        """Return an unmodified boto3 client. botocore's own retries are off unless a `config` is given.

        `aws_session_token` in `more` goes with the temporary key of an assumed role. Clients are kept,
        since each takes a tenth of a second to make; they may be shared by threads.
        """
        known = (self.url, service, region, key)
        if more or known not in self._clients:
            import boto3
            from botocore.config import Config

            quiet = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=30, proxies={})
            settings = {"config": quiet, "endpoint_url": self.url, **more}
            session = boto3.session.Session(key, "any", settings.pop("aws_session_token", None), region)
            client = session.client(service, **settings)  # type: ignore[call-overload]
            if more:
                return client
            self._clients[known] = client
        return self._clients[known]

    # The whole

    def health(self) -> Json:
        """Return `ok`, `profile` and the clock."""
        return self.ask("GET", "/health")

    def state(self) -> Json:
        """Return the whole world."""
        return self.ask("GET", "/state")

    def reset(self, profile: str | None = None) -> None:
        """Go back to the seed: no endpoints, calls, faults or holds; the clock stays."""
        self.ask("POST", "/reset", {"profile": profile} if profile else {})

    def endpoints(self, **wanted: object) -> list[Json]:
        """Return the endpoints whose members equal those given, e.g. `region=…, state=…`."""
        return self._some("endpoints", wanted)

    def endpoint(self, endpoint_id: str) -> Json:
        """Return one endpoint; KeyError when it is absent."""
        for item in self.endpoints(id=endpoint_id):
            return item
        raise KeyError(endpoint_id)

    # Calls

    def calls(self, **query: object) -> list[Json]:
        """Return logged calls. Filters: operation, region, account, service, status, error_code, fault,
        effect, answered, done, since, limit, tag_key, tag_value, mentions."""
        return list(self.ask("GET", "/calls", None, **query)["calls"])

    def count(self, **query: object) -> int:
        """Return how many calls match; filters as `calls`."""
        return int(self.ask("GET", "/calls", None, **query)["count"])

    def last_seq(self) -> int:
        """Return the number of the newest call, for `since`; 0 when there is none."""
        newest = self.calls(limit=1)
        return int(newest[0]["seq"]) if newest else 0

    def forget_calls(self) -> None:
        """Empty the call log; numbers go on."""
        self.ask("DELETE", "/calls")

    # Knobs and clock

    def knobs(self, **values: float) -> Json:
        """Turn knobs, if any are given, and return all."""
        return self.ask("PUT", "/knobs", dict(values)) if values else self.ask("GET", "/knobs")

    def clock(self) -> Json:
        """Return `real`, `moved`, `offset_seconds`, `scale`."""
        return self.ask("GET", "/clock")

    def advance(self, seconds: float) -> Json:
        """Move the shared clock ahead."""
        return self.ask("POST", "/clock", {"advance_seconds": seconds})

    def scale(self, factor: float) -> Json:
        """Make the shared clock run `factor` times as fast."""
        return self.ask("POST", "/clock", {"scale": factor})

    def reset_clock(self) -> Json:
        """Put the shared clock back to real time."""
        return self.ask("POST", "/clock", {"reset": True})

    # Faults and holds

    def fault(self, kind: str, **settings: Any) -> str:
        """Start a fault and return its id; settings as in README.md, "Faults"."""
        return str(self.ask("POST", "/faults", {"kind": kind, **settings})["id"])

    def faults(self) -> list[Json]:
        """Return all faults, spent ones too."""
        return list(self.ask("GET", "/faults")["faults"])

    def clear_fault(self, fault_id: str) -> None:
        """End one fault."""
        self.ask("DELETE", f"/faults/{fault_id}")

    def clear_faults(self) -> None:
        """End all faults."""
        self.ask("DELETE", "/faults")

    def holds(self) -> list[Json]:
        """Return the calls held now."""
        return list(self.ask("GET", "/holds")["holds"])

    def wait_for_hold(self, seconds: float = 10.0, **wanted: object) -> Json:
        """Wait until a call is held whose members equal those given, and return it."""

        def look() -> list[Json]:
            held = self.holds()
            return [item for item in held if all(item[name] == value for name, value in wanted.items())]

        return eventually(look, seconds, f"a hold {wanted}")[0]

    def release(self, hold_id: int, action: str = "proceed") -> None:
        """Let a held call go on (`proceed`) or drop it (`drop`)."""
        self.ask("POST", f"/holds/{hold_id}/release", {"action": action})

    def release_all(self, action: str = "proceed") -> None:
        """Release every call held now."""
        for hold in self.holds():
            with contextlib.suppress(ControlFailed):
                self.release(hold["id"], action)

    # The customer, and fate

    def create_service(self, region: str, **settings: Any) -> Json:
        """Create an endpoint service; left out: owner's account, operator allowed, auto-accept, all zones."""
        return self.ask("POST", "/services", {"region": region, **settings})

    def change_service(self, key: str, **settings: Any) -> Json:
        """Change settings of a service."""
        return self.ask("PATCH", f"/services/{key}", settings)

    def delete_service(self, key: str) -> Json:
        """Delete a service without live connections."""
        return self.ask("DELETE", f"/services/{key}")

    def accept(self, endpoint_id: str) -> Json:
        """The customer accepts."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/accept", {})

    def reject(self, endpoint_id: str) -> Json:
        """The customer rejects, before or after accepting."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/reject", {})

    def expire(self, endpoint_id: str) -> Json:
        """The customer never acted."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/expire", {})

    def fail(self, endpoint_id: str, code: str = "", message: str = "") -> Json:
        """AWS gives up on an endpoint."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/fail", {"code": code, "message": message})

    def delete_by_hand(self, endpoint_id: str) -> Json:
        """Someone deletes an endpoint behind Postern's back."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/delete", {})

    def retag(self, endpoint_id: str, tags: dict[str, str]) -> Json:
        """Someone replaces an endpoint's tags by hand."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/retag", {"tags": tags})

    def change_by_hand(self, endpoint_id: str, **settings: Any) -> Json:
        """Someone changes `group_ids`, `subnet_ids` or `private_dns_enabled` by hand, at once."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/change", settings)

    def create_group(self, vpc: str, **settings: str) -> str:
        """Create a security group in a VPC and return its id. Settings: name, id."""
        return str(self.ask("POST", "/security-groups", {"vpc_id": vpc, **settings})["id"])

    def fabricate(self, target: str, count: int = 1, **settings: Any) -> list[str]:
        """Make endpoints of a service or a resource configuration, past quota and addresses.

        Settings: region, account, state, tags with `{n}`.
        """
        kind = "configuration_id" if "rcfg-" in target else "service_id"
        body = {kind: target, "count": count, **settings}
        return list(self.ask("POST", "/endpoints", body)["ids"])

    # Resource configurations, shares, and their endpoints

    def create_configuration(self, region: str, **settings: Any) -> Json:
        """Create a resource configuration of the customer.

        Settings: account, id, name, type, group_id, ports, status, failure_reason, custom_domain_name,
        verified, zone_ids (of a gateway of its own), vpc_id (of that gateway).
        """
        return self.ask("POST", "/resource-configurations", {"region": region, **settings})

    def change_configuration(self, key: str, **settings: Any) -> Json:
        """Change status, failure_reason, ports, custom_domain_name, verified, zone_ids."""
        return self.ask("PATCH", f"/resource-configurations/{_quoted(key)}", settings)

    def delete_configuration(self, key: str) -> Json:
        """Delete a resource configuration, even with endpoints."""
        return self.ask("DELETE", f"/resource-configurations/{_quoted(key)}")

    def change_gateway(self, key: str, **settings: Any) -> Json:
        """Change status or zone_ids of a resource gateway."""
        return self.ask("PATCH", f"/resource-gateways/{key}", settings)

    def create_share(self, *configurations: str, **settings: Any) -> Json:
        """Share resource configurations (ARNs or ids) with the operator, and return the share.

        Settings: region, account, name, id, principals, same_organization.
        """
        return self.ask("POST", "/shares", {"resource_arns": list(configurations), **settings})

    def unshare(self, key: str) -> Json:
        """The customer deletes a share (ARN or id)."""
        return self.ask("DELETE", f"/shares/{_quoted(key)}")

    def detach(self, key: str, *principals: str) -> Json:
        """The customer takes principals, or all, out of a share that stays."""
        body = {"principals": list(principals)} if principals else {}
        return self.ask("POST", f"/shares/{_quoted(key)}/detach", body)

    def attach(self, key: str, *principals: str) -> Json:
        """The customer shares with further principals, or the operator: the same share."""
        body = {"principals": list(principals)} if principals else {}
        return self.ask("POST", f"/shares/{_quoted(key)}/attach", body)

    def share_again(self, key: str) -> Json:
        """The customer shares anew with those who are detached: a new invitation, the same share."""
        return self.ask("POST", f"/shares/{_quoted(key)}/share-again", {})

    def expire_invitation(self, key: str) -> Json:
        """Let an invitation expire; `key` is its ARN or id, or its share's."""
        return self.ask("POST", f"/invitations/{_quoted(key)}/expire", {})

    def cut(self, endpoint_id: str, *, hidden: bool = False) -> Json:
        """The customer deletes the associations of a live endpoint; hidden: EC2 shows them no more."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/cut", {"hidden": hidden})

    def restore(self, endpoint_id: str) -> Json:
        """Undo a cut."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/restore", {})

    def make_partial(self, endpoint_id: str) -> Json:
        """A Resource endpoint loses its block in one subnet."""
        return self.ask("POST", f"/endpoints/{endpoint_id}/partial", {})

    def configurations(self, **wanted: object) -> list[Json]:
        """Return the resource configurations whose members equal those given."""
        return self._some("resource_configurations", wanted)

    def shares(self, **wanted: object) -> list[Json]:
        """Return the shares whose members equal those given, with principals, resources, invitations."""
        return self._some("shares", wanted)

    def invitations(self, **wanted: object) -> list[Json]:
        """Return the invitations whose members equal those given, e.g. `status=…, share_arn=…`."""
        return self._some("invitations", wanted)

    def associations(self, **wanted: object) -> list[Json]:
        """Return the associations whose members equal those given, e.g. `endpoint_id=…`."""
        return self._some("associations", wanted)

    def _some(self, name: str, wanted: Json) -> list[Json]:
        found: list[Json] = self.state()[name]
        return [item for item in found if all(item[member] == value for member, value in wanted.items())]

    def create_account(self, key: str, name: str = "account", access_keys: list[str] | None = None) -> Json:
        """Create an account."""
        return self.ask("POST", "/accounts", {"id": key, "name": name, "access_keys": access_keys or []})

    def change_vpc(self, key: str, **settings: bool) -> Json:
        """Switch `dns_support` and `dns_hostnames`."""
        return self.ask("PATCH", f"/vpcs/{key}", dict(settings))

    def create_subnet(self, vpc: str, cidr: str, zone_id: str) -> Json:
        """Create a subnet in a VPC."""
        return self.ask("POST", "/subnets", {"vpc_id": vpc, "cidr": cidr, "zone_id": zone_id})

    def reserve_addresses(self, subnet: str, addresses: list[str]) -> Json:
        """Take addresses of a subnet away."""
        return self.ask("PATCH", f"/subnets/{subnet}", {"reserved": addresses})

    # The process

    def start(self) -> None:
        """Start the process (again), on the same port and state."""
        assert self._log is not None
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._again, stdout=subprocess.PIPE, stderr=log, text=True, cwd=_ROOT, start_new_session=True
            )
        assert self.process.stdout is not None
        with self.process.stdout as out:
            line = out.readline()
        assert line.startswith("sandbox listening on "), line + self._log.read_text()
        self.url = line.split()[-1]
        self._again[self._again.index("--port") + 1] = self.url.rpartition(":")[2]

    def kill(self) -> None:
        """Kill the process with -9."""
        self.stop(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process and return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)


@contextlib.contextmanager
def start_sandbox(
    directory: Path,
    *,
    profile: str = "instant",
    port: int = 0,
    state: str | None = None,
    clock_file: Path | None = None,
) -> Iterator[Sandbox]:
    """Run a sandbox on a free port with its state and clock file in `directory`, and stop it at the end.

    `state=":memory:"` keeps no file; `clock_file` shares a clock that is elsewhere.
    """
    clock_path = clock_file or directory / "clock.json"
    box = Sandbox("http://127.0.0.1:0", clock_path)
    box._log = directory / "sandbox.log"
    box._again = [
        sys.executable, "-m", "endpoints.sandbox", "--port", str(port), "--profile", profile,
        "--state", state or str(directory / "sandbox.sqlite3"), "--clock-file", str(clock_path),
    ]  # fmt: skip
    box.start()
    try:
        yield box
    finally:
        box.stop()


def _quoted(key: str) -> str:
    return urllib.parse.quote(key, safe="")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
