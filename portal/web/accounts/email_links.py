"""Signing in by an email: asking for it, opening its link, typing its code."""

from typing import Annotated, Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.core import tokens
from portal.core.refusals import Refusal
from portal.core.urls import safe_next
from portal.domain.accounts.identities import actions
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.identities.rules import EMAIL, IdentityTakenError, LinkStaleError
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import BannedError
from portal.domain.moderation.notifications import new_key
from portal.domain.moderation.queries import ban_of
from portal.domain.privacy import actions as privacy
from portal.web.accounts.banned import banned_page
from portal.web.accounts.login import arrive, start_session
from portal.web.accounts.sign_in_pages import LinkFields, offers, refused_sign_in, sign_in_methods
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Form, Submitted, submitted

router = PortalRouter()


@router.form("/sign-in/link", name="sign_in_links.create", policy=Policy.ANYONE)
def create(
    ctx: Context, form: Annotated[Form[LinkFields], submitted(LinkFields)], data: Submitted
) -> Response:
    """Send an email to this address, whoever's it is: the answer is the same for all."""
    target = safe_next(str(data.get("next") or ""), ctx.url("home"))
    if not ctx.site.settings.has_sign_in_by_email:
        return ctx.redirect("sign_in.new")
    if form.fields:
        try:
            return sent_to(ctx, form.fields.email, target)
        except Refusal as refusal:
            form.refuse(refusal)
    return render(ctx, "accounts/sign_in.html", 422, **sign_in_methods(ctx.site, target, form=form))


def sent_to(ctx: Context, email: str, target: str, *, person: Person | None = None) -> Response:
    """Send the email and tie it to this browser; Refusal if the address cannot be."""
    # By client alone: how many emails went to an address is told to nobody.
    ctx.rate_limit(Limit.SIGN_IN_EMAIL)
    note = ctx.site.link_cookie.read(ctx.request) or {}
    # The same browser may ask twice: whichever email arrives first is good.
    browser = str(note.get("browser") or tokens.new_token())
    actions.request_link(
        ctx.db,
        email,
        browser,
        person=person,
        language=ctx.tag,
        url=lambda token: ctx.absolute("sign_in_links.show", token=token),
        now=ctx.now,
    )
    response = ctx.redirect("sign_in_links.sent")
    ctx.site.link_cookie.put(response, {"browser": browser, "next": target})
    return response


@router.page("/sign-in/link", name="sign_in_links.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(ctx: Context) -> Response:
    """Look into your mailbox; the code can be typed here."""
    is_wrong = ctx.request.query_params.get("wrong") == "yes"
    return render(ctx, "accounts/email_link_sent.html", is_wrong=is_wrong)


@router.page(
    "/sign-in/link/{token}",
    name="sign_in_links.show",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, token: str) -> Response:
    """Show the email's link: mail programs may open it, since only the button acts."""
    return render(ctx, "accounts/email_link.html", token=token)


@router.form("/sign-in/link/{token}", name="sign_in_links.use", policy=Policy.ANYONE)
def use(ctx: Context, token: str) -> Response:
    """Sign in, in the browser that asked."""
    note = _email_cookie(ctx)
    try:
        link = actions.prove_by_link(ctx.db, token, note["browser"], ctx.now)
        return _entered(ctx, link, note)
    except LinkStaleError as refusal:
        return refused_sign_in(ctx.site, ctx.request, refusal, note["next"])


@router.form("/sign-in/code", name="sign_in_links.enter_code", policy=Policy.ANYONE)
def enter_code(ctx: Context, data: Submitted) -> Response:
    """Sign in by the email's code."""
    note, typed = _email_cookie(ctx), str(data.get("code") or "")
    try:
        link = actions.prove_by_code(ctx.db, typed, note["browser"], ctx.now)
        # A redirect, since an answer that refuses would not count the try.
        return (
            _entered(ctx, link, note)
            if link
            else ctx.redirect("sign_in_links.sent", {"wrong": "yes"})
        )
    except LinkStaleError as refusal:
        return refused_sign_in(ctx.site, ctx.request, refusal, note["next"])


@router.page(
    "/sign-in/choice", name="sign_in_links.choice", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def choice(ctx: Context) -> Response:
    """Ask whether to go to an account with this address, or begin a new one."""
    note = _email_cookie(ctx)
    return render(
        ctx, "accounts/email_link_choice.html", offers=offers(ctx.site), next=note["next"]
    )


@router.form("/sign-in/choice", name="sign_in_links.start_anew", policy=Policy.ANYONE)
def start_anew(ctx: Context) -> Response:
    """Begin a new account for the address that has been proved in this browser."""
    note = _email_cookie(ctx)
    try:
        link = actions.proved_link(ctx.db, note["browser"], ctx.now)
        return _entered(ctx, link, note, anew=True)
    except LinkStaleError as refusal:
        return refused_sign_in(ctx.site, ctx.request, refusal, note["next"])


def _email_cookie(ctx: Context) -> dict[str, Any]:
    """Return what this browser remembers of asking, or what fits nothing if it never did."""
    note = ctx.site.link_cookie.read(ctx.request) or {}
    return {
        "browser": str(note.get("browser") or ""),
        "next": safe_next(note.get("next"), ctx.url("home")),
    }


def _entered(
    ctx: Context, link: SignInLink, note: dict[str, Any], *, anew: bool = False
) -> Response:
    """Signed in, or one way more for whoever is; first a question if there may be an account."""
    if link.person_id is not None:
        return _added(ctx, link)
    person = None
    try:
        person = actions.enter(ctx.db, link, ctx.tag, ctx.now, anew=anew)
        if person is None:
            return ctx.redirect("sign_in_links.choice")
        privacy.agree(ctx.db, person, ctx.now)
        arrival = arrive(ctx.site, ctx.request, ctx.db, person, ctx.now, way=EMAIL)
    except BannedError:
        return _redirect_banned(ctx, person)
    response = RedirectResponse(note["next"], 303)
    start_session(response, ctx.site, arrival)
    ctx.site.link_cookie.drop(response)
    return response


def _redirect_banned(ctx: Context, person: Person | None) -> Response:
    """On to the decision by a fresh secret, which an answer of 403 would not write."""
    decision = ban_of(ctx.db, person) if person else None
    if decision is None:
        return HTMLResponse(banned_page(ctx.request, ctx.db, None), 403)
    return ctx.redirect("decisions.show", key=new_key(ctx.db, decision))


def _added(ctx: Context, link: SignInLink) -> Response:
    if ctx.user is None:
        raise LinkStaleError
    try:
        actions.add_by_link(ctx.db, ctx.user, link, ctx.now)
    except IdentityTakenError:
        return ctx.redirect("identities.index", {"said": "taken"})
    response = ctx.redirect("identities.index", {"said": "added"})
    ctx.site.link_cookie.drop(response)
    return response
