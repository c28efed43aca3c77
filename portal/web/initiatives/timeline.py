"""An initiative's line of time: what lies ahead, then what has been, from every source there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.core.time_zones import wall_of
from portal.domain.events.models import Status
from portal.domain.events.related import Outcome
from portal.domain.events.rules import is_over
from portal.domain.initiatives.closing import report_of
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.initiatives.queries import steps_of
from portal.domain.initiatives.timeline import Occasion, events_of
from portal.domain.results.rules import has_taken_place
from portal.domain.stories.listing import about_initiative
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import pgettext
from portal.i18n.translated import LocalizedText
from portal.web.components.event_cards import ResultCard, Tag, result_card_of, state_tags
from portal.web.components.labels import STEP_KINDS
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class Moment:
    """A point on the line; without a day it lies somewhere ahead."""

    day: date | None
    is_ahead: bool
    kind: str
    label: str
    title: LocalizedText | None = None
    url: str | None = None
    text: LocalizedText | None = None
    tags: tuple[Tag, ...] = ()
    result: ResultCard | None = None

    @property
    def day_in_words(self) -> str:
        """The day as readers read it; empty where nobody knows it."""
        return dates.long(self.day) if self.day else ""


@dataclass(frozen=True, slots=True)
class TimelineRows:
    """The soonest first ahead, the latest first behind."""

    ahead: list[Moment]
    behind: list[Moment]


def line_of(ctx: Context, initiative: Initiative) -> TimelineRows:
    """Return everything that stands on an initiative's line."""
    moments = [moment for source in SOURCES for moment in source(ctx, initiative)]
    ahead = [moment for moment in moments if moment.is_ahead]
    behind = [moment for moment in moments if not moment.is_ahead]
    return TimelineRows(
        sorted(ahead, key=lambda moment: moment.day or date.max),
        sorted(behind, key=lambda moment: moment.day or date.min, reverse=True),
    )


def _steps(ctx: Context, initiative: Initiative) -> Iterator[Moment]:
    for step in steps_of(ctx.db, initiative.id):
        is_done = step.done_at is not None
        yield Moment(
            day=_day(ctx, step.done_at) if step.done_at else step.day,
            is_ahead=not is_done,
            kind="done" if is_done else step.kind,
            label=_("Done") if is_done else str(STEP_KINDS[StepKind(step.kind)]),
            text=step.text.localized(),
        )


def _events(ctx: Context, initiative: Initiative) -> Iterator[Moment]:
    for occasion in events_of(ctx.db, initiative.id):
        yield _event(ctx, occasion)


def _event(ctx: Context, occasion: Occasion) -> Moment:
    event, outcome = occasion.event, occasion.outcome
    is_ahead = not is_over(event, ctx.now) and event.status != Status.CANCELLED
    summary = event.summary.localized()
    return Moment(
        day=wall_of(event.starts_at, ctx.chosen_zone or event.time_zone).date(),
        is_ahead=is_ahead,
        kind="event",
        label=pgettext("on a line of time", "Event"),
        title=event.title.localized(),
        url=ctx.url("events.show", slug=event.slug),
        text=summary if summary.text else None,
        tags=tuple(state_tags(event, ctx.now)),
        result=result_card_of(ctx, outcome)
        if outcome and has_taken_place(event, ctx.now)
        else None,
    )


def _stories(ctx: Context, initiative: Initiative) -> Iterator[Moment]:
    for story in about_initiative(ctx.db, initiative.id):
        summary = story.summary.localized()
        yield Moment(
            day=_day(ctx, story.published_at) if story.published_at else None,
            is_ahead=False,
            kind="story",
            label=pgettext("on a line of time", "Story"),
            title=story.title.localized(),
            url=ctx.url("stories.show", slug=story.slug),
            text=summary if summary.text else None,
        )


def _closing(ctx: Context, initiative: Initiative) -> Iterator[Moment]:
    report = report_of(ctx.db, initiative)
    if report is None:
        return
    outcome = Outcome(
        happened=report.happened,
        reached=report.reached,
        next_steps=report.next_steps,
        took_part=report.took_part,
        published_at=report.published_at,
    )
    yield Moment(
        day=_day(ctx, report.published_at),
        is_ahead=False,
        kind="closing",
        label=_("Closing report"),
        result=result_card_of(ctx, outcome),
    )


def _beginning(_visit: Context, initiative: Initiative) -> Iterator[Moment]:
    if initiative.since is not None and initiative.published_at is not None:
        yield Moment(initiative.since, is_ahead=False, kind="beginning", label=_("Beginning"))


# Whatever else grows on the line adds its source here.
SOURCES: Final[tuple[Callable[[Context, Initiative], Iterator[Moment]], ...]] = (
    _closing,
    _steps,
    _events,
    _stories,
    _beginning,
)


def _day(ctx: Context, instant: datetime) -> date:
    return wall_of(instant, ctx.zone).date()
