"""Lists of public events, and their rows as everybody sees them: shared by all who read them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.domain.events import listing
from portal.domain.registrations.standings import standings
from portal.rendering import remembered, template
from portal.web.cards import card_of
from portal.web.parts import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from portal.domain.events.listing import Filters
    from portal.domain.events.queries import Shown
    from portal.web.visit import Visit

# Some fifty kilobytes each. What is found is the same in all languages.
_FOUND: Final = Sort("lists of events", 24)
_DRAWN: Final = Sort("rows of lists of events", 32)


class Found(NamedTuple):
    """One page of a list, and whether there are more."""

    events: list[Shown]
    more: bool


class Rows(NamedTuple):
    """Events and their rows, whose headings are of a level."""

    events: list[Shown]
    drawn: list[Markup]
    level: int

    def with_own(self, visit: Visit, mine: Mapping[int, str]) -> list[Markup]:
        """The rows; those of events that the visitor stands in the list of say so."""
        return [
            _row(visit, event, self.level, mine[event.id]) if event.id in mine else row
            for event, row in zip(self.events, self.drawn, strict=True)
        ]


def found_events(visit: Visit, filters: Filters, page: int = 1) -> Found:
    """Twenty events of a list."""

    def find(anybody: Visit) -> Found:
        return Found(*listing.page_of(anybody.db, filters, anybody.now, page))

    return visit.part(_FOUND, (filters, page), find)


def rows_of(visit: Visit, events: list[Shown], level: int) -> Rows:
    """Events as rows of a list, as everybody sees them."""
    return Rows(events, [_row(visit, event, level) for event in events], level)


def own_standings(visit: Visit, events: list[Shown]) -> dict[int, str]:
    """By the numbers of those events that the visitor stands in the list of."""
    return standings(visit.db, visit.visitor, [e.id for e in events]) if visit.visitor else {}


def event_rows(visit: Visit, filters: Filters, page: int) -> tuple[list[Markup], bool]:
    """The rows of a list, and whether there are more."""
    key = (filters, page, visit.tag, visit.chosen_zone)
    rows, more = visit.part(_DRAWN, key, partial(_rows, filters=filters, page=page))
    return rows.with_own(visit, own_standings(visit, rows.events)), more


def _rows(visit: Visit, filters: Filters, page: int) -> tuple[Rows, bool]:
    found = found_events(visit, filters, page)
    return rows_of(visit, found.events, level=2), found.more


def _row(visit: Visit, event: Shown, level: int, standing: str | None = None) -> Markup:
    macro = template("components/event_row.html").module.event_row
    return remembered(macro, card_of(visit, event, standing), level, True)
