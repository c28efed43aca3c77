"""The feedback form behind a pass: five questions, two minutes, nobody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from portal.domain.feedback import actions
from portal.domain.feedback.rules import LONGEST_TEXT, RATINGS, RECOMMENDATIONS
from portal.domain.registrations.rules import check_can_answer
from portal.refusals import Refusal
from portal.web.cards import hosts_line
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.routes.passes import open_pass, pass_page, shown_event
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.registrations.queries import Pass
    from portal.web.visit import Visit

pages = Pages()


class FeedbackFields(Fields):
    """The standard form."""

    rating: Annotated[int, Field(ge=RATINGS.start, le=RATINGS[-1])]
    recommend: Annotated[int, Field(ge=RECOMMENDATIONS.start, le=RECOMMENDATIONS[-1])]
    good: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    improve: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    quote: Literal["yes", "no"]


@pages.get(
    "/passes/{key}/feedback", name="feedback.new", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE
)
def new(visit: Visit, key: str) -> Response:
    """The form."""
    held = open_pass(visit, key)
    try:
        check_can_answer(held.event, held.registration, visit.now)
    except Refusal as refusal:
        return pass_page(visit, key, held, refusal)
    return _form_page(visit, key, held, Form(FeedbackFields))


@pages.post("/passes/{key}/feedback", name="feedback.create", policy=Policy.PASS_HOLDER)
def create(visit: Visit, key: str) -> Response:
    """Takes the answer; from here nobody can lead it back."""
    held = open_pass(visit, key)
    form = Form(FeedbackFields, visit.submitted)
    if not form.fields:
        return _form_page(visit, key, held, form, 422)
    answer = actions.Given(
        form.fields.rating,
        form.fields.recommend,
        form.fields.good,
        form.fields.improve,
        form.fields.quote == "yes",
        visit.language,
    )
    try:
        actions.give(visit.db, held, answer, visit.now)
    except Refusal as refusal:
        if refusal.field is None:
            return pass_page(visit, key, held, refusal)
        form.refuse(refusal)
        return _form_page(visit, key, held, form, 422)
    return visit.go("feedback.thanks", key=key)


@pages.get(
    "/passes/{key}/feedback/thanks",
    name="feedback.thanks",
    policy=Policy.PASS_HOLDER,
    cache=Cache.PRIVATE,
)
def thanks(visit: Visit, key: str) -> Response:
    """What happens to the answer now."""
    held = open_pass(visit, key)
    return visit.page("feedback/thanks.html", key=key, title=held.event.title.said())


def _form_page(
    visit: Visit, key: str, held: Pass, form: Form[FeedbackFields], status: int = 200
) -> Response:
    event = shown_event(visit, held.event)
    return visit.page(
        "feedback/new.html",
        status,
        key=key,
        form=form,
        title=event.title.said(),
        organization=hosts_line(event),
        ratings=[(str(n), str(n)) for n in RATINGS],
        recommendations=[(str(n), str(n)) for n in RECOMMENDATIONS],
    )
