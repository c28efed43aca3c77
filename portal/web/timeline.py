"""An initiative's line of time: what lies ahead, then what has been, from every source there is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from portal import dates
from portal.domain.events.models import Status
from portal.domain.events.outcomes import Outcome
from portal.domain.events.rules import is_over
from portal.domain.initiatives.closing import report_of
from portal.domain.initiatives.models import StepKind
from portal.domain.initiatives.queries import steps_of
from portal.domain.initiatives.timeline import events_of
from portal.domain.results.rules import has_taken_place
from portal.domain.stories.listing import about_initiative
from portal.i18n import gettext as _
from portal.i18n import gettext_lazy, pgettext
from portal.time_zones import wall_of
from portal.web.cards import result_card_of, state_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from portal.domain.initiatives.models import Initiative
    from portal.domain.initiatives.timeline import Occasion
    from portal.translated import Said
    from portal.web.cards import ResultCard, Tag
    from portal.web.visit import Visit

KINDS: Final = {
    StepKind.PLAN: gettext_lazy("Plan"),
    StepKind.NEXT_STEP: gettext_lazy("Next step"),
}


class Moment(NamedTuple):
    """A point on the line; without a day it lies somewhere ahead."""

    day: date | None
    is_ahead: bool
    kind: str
    label: str
    title: Said | None = None
    url: str | None = None
    text: Said | None = None
    tags: tuple[Tag, ...] = ()
    result: ResultCard | None = None

    @property
    def day_in_words(self) -> str:
        """The day as readers read it; empty where nobody knows it."""
        return dates.long(self.day) if self.day else ""


class Line(NamedTuple):
    """The soonest first ahead, the latest first behind."""

    ahead: list[Moment]
    behind: list[Moment]


def line_of(visit: Visit, initiative: Initiative) -> Line:
    """Everything that stands on an initiative's line."""
    moments = [moment for source in SOURCES for moment in source(visit, initiative)]
    ahead = [moment for moment in moments if moment.is_ahead]
    behind = [moment for moment in moments if not moment.is_ahead]
    return Line(
        sorted(ahead, key=lambda moment: moment.day or date.max),
        sorted(behind, key=lambda moment: moment.day or date.min, reverse=True),
    )


def _steps(visit: Visit, initiative: Initiative) -> Iterator[Moment]:
    for step in steps_of(visit.db, initiative.id):
        is_done = step.done_at is not None
        yield Moment(
            day=_day(visit, step.done_at) if step.done_at else step.day,
            is_ahead=not is_done,
            kind="done" if is_done else step.kind,
            label=_("Done") if is_done else str(KINDS[StepKind(step.kind)]),
            text=step.text.said(),
        )


def _events(visit: Visit, initiative: Initiative) -> Iterator[Moment]:
    for occasion in events_of(visit.db, initiative.id):
        yield _event(visit, occasion)


def _event(visit: Visit, occasion: Occasion) -> Moment:
    event, outcome = occasion
    is_ahead = not is_over(event, visit.now) and event.status != Status.CANCELLED
    summary = event.summary.said()
    return Moment(
        day=wall_of(event.starts_at, visit.chosen_zone or event.time_zone).date(),
        is_ahead=is_ahead,
        kind="event",
        label=pgettext("on a line of time", "Event"),
        title=event.title.said(),
        url=visit.url("events.show", slug=event.slug),
        text=summary if summary.text else None,
        tags=tuple(state_tags(event, visit.now)),
        result=result_card_of(visit, outcome)
        if outcome and has_taken_place(event, visit.now)
        else None,
    )


def _stories(visit: Visit, initiative: Initiative) -> Iterator[Moment]:
    for story in about_initiative(visit.db, initiative.id):
        summary = story.summary.said()
        yield Moment(
            day=_day(visit, story.published_at) if story.published_at else None,
            is_ahead=False,
            kind="story",
            label=pgettext("on a line of time", "Story"),
            title=story.title.said(),
            url=visit.url("stories.show", slug=story.slug),
            text=summary if summary.text else None,
        )


def _closing(visit: Visit, initiative: Initiative) -> Iterator[Moment]:
    report = report_of(visit.db, initiative)
    if report is None:
        return
    outcome = Outcome(
        report.happened,
        report.reached,
        report.next_steps,
        report.took_part,
        report.published_at,
    )
    yield Moment(
        day=_day(visit, report.published_at),
        is_ahead=False,
        kind="closing",
        label=_("Closing report"),
        result=result_card_of(visit, outcome),
    )


def _beginning(_visit: Visit, initiative: Initiative) -> Iterator[Moment]:
    if initiative.since is not None and initiative.published_at is not None:
        yield Moment(initiative.since, is_ahead=False, kind="beginning", label=_("Beginning"))


# Whatever else grows on the line adds its source here.
SOURCES: Final[tuple[Callable[[Visit, Initiative], Iterator[Moment]], ...]] = (
    _closing,
    _steps,
    _events,
    _stories,
    _beginning,
)


def _day(visit: Visit, instant: datetime) -> date:
    return wall_of(instant, visit.zone).date()
