"""Answers that are files: calendars, comma-separated values and workbooks."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.core.refusals import NotFoundError
from portal.domain.events.icalendar import calendar_of
from portal.domain.events.link_safety import unlinked
from portal.domain.events.queries import EventRow
from portal.media.storage import Storage
from portal.web.http.context import Context
from portal.web.http.layout import site_name


class StoredFile(Response):
    """A file of the storage. It is read while it is sent, when the transaction is over."""

    def __init__(
        self, storage: Storage, name: str, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(headers=headers, media_type=media_type)
        self._storage, self._name = storage, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raise NotFoundError if it is not there."""
        content = await self._storage.read(self._name)
        if content is None:
            raise NotFoundError
        self.body = content
        self.headers["content-length"] = str(len(content))
        await super().__call__(scope, receive, send)


def download(content: bytes, media_type: str, name: str) -> Response:
    """Return a file to save."""
    headers = {"content-disposition": disposition(name)}
    return Response(content, media_type=media_type, headers=headers)


def disposition(name: str) -> str:
    """Return the header that has a browser save a file; RFC 6266 for names in any script."""
    plain = name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def calendar_file(
    ctx: Context,
    events: list[EventRow],
    name: str,
    title: str | None = None,
    *,
    is_discreet: bool = False,
) -> Response:
    """Events as iCalendar in the reader's language; a discreet file bears no name either."""
    content = calendar_of(
        [unlinked(event, ctx.now) for event in events],
        name="" if is_discreet else title or site_name(ctx.site),
        is_discreet=is_discreet,
        event_url=lambda slug: ctx.absolute("events.show", slug=slug),
    )
    return download(content, "text/calendar; charset=utf-8", f"{name}.ics")


# Feeds keep what is over for this long, so that calendars can still show it.
FEED_REACHES_BACK = timedelta(days=60)
