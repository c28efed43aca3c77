"""What came of events and initiatives, for everybody; and the form that events' organisers fill."""

from dataclasses import dataclass
from typing import Annotated

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.core.time_zones import wall_of
from portal.domain.events.models import Event
from portal.domain.events.queries import managed_event
from portal.domain.initiatives.closing import publish_result
from portal.domain.initiatives.feed import ResultRow, results_page
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.results import queries
from portal.domain.results.models import Result
from portal.domain.results.rules import check_can_publish
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.web.components.event_cards import ResultCard, hosts_line, result_card_of
from portal.web.components.result_form import (
    ResultFields,
    ResultForm,
    result_details,
    result_page,
    values_of,
)
from portal.web.events.presenter import overview
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.http.pagination import page_asked, page_links

router = PortalRouter()


@dataclass(frozen=True, slots=True)
class ResultListRow:
    """An event or an initiative in the list of results; `about` is a day, or what it is."""

    title: LocalizedText
    url: str
    about: str
    organization: LocalizedText
    card: ResultCard


@router.page("/results", name="results.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(ctx: Context) -> Response:
    """Show what came of public events and initiatives, the newest result first."""
    page = page_asked(ctx)
    found, more = results_page(ctx.db, ctx.now, page)
    return render(
        ctx,
        "results/index.html",
        rows=[_row(ctx, each) for each in found],
        pager=page_links(ctx, "results.index", {}, page, more=more),
        index_as=("results.index", {}, {"page": page} if page > 1 else None),
    )


def _row(ctx: Context, details: ResultRow) -> ResultListRow:
    card = result_card_of(ctx, details.outcome)
    item = details.item
    if isinstance(item, InitiativeRow):
        url = ctx.url("initiatives.show", slug=item.slug)
        about = _("Finished initiative")
        return ResultListRow(item.title.localized(), url, about, hosts_line(item), card)
    starts = wall_of(item.starts_at, ctx.chosen_zone or item.time_zone)
    url = ctx.url("events.show", slug=item.slug)
    return ResultListRow(
        item.title.localized(), url, dates.long(starts.date()), hosts_line(item), card
    )


@router.page(
    "/manage/events/{slug}/result",
    name="results.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, slug: str) -> Response:
    """Show the three questions, with what has been told already."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    try:
        check_can_publish(event, ctx.now)
    except Refusal as refusal:
        return overview(ctx, slug, refusal)
    result = queries.result_of(ctx.db, event)
    values = values_of(result) if result else {"original": ctx.language}
    return _form_page(ctx, event, result, Form.filled(ResultFields, values))


@router.form("/manage/events/{slug}/result", name="results.update", policy=Policy.EDITOR)
def update(
    ctx: Context, slug: str, form: Annotated[Form[ResultFields], submitted(ResultFields)]
) -> Response:
    """Publish the answers, or what they have become."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    result = queries.result_of(ctx.db, event)
    if form.fields:
        try:
            details = result_details(form.fields, result)
            publish_result(ctx.db, event, details, form.fields.revision, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
            result = queries.result_of(ctx.db, event)
            form.values["revision"] = str(result.revision if result else 0)
        else:
            return ctx.redirect("events.show", slug=slug)
    return _form_page(ctx, event, result, form, 422)


def _form_page(
    ctx: Context,
    event: Event,
    result: Result | None,
    form: Form[ResultFields],
    status: int = 200,
) -> Response:
    result_form = ResultForm(
        heading=_("What came of it"),
        hint=_(
            "Whoever may see the event reads the answers on its page. "
            "A sentence or three are enough; name nobody who has not agreed."
        ),
        slug=event.slug,
        title=event.title.localized(),
        item="manage.show",
        action="results.update",
    )
    return result_page(ctx, result_form, form, result, status)
