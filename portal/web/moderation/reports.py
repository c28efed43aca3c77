"""Reporting what the portal shows, also without an account."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.domain.moderation import actions
from portal.domain.moderation.models import Reason
from portal.domain.moderation.rules import LONGEST_TEXT, REASONS
from portal.domain.moderation.target_kinds import item_named
from portal.i18n.translated import LocalizedText
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()


class ReportFields(Fields):
    """What is wrong, and where to answer."""

    item: Annotated[str, Field(max_length=120)] = ""
    reason: Reason
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


@router.page("/reports/new", name="reports.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(ctx: Context) -> Response:
    """Show the form about `item=event:SLUG`, `item=comment:PUBLIC_ID` and the like."""
    item = ctx.request.query_params.get("item", "")
    return _page(ctx, Form.filled(ReportFields, {"item": item}))


@router.form("/reports", name="reports.create", policy=Policy.ANYONE)
def create(ctx: Context, form: Annotated[Form[ReportFields], submitted(ReportFields)]) -> Response:
    """Put the report into the moderators' queue."""
    subject = item_named(ctx.db, ctx.user, str(form.values.get("item", "")))

    def report(said: ReportFields) -> None:
        ctx.rate_limit(Limit.REPORT, said.email)
        complaint = actions.Complaint(said.reason, said.text, said.email, ctx.tag)
        actions.report(ctx.db, subject, complaint, ctx.now)

    return ctx.redirect("reports.sent") if form.accepts(report) else _page(ctx, form, 422)


@router.page("/reports/sent", name="reports.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(ctx: Context) -> Response:
    """Thanks, and what happens next."""
    return render(ctx, "moderation/report_sent.html")


def _page(ctx: Context, form: Form[ReportFields], status: int = 200) -> Response:
    subject = item_named(ctx.db, ctx.user, str(form.values.get("item", "")))
    comment = subject.comment
    return render(
        ctx,
        "moderation/report.html",
        status,
        form=form,
        title=subject.title and subject.title.localized(),
        comment=comment and LocalizedText(comment.text, comment.language),
        reasons=[(reason.value, str(words)) for reason, words in REASONS.items()],
    )
