"""What owners of resource configurations and MSK clusters do, in the owner console by its labels.

Every test makes what it needs under a name of its own: a share serves one endpoint for ever.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.house import House


@dataclass(frozen=True)
class Shared:
    """A resource configuration with the share that brings it."""

    configuration_id: str
    share_arn: str

    @property
    def share_id(self) -> str:
        """The share's UUID, by which the console's buttons call it."""
        return self.share_arn.rpartition("/")[2]


def make_shared(house: House, region: str, *, same_organization: bool = True, **settings: Any) -> Shared:
    """Make a resource configuration and share it with us; by an invitation where we are strangers."""
    configuration = house.box.create_configuration(region)["id"]
    share = house.box.create_share(configuration, same_organization=same_organization, **settings)
    return Shared(configuration, share["arn"])


def share(page: Page, house: House, configuration_id: str) -> Shared:
    """Share a configuration with us by an invitation, in the console."""
    with _console(page, house, f"configurations/{configuration_id}") as console:
        console.get_by_role("button", name="Share", exact=True).click()
        expect(console.get_by_role("status")).to_be_visible()
        arn = console.locator("code", has_text=re.compile(r"^arn:aws:ram:")).inner_text()
    return Shared(configuration_id, arn)


def press_at_shares(page: Page, house: House, button: str) -> None:
    """Press a button of the console's page of shares."""
    with _console(page, house, "shares") as console:
        console.get_by_role("button", name=button).click()
        expect(console.get_by_role("status")).to_be_visible()


def press_at_cluster(page: Page, house: House, arn: str, button: str) -> None:
    """Press a button on a cluster's page of the console."""
    with _console(page, house, f"clusters/{arn.rpartition('/')[2]}") as console:
        console.get_by_role("button", name=button).click()
        expect(console.get_by_role("status")).to_be_visible()


def turn_off(page: Page, house: House, arn: str, scheme: str) -> None:
    """Turn an authentication of a cluster's multi-VPC connectivity off."""
    with _console(page, house, f"clusters/{arn.rpartition('/')[2]}") as console:
        console.get_by_label(scheme).uncheck()
        console.get_by_role("button", name="Save").click()
        expect(console.get_by_role("status")).to_be_visible()


@contextlib.contextmanager
def _console(page: Page, house: House, path: str) -> Iterator[Page]:
    console = page.context.new_page()
    console.goto(f"{house.box.url}/_console/{path}")
    yield console
    console.close()
