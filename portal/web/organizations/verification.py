"""An owner's side of verification: asking, proving a domain, and others who vouch."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.core import clock
from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.moderation.models import Act
from portal.domain.organizations import queries, verification
from portal.domain.organizations import verification_rules as rules
from portal.domain.organizations.models import Method, Organization
from portal.domain.organizations.verified_badge import Proof
from portal.i18n.locale import current_tag
from portal.i18n.locale import gettext_lazy as _
from portal.net import domain_proof
from portal.web.components.verified_badge import verified_line
from portal.web.http.context import Context
from portal.web.http.dependencies import signed_in_visitor
from portal.web.http.forms import Fields, Form
from portal.web.http.layout import render
from portal.web.http.limits import ASKING_FORM, FORM
from portal.web.http.policies import Cache, Policy
from portal.web.http.routing import Pages
from portal.web.http.threads import in_turn
from portal.web.organizations.admin_access import entered, trace

pages = Pages()
METHODS = {
    Method.DOCUMENT: _("We show a document to the portal’s administrators"),
    Method.DOMAIN: _("We prove our domain"),
    Method.VOUCHING: _("Two verified organisations vouch for us"),
}


class RequestFields(Fields):
    """What an owner asks for."""

    method: Method
    domain: Annotated[str, Field(max_length=300)] = ""
    remark: Annotated[str, Field(max_length=verification.LONGEST_REMARK)] = ""


class VouchFields(Fields):
    """For whom somebody vouches."""

    vouched_for: Annotated[str, Field(max_length=80)]


@pages.get(
    "/organizing/{organization}/verification",
    name="verification.show",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, organization: str) -> Response:
    """Where the verification stands, and the form that asks for it."""
    owned = entered(ctx, organization)
    return _page(ctx, owned)


@pages.post("/organizing/{organization}/verification", name="verification.ask", policy=Policy.OWNER)
def ask(ctx: Context, organization: str) -> Response:
    """Puts the organisation into the administrators' queue."""
    owned = entered(ctx, organization)
    form = Form(RequestFields, ctx.submitted)
    if form.fields:
        asked = form.fields
        try:
            verification.ask(
                *(ctx.db, owned, asked.method, ctx.now),
                domain=asked.domain,
                remark=asked.remark,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            trace(ctx, owned, Act.ASK_VERIFICATION)
            return ctx.redirect("verification.show", organization=organization)
    return _page(ctx, owned, form, status=422)


@pages.asynchronous(
    "POST",
    "/organizing/{organization}/verification/proof",
    name="verification.prove",
    policy=Policy.OWNER,
    limits=ASKING_FORM,
)
async def prove(request: Request) -> Response:
    """Looks for the token at the domain; no transaction is open while somebody else answers."""
    try:
        proof = await in_turn(FORM.wait_seconds, _begin, request, writes=True)
        look = await domain_proof.look_for(request.app.state.site.outside, *proof)
        if look is not domain_proof.Look.FOUND:
            raise rules.ProofMissingError
        return await in_turn(FORM.wait_seconds, _note, request, proof.token, writes=True)
    except Refusal as refusal:
        return await run_in_threadpool(_refused, request, refusal)


def _begin(request: Request) -> Proof:
    site, slug = request.app.state.site, request.path_params["organization"]
    with site.database.writing() as db:
        owned = entered(Context(request, site, db, signed_in_visitor(request, db)), slug)
        return verification.begin_proof(db, owned, clock.now())


def _note(request: Request, token: str) -> Response:
    """Asks for the rights again: they may have been taken away while the domain was asked."""
    site, slug = request.app.state.site, request.path_params["organization"]
    with site.database.writing() as db:
        ctx = Context(request, site, db, signed_in_visitor(request, db))
        owned = entered(ctx, slug)
        verification.note_proof(db, owned, token, clock.now())
        trace(ctx, owned, Act.PROVE_DOMAIN)
    path = site.links.path("verification.show", current_tag.get(), organization=slug)
    return RedirectResponse(path, 303, {"cache-control": "no-store"})


def _refused(request: Request, refusal: Refusal) -> Response:
    site, slug = request.app.state.site, request.path_params["organization"]
    with site.database.reading() as db:
        ctx = Context(request, site, db, signed_in_visitor(request, db))
        response = _page(ctx, entered(ctx, slug), status=409, refusal=refusal)
    response.headers["cache-control"] = "no-store"
    return response


@pages.post(
    "/organizing/{organization}/vouches",
    name="verification.vouch",
    policy=Policy.OWNER_IN_PERSON,
)
def vouch(ctx: Context, organization: str) -> Response:
    """An owner of a verified organisation says that another one is what it says."""
    voucher = queries.own_organization(ctx.db, ctx.signed_in_user, organization)
    form = Form(VouchFields, ctx.submitted)
    if not form.fields:
        raise NotFoundError
    known = queries.organization_named(ctx.db, form.fields.vouched_for)
    try:
        verification.vouch(ctx.db, ctx.signed_in_user, known, voucher, ctx.now)
    except Refusal:
        raise NotAllowedError from None  # the button is shown only to those who may
    return ctx.redirect("organizations.show", slug=known.slug)


def _page(
    ctx: Context,
    organization: Organization,
    form: Form[RequestFields] | None = None,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
) -> Response:
    asked = verification.request_of(ctx.db, organization)
    start = (
        {
            "method": asked.method,
            "domain": asked.domain or "",
            "remark": verification.remark_of(ctx.db, asked),
        }
        if asked
        else {"method": Method.DOCUMENT.value}
    )
    return render(
        ctx,
        "verification/show.html",
        status,
        slug=organization.slug,
        organization=organization.name.said(),
        verified=verified_line(organization, ctx.now),
        asked=asked and str(METHODS[Method(asked.method)]),
        domain=asked and asked.domain,
        is_proved=bool(asked and rules.is_proved(asked, ctx.now)),
        record=asked and asked.domain and domain_proof.record_of(asked.domain),
        file=asked and asked.domain and domain_proof.file_of(asked.domain),
        statement=asked and domain_proof.statement(asked.token),
        vouchers=[
            each.name.said() for each in verification.vouchers_of(ctx.db, organization, ctx.now)
        ],
        page_of_organization=ctx.absolute("organizations.show", slug=organization.slug),
        methods=[(method.value, str(words)) for method, words in METHODS.items()],
        form=form or Form.filled(RequestFields, start),
        refusal=refusal and refusal.said(),
    )
