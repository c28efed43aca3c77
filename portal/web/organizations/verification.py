"""An owner's side of verification: asking, proving a domain, and others who vouch."""

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.moderation.models import Act
from portal.domain.organizations import queries, verification
from portal.domain.organizations import verification_rules as rules
from portal.domain.organizations.models import Method, Organization
from portal.domain.organizations.verified_badge import Proof
from portal.i18n.locale import gettext_lazy as _
from portal.net import domain_proof
from portal.web.components.verified_badge import verified_badge
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.limits import ASKING_FORM
from portal.web.http.transactions import in_reading, in_transaction
from portal.web.organizations.admin_access import entered, trace

router = PortalRouter()
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


class EndorsementFields(Fields):
    """For whom somebody vouches."""

    vouched_for: Annotated[str, Field(max_length=80)]


@router.page(
    "/manage/{organization}/verification",
    name="verification.show",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, organization: str) -> Response:
    """Show where the verification stands, and the form that asks for it."""
    owned = entered(ctx, organization)
    return _page(ctx, owned)


@router.form(
    "/manage/{organization}/verification", name="verification.request", policy=Policy.OWNER
)
def request_verification(
    ctx: Context, organization: str, form: Annotated[Form[RequestFields], submitted(RequestFields)]
) -> Response:
    """Put the organisation into the administrators' queue."""
    owned = entered(ctx, organization)
    if form.accepts(
        lambda asked: verification.request_verification(
            ctx.db, owned, asked.method, ctx.now, domain=asked.domain, remark=asked.remark
        )
    ):
        trace(ctx, owned, Act.ASK_VERIFICATION)
        return ctx.redirect("verification.show", organization=organization)
    return _page(ctx, owned, form, status=422)


@router.form(
    "/manage/{organization}/verification/proof",
    name="verification.prove",
    policy=Policy.OWNER,
    limits=ASKING_FORM,
    max_seconds=ASKING_FORM.seconds,
)
async def prove(organization: str, request: Request) -> Response:
    """Look for the token at the domain; no transaction is open while the other server answers."""
    try:
        proof = await in_transaction(request, _begin, organization)
        look = await domain_proof.look_for(request.app.state.site.outside, *proof)
        if look is not domain_proof.Look.FOUND:
            raise rules.ProofMissingError
        return await in_transaction(request, _record_proof, organization, proof.token)
    except Refusal as refusal:
        return await in_reading(request, _refused, organization, refusal)


def _begin(ctx: Context, slug: str) -> Proof:
    return verification.begin_proof(ctx.db, entered(ctx, slug), ctx.now)


def _record_proof(ctx: Context, slug: str, token: str) -> Response:
    """Ask for the rights again: they may have been taken away while the domain was asked."""
    owned = entered(ctx, slug)
    verification.record_proof(ctx.db, owned, token, ctx.now)
    trace(ctx, owned, Act.PROVE_DOMAIN)
    return ctx.redirect("verification.show", organization=slug)


def _refused(ctx: Context, slug: str, refusal: Refusal) -> Response:
    return _page(ctx, entered(ctx, slug), status=409, refusal=refusal)


@router.form(
    "/manage/{organization}/vouches",
    name="verification.endorse",
    policy=Policy.OWNER_IN_PERSON,
)
def endorse(
    ctx: Context,
    organization: str,
    form: Annotated[Form[EndorsementFields], submitted(EndorsementFields)],
) -> Response:
    """Endorse an organisation as owner of a verified one."""
    voucher = queries.organization_as_owner(ctx.db, ctx.signed_in_user, organization)
    if not form.fields:
        raise NotFoundError
    known = queries.organization_named(ctx.db, form.fields.vouched_for)
    try:
        verification.endorse(ctx.db, ctx.signed_in_user, known, voucher, ctx.now)
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
        "organizations/verification.html",
        status,
        slug=organization.slug,
        organization=organization.name.localized(),
        verified=verified_badge(organization, ctx.now),
        asked=asked and str(METHODS[Method(asked.method)]),
        domain=asked and asked.domain,
        is_proved=bool(asked and rules.is_proved(asked, ctx.now)),
        record=asked and asked.domain and domain_proof.record_of(asked.domain),
        file=asked and asked.domain and domain_proof.file_of(asked.domain),
        statement=asked and domain_proof.statement(asked.token),
        vouchers=[
            each.name.localized()
            for each in verification.vouchers_of(ctx.db, organization, ctx.now)
        ],
        page_of_organization=ctx.absolute("organizations.show", slug=organization.slug),
        methods=[(method.value, str(words)) for method, words in METHODS.items()],
        form=form or Form.filled(RequestFields, start),
        refusal=refusal and refusal.localized(),
    )
