"""The page of one event: what is the same for all readers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from markupsafe import Markup
from starlette.responses import Response

from portal.content.markdown import without_links
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.emails.queries import undelivered
from portal.domain.events import rules as event_rules
from portal.domain.events.models import AttendanceMode, Event, Funding, Status
from portal.domain.events.queries import (
    EVENT_ROWS,
    EventDetail,
    EventRow,
    analysed_event,
    fetch_event_rows,
)
from portal.domain.events.queries import event_page as find_event_page
from portal.domain.events.rules import may_analyse
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.publication import is_public
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.viewer_state import NOTHING, viewer_state
from portal.domain.results.rules import has_taken_place
from portal.domain.stories.listing import about_event
from portal.i18n import dates
from portal.i18n.locale import OWN_NAMES
from portal.i18n.translated import LocalizedText
from portal.templating.environment import render_blocks
from portal.web.caching.fragments import Sort
from portal.web.components.covers import cover_of_page
from portal.web.components.event_cards import languages_line, result_card_of, state_tags
from portal.web.components.labels import FUNDINGS, MODES
from portal.web.components.open_graph import shared
from portal.web.components.schema_org import linked_data
from portal.web.components.story_cards import story_cards
from portal.web.components.times import event_hours, other_cities
from portal.web.components.translation_notice import translation_notice
from portal.web.events.registration_panel import (
    BLANK,
    GuestFields,
    SignUpOffer,
    sign_up_offer,
)
from portal.web.http import Context, render
from portal.web.http.forms import Form
from portal.web.http.layout import site_name

# An event that ends on the next day by then is said to end at an hour, not on a date.
LONGEST_NIGHT: Final = timedelta(hours=12)
# Some twenty kilobytes each.
_EVENT_PAGES: Final = Sort("event pages", 64)


@dataclass(frozen=True, slots=True)
class EventPage:
    """What the page shows to everybody, rendered, and what its sign-up panel is rendered from."""

    event: EventRow
    title: LocalizedText
    summary: LocalizedText
    head: Markup
    lead: Markup
    rest: Markup
    offer: SignUpOffer


def event_page_for(ctx: Context, slug: str) -> EventPage:
    """Return the page of an event the visitor may see, shared where all may see it."""
    key = (slug, ctx.tag, ctx.chosen_zone)
    try:
        return ctx.fragment(_EVENT_PAGES, key, partial(_page, slug=slug))
    except NotFoundError:
        if ctx.user is None:
            raise
        return _page(ctx, slug)


def _page(ctx: Context, slug: str) -> EventPage:
    return page_of(ctx, *find_event_page(ctx.db, ctx.user, slug))


def page_of(
    ctx: Context, event: EventRow, words: EventDetail, *, is_preview: bool = False
) -> EventPage:
    """Return the page, rendered; a preview leads nowhere that is not there yet."""
    title, summary = event.title.localized(), event.summary.localized()
    offer = sign_up_offer(event, ctx.now)
    facts = _facts(ctx, event, words, title, summary)
    blocks = render_blocks(
        "events/_page.html",
        **facts,
        event=event,
        is_over=offer.is_over,
        is_cancelled=offer.is_cancelled,
        is_preview=is_preview,
        language=ctx.language,
        language_names=OWN_NAMES,
        url=ctx.url,
    )
    return EventPage(event, title, summary, blocks.head, blocks.lead, blocks.rest, offer)


def _until(starts: datetime, ends: datetime) -> str | None:
    """Return the end, if on another day: its hour after a night, its date after longer."""
    if starts.date() == ends.date():
        return None
    return dates.hour(ends) if ends - starts <= LONGEST_NIGHT else dates.full(ends.date())


def _facts(
    ctx: Context, event: EventRow, words: EventDetail, title: LocalizedText, summary: LocalizedText
) -> dict[str, Any]:
    """Return what is told of the event to everybody."""
    hours = event_hours(event.starts_at, event.time_zone, ctx.chosen_zone)
    first_zone = ctx.chosen_zone or event.time_zone
    starts, ends = wall_of(event.starts_at, first_zone), wall_of(event.ends_at, first_zone)
    html = words.description_html
    language = ctx.language if ctx.language in html else event.title.original
    description = html.get(language, "")
    if not is_verified(event.organization_verified_until, ctx.now):
        description = without_links(description)
    mode = AttendanceMode(event.attendance_mode)
    return {
        "title": title,
        "summary": summary,
        "description": Markup(description),  # noqa: S704 - sanitised when it was saved
        "description_language": language,
        "translation": translation_notice(
            ctx, ItemKind.EVENT, event.slug, event.title.original, words.counts
        ),
        "hosts": [
            (host.name.localized(), ctx.url("organizations.show", slug=host.slug))
            for host in event.hosts
        ],
        "tags": state_tags(event, ctx.now),
        "hours": hours,
        "cities": other_cities(event.starts_at, hours),
        "day": dates.full(starts.date()),
        "until": _until(starts, ends),
        "length": dates.duration(event.ends_at - event.starts_at),
        "mode": MODES[mode],
        "venue": event.venue.localized() if mode is not AttendanceMode.ONLINE else None,
        "spoken": languages_line(event),
        "topics": [(str(TAGS[tag]), ctx.url("tags.show", tag=tag)) for tag in event.tags],
        "initiative": (
            words.line.title.localized(),
            ctx.url("initiatives.show", slug=words.line.slug),
        )
        if words.line
        else None,
        "funding": FUNDINGS[Funding(words.funding)] if words.funding else None,
        "funding_note": words.funding_note.localized(),
        "published": dates.long(wall_of(event.published_at, first_zone).date())
        if event.published_at
        else None,
        "changed": words.editions - 1,
        "result": result_card_of(ctx, words.outcome)
        if words.outcome and has_taken_place(event, ctx.now)
        else None,
        "stories": story_cards(ctx, about_event(ctx.db, event.id)) if words.has_stories else [],
        "cover": cover_of_page(ctx, words.cover),
        "linked_data": linked_data(ctx, event, words),
        "shared": shared(
            ctx,
            "events.show",
            event.slug,
            title=title,
            description=summary,
            changed_at=event.changed_at,
        ),
        "site_name": site_name(ctx.site),
    }


def event_page(
    ctx: Context,
    slug: str,
    form: Form[GuestFields] = BLANK,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    """Return the event page; a refusal or a form's errors are told beside the button."""
    page = event_page_for(ctx, slug)
    event = page.event
    own = viewer_state(ctx.db, ctx.user, event) if ctx.user else NOTHING
    return render(
        ctx,
        "events/show.html",
        status,
        spelled=(ItemKind.EVENT, event.id),
        page=page,
        form=form,
        registration=own.registration,
        refusal=refusal and refusal.localized(),
        may_analyse=may_analyse(own.roles),
        is_preview=False,
        index_as=("events.show", {"slug": slug}, None) if is_public(event) else None,
    )


