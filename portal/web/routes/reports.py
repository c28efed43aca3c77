"""Reporting what the portal shows, also without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.moderation import actions
from portal.domain.moderation.kinds import item_named
from portal.domain.moderation.models import Reason
from portal.domain.moderation.rules import LONGEST_TEXT, REASONS
from portal.refusals import Refusal
from portal.translated import Said
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class ReportFields(Fields):
    """What is wrong, and where to answer."""

    item: Annotated[str, Field(max_length=120)] = ""
    reason: Reason
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


@pages.get("/reports/new", name="reports.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(visit: Visit) -> Response:
    """The form about `item=event:SLUG`, `item=comment:PUBLIC_ID` and the like."""
    item = visit.request.query_params.get("item", "")
    return _page(visit, Form.filled(ReportFields, {"item": item}))


@pages.post("/reports", name="reports.create", policy=Policy.ANYONE)
def create(visit: Visit) -> Response:
    """Puts the report into the moderators' queue."""
    form = Form(ReportFields, visit.submitted)
    subject = item_named(visit.db, visit.visitor, str(form.values.get("item", "")))
    if (fields := form.fields) is not None:
        visit.limit(Limit.REPORT, fields.email)
        complaint = actions.Complaint(fields.reason, fields.text, fields.email, visit.tag)
        try:
            actions.report(visit.db, subject, complaint, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("reports.sent")
    return _page(visit, form, 422)


@pages.get("/reports/sent", name="reports.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(visit: Visit) -> Response:
    """Thanks, and what happens next."""
    return visit.page("reports/sent.html")


def _page(visit: Visit, form: Form[ReportFields], status: int = 200) -> Response:
    subject = item_named(visit.db, visit.visitor, str(form.values.get("item", "")))
    comment = subject.comment
    return visit.page(
        "reports/new.html",
        status,
        form=form,
        title=subject.title and subject.title.said(),
        comment=comment and Said(comment.text, comment.language),
        reasons=[(reason.value, str(words)) for reason, words in REASONS.items()],
    )
