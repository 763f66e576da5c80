"""The provider as tests see it, and how somebody walks through it as a browser would."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from django.test import Client

from devtools.common import CHECKOUT, PYTHON

SITE = "http://testserver"
BEGIN, CALLBACK = "/sign-in/provider/", "/sign-in/provider/callback/"
CLIENT_ID, CLIENT_SECRET, PASSWORD = "postern", "a secret of both", "at the provider"
PEOPLE: dict[str, dict[str, Any]] = {
    "person": {"email": "person@example.com", "email_verified": True, "given_name": "Ada"},
    "shouting": {"email": "PERSON@Example.COM", "email_verified": True},
    "namesake": {"email": "person@example.com", "email_verified": True},
    "unverified": {"email": "person@example.com", "email_verified": False},
    "worded": {"email": "person@example.com", "email_verified": "false"},
    "silent": {"email": "person@example.com"},
    "nameless": {"email_verified": True},
    "unknown": {
        "email": "new@example.com",
        "email_verified": True,
        "given_name": "New",
        "family_name": "One",
    },
    "kelvin": {"email": "wor\u212aer@example.com", "email_verified": True},
    "disabled": {"email": "closed@example.com", "email_verified": True},
}


@dataclass(frozen=True)
class Provider:
    """A provider that runs."""

    issuer: str

    def settings(self) -> dict[str, Any]:
        """Return the settings with which Postern signs in there."""
        return {
            "BASE_URL": SITE,
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Example Login",
        }


@contextmanager
def running(folder: Path) -> Iterator[Provider]:
    """Run a provider in a process of its own."""
    told = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": SITE + CALLBACK,
        "password": PASSWORD,
        "people": PEOPLE,
    }
    (folder / "provider.json").write_text(json.dumps(told), "utf-8")
    command = [str(PYTHON), "-m", "tests.oidc", str(folder)]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=CHECKOUT, stderr=log) as process:
        try:
            deadline = time.monotonic() + 60
            while not (folder / "port").exists():
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "the provider does not begin"
                time.sleep(0.1)
            yield Provider(f"http://127.0.0.1:{(folder / 'port').read_text()}/o")
        finally:
            process.kill()


def leave_for_provider(client: Client, onward: str = "") -> str:
    """Press the button of our sign-in page; return the provider's address to which it leads."""
    answer = client.get(BEGIN, {"next": onward} if onward else {})
    assert answer.status_code == 302, answer.text
    return answer["Location"]


def at_provider(address: str, person: str, *, consents: bool = True) -> str:
    """Sign in there and answer its question; return our address to which it sends one back."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(address, timeout=30)
        page = _send(browser, page, username=person, password=PASSWORD)
        fields = {"allow": "Authorize"} if consents else {}
        answer = _send(browser, page, follow=False, **fields)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])


def _send(browser: requests.Session, page: requests.Response, *, follow: bool = True, **fields: str) -> Any:
    assert page.status_code == 200, page.text
    hidden = {}
    for part in page.text.split("<input")[1:]:
        tag = part.partition(">")[0]
        if 'type="hidden"' in tag:
            hidden[_value(tag, "name")] = _value(tag, "value")
    headers = {"Referer": page.url}
    return browser.post(page.url, {**hidden, **fields}, headers=headers, allow_redirects=follow, timeout=30)


def _value(tag: str, name: str) -> str:
    return tag.partition(f'{name}="')[2].partition('"')[0]


def come_back(client: Client, address: str) -> Any:
    """Follow the provider's last redirect, to us."""
    parts = urlsplit(address)
    assert urljoin(address, parts.path) == SITE + CALLBACK
    return client.get(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})


def sign_in_at(client: Client, person: str, onward: str = "") -> Any:
    """Walk all the way; return our answer to the one who comes back."""
    return come_back(client, at_provider(leave_for_provider(client, onward), person))
