"""What the demo's servers share: templates, strict headers, and a thread that serves them."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = Path(__file__).parent / "pages"
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_templates = Environment(
    loader=FileSystemLoader(PAGES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return the named template of `pages/` as an answer."""
    return HTMLResponse(_templates.get_template(template).render(values), status)


async def _asset(request: Request) -> Response:
    return FileResponse(PAGES / request.scope["path"].removeprefix("/"))


ASSETS = [Route("/demo.css", _asset), Route("/mark.svg", _asset)]


def guards(policy: str, *, hosts: tuple[str, ...] = (), origin: str = "") -> list[Middleware]:
    """Middleware for strict headers, for our own host names, for POSTs from our own pages only."""
    return [
        Middleware(StrictHeaders, policy=policy),
        # A foreign site can point its own name at 127.0.0.1; the Host header gives it away.
        Middleware(
            TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", *hosts]
        ),
        Middleware(SameOriginPosts, origin=origin),
    ]


class StrictHeaders:
    """Add the headers that keep a page to itself; a Content-Security-Policy already set stays."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers added."""

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self.policy)
                headers["Cache-Control"] = "no-store"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                # Not no-referrer: with it a browser sends "Origin: null" from our own forms.
                headers["Referrer-Policy"] = "same-origin"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self.app(scope, receive, send_strictly)


class SameOriginPosts:
    """Refuse a POST that a browser says comes from another site; servers send no such header."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] == "POST" and self._is_foreign(scope):
            refusal = PlainTextResponse("This form belongs to another site.", 403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        return headers.get("origin", self.origin) != self.origin


PATIENCE = 30.0  # seconds an application may take to start


def listener_on(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a listening socket, which tells the port; ValueError unless `host` is loopback."""
    if host != "localhost" and not ip_address(host).is_loopback:
        msg = f"{host} can be reached from outside; these servers are for this machine alone"
        raise ValueError(msg)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def url_of(listener: socket.socket) -> str:
    """Return the address of a listening socket, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def running(
    app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, listener: socket.socket | None = None
) -> Iterator[str]:
    """Serve `app` until the block ends; yield its address. RuntimeError if it does not start."""
    listener = listener or listener_on(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            # Whoever speaks to these servers is on this machine and must not choose its address.
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
    )
    address = url_of(listener)
    thread = Thread(target=_run, args=(server, listener), name=f"serving {address}", daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    # How uvicorn says that the application did not start; `_wait_for` says it to our caller.
    with suppress(SystemExit):
        server.run([listener])


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            msg = "the application did not start; its log says why"
            raise RuntimeError(msg)
        time.sleep(0.01)
