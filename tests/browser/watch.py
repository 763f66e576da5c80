"""What no page may do: ask another host, break its own content security policy, fail at something."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Violations are told on the page that made them; a refused inline script has no other trace than this event.
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI}`));
"""


@dataclass
class Watch:
    """Everything wrong that was seen in one browser context, and how much was looked at."""

    hosts: frozenset[str]
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def begin(self, context: BrowserContext, *, scripts: bool = True) -> None:
        """Watch all pages of a context from now on."""
        if scripts:
            context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))

    def _request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")
        where = urlsplit(request.url)
        if where.scheme not in ("data", "about") and where.netloc not in self.hosts:
            self.problems.append(f"a request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if is_page:
            self.pages.add(urlsplit(response.url).path)
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"{response.status} for {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports 4xx pages as errors too; `_response` knows which of them are pages.
        is_error = message.type in ("error", "warning")
        if is_error and not message.text.startswith("Failed to load resource: the server responded"):
            self.problems.append(f"console {message.type}: {message.text} at {_page(message.page)}")


def _page(page: Page | None) -> str:
    return page.url if page else "?"
