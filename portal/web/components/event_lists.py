"""Lists of public events, and their rows as everybody sees them: shared by all who read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from markupsafe import Markup

from portal.domain.events import listing
from portal.domain.events.listing import Filters
from portal.domain.events.queries import EventRow
from portal.domain.registrations.viewer_state import registration_statuses
from portal.templating.environment import macros
from portal.web.caching.fragments import Sort
from portal.web.components.event_cards import card_of
from portal.web.http import Context

# Some fifty kilobytes each. What is found is the same in all languages.
_LISTS: Final = Sort("lists of events", 24)
_ROWS: Final = Sort("rows of lists of events", 32)


class EventPage(NamedTuple):
    """One page of a list, and whether there are more."""

    events: list[EventRow]
    more: bool


@dataclass(frozen=True, slots=True)
class EventRows:
    """Events and their rows, whose headings are of a level."""

    events: list[EventRow]
    rendered: list[Markup]
    level: int

    def with_own(self, ctx: Context, mine: Mapping[int, str]) -> list[Markup]:
        """Return the rows; those of events that the visitor stands in the list of say so."""
        return [
            _row(ctx, event, self.level, mine[event.id]) if event.id in mine else row
            for event, row in zip(self.events, self.rendered, strict=True)
        ]


def find_events(ctx: Context, filters: Filters, page: int = 1) -> EventPage:
    """Return twenty events of a list."""

    def find(anybody: Context) -> EventPage:
        return EventPage(*listing.page_of(anybody.db, filters, anybody.now, page))

    return ctx.fragment(_LISTS, (filters, page), find)


def event_rows_of(ctx: Context, events: list[EventRow], level: int) -> EventRows:
    """Events as rows of a list, as everybody sees them."""
    return EventRows(events, [_row(ctx, event, level) for event in events], level)


def viewer_statuses(ctx: Context, events: list[EventRow]) -> dict[int, str]:
    """By the numbers of those events that the visitor stands in the list of."""
    return registration_statuses(ctx.db, ctx.user, [e.id for e in events]) if ctx.user else {}


def event_rows(ctx: Context, filters: Filters, page: int) -> tuple[list[Markup], bool]:
    """Return the rows of a list, and whether there are more."""
    key = (filters, page, ctx.tag, ctx.chosen_zone)
    rows, more = ctx.fragment(_ROWS, key, partial(_rows, filters=filters, page=page))
    return rows.with_own(ctx, viewer_statuses(ctx, rows.events)), more


def _rows(ctx: Context, filters: Filters, page: int) -> tuple[EventRows, bool]:
    found = find_events(ctx, filters, page)
    return event_rows_of(ctx, found.events, level=2), found.more


def _row(ctx: Context, event: EventRow, level: int, status: str | None = None) -> Markup:
    row: Markup = macros("components/event_row.html").event_row(card_of(ctx, event, status), level)
    return row
