"""One span a request, by the route's name; never its path, query, visitor or what was sent."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.observability.metrics import METHODS
from portal.observability.tracing import Tracing


class TracingMiddleware:
    """Outermost, so that pages answered from what is kept are told of too."""

    def __init__(self, app: ASGIApp, tracing: Tracing, paths: Mapping[str, str]) -> None:
        """`paths` are the templates of paths by the names of routes."""
        self.app, self._tracing, self._paths = app, tracing, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace a request; what visitors say of traces of their own is not believed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        with self._tracing.span(method, "SERVER") as span:

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self.app(scope, receive, send_and_note)
            finally:
                route = getattr(scope.get("route"), "name", "unknown")
                span.update_name(f"{method} {route}")
                span.set_attribute("http.request.method", method)
                if route in self._paths:
                    span.set_attribute("http.route", self._paths[route])
