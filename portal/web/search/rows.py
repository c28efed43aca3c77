"""What was found as rows of a list: decisions taken and dates written for templates to draw."""

from dataclasses import dataclass

from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.domain.events.models import AttendanceMode, Status
from portal.domain.search.results import Hit
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.search.marking import Marker, Piece
from portal.web.components.event_cards import Tag
from portal.web.components.item_kinds import NAMES, item_url
from portal.web.components.labels import MODES
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class SearchRow:
    """What components/search_row.html draws."""

    url: str
    language: str
    # The language of its title, which may lack the one in which words were found.
    title_language: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    kind: str
    tags: tuple[Tag, ...]
    datetime: str | None
    day: str | None
    mode: str | None
    organization: LocalizedText | None


def row_of(ctx: Context, hit: Hit, marker: Marker) -> SearchRow:
    """Return a text that was found, its words marked; days are of the reader's zone."""
    kind = ItemKind(hit.kind)
    name = hit.name.localized(hit.language)
    title, title_language = (hit.title, hit.language) if hit.title else (name.text, name.language)
    tags = []
    day = None
    if hit.starts_at is not None and hit.ends_at is not None and hit.time_zone is not None:
        day = wall_of(hit.starts_at, ctx.chosen_zone or hit.time_zone).date()
        if hit.status == Status.CANCELLED:
            tags.append(Tag("cancelled", _("Cancelled")))
        elif hit.status == Status.POSTPONED:
            tags.append(Tag("postponed", _("Postponed")))
        elif hit.ends_at <= ctx.now:
            tags.append(Tag("plain", _("Over")))
    return SearchRow(
        url=item_url(ctx, kind, hit.slug),
        language=hit.language,
        title_language=title_language,
        title=marker.whole(title, title_language),
        snippet=marker.snippet(hit.body, hit.language),
        kind=str(NAMES[kind]),
        tags=tuple(tags),
        datetime=day.isoformat() if day else None,
        day=dates.long(day) if day else None,
        mode=str(MODES[AttendanceMode(hit.mode)]) if hit.mode else None,
        organization=hit.organization.localized()
        if hit.organization and kind is not ItemKind.ORGANIZATION
        else None,
    )
