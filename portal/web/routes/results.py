"""An event as its organisers see it: sign-ups, letters, attendance, feedback, and files of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from portal import dates
from portal.domain.events import rules as event_rules
from portal.domain.events.models import Event, Status
from portal.domain.events.queries import SHOWN, analysed_event, managed_event, shown
from portal.domain.feedback import charts
from portal.domain.feedback import queries as feedback
from portal.domain.feedback.rules import FEWEST
from portal.domain.letters.queries import undelivered, undelivered_of
from portal.domain.organizations.rules import may_edit
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.models import Status as Standing
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER, is_held
from portal.i18n import gettext as _
from portal.refusals import NotFoundError
from portal.time_zones import wall_of
from portal.web.cards import state_tags
from portal.web.hours import hours_of
from portal.web.routing import Cache, Pages, Policy
from portal.web.tables import as_file

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.feedback.queries import Read
    from portal.refusals import Refusal
    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()


class Text(NamedTuple):
    """Something a participant wrote."""

    text: Said
    language_name: str
    may_quote: bool


def overview(visit: Visit, slug: str, refusal: Refusal | None = None) -> Response:
    """Where an event stands, and what its organisers can do now."""
    event, role = analysed_event(visit.db, visit.person, slug)
    row = shown(visit.db, SHOWN.where(Event.id == event.id))[0]
    starts = wall_of(event.starts_at, event.time_zone)
    over = event_rules.is_over(event, visit.now)
    return visit.page(
        "organizing/show.html",
        409 if refusal else 200,
        event=row,
        title=event.title.said(),
        tags=state_tags(row, visit.now),
        hours=hours_of(event.starts_at, event.time_zone, visit.chosen_zone),
        day=dates.full(starts.date()),
        refusal=refusal and refusal.said(),
        counts=registrations.counts(visit.db, event),
        undelivered=undelivered(visit.db, event.id),
        may_edit=may_edit(role),
        is_draft=event.published_at is None,
        is_over=over,
        may_postpone=event.published_at is not None
        and event.status == Status.SCHEDULED
        and not over,
        may_cancel=event.published_at is not None and event.status != Status.CANCELLED and not over,
        may_change=event.status != Status.CANCELLED,
    )


@pages.get(
    "/organizing/events/{slug}/results",
    name="results.show",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, slug: str) -> Response:
    """Feedback as charts with a table beside each, and the texts."""
    event, role = analysed_event(visit.db, visit.person, slug)
    read = feedback.answers(visit.db, event)
    counts = registrations.counts(visit.db, event)
    closes = wall_of(event.ends_at + FEEDBACK_CLOSES_AFTER, event.time_zone)
    return visit.page(
        "results/show.html",
        slug=slug,
        title=event.title.said(),
        day=dates.full(wall_of(event.starts_at, event.time_zone).date()),
        counts=counts,
        fewest=FEWEST,
        has_answers=bool(read),
        figures=_figures(counts, read),
        charts=[charts.ratings(read), charts.recommendations(read)] if read else [],
        good=_texts([(a.good, a) for a in read]),
        improve=_texts([(a.improve, a) for a in read]),
        is_over=event_rules.is_over(event, visit.now),
        closes=dates.long(closes.date()),
        may_edit=may_edit(role),
    )


def _figures(counts: dict[str, int], read: list[Read]) -> list[tuple[str, str]]:
    figures = [(dates.number(counts["confirmed"]), _("signed up"))]
    figures.append((dates.number(counts["attended"]), _("opened the room")))
    if read:
        figures.append((dates.number(len(read)), _("answered")))
        figures.append((dates.number(charts.mean_rating(read)), _("average rating of 5")))
        index = charts.recommendation_index(read)
        figures.append((f"{index:+d}" if index else "0", _("recommendation index, −100 to 100")))
    return figures


def _texts(pairs: list[tuple[str, Read]]) -> list[Text]:
    """Texts apart from the numbers that came with them, in an order that says nothing."""
    from portal.translated import Said  # noqa: PLC0415 - a type elsewhere in this module

    texts = [
        Text(Said(text, answer.language), dates.language_name(answer.language), answer.may_quote)
        for text, answer in pairs
        if text
    ]
    return sorted(texts, key=lambda item: hash(item.text.text))


STANDINGS = {
    "confirmed": lambda: _("Confirmed"),
    "held": lambda: _("Held until the address is proved"),
    "waitlisted": lambda: _("Waiting list"),
}


class Participant(NamedTuple):
    """A row of the participants' list."""

    name: str
    standing: str
    place: int | None
    is_member: bool
    signed_up: str
    attended: str | None
    undelivered: int


