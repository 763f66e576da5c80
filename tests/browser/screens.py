"""Every screen of the console in every state, by name: where it is, or how one gets there."""

from collections.abc import Iterator

from django.urls import reverse
from playwright.sync_api import Page, expect

from endpoints.config import demo
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from tests.browser.house import OPERATOR, SHOP, House

LONG = "Bestellungen-und-Rechnungen-" * 9  # 252 characters that break nowhere but at hyphens
UNBROKEN = "x" * 255
_STATES = [*(status.value for status in Status), "Removed"]

_ANSWERS = {
    "resource": ("Postgres", "host", "same"),
    "service": ("Kafka", "on-premises", "other"),
    "msk": ("Kafka", "msk", "same"),
    "not-possible": ("MongoDB", "rds", "same"),
    "unanswered": ("Kafka", "", ""),
}


def chosen(service: str, source: str, place: str, region: str) -> str:
    """Return the address of the type chooser with these answers."""
    return f"{reverse('choose-type', args=[service])}?source={source}&place={place}&region={region}"


def screens(page: Page, house: House, ids: dict[str, str], *, every: bool) -> Iterator[str]:
    """Go to one screen after the other, and yield its name. `every`: all types in each status."""
    for name, path in {**_plain(ids), **_of_endpoints(ids, every=every)}.items():
        page.goto(house.url + path)
        yield name
    yield from _mistakes(page, house, ids)
    yield from _flyout(page, house, ids)
    yield from _account(page, house)
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{house.url}{reverse('hand-off', args=[ids['token']])}")
    yield "hand-off"
    page.goto(f"{house.url}{reverse('hand-off', args=['wrong'])}")
    yield "hand-off-nothing"
    page.goto(f"{house.url}/sign-in/")
    yield "sign-in"


def _account(page: Page, house: House) -> Iterator[str]:
    """One's own account at an address in numbers; `test_passkeys.py` sees it where passkeys work."""
    for name in ("account", "account_change_password", "usersessions_list", "mfa_list_webauthn"):
        page.goto(house.url + reverse(name))
        yield name.replace("_", "-")
    # Asked for by itself: who gave the password a while ago is not asked again.
    page.goto(f"{house.url}{reverse('account_reauthenticate')}?next={reverse('mfa_activate_totp')}")
    yield "account-confirm"
    page.locator("[name=password]").fill(demo.PASSWORDS[OPERATOR])
    page.locator("main form button").click()
    expect(page.locator("img.qr")).to_be_visible()
    yield "account-set-up-app"
    page.locator("[name=code]").fill("wrong")
    page.locator("main form button").click()
    expect(page.locator("main").get_by_role("alert")).to_be_visible()
    yield "account-set-up-app-mistake"


