"""The steps of cloud-api.md §12, each of which leaves what the next one needs."""

import base64
import json
import shlex
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from endpoints.config import demo
from tests.browser.house import ORDERS, ORDERS_REGION, ORGANIZATION
from tests.terraform.page import copied
from tests.terraform.pipes import PIPES
from tests.terraform.relay import Relay
from tests.terraform.stage import DNS, ENDPOINT, Stage, endpoint, names

ACCEPTS_BY_ITSELF = 42
MANY = 10
AUTHORIZATION = "Basic " + base64.b64encode(f"{demo.KEY_ID}:{demo.KEY_SECRET}".encode()).decode()

Step = Callable[[Stage], None]


def expect(condition: bool, otherwise: object) -> None:
    """Raise AssertionError with what was seen instead."""
    if not condition:
        raise AssertionError(otherwise)


def apply(stage: Stage) -> None:
    """apply makes an endpoint and its names"""
    stage.write(endpoint("pg", "acceptance", ACCEPTS_BY_ITSELF) + names("pg", "pg.db.example.com"))
    stage.apply()
    seen = stage.state()
    expect(seen[f"{ENDPOINT}.pg"]["status"] == "Ready", seen)
    expect(seen[f"{DNS}.pg"]["mapping"][0]["private_dns_name"] == "pg.db.example.com", seen)


def plan(stage: Stage) -> None:
    """a plan after it changes nothing"""
    stage.plans_nothing()


def change_names(stage: Stage) -> None:
    """other names are changed in place, by one PATCH"""
    before, mark = stage.state()[f"{ENDPOINT}.pg"]["id"], len(stage.relay.calls)
    stage.write(
        endpoint("pg", "acceptance", ACCEPTS_BY_ITSELF) + names("pg", "b.example.com", "*.a.example.com")
    )
    stage.apply()
    expect(len(stage.relay.since(mark, "PATCH")) == 1, stage.relay.calls[mark:])
    expect(stage.relay.since(mark, "POST") == [], stage.relay.calls[mark:])
    expect(stage.state()[f"{ENDPOINT}.pg"]["id"] == before, "it was replaced")
    stage.plans_nothing()


def clear_names(stage: Stage) -> None:
    """an empty mapping clears the names"""
    stage.write(endpoint("pg", "acceptance", ACCEPTS_BY_ITSELF) + names("pg"))
    stage.apply()
    expect(stage.state()[f"{DNS}.pg"]["mapping"] == [], stage.state())
    stage.plans_nothing()


def replace(stage: Stage) -> None:
    """another description replaces the endpoint"""
    before = stage.state()[f"{ENDPOINT}.pg"]["id"]
    stage.write(endpoint("pg", "another", ACCEPTS_BY_ITSELF) + names("pg", "pg.db.example.com"))
    stage.apply()
    expect(stage.state()[f"{ENDPOINT}.pg"]["id"] != before, "it was not replaced")
    stage.plans_nothing()


def take_over(stage: Stage) -> None:
    """both are imported into an empty state, and a plan changes nothing"""
    key = f"{ORDERS}:{stage.state()[f'{ENDPOINT}.pg']['id']}"
    stage.forget()
    stage.terraform("import", f"{ENDPOINT}.pg", key)
    stage.terraform("import", f"{DNS}.pg", key)
    stage.plans_nothing()


def out_of_band(stage: Stage) -> None:
    """what was deleted behind its back is planned anew"""
    before = stage.state()[f"{ENDPOINT}.pg"]["id"]
    call(stage.relay, "DELETE", f"clickpipesReversePrivateEndpoints/{before}")
    stage.house.wait_until_gone(ORDERS, "another")
    expect(f"{ENDPOINT}.pg will be created" in stage.plans_something(), "no creation is planned")
    stage.apply()
    expect(stage.state()[f"{ENDPOINT}.pg"]["id"] != before, "it has the old id")


def busy(stage: Stage) -> None:
    """a 429 with X-RateLimit-Reset and a 503 are waited out, and nothing is made twice"""
    stage.relay.answer_next("POST", 429, X_RateLimit_Reset="1")
    stage.relay.answer_next("POST", 503)
    stage.relay.answer_next("GET", 503)
    mark = len(stage.relay.calls)
    stage.write(
        endpoint("pg", "another", ACCEPTS_BY_ITSELF)
        + names("pg", "pg.db.example.com")
        + endpoint("busy", "busy", ACCEPTS_BY_ITSELF)
    )
    stage.apply()
    expect(
        [status for *_, status in stage.relay.since(mark, "POST")] == [429, 503, 200],
        stage.relay.calls[mark:],
    )
    made = [row for row in stage.house.rows(ORDERS) if row["description"] == "busy"]
    expect(len(made) == 1, made)
    stage.plans_nothing()


