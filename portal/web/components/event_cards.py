"""Events as rows of a list: decisions taken and dates written, so that templates only draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.core.availability import Band
from portal.core.time_zones import wall_of
from portal.domain.events.models import AttendanceMode, Status
from portal.domain.events.queries import EventRow
from portal.domain.events.related import Outcome
from portal.domain.events.rules import is_over, is_running
from portal.domain.organizations.hosting import Host
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.publication import Visibility
from portal.i18n import dates
from portal.i18n.locale import current_language
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import protect_text
from portal.i18n.translated import LocalizedText
from portal.web.components.labels import BANDS, MODES
from portal.web.components.times import Hour, event_hours
from portal.web.http import Context


class Hosted(Protocol):
    """An event or an initiative."""

    @property
    def hosts(self) -> tuple[Host, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Tag:
    """A word about an event's state; `kind` is a class of the tag component."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class EventCard:
    """What components/event_row.html draws."""

    url: str
    title: LocalizedText
    summary: LocalizedText | None
    date: dates.Leaf
    is_today: bool
    hours: tuple[Hour, ...]
    tags: tuple[Tag, ...]
    meta: str
    organization: LocalizedText
    language: str


@dataclass(frozen=True, slots=True)
class ResultCard:
    """What components/result_card.html draws."""

    happened: LocalizedText
    reached: LocalizedText | None
    next_steps: LocalizedText | None
    # The first answer in another language than the reader's, where others are in that.
    partly: LocalizedText | None
    took_part: str | None
    published: str
    language: str


def reservations(event: EventRow, now: datetime) -> list[Tag]:
    """Return who does not see it, and who does not know its organiser."""
    tags = []
    if event.published_at is None:
        tags.append(Tag("plain", _("Draft")))
    elif event.visibility == Visibility.HIDDEN:
        tags.append(Tag("cancelled", _("Hidden by the moderators")))
    elif event.visibility == "private":
        tags.append(Tag("plain", _("Private")))
    if not is_verified(event.organization_verified_until, now):
        tags.append(Tag("plain", _("Organiser not verified")))
    return tags


def state_tags(event: EventRow, now: datetime, status: str | None = None) -> list[Tag]:
    """Return what to know first, most important first; registered people see no places left."""
    tags = reservations(event, now)
    if event.status == Status.CANCELLED:
        return [*tags, Tag("cancelled", _("Cancelled"))]
    if event.status == Status.POSTPONED:
        return [*tags, Tag("postponed", _("Postponed"))]
    if status is not None:
        mine = _("You are on the waiting list") if status == "waitlisted" else _("You take part")
        tags.append(Tag("mine", mine))
    if is_running(event, now):
        tags.append(Tag("live", _("On now")))
    elif is_over(event, now):
        tags.append(Tag("plain", _("Over")))
        if event.has_result:
            tags.append(Tag("done", _("Result published")))
    elif (
        status is None and event.published_at is not None and event.places in {Band.FEW, Band.FULL}
    ):
        tags.append(Tag(event.places.value, str(BANDS[event.places])))
    return tags


def languages_line(event: EventRow) -> str:
    """Return the spoken languages in words."""
    return dates.languages(event.languages)


def hosts_line(item: Hosted) -> LocalizedText:
    """Return who holds it, in one line: a single organisation in its own language."""
    hosts = item.hosts
    if len(hosts) == 1:
        return hosts[0].name.localized()
    return LocalizedText(
        dates.listed(protect_text(host.name.localized()) for host in hosts), current_language.get()
    )


def card_of(
    ctx: Context, event: EventRow, status: str | None = None, route: str = "events.show"
) -> EventCard:
    """Return one event as a row."""
    zone = ctx.chosen_zone or event.time_zone
    starts = wall_of(event.starts_at, zone)
    day = starts.date()
    venue = (
        protect_text(event.venue.localized())
        if event.attendance_mode != AttendanceMode.ONLINE
        else ""
    )
    parts = [str(MODES[AttendanceMode(event.attendance_mode)]), venue, languages_line(event)]
    summary = event.summary.localized()
    return EventCard(
        url=ctx.url(route, slug=event.slug),
        title=event.title.localized(),
        summary=summary if summary.text else None,
        date=dates.leaf(day),
        is_today=day == wall_of(ctx.now, zone).date(),
        hours=event_hours(starts, event.time_zone, ctx.chosen_zone),
        tags=tuple(state_tags(event, ctx.now, status)),
        meta=" · ".join(part for part in parts if part),
        organization=hosts_line(event),
        language=ctx.language,
    )


def cards_of(
    ctx: Context,
    events: list[EventRow],
    standings: Mapping[int, str] | None = None,
    route: str = "events.show",
) -> list[EventCard]:
    """Events as rows."""
    known = standings or {}
    return [card_of(ctx, event, known.get(event.id), route) for event in events]


def result_card_of(ctx: Context, outcome: Outcome) -> ResultCard:
    """Return what came of an event, as its readers are told."""
    answers = [text.localized() for text in (outcome.happened, outcome.reached, outcome.next_steps)]
    _happened, reached, next_steps = (said if said.text else None for said in answers)
    foreign = [said for said in answers if said.text and said.language != ctx.language]
    least = outcome.took_part
    return ResultCard(
        happened=answers[0],
        reached=reached,
        next_steps=next_steps,
        partly=foreign[0] if foreign and foreign[0] is not answers[0] else None,
        took_part=_("At least %(number)s people took part", number=dates.number(least))
        if least
        else None,
        published=dates.long(wall_of(outcome.published_at, ctx.zone).date()),
        language=ctx.language,
    )