def _plain(ids: dict[str, str]) -> dict[str, str]:
    here = [ids["service"]]
    paths = {
        "services": "/",
        "data-sources": reverse("data-sources", args=here),
        "type-chooser": reverse("choose-type", args=here),
        **{f"type-chooser-{name}": chosen(ids["service"], *answer) for name, answer in _ANSWERS.items()},
        "which-endpoint-mistake": f"{reverse('which-endpoint', args=here)}?host=10.0.0.1",
        "msk-slots": f"{reverse('msk-slots', args=here)}?cluster=orders",
        "which-endpoint": f"{reverse('which-endpoint', args=here)}?host=pg.db.example.com",
        "which-endpoint-none": f"{reverse('which-endpoint', args=here)}?host=elsewhere.example.com",
        "clickpipes": reverse("clickpipes", args=here),
        "clickpipe": reverse("clickpipe", args=[*here, ids["pipe"]]),
        "pipe-remove": reverse("remove-clickpipe", args=[*here, ids["pipe"]]),
        "pipe-source": reverse("choose-source", args=here),
        "settings": reverse("settings", args=here),
        "list": reverse("endpoints", args=here),
        "list-filtered": f"{reverse('endpoints', args=here)}?status=Failed&sort=description",
        "list-nothing": f"{reverse('endpoints', args=here)}?q=nothing-like-this",
        "list-pages": f"{reverse('endpoints', args=here)}?per=25",
        "remove-several": f"{reverse('remove-endpoints', args=here)}?{_several(ids)}",
        "removed": reverse("removed-endpoints", args=here),
        "create": reverse("create-endpoint", args=here),
        "nothing-here": reverse("endpoints", args=[SHOP]),
        "old-link": "/set-password/x/y/",
    }
    builder = reverse("endpoint-address", args=[*here, ids["VPC_ENDPOINT_SERVICE-Ready"]])
    paths["address-builder"] = f"{builder}?name=*.db.example.com&part=pg&way=postgres"
    paths["address-builder-mistake"] = f"{builder}?name=*.db.example.com&way=postgres&port=x"
    paths["replacing"] = reverse("replace-endpoint", args=[*here, ids["replacing"]])
    for name in ("replacing", "replaced"):
        paths[f"endpoint-{name}"] = reverse("endpoint", args=[*here, ids[name]])
    for step in ("choose-connection", "choose-endpoint", "new-pipe-endpoint", "pipe-host"):
        paths[step] = reverse(step, args=[*here, "kafka"])
    for kind in EndpointType:
        paths[f"create-{kind.value}"] = f"{reverse('create-endpoint', args=here)}?type={kind.value}"
        paths[f"replace-{kind.value}"] = reverse("replace-endpoint", args=[*here, ids[f"{kind.value}-Ready"]])
        paths[f"recreate-{kind.value}"] = f"{paths['create']}?from={ids[f'{kind.value}-Removed']}"
        paths[f"remove-{kind.value}"] = reverse("remove-endpoint", args=[*here, ids[f"{kind.value}-Ready"]])
        paths[f"pipe-ready-{kind.value}"] = reverse(
            "pipe-endpoint", args=[*here, "kafka", ids[f"{kind.value}-Ready"]]
        )
        paths[f"pipe-wait-{kind.value}"] = reverse(
            "pipe-endpoint", args=[*here, "kafka", ids[f"{kind.value}-Provisioning"]]
        )
    return paths


def _several(ids: dict[str, str]) -> str:
    return "&".join(
        f"id={ids[f'{kind.value}-{state}']}" for kind in EndpointType for state in ("Ready", "Failed")
    )


def _of_endpoints(ids: dict[str, str], *, every: bool) -> dict[str, str]:
    kinds = list(EndpointType)
    chosen = {
        f"{kind.value}-{state}"
        for number, state in enumerate(_STATES)
        for kind in (kinds if every else [kinds[number % len(kinds)]])
    }
    return {f"endpoint-{key}": reverse("endpoint", args=[ids["service"], ids[key]]) for key in sorted(chosen)}


def _mistakes(page: Page, house: House, ids: dict[str, str]) -> Iterator[str]:
    page.goto(f"{house.url}{reverse('create-endpoint', args=[ids['service']])}")
    page.locator("#id_description").fill(UNBROKEN + "y")
    page.locator("main form.form button:not([type=button])").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "create-with-mistakes"
    ready = ids["VPC_ENDPOINT_SERVICE-Ready"]
    for step, more, name in (("pipe-endpoint", [ready], "pipe"), ("choose-endpoint", [], "choice")):
        page.goto(f"{house.url}{reverse(step, args=[ids['service'], 'kafka', *more])}")
        page.locator("main form.form button:not([type=button]):not([name])").last.click()
        expect(page.get_by_role("alert")).to_be_visible()
        yield f"{name}-with-mistakes"


def _flyout(page: Page, house: House, ids: dict[str, str]) -> Iterator[str]:
    ready = ids["VPC_ENDPOINT_SERVICE-Ready"]
    for name, path in {
        "flyout-list": reverse("settings-endpoints", args=[ids["service"]]),
        "flyout-details": reverse("settings-endpoint", args=[ids["service"], ready]),
        "flyout-removed": reverse(
            "settings-endpoint", args=[ids["service"], ids["VPC_ENDPOINT_SERVICE-Removed"]]
        ),
        "flyout-remove": reverse("settings-remove-endpoint", args=[ids["service"], ready]),
    }.items():
        page.goto(house.url + path)
        expect(page.get_by_role("dialog")).to_be_visible()
        yield name
