"""The feedback form behind a pass: five questions, two minutes, nobody's name."""

from typing import Annotated, Literal

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.feedback import actions
from portal.domain.feedback.rules import LONGEST_TEXT, RATINGS, RECOMMENDATIONS
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.rules import check_can_answer
from portal.web.components.event_cards import hosts_line
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.registrations.presenter import open_pass, pass_event, pass_page

router = PortalRouter()


class FeedbackFields(Fields):
    """The standard form."""

    rating: Annotated[int, Field(ge=RATINGS.start, le=RATINGS[-1])]
    recommend: Annotated[int, Field(ge=RECOMMENDATIONS.start, le=RECOMMENDATIONS[-1])]
    good: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    improve: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    quote: Literal["yes", "no"]


@router.page(
    "/passes/{key}/feedback", name="feedback.new", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE
)
def new(ctx: Context, key: str) -> Response:
    """Show the form."""
    own_pass = open_pass(ctx, key)
    try:
        check_can_answer(own_pass.event, own_pass.registration, ctx.now)
    except Refusal as refusal:
        return pass_page(ctx, key, own_pass, refusal)
    return _form_page(ctx, key, own_pass, Form(FeedbackFields))


@router.form("/passes/{key}/feedback", name="feedback.create", policy=Policy.PASS_HOLDER)
def create(
    ctx: Context, key: str, form: Annotated[Form[FeedbackFields], submitted(FeedbackFields)]
) -> Response:
    """Take the answer; from here nobody can lead it back."""
    own_pass = open_pass(ctx, key)
    if not form.fields:
        return _form_page(ctx, key, own_pass, form, 422)
    answer = actions.Given(
        form.fields.rating,
        form.fields.recommend,
        form.fields.good,
        form.fields.improve,
        form.fields.quote == "yes",
        ctx.language,
    )
    try:
        actions.submit(ctx.db, own_pass, answer, ctx.now)
    except Refusal as refusal:
        if refusal.field is None:
            return pass_page(ctx, key, own_pass, refusal)
        form.refuse(refusal)
        return _form_page(ctx, key, own_pass, form, 422)
    return ctx.redirect("feedback.thanks", key=key)


@router.page(
    "/passes/{key}/feedback/thanks",
    name="feedback.thanks",
    policy=Policy.PASS_HOLDER,
    cache=Cache.PRIVATE,
)
def thanks(ctx: Context, key: str) -> Response:
    """Show what happens to the answer now."""
    own_pass = open_pass(ctx, key)
    return render(ctx, "feedback/thanks.html", key=key, title=own_pass.event.title.localized())


def _form_page(
    ctx: Context, key: str, own_pass: Pass, form: Form[FeedbackFields], status: int = 200
) -> Response:
    event = pass_event(ctx, own_pass.event)
    return render(
        ctx,
        "feedback/new.html",
        status,
        key=key,
        form=form,
        title=event.title.localized(),
        organization=hosts_line(event),
        ratings=[(str(n), str(n)) for n in RATINGS],
        recommendations=[(str(n), str(n)) for n in RECOMMENDATIONS],
    )