def _participants(visit: Visit, event: Event) -> list[Participant]:
    failed = undelivered_of(visit.db, event.id)
    line = 0
    rows = []
    for registration in registrations.active_of(visit.db, event):
        waits = registration.status == Standing.WAITLISTED
        line += waits
        state = "waitlisted" if waits else "held" if is_held(registration) else "confirmed"
        rows.append(
            Participant(
                registrations.recipient_of(visit.db, registration).name,
                STANDINGS[state](),
                line if waits else None,
                registration.person_id is not None,
                _stamp(event, registration, "registered_at") or "",
                _stamp(event, registration, "attended_at"),
                failed.get(registration.id, 0),
            )
        )
    return rows


def _stamp(event: Event, registration: Registration, name: str) -> str | None:
    instant = getattr(registration, name)
    return dates.stamp(wall_of(instant, event.time_zone)) if instant else None


@pages.get(
    "/organizing/events/{slug}/participants",
    name="results.participants",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def participants(visit: Visit, slug: str) -> Response:
    """Who comes; only for those who hold the event."""
    event = managed_event(visit.db, visit.person, slug)
    return visit.page(
        "results/participants.html",
        slug=slug,
        title=event.title.said(),
        rows=_participants(visit, event),
        city=hours_of(event.starts_at, event.time_zone, event.time_zone)[0].city,
    )


@pages.get(
    "/organizing/events/{slug}/participants.{form}",
    name="results.participants_file",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def participants_file(visit: Visit, slug: str, form: str) -> Response:
    """The participants' list to take along: names as given, no addresses."""
    event = managed_event(visit.db, visit.person, slug)
    header = [
        _("Name"),
        _("State"),
        _("Place in line"),
        _("Member or guest"),
        _("Signed up"),
        _("Opened the room"),
        _("Letters undelivered"),
    ]
    rows: list[list[Any]] = [
        [
            row.name,
            row.standing,
            row.place,
            _("member") if row.is_member else _("guest"),
            row.signed_up,
            row.attended or "",
            row.undelivered,
        ]
        for row in _participants(visit, event)
    ]
    return _file(form, f"{slug}-{_('participants')}", header, rows)


@pages.get(
    "/organizing/events/{slug}/answers.{form}",
    name="results.answers_file",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def answers_file(visit: Visit, slug: str, form: str) -> Response:
    """Every answer, in random order; nothing while there are fewer than five."""
    event, _role = analysed_event(visit.db, visit.person, slug)
    read = feedback.answers(visit.db, event)
    if not read:
        raise NotFoundError
    header = [
        _("Overall rating"),
        _("Would recommend it"),
        _("What was good"),
        _("What to improve"),
        _("May be quoted"),
        _("Language"),
    ]
    rows: list[list[Any]] = [
        [a.rating, a.recommend, a.good, a.improve, _("yes") if a.may_quote else _("no"), a.language]
        for a in read
    ]
    return _file(form, f"{slug}-{_('feedback')}", header, rows)


def _file(form: str, name: str, header: list[str], rows: list[list[Any]]) -> Response:
    if form not in {"csv", "xlsx"}:
        raise NotFoundError
    return as_file(form, name, header, rows)
