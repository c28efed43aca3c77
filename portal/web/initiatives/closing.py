"""Closing an initiative with what came of it, and its report for those who pay."""

from typing import Annotated, Any

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.core.time_zones import wall_of
from portal.domain.events.models import Funding
from portal.domain.initiatives import closing, queries, reach
from portal.domain.initiatives.models import Initiative
from portal.domain.initiatives.reach import Occasion
from portal.domain.initiatives.rules import NotPublishedError
from portal.domain.results.models import Result
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.web.components.event_cards import hosts_line
from portal.web.components.initiative_cards import countries_line, stage_tags
from portal.web.components.labels import FUNDINGS
from portal.web.components.result_form import (
    ResultFields,
    ResultForm,
    result_details,
    result_page,
    values_of,
)
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.http.spreadsheets import as_file
from portal.web.initiatives.timeline import line_of

router = PortalRouter()


@router.page(
    "/manage/initiatives/{slug}/closing",
    name="closing_reports.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, slug: str) -> Response:
    """Show the three questions, with what has been told already."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    report = closing.report_of(ctx.db, initiative)
    values = values_of(report) if report else {"original": initiative.title.original}
    return _form_page(ctx, initiative, report, Form.filled(ResultFields, values))


@router.form(
    "/manage/initiatives/{slug}/closing", name="closing_reports.update", policy=Policy.EDITOR
)
def update(
    ctx: Context, slug: str, form: Annotated[Form[ResultFields], submitted(ResultFields)]
) -> Response:
    """Finish the initiative with the answers, or tell them better."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    report = closing.report_of(ctx.db, initiative)
    if form.fields:
        try:
            details = result_details(form.fields, report)
            closing.close(ctx.db, initiative, details, form.fields.revision, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
            report = closing.report_of(ctx.db, initiative)
            form.values["revision"] = str(report.revision if report else 0)
        else:
            return ctx.redirect("initiatives.show", slug=slug)
    return _form_page(ctx, initiative, report, form, 422)


def _form_page(
    ctx: Context,
    initiative: Initiative,
    report: Result | None,
    form: Form[ResultFields],
    status: int = 200,
) -> Response:
    if initiative.published_at is None and not form.errors:
        form.refuse(NotPublishedError())
        status = 409
    result_form = ResultForm(
        heading=_("Closing report"),
        hint=_(
            "Whoever may see the initiative reads the answers on its page. "
            "A sentence or three are enough; name nobody who has not agreed."
        ),
        slug=initiative.slug,
        title=initiative.title.localized(),
        item="initiatives.manage",
        action="closing_reports.update",
    )
    return result_page(ctx, result_form, form, report, status)


@router.page(
    "/initiatives/{slug}/report",
    name="closing_reports.report",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def report(ctx: Context, slug: str) -> Response:
    """Show a report to print for those who pay; figures under five are left out."""
    initiative, _roles = queries.analysed_initiative(ctx.db, ctx.signed_in_user, slug)
    row = queries.row_of(ctx.db, initiative)
    past_events = reach.occasions(ctx.db, initiative.id, ctx.now)
    return render(
        ctx,
        "initiatives/closing_report.html",
        slug=slug,
        title=row.title.localized(),
        purpose=row.purpose.localized(),
        tags=stage_tags(row, ctx.now),
        hosts=hosts_line(row),
        partners=initiative.partners.localized(),
        people=initiative.people.localized(),
        countries=countries_line(row),
        since=dates.long(row.since) if row.since else "",
        funding=FUNDINGS[Funding(initiative.funding)] if initiative.funding else "",
        funding_note=initiative.funding_note.localized(),
        header=_header(),
        rows=[_cells(occasion) for occasion in past_events],
        totals=_total_cells(past_events),
        line=line_of(ctx, initiative),
        address=ctx.absolute("initiatives.show", slug=slug),
        base=ctx.absolute("home").removesuffix(ctx.url("home")),
        made=dates.full(wall_of(ctx.now, ctx.zone).date()),
    )


@router.page(
    "/initiatives/{slug}/report.{form}",
    name="closing_reports.file",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def file(ctx: Context, slug: str, form: str) -> Response:
    """Return the report's numbers as a table."""
    initiative, _roles = queries.analysed_initiative(ctx.db, ctx.signed_in_user, slug)
    past_events = reach.occasions(ctx.db, initiative.id, ctx.now)
    rows: list[list[Any]] = [
        [occasion.title.localized().text, *_numbers_of(occasion)] for occasion in past_events
    ]
    sums = reach.totals(past_events)
    total = [_("Together"), "", _number(sums.signed_up), _number(sums.took_part)]
    return as_file(form, f"{slug}-{_('report')}", _header(), [*rows, total])


def _header() -> list[str]:
    return [_("Event"), _("Day"), _("Signed up"), _("Took part")]


def _numbers_of(occasion: Occasion) -> list[Any]:
    day = wall_of(occasion.starts_at, occasion.time_zone).date()
    return [day.isoformat(), _number(occasion.signed_up), _number(occasion.took_part)]


def _number(count: int | None) -> int | str:
    return _("fewer than five") if count is None else count


def _cells(occasion: Occasion) -> list[Any]:
    day = wall_of(occasion.starts_at, occasion.time_zone).date()
    counts = (occasion.signed_up, occasion.took_part)
    return [occasion.title.localized(), dates.long(day), *(str(_number(c)) for c in counts)]


def _total_cells(past_events: list[Occasion]) -> list[str]:
    sums = reach.totals(past_events)
    return [str(_number(count)) for count in (sums.signed_up, sums.took_part)]
