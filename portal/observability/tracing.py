"""Traces of routes and kinds of SQL and email, never of people; loaded with PORTAL_TRACES_URL."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import Engine, event

from portal.db.engine import Database

_SECONDS: Final = 5
_VERB: Final = re.compile(r"\s*(\w+)")
_TABLE: Final = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]\w*)')
_OPEN: Final = "spans"


class NoTelemetryError(Exception):
    """PORTAL_TRACES_URL is set, and the packages that send traces are not there."""


class Tracing:
    """Makes spans and sends them in batches, from a thread of its own."""

    def __init__(self, url: str) -> None:
        """`url` takes OTLP by HTTP, such as http://127.0.0.1:4318/v1/traces."""
        try:
            from opentelemetry import trace  # noqa: PLC0415 - four megabytes that few need
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
                OTLPSpanExporter,
            )
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        except ImportError:
            raise NoTelemetryError(
                "PORTAL_TRACES_URL needs more packages: pip install '.[telemetry]'"
            ) from None
        # Nothing of the machine, the process or the environment, as the SDK would find out itself.
        about = Resource({"service.name": "shanyraq", "service.version": version("portal")})
        self._provider = TracerProvider(resource=about, shutdown_on_exit=True)
        exporter = OTLPSpanExporter(endpoint=url, timeout=_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("portal")
        self._trace = trace

    @contextmanager
    def span(self, name: str, kind: str, **attributes: str) -> Iterator[Any]:
        """Trace what happens inside; an error is named by its class alone."""
        with self._tracer.start_as_current_span(
            name,
            kind=self._trace.SpanKind[kind],
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                self.record_failure(span, error)
                raise

    def record_failure(self, span: Any, error: BaseException) -> None:
        """Mark a span as failed, without the error's text."""
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(self._trace.StatusCode.ERROR)

    def follow(self, database: Database) -> None:
        """Trace statements inside other spans; send what is left when the portal stops."""
        for engine in database.engines:
            self._watch(engine)
        database.at_close.append(self._provider.shutdown)

    def _watch(self, engine: Engine) -> None:
        system = engine.dialect.name

        @event.listens_for(engine, "before_cursor_execute")
        def _begin(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if self._trace.get_current_span().is_recording():
                verb, table = statement_class(statement)
                about = {"db.system.name": system, "db.operation.name": verb}
                about |= {"db.collection.name": table} if table else {}
                span = self._tracer.start_span(
                    f"{verb} {table}".strip(), kind=self._trace.SpanKind.CLIENT, attributes=about
                )
                connection.info.setdefault(_OPEN, []).append(span)

        @event.listens_for(engine, "after_cursor_execute")
        def _end(connection: Any, *_rest: Any) -> None:
            if spans := connection.info.get(_OPEN):
                spans.pop().end()

        @event.listens_for(engine, "handle_error")
        def _fail(context: Any) -> None:
            spans = context.connection is not None and context.connection.info.get(_OPEN)
            if spans:
                self.record_failure(spans[-1], context.original_exception)
                spans.pop().end()


def tracing_of(url: str) -> Tracing | None:
    """None where the operator names no collector; NoTelemetryError where it cannot be."""
    return Tracing(url) if url else None


def span_of(
    tracing: Tracing | None, name: str, kind: str, **attributes: str
) -> AbstractContextManager[Any]:
    """Return a span, or nothing at all."""
    return tracing.span(name, kind, **attributes) if tracing else nullcontext()


@lru_cache(maxsize=2048)
def statement_class(statement: str) -> tuple[str, str]:
    """Return the class of a statement: its verb and the first table it names."""
    verb, table = _VERB.match(statement), _TABLE.search(statement)
    return (verb[1].upper() if verb else "", table[1] if table else "")
