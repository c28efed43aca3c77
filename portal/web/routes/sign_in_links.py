"""Signing in by a letter: asking for it, opening its link, typing its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal import tokens
from portal.domain.accounts import actions as accounts
from portal.domain.moderation.announcements import new_key
from portal.domain.moderation.queries import ban_of
from portal.domain.people.rules import BannedError
from portal.domain.ways import actions
from portal.domain.ways.rules import EMAIL, LinkStaleError, WayTakenError
from portal.refusals import Refusal
from portal.web.arrivals import arrive, let_in
from portal.web.banned import banned_page
from portal.web.forms import Form
from portal.web.links import safe_next
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages
from portal.web.sign_in_pages import LinkFields, offers, refused_way_in, ways_in

if TYPE_CHECKING:
    from portal.domain.people.models import Person
    from portal.domain.ways.models import SignInLink
    from portal.web.visit import Visit

pages = Pages()


@pages.post("/sign-in/link", name="sign_in_links.create", policy=Policy.ANYONE)
def create(visit: Visit) -> Response:
    """A letter to this address, whoever's it is: the answer is the same for all."""
    target = safe_next(_submitted(visit, "next"), visit.url("home"))
    if not visit.site.settings.has_sign_in_by_email:
        return visit.go("sign_in.new")
    form = Form(LinkFields, visit.submitted)
    if form.fields:
        try:
            return sent_to(visit, form.fields.email, target)
        except Refusal as refusal:
            form.refuse(refusal)
    return visit.page("sign_in/new.html", 422, **ways_in(visit.site, target, form=form))


def sent_to(visit: Visit, email: str, target: str, *, person: Person | None = None) -> Response:
    """Owes the letter and ties it to this browser; Refusal if the address cannot be."""
    # By client alone: how many letters went to an address is told to nobody.
    visit.limit(Limit.SIGN_IN_LETTER)
    note = visit.site.link_note.read(visit.request) or {}
    # The same browser may ask twice: whichever letter arrives first is good.
    browser = str(note.get("browser") or tokens.new_token())
    actions.ask_for_link(
        visit.db,
        email,
        browser,
        person=person,
        language=visit.tag,
        url=lambda token: visit.absolute("sign_in_links.show", token=token),
        now=visit.now,
    )
    response = visit.go("sign_in_links.sent")
    visit.site.link_note.put(response, {"browser": browser, "next": target})
    return response


@pages.get("/sign-in/link", name="sign_in_links.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(visit: Visit) -> Response:
    """Look into your mailbox; the code can be typed here."""
    is_wrong = visit.request.query_params.get("wrong") == "yes"
    return visit.page("sign_in_links/sent.html", is_wrong=is_wrong)


@pages.get(
    "/sign-in/link/{token}",
    name="sign_in_links.show",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, token: str) -> Response:
    """The letter's link: mail programs may open it, since only the button does anything."""
    return visit.page("sign_in_links/show.html", token=token)


@pages.post("/sign-in/link/{token}", name="sign_in_links.use", policy=Policy.ANYONE)
def use(visit: Visit, token: str) -> Response:
    """Signs in, in the browser that asked."""
    note = _note(visit)
    try:
        link = actions.prove_by_link(visit.db, token, note["browser"], visit.now)
        return _entered(visit, link, note)
    except LinkStaleError as refusal:
        return refused_way_in(visit.site, visit.request, refusal, note["next"])


@pages.post("/sign-in/code", name="sign_in_links.enter_code", policy=Policy.ANYONE)
def enter_code(visit: Visit) -> Response:
    """The same by the letter's code."""
    note, typed = _note(visit), _submitted(visit, "code")
    try:
        link = actions.prove_by_code(visit.db, typed, note["browser"], visit.now)
        # A redirect, since an answer that refuses would not count the try.
        return (
            _entered(visit, link, note)
            if link
            else visit.go("sign_in_links.sent", {"wrong": "yes"})
        )
    except LinkStaleError as refusal:
        return refused_way_in(visit.site, visit.request, refusal, note["next"])


@pages.get(
    "/sign-in/choice", name="sign_in_links.choice", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def choice(visit: Visit) -> Response:
    """An account with this address may exist: go there, or begin a new one."""
    note = _note(visit)
    return visit.page("sign_in_links/choice.html", offers=offers(visit.site), next=note["next"])


@pages.post("/sign-in/choice", name="sign_in_links.start_anew", policy=Policy.ANYONE)
def start_anew(visit: Visit) -> Response:
    """A new account for the address that has been proved in this browser."""
    note = _note(visit)
    try:
        link = actions.proved_link(visit.db, note["browser"], visit.now)
        return _entered(visit, link, note, anew=True)
    except LinkStaleError as refusal:
        return refused_way_in(visit.site, visit.request, refusal, note["next"])


def _submitted(visit: Visit, name: str) -> str:
    return str(visit.submitted.get(name) or "") if visit.submitted else ""


def _note(visit: Visit) -> dict[str, Any]:
    """What this browser remembers of asking; nothing it could be confused with if it never did."""
    note = visit.site.link_note.read(visit.request) or {}
    return {
        "browser": str(note.get("browser") or ""),
        "next": safe_next(note.get("next"), visit.url("home")),
    }


def _entered(
    visit: Visit, link: SignInLink, note: dict[str, Any], *, anew: bool = False
) -> Response:
    """Signed in, or one way more for whoever is; first a question if there may be an account."""
    if link.person_id is not None:
        return _added(visit, link)
    person = None
    try:
        person = actions.enter(visit.db, link, visit.tag, visit.now, anew=anew)
        if person is None:
            return visit.go("sign_in_links.choice")
        accounts.agree(visit.db, person, visit.now)
        arrival = arrive(visit.site, visit.request, visit.db, person, visit.now, way=EMAIL)
    except BannedError:
        return _kept_out(visit, person)
    response = RedirectResponse(note["next"], 303)
    let_in(response, visit.site, arrival)
    visit.site.link_note.drop(response)
    return response


def _kept_out(visit: Visit, person: Person | None) -> Response:
    """On to the decision by a fresh secret, which an answer of 403 would not write."""
    decision = ban_of(visit.db, person) if person else None
    if decision is None:
        return HTMLResponse(banned_page(visit.request, visit.db, None), 403)
    return visit.go("decisions.show", key=new_key(visit.db, decision))


def _added(visit: Visit, link: SignInLink) -> Response:
    if visit.visitor is None:
        raise LinkStaleError
    try:
        actions.add_by_link(visit.db, visit.visitor, link, visit.now)
    except WayTakenError:
        return visit.go("ways.index", {"said": "taken"})
    response = visit.go("ways.index", {"said": "added"})
    visit.site.link_note.drop(response)
    return response
