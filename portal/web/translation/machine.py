"""Drafts by a machine for what nobody has translated yet, on an organisation's own request."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.core.refusals import Refusal
from portal.domain.translation.actions import gaps, put_drafts
from portal.i18n.locale import gettext_lazy as _
from portal.web.http.context import Context
from portal.web.http.dependencies import session_of_visitor
from portal.web.http.limits import FORM, MACHINE
from portal.web.http.policies import Policy
from portal.web.http.rate_limits import Limit
from portal.web.http.routing import Pages
from portal.web.http.threads import in_turn
from portal.web.translation.form import blank_form
from portal.web.translation.workspace import Desk, address, desk_of, desk_page

pages = Pages()


class NoMachineError(Refusal):
    """The operator has not chosen any."""

    message = _("This portal has no translation machine.")


@pages.asynchronous(
    "POST",
    "/organizing/translations/{kind}/{slug}/{tongue}/drafts",
    name="translating.draft",
    policy=Policy.TRANSLATOR,
    limits=MACHINE,
)
async def draft(request: Request) -> Response:
    """Fills the gaps with drafts; no transaction is open while the machine works."""
    try:
        wanted = await run_in_threadpool(_begin, request)
        if (machine := request.app.state.site.machine) is None:
            raise NoMachineError
        tongue = request.path_params["tongue"]
        made: dict[str, str] = {}
        for original, paragraphs in wanted.items():
            made |= await machine.translated(sorted(paragraphs), original, tongue)
        return await in_turn(FORM.wait_seconds, _put, request, made, writes=True)
    except Refusal as refusal:
        return await run_in_threadpool(_refused, request, refusal)


def _desk(request: Request, db: Session) -> tuple[Context, Desk]:
    site, named = request.app.state.site, request.path_params
    session = session_of_visitor(request, db)
    ctx = Context(request, site, db, session.person, signed_in=session)
    return ctx, desk_of(ctx, named["kind"], named["slug"], named["tongue"])


def _begin(request: Request) -> dict[str, set[str]]:
    """By original language, the paragraphs that nobody has translated."""
    with request.app.state.site.database.reading() as db:
        ctx, desk = _desk(request, db)
        ctx.rate_limit(Limit.MACHINE_DRAFT)
        texts, wanted = desk.item.texts, dict[str, set[str]]()
        for name, passages in gaps(desk.item, desk.tongue).items():
            paragraphs = wanted.setdefault(texts[name].original, set())
            paragraphs.update(paragraph for _place, paragraph in passages)
        return wanted


def _put(request: Request, made: Mapping[str, str]) -> Response:
    """Asks for the rights again, and looks again at what is wanting."""
    with request.app.state.site.database.writing() as db:
        ctx, desk = _desk(request, db)
        desk.translatable.lock(db, desk.item.id)
        item = desk.translatable.open(db, desk.item.id)
        drafts = dict.fromkeys(gaps(item, desk.tongue), made)
        put_drafts(db, desk.translatable, item, desk.tongue, drafts, ctx.now)
        path = f"{address(ctx, desk, 'edit')}?saved=yes"
    return RedirectResponse(path, 303, {"cache-control": "no-store"})


def _refused(request: Request, refusal: Refusal) -> Response:
    with request.app.state.site.database.reading() as db:
        ctx, desk = _desk(request, db)
        form = blank_form(desk.item, desk.tongue)
        refusal.field = None
        form.refuse(refusal)
        response = desk_page(ctx, desk, form, 409)
    response.headers["cache-control"] = "no-store"
    return response
