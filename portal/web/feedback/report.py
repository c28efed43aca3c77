"""An event as its organisers see it: sign-ups, emails, attendance, feedback, and files of them."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.core.time_zones import wall_of
from portal.domain.events import rules as event_rules
from portal.domain.events.models import Event
from portal.domain.events.queries import analysed_event
from portal.domain.feedback import charts
from portal.domain.feedback import queries as feedback
from portal.domain.feedback.queries import Question, Tally
from portal.domain.feedback.rules import FEWEST
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import page_asked, page_links
from portal.web.http.spreadsheets import as_file

router = PortalRouter()
# Answers to each of the two questions in words.
ON_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Text:
    """Something a participant wrote."""

    text: LocalizedText
    language_name: str
    may_quote: bool


@router.page(
    "/manage/events/{slug}/results",
    name="event_reports.show",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
    second_factor=True,
)
def show(ctx: Context, slug: str) -> Response:
    """Feedback as charts with a table beside each, and the texts, the first of them or further."""
    event, roles = analysed_event(ctx.db, ctx.signed_in_user, slug)
    page = page_asked(ctx)
    tally = feedback.tally(ctx.db, event.id)
    counts = registrations.counts(ctx.db, event)
    closes = wall_of(event.ends_at + FEEDBACK_CLOSES_AFTER, event.time_zone)
    texts = {each: _texts(ctx, event, each, page) if tally else [] for each in Question}
    if page > 1 and not any(texts.values()):
        raise NotFoundError
    more = any(len(found) > ON_A_PAGE for found in texts.values())
    return render(
        ctx,
        "feedback/report.html",
        slug=slug,
        title=event.title.localized(),
        day=dates.full(wall_of(event.starts_at, event.time_zone).date()),
        counts=counts,
        fewest=FEWEST,
        has_answers=tally is not None,
        figures=_figures(counts, tally),
        charts=[charts.ratings(tally), charts.recommendations(tally)] if tally else [],
        good=texts[Question.GOOD][:ON_A_PAGE],
        improve=texts[Question.IMPROVE][:ON_A_PAGE],
        page=page,
        pager=page_links(ctx, "event_reports.show", {}, page, more=more, slug=slug),
        is_over=event_rules.is_over(event, ctx.now),
        closes=dates.long(closes.date()),
        may_edit=event_rules.may_edit(roles),
    )


def _figures(counts: dict[str, int], tally: Tally | None) -> list[tuple[str, str]]:
    figures = [(dates.number(counts["confirmed"]), _("signed up"))]
    figures.append((dates.number(counts["attended"]), _("opened the room")))
    if tally:
        figures.append((dates.number(tally.answers), _("answered")))
        figures.append((dates.number(charts.mean_rating(tally)), _("average rating of 5")))
        index = charts.recommendation_index(tally)
        signed = f"{index:+d}".replace("-", "−") if index else "0"
        figures.append((signed, _("recommendation index, −100 to 100")))
    return figures


def _texts(ctx: Context, event: Event, question: Question, page: int) -> list[Text]:
    """Texts of a page, and one of the next if there is one."""
    past = (page - 1) * ON_A_PAGE
    return [
        Text(
            LocalizedText(each.text, each.language),
            dates.language_name(each.language),
            each.may_quote,
        )
        for each in feedback.texts(ctx.db, event.id, question, past, ON_A_PAGE + 1)
    ]


@router.page(
    "/manage/events/{slug}/answers.{form}",
    name="event_reports.answers_file",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
    second_factor=True,
)
def answers_file(ctx: Context, slug: str, form: str) -> Response:
    """Return every answer, in random order; nothing while there are fewer than five."""
    event, _roles = analysed_event(ctx.db, ctx.signed_in_user, slug)
    if feedback.tally(ctx.db, event.id) is None:
        raise NotFoundError
    header = [
        _("Overall rating"),
        _("Would recommend it"),
        _("What was good"),
        _("What to improve"),
        _("May be quoted"),
        _("Language"),
    ]
    yes, no = _("yes"), _("no")
    rows = (
        [a.rating, a.recommend, a.good, a.improve, yes if a.may_quote else no, a.language]
        for a in feedback.all_answers(ctx.db, event.id)
    )
    return as_file(form, f"{slug}-{_('feedback')}", header, rows)