def many(stage: Stage) -> None:
    """ten endpoints at once"""
    blocks = "".join(endpoint(f"many{n}", f"many {n}", ACCEPTS_BY_ITSELF) for n in range(MANY))
    stage.write(blocks)
    stage.apply()
    seen = stage.state()
    expect(len({one["endpoint_id"] for one in seen.values()}) == MANY, seen)
    expect({one["status"] for one in seen.values()} == {"Ready"}, seen)
    stage.plans_nothing()


def pipes(stage: Stage) -> None:
    """a ClickPipe of each source, changed, and a plan changes nothing"""
    stage.write(endpoint("many0", "many 0", ACCEPTS_BY_ITSELF) + PIPES)
    stage.apply()
    stage.plans_nothing()
    changed = PIPES.replace('"db.example.com"', '"db2.example.com"').replace('"orders-a"', '"orders-b"')
    stage.write(endpoint("many0", "many 0", ACCEPTS_BY_ITSELF) + changed)
    stage.apply()
    stage.plans_nothing()


def destroy(stage: Stage) -> None:
    """destroy waits while the endpoint is Deleting, and nothing is left"""
    mark = len(stage.relay.calls)
    stage.terraform("destroy", "-auto-approve")
    gets = stage.relay.since(mark, "GET")
    expect(any(status == 404 for *_, status in gets), gets)
    left = [
        row for row in stage.house.rows(ORDERS) if row["description"].startswith(("many", "busy", "another"))
    ]
    expect(left == [], left)


def as_copied(stage: Stage) -> None:
    """an endpoint's block and import are right as its page copies them: with names, and with targets"""
    service_name = f"com.amazonaws.vpce.{ORDERS_REGION}.vpce-svc-{ACCEPTS_BY_ITSELF:017d}"
    named = {"type": "VPC_ENDPOINT_SERVICE", "description": "As code", "vpcEndpointServiceName": service_name}
    names = [{"privateDnsName": "pg.code.example.com"}, {"privateDnsName": "*.code.example.com"}]
    _take_over_as_copied(stage, named | {"customPrivateDnsMappings": names})
    configuration = stage.house.box.create_configuration(ORDERS_REGION)["id"]
    share = stage.house.box.create_share(configuration, same_organization=True)["arn"]
    resource = {"vpcResourceConfigurationId": configuration, "vpcResourceShareArn": share}
    names = [{"privateDnsName": "db.shared.example.com", "targetId": configuration}]
    asked = {"type": "VPC_RESOURCE", "description": "As code, shared", **resource}
    block = _take_over_as_copied(stage, asked | {"customPrivateDnsMappings": names})
    stage.forget()
    said = stage.terraform("apply", "-auto-approve", expect=1)
    expect("409" in said and "This resource share was already used" in said, said)
    expect(f'"target_id" = "{configuration}"' in block, block)


def _take_over_as_copied(stage: Stage, asked: dict[str, object]) -> str:
    """Make an endpoint, import it as its page says, and expect that nothing changes; return the block."""
    made = call(stage.relay, "POST", "clickpipesReversePrivateEndpoints", asked)
    told = copied(stage.house, ORDERS, made["id"])
    stage.forget()
    stage.write(told["terraform"])
    for line in told["import"].splitlines():
        stage.terraform(*shlex.split(line)[1:])
    stage.plans_nothing()
    mark = len(stage.relay.calls)
    stage.apply()
    expect({method for method, *_ in stage.relay.calls[mark:]} == {"GET"}, stage.relay.calls[mark:])
    path = f"clickpipesReversePrivateEndpoints/{made['id']}"
    kept = call(stage.relay, "GET", path)["customPrivateDnsMappings"]
    expect(kept == asked["customPrivateDnsMappings"], kept)
    return told["terraform"]


STEPS: tuple[Step, ...] = (
    apply, plan, change_names, clear_names, replace, take_over, out_of_band, busy, many, pipes, destroy,
    as_copied,
)  # fmt: skip


def call(relay: Relay, method: str, path: str, body: object = None) -> Any:
    """Call Postern's API as another client would, and return the result."""
    url = f"{relay.url}/v1/organizations/{ORGANIZATION}/services/{ORDERS}/{path}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer).get("result")


def run(step: Step, stage: Stage) -> dict[str, object]:
    """Take a step; return what it is, whether it went well, its seconds and what went wrong."""
    began = time.monotonic()
    try:
        step(stage)
        wrong = ""
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - began, 1)
    return {"step": str(step.__doc__), "ok": not wrong, "seconds": seconds, "wrong": wrong}
