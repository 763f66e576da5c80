"""What a person copies from an endpoint's page: signed in by the form, without a browser."""

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request

from endpoints.config import demo
from tests.browser.house import VIEWER, House

_COPIED = re.compile(r'id="copy-as-([a-z-]+)" data-copy="([^"]*)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def copied(house: House, service: str, endpoint: str) -> dict[str, str]:
    """Return what the buttons of *As code* copy, by their names: terraform, import, api-read, …"""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
    )

    def fetch(path: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with opener.open(f"{house.url}{path}", data, timeout=30) as answer:
            return str(answer.read().decode())

    (token, *_) = _TOKEN.findall(fetch("/sign-in/"))
    fetch("/sign-in/", username=VIEWER, password=demo.PASSWORDS[VIEWER], csrfmiddlewaretoken=token)
    page = fetch(f"/services/{service}/endpoints/{endpoint}/")
    return {name: html.unescape(text) for name, text in _COPIED.findall(page)}
