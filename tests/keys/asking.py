"""Asks the API of a running Postern with a key."""

import base64
import urllib.error
import urllib.request

from tests.browser.house import ORGANIZATION

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask_api(url: str, service: str, key_id: str, secret: str) -> int:
    """Return the status with which the API of an installation answers a key."""
    address = f"{url}/v1/organizations/{ORGANIZATION}/services/{service}/clickpipesReversePrivateEndpoints"
    word = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    request = urllib.request.Request(address, headers={"Authorization": f"Basic {word}"})
    try:
        with _OPENER.open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
