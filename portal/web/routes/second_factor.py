"""Proving oneself a second time: the code of an app, recovery codes, and setting them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import pyotp
from pydantic import Field
from starlette.responses import RedirectResponse

from portal import dates
from portal.domain.people.actions import pass_second_factor
from portal.domain.people.queries import address_of, name_of
from portal.domain.second_factors import actions, queries, rules
from portal.domain.second_factors.rules import Outcome, PasskeyRefusedError, TooManyPasskeysError
from portal.refusals import Refusal
from portal.time_zones import wall_of
from portal.web.cookies import set_session
from portal.web.forms import Fields, Form
from portal.web.links import safe_next
from portal.web.pages import site_name
from portal.web.policies import Cache, Guard, Policy, SecondFactorNeededError
from portal.web.qr import qr_code
from portal.web.relying_party import relying_party
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.second_factors.queries import Factors
    from portal.web.visit import Visit

pages = Pages(guard=Guard.NEVER)
# What a page may be asked to say, by its address: a wrong code is counted, and answers of 400 and
# above would forget that, so they lead back here.
REFUSED: Final = {
    **{outcome.value: refusal for outcome, refusal in rules.REFUSALS.items()},
    "passkey": PasskeyRefusedError,
    "many": TooManyPasskeysError,
}


class CodeFields(Fields):
    """A code of six digits, or of ten signs."""

    code: Annotated[str, Field(max_length=40)]


class Key(NamedTuple):
    """A row of the list of passkeys."""

    id: str
    name: str
    since: str


@pages.get(
    "/second-factor", name="second_factor.show", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show(visit: Visit) -> Response:
    """Asks for a factor where there is one; else, and afterwards, what there is and may be."""
    factors = queries.factors_of(visit.db, visit.person)
    form = Form(CodeFields)
    if refused := REFUSED.get(visit.request.query_params.get("refused", "")):
        form.refuse(refused())
    if not _may_change(visit, factors):
        return _question(visit, factors, form)
    return _overview(visit, factors, form)


@pages.post("/second-factor", name="second_factor.use", policy=Policy.SIGNED_IN)
def use(visit: Visit) -> Response:
    """Tries a code."""
    form = Form(CodeFields, visit.submitted)
    factors = queries.factors_of(visit.db, visit.person)
    if not factors.is_set_up:
        return visit.go("second_factor.show")
    if not form.fields:
        return _question(visit, factors, form, 422)
    outcome = actions.use_code(visit.db, visit.person, form.fields.code, visit.now)
    if outcome is Outcome.PASSED:
        return let_past(visit, onward(visit))
    return refused(visit, outcome.value)


@pages.post("/second-factor/app", name="second_factor.begin_app", policy=Policy.SIGNED_IN)
def begin_app(visit: Visit) -> Response:
    """A new secret, to be shown on the next page."""
    changing(visit)
    actions.begin_app(visit.db, visit.person)
    return visit.go("second_factor.app", {"next": target_of(visit) or None})


@pages.get(
    "/second-factor/app", name="second_factor.app", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def app(visit: Visit) -> Response:
    """The secret for the app to take over, as a picture and as text."""
    changing(visit)
    return _app_page(visit, Form(CodeFields))


@pages.post(
    "/second-factor/app/confirmation", name="second_factor.confirm_app", policy=Policy.SIGNED_IN
)
def confirm_app(visit: Visit) -> Response:
    """The first code of the app."""
    changing(visit)
    form = Form(CodeFields, visit.submitted)
    if not form.fields:
        return _app_page(visit, form, 422)
    try:
        actions.confirm_app(visit.db, visit.person, form.fields.code, visit.now)
    except Refusal as refusal:
        form.refuse(refusal)
        return _app_page(visit, form, 422)
    return added(visit)


@pages.post("/second-factor/app/removal", name="second_factor.remove_app", policy=Policy.SIGNED_IN)
def remove_app(visit: Visit) -> Response:
    """No more codes of an app."""
    changing(visit)
    actions.remove_app(visit.db, visit.person)
    return visit.go("second_factor.show")


@pages.post(
    "/second-factor/recovery-codes", name="second_factor.renew_codes", policy=Policy.SIGNED_IN
)
def renew_codes(visit: Visit) -> Response:
    """Ten new recovery codes instead of the old; shown on this page once and never again."""
    if not changing(visit).is_set_up:
        return visit.go("second_factor.show")
    return _codes_page(visit, actions.renew_recovery_codes(visit.db, visit.person))


def changing(visit: Visit) -> Factors:
    """What the visitor has, who may change it; whoever has not used a factor yet does so first."""
    factors = queries.factors_of(visit.db, visit.person)
    if not _may_change(visit, factors):
        raise SecondFactorNeededError
    return factors


def _may_change(visit: Visit, factors: Factors) -> bool:
    has_passed = visit.session.second_factor_at is not None
    return rules.may_change(has_factor=factors.is_set_up, has_passed=has_passed)


def added(visit: Visit) -> Response:
    """After a factor was set up it need not be used at once; the first one brings its codes."""
    codes = actions.first_recovery_codes(visit.db, visit.person)
    return let_past(visit, _codes_page(visit, codes) if codes else onward(visit))


def let_past(visit: Visit, response: Response) -> Response:
    """The session has proved itself."""
    token = pass_second_factor(visit.db, visit.session, visit.now)
    set_session(response, visit.site.settings, token)
    return response


def target_of(visit: Visit) -> str:
    """Where the visitor wanted to go; empty if nowhere else."""
    asked = visit.submitted or visit.request.query_params
    return safe_next(str(asked.get("next") or ""), "")


def onward(visit: Visit) -> Response:
    """On to where the visitor wanted to go."""
    return RedirectResponse(target_of(visit) or visit.url("second_factor.show"), 303)


def refused(visit: Visit, why: str) -> Response:
    """Back to the page, which says why."""
    return visit.go("second_factor.show", {"refused": why, "next": target_of(visit) or None})


def _overview(visit: Visit, factors: Factors, form: Form[CodeFields]) -> Response:
    return visit.page(
        "second_factor/index.html",
        factors=factors,
        form=form,
        next=target_of(visit),
        keys=[
            Key(
                key.public_id,
                queries.passkey_name(visit.db, key),
                dates.long(wall_of(key.created_at, visit.zone).date()),
            )
            for key in factors.passkeys
        ],
        offers_passkeys=relying_party(visit) is not None,
    )


def _question(
    visit: Visit, factors: Factors, form: Form[CodeFields], status: int = 200
) -> Response:
    return visit.page(
        "second_factor/question.html",
        status,
        factors=factors,
        form=form,
        next=target_of(visit),
        offers_passkeys=bool(factors.passkeys and relying_party(visit)),
    )


def _app_page(visit: Visit, form: Form[CodeFields], status: int = 200) -> Response:
    secret = queries.pending_secret(visit.db, visit.person)
    if secret is None:
        return visit.go("second_factor.show")
    account = address_of(visit.db, visit.person) or name_of(visit.db, visit.person)
    address = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site_name(visit.site))
    return visit.page(
        "second_factor/app.html",
        status,
        form=form,
        next=target_of(visit),
        code=qr_code(address),
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )


def _codes_page(visit: Visit, codes: list[str]) -> Response:
    return visit.page(
        "second_factor/codes.html",
        codes=codes,
        next=target_of(visit) or visit.url("second_factor.show"),
    )
