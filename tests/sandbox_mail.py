"""The part of the sandbox's client that is about AWS's own messages."""

from typing import Any

Json = dict[str, Any]


class MailControl:
    """Control of what is fed; `tests.sandbox_client.Sandbox` is one. Methods raise ControlFailed."""

    def ask(self, method: str, path: str, body: Json | None = None, **query: object) -> Json:
        """Make one control request."""
        raise NotImplementedError

    def feed(self, region: str, **settings: str) -> str:
        """Feed a Region, by default the operator's, and return the queue's URL. Also: account, queue_name."""
        return str(self.ask("POST", "/feeds", {"region": region, **settings})["queue_url"])

    def feeds(self) -> list[Json]:
        """Return what is fed: account, region, queue_arn, queue_url, messages."""
        return list(self.ask("GET", "/feeds")["feeds"])

    def starve(self, region: str, account: str | None = None) -> Json:
        """Feed a Region no more."""
        return self.ask("DELETE", f"/feeds/{region}", None, account=account)
