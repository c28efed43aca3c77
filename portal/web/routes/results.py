"""An event as its organisers see it: sign-ups, letters, attendance, feedback, and files of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from portal import dates
from portal.domain.events import rules as event_rules
from portal.domain.events.queries import analysed_event
from portal.domain.feedback import charts
from portal.domain.feedback import queries as feedback
from portal.domain.feedback.rules import FEWEST
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from portal.i18n import gettext as _
from portal.refusals import NotFoundError
from portal.time_zones import wall_of
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.tables import as_file

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.feedback.queries import Read
    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()


class Text(NamedTuple):
    """Something a participant wrote."""

    text: Said
    language_name: str
    may_quote: bool


@pages.get(
    "/organizing/events/{slug}/results",
    name="results.show",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
    guarded=True,
)
def show(visit: Visit, slug: str) -> Response:
    """Feedback as charts with a table beside each, and the texts."""
    event, roles = analysed_event(visit.db, visit.person, slug)
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
        may_edit=event_rules.may_edit(roles),
    )


def _figures(counts: dict[str, int], read: list[Read]) -> list[tuple[str, str]]:
    figures = [(dates.number(counts["confirmed"]), _("signed up"))]
    figures.append((dates.number(counts["attended"]), _("opened the room")))
    if read:
        figures.append((dates.number(len(read)), _("answered")))
        figures.append((dates.number(charts.mean_rating(read)), _("average rating of 5")))
        index = charts.recommendation_index(read)
        signed = f"{index:+d}".replace("-", "−") if index else "0"
        figures.append((signed, _("recommendation index, −100 to 100")))
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


@pages.get(
    "/organizing/events/{slug}/answers.{form}",
    name="results.answers_file",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
    guarded=True,
)
def answers_file(visit: Visit, slug: str, form: str) -> Response:
    """Every answer, in random order; nothing while there are fewer than five."""
    event, _roles = analysed_event(visit.db, visit.person, slug)
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
    return as_file(form, f"{slug}-{_('feedback')}", header, rows)
