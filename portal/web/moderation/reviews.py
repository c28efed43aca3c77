"""A decision as moderators look at it again: confirming, taking back, answering an appeal."""

from typing import Annotated, Literal

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.moderation import appeals, queries, rules
from portal.web.components.decision_texts import decision_address, decision_facts, decision_row
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.moderation.evidence import evidence_for

router = PortalRouter(guard=Guard.ALWAYS)


class AnswerFields(Fields):
    """The answer to an appeal."""

    answer: Literal["uphold", "grant"]


@router.page(
    "/moderation/decisions/{key}",
    name="decision_reviews.show",
    policy=Policy.MODERATOR,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, key: str) -> Response:
    """Show a decision, its appeal, and what can still be done."""
    return _page(ctx, key)


@router.form(
    "/moderation/decisions/{key}/confirmation",
    name="decision_reviews.confirm",
    policy=Policy.MODERATOR,
)
def confirm(ctx: Context, key: str) -> Response:
    """Confirm a suspension as the second pair of eyes."""
    record = queries.decision_for(ctx.db, ctx.signed_in_user, key)
    try:
        appeals.confirm(ctx.db, ctx.signed_in_user, record, ctx.now, decision_address(ctx))
    except Refusal as refusal:
        return _page(ctx, key, refusal)
    return ctx.redirect("decision_reviews.show", key=key)


@router.form(
    "/moderation/decisions/{key}/reversal", name="decision_reviews.reverse", policy=Policy.MODERATOR
)
def reverse(ctx: Context, key: str) -> Response:
    """Take a decision back."""
    record = queries.decision_for(ctx.db, ctx.signed_in_user, key)
    try:
        appeals.reverse(ctx.db, record, ctx.now, decision_address(ctx))
    except Refusal as refusal:
        return _page(ctx, key, refusal)
    return ctx.redirect("decision_reviews.show", key=key)


@router.form(
    "/moderation/decisions/{key}/answer", name="decision_reviews.answer", policy=Policy.MODERATOR
)
def answer(
    ctx: Context, key: str, form: Annotated[Form[AnswerFields], submitted(AnswerFields)]
) -> Response:
    """Answer an appeal."""
    record = queries.decision_for(ctx.db, ctx.signed_in_user, key)
    if not form.fields:
        return _page(ctx, key, status=422)
    granted = form.fields.answer == "grant"
    address = decision_address(ctx)
    try:
        appeals.answer(ctx.db, ctx.signed_in_user, record, ctx.now, address, granted=granted)
    except Refusal as refusal:
        return _page(ctx, key, refusal)
    return ctx.redirect("decision_reviews.show", key=key)


def _page(ctx: Context, key: str, refusal: Refusal | None = None, status: int = 200) -> Response:
    record = queries.decision_for(ctx.db, ctx.signed_in_user, key)
    return render(
        ctx,
        "moderation/decision_review.html",
        409 if refusal else status,
        **decision_facts(ctx, record),
        row=decision_row(ctx, record),
        evidence=evidence_for(ctx, record.subject),
        may_confirm=rules.may_confirm(ctx.signed_in_user, record.decision),
        may_answer=rules.may_answer(ctx.signed_in_user, record.decision, record.appeal),
        refusal=refusal and refusal.localized(),
    )
