"""What no page may do: log an error, break its own policy, ask another machine, fail."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_TELL = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`refused by ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`);
});
"""
_OURS = {"127.0.0.1", "localhost"}
_SERVER_FAULT = 500


class Watch:
    """Listens to every page of the contexts it is put over."""

    def __init__(self) -> None:
        self._said: list[tuple[str, str]] = []
        self._faults: list[str] = []
        # Chromium logs an error for a page with status 404 or 422 too, which is no fault of it.
        self._refused_pages: set[str] = set()

    def over(self, context: BrowserContext) -> None:
        """Begins to listen; nothing of the context may have been opened before."""
        context.add_init_script(_TELL)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", self._ask)
        context.on("response", self._answer)

    def complaints(self) -> list[str]:
        """Everything that went wrong, in no particular order."""
        said = [
            f"{address}: {text}"
            for address, text in self._said
            if not (address in self._refused_pages and text.startswith("Failed to load resource"))
        ]
        return said + self._faults

    def expect_fault(self, address: str) -> None:
        """A test breaks this address on purpose."""
        self._refused_pages.add(address)
        self._faults = [fault for fault in self._faults if not fault.startswith(f"{address}:")]

    def expect_silence(self, address: str) -> None:
        """A test cuts the line to this address on purpose."""
        self._refused_pages.add(address)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._said.append((message.location["url"], message.text))

    def _catch(self, error: WebError) -> None:
        self._faults.append(f"{error.page.url if error.page else '?'}: {error.error}")

    def _ask(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in _OURS:
            self._faults.append(f"{request.url}: asked by {request.frame.url}")

    def _answer(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status >= 400:
            self._refused_pages.add(response.url)
        if response.status >= _SERVER_FAULT:
            self._faults.append(f"{response.url}: answered {response.status}")
