"""The month calendar, and calendars to subscribe to."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.core.time_zones import wall_of, zone_info
from portal.domain.events import listing
from portal.domain.events.queries import EventRow
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.templating.environment import macros
from portal.web.caching.fragments import Sort
from portal.web.components.event_cards import Tag, state_tags
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.downloads import FEED_REACHES_BACK, calendar_file
from portal.web.http.pagination import Step

router = PortalRouter()
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
# Up to half a megabyte each, of a month with as many events as fit.
_MONTHS: Final = Sort("months", 4)


@dataclass(frozen=True, slots=True)
class DayEntry:
    """An event on a day; without an hour on those after the first."""

    hour: str | None
    title: LocalizedText
    url: str
    tags: list[Tag]


@dataclass(frozen=True, slots=True)
class Day:
    """A cell of the month."""

    date: str
    number: int
    spoken: str
    weekday: str
    # Of days of the months before and after, which share its weeks.
    month: str | None
    is_today: bool
    events: list[DayEntry]


@dataclass(frozen=True, slots=True)
class Week:
    """A row of the month."""

    days: list[Day]


@dataclass(frozen=True, slots=True)
class Month:
    """What components/month.html draws."""

    caption: str
    weekdays: list[tuple[str, str]]
    weeks: list[Week]
    previous: Step | None
    next: Step | None
    language: str


@dataclass(frozen=True, slots=True)
class RenderedMonth:
    """A month as its page shows it."""

    caption: str
    html: Markup
    is_empty: bool
    is_cut: bool


@router.page("/calendar", name="calendar.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(ctx: Context) -> Response:
    """Show the present month, where the reader is."""
    return _month_page(ctx, wall_of(ctx.now, ctx.zone).date().replace(day=1))


@router.page("/calendar/{month}", name="calendar.month", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def month(ctx: Context, month: str) -> Response:
    """Any month, as 2027-04."""
    matched = MONTH.fullmatch(month)
    if matched is None:
        raise NotFoundError
    return _month_page(ctx, date(int(matched[1]), int(matched[2]), 1))


@router.page("/calendar.ics", name="calendar.feed", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def feed(ctx: Context) -> Response:
    """Return all public events for a calendar that subscribes."""
    found = listing.feed(ctx.db, ctx.now, ctx.now - FEED_REACHES_BACK)
    return calendar_file(ctx, found, "shanyraq")


def _month_page(ctx: Context, first: date) -> Response:
    rendered = ctx.fragment(
        _MONTHS, (first, ctx.tag, ctx.chosen_zone), partial(_rendered_month, first=first)
    )
    return render(
        ctx,
        "events/calendar.html",
        calendar=rendered,
        index_as=("calendar.month", {"month": first.isoformat()[:7]}, None),
    )


def _rendered_month(ctx: Context, first: date) -> RenderedMonth:
    weeks = calendar.Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    found = listing.between(ctx.db, _midnight(begin, ctx.zone), _midnight(end, ctx.zone))
    today = wall_of(ctx.now, ctx.zone).date()
    by_day: dict[date, list[DayEntry]] = {}
    for event in found:
        for day in _days_of(event, ctx.zone, begin, end):
            by_day.setdefault(day, []).append(_entry(ctx, event, day))
    month = Month(
        caption=dates.month_and_year(first),
        weekdays=[(dates.short_weekday(day), dates.long_weekday(day)) for day in weeks[0]],
        weeks=[
            Week(
                [
                    Day(
                        date=day.isoformat(),
                        number=day.day,
                        spoken=dates.full(day),
                        weekday=dates.short_weekday(day),
                        month=dates.month_name(day) if day.month != first.month else None,
                        is_today=day == today,
                        events=by_day.get(day, []),
                    )
                    for day in week
                ]
            )
            for week in weeks
        ],
        previous=_step(ctx, first - timedelta(days=1)),
        next=_step(ctx, first + timedelta(days=31)),
        language=ctx.language,
    )
    return RenderedMonth(
        month.caption,
        macros("components/month.html").month(month),
        is_empty=not any(by_day),
        is_cut=len(found) == listing.MAX_IN_MONTH,
    )


def _midnight(day: date, zone: str) -> datetime:
    """Return the instant a day begins; where clocks jump over midnight, the first that exists."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone_info(zone))
    return wall.astimezone(UTC)


def _step(ctx: Context, day: date) -> Step | None:
    if MONTH.fullmatch(day.isoformat()[:7]) is None:
        return None
    url = ctx.url("calendar.month", month=day.isoformat()[:7])
    return Step(dates.month_and_year(day), url)


def _days_of(event: EventRow, zone: str, begin: date, end: date) -> list[date]:
    """Return the days from `begin` on and before `end` on which an event goes on somewhere."""
    first = max(wall_of(event.starts_at, zone).date(), begin)
    # What ends at midnight does not touch the day that begins then.
    last = wall_of(event.ends_at - timedelta(microseconds=1), zone).date()
    days = (min(last, end - timedelta(days=1)) - first).days + 1
    return [first + timedelta(days=number) for number in range(days)]


def _entry(ctx: Context, event: EventRow, day: date) -> DayEntry:
    starts = wall_of(event.starts_at, ctx.zone)
    return DayEntry(
        dates.hour(starts) if starts.date() == day else None,
        event.title.localized(),
        ctx.url("events.show", slug=event.slug),
        [tag for tag in state_tags(event, ctx.now) if tag.label != _("Over")],
    )