def overview(ctx: Context, slug: str, refusal: Refusal | None = None) -> Response:
    """Return where an event stands, and what its organisers can do now."""
    event, roles = analysed_event(ctx.db, ctx.signed_in_user, slug)
    row = fetch_event_rows(ctx.db, EVENT_ROWS.where(Event.id == event.id))[0]
    starts = wall_of(event.starts_at, event.time_zone)
    over = event_rules.is_over(event, ctx.now)
    return render(
        ctx,
        "events/manage.html",
        409 if refusal else 200,
        event=row,
        title=event.title.localized(),
        tags=state_tags(row, ctx.now),
        hours=event_hours(event.starts_at, event.time_zone, ctx.chosen_zone),
        day=dates.full(starts.date()),
        refusal=refusal and refusal.localized(),
        counts=registrations.counts(ctx.db, event),
        undelivered=undelivered(ctx.db, event.id),
        may_edit=event_rules.may_edit(roles),
        may_check_in=event_rules.may_check_in(roles),
        is_draft=event.published_at is None,
        is_over=over,
        may_postpone=event.published_at is not None
        and event.status == Status.SCHEDULED
        and not over,
        may_cancel=event.published_at is not None and event.status != Status.CANCELLED and not over,
        may_change=event.status != Status.CANCELLED,
        may_tell=event_rules.may_edit(roles) and has_taken_place(event, ctx.now),
    )
