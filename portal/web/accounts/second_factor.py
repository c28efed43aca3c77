"""Proving oneself a second time: the code of an app, recovery codes, and setting them up."""

from dataclasses import dataclass
from typing import Annotated, Final

import pyotp
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal.core.time_zones import wall_of
from portal.core.urls import safe_next
from portal.domain.accounts.people.actions import pass_second_factor
from portal.domain.accounts.people.queries import address_of, name_of
from portal.domain.accounts.second_factors import actions, queries, rules
from portal.domain.accounts.second_factors.queries import Factors
from portal.domain.accounts.second_factors.rules import (
    Outcome,
    PasskeyRefusedError,
    TooManyPasskeysError,
)
from portal.i18n import dates
from portal.web.accounts.qr import qr_code
from portal.web.accounts.relying_party import relying_party
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.cookies import set_session
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.layout import site_name
from portal.web.http.policies import SecondFactorNeededError

router = PortalRouter(guard=Guard.NEVER)
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


CodeForm = Annotated[Form[CodeFields], submitted(CodeFields)]


@dataclass(frozen=True, slots=True)
class Key:
    """A row of the list of passkeys."""

    id: str
    name: str
    since: str


@router.page(
    "/second-factor", name="second_factor.show", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show(ctx: Context) -> Response:
    """Ask for a factor where there is one; else, and afterwards, what there is and may be."""
    factors = queries.factors_of(ctx.db, ctx.signed_in_user)
    form = Form(CodeFields)
    if refused := REFUSED.get(ctx.request.query_params.get("refused", "")):
        form.refuse(refused())
    if not _may_change(ctx, factors):
        return _question(ctx, factors, form)
    return _overview(ctx, factors, form)


@router.form("/second-factor", name="second_factor.use", policy=Policy.SIGNED_IN)
def use(ctx: Context, form: CodeForm) -> Response:
    """Try a code."""
    factors = queries.factors_of(ctx.db, ctx.signed_in_user)
    if not factors.is_set_up:
        return ctx.redirect("second_factor.show")
    if not form.fields:
        return _question(ctx, factors, form, 422)
    outcome = actions.use_code(ctx.db, ctx.signed_in_user, form.fields.code, ctx.now)
    if outcome is Outcome.PASSED:
        return mark_second_factor_passed(ctx, onward(ctx))
    return refused(ctx, outcome.value)


@router.form("/second-factor/app", name="second_factor.begin_app", policy=Policy.SIGNED_IN)
def begin_app(ctx: Context) -> Response:
    """Make a new secret, to be shown on the next page."""
    changing(ctx)
    actions.begin_app(ctx.db, ctx.signed_in_user)
    return ctx.redirect("second_factor.app", {"next": target_of(ctx) or None})


@router.page(
    "/second-factor/app", name="second_factor.app", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def app(ctx: Context) -> Response:
    """Show the secret for the app to take over, as a picture and as text."""
    changing(ctx)
    return _app_page(ctx, Form(CodeFields))


@router.form(
    "/second-factor/app/confirmation", name="second_factor.confirm_app", policy=Policy.SIGNED_IN
)
def confirm_app(ctx: Context, form: CodeForm) -> Response:
    """Confirm the app by its first code."""
    changing(ctx)
    user = ctx.signed_in_user
    if form.accepts(lambda given: actions.confirm_app(ctx.db, user, given.code, ctx.now)):
        return added(ctx)
    return _app_page(ctx, form, 422)


@router.form("/second-factor/app/removal", name="second_factor.remove_app", policy=Policy.SIGNED_IN)
def remove_app(ctx: Context) -> Response:
    """No more codes of an app."""
    changing(ctx)
    actions.remove_app(ctx.db, ctx.signed_in_user)
    return ctx.redirect("second_factor.show")


@router.form(
    "/second-factor/recovery-codes", name="second_factor.renew_codes", policy=Policy.SIGNED_IN
)
def renew_codes(ctx: Context) -> Response:
    """Ten new recovery codes instead of the old; shown on this page once and never again."""
    if not changing(ctx).is_set_up:
        return ctx.redirect("second_factor.show")
    return _codes_page(ctx, actions.renew_recovery_codes(ctx.db, ctx.signed_in_user))


def changing(ctx: Context) -> Factors:
    """Return what the visitor has and may change, once they have used a factor."""
    factors = queries.factors_of(ctx.db, ctx.signed_in_user)
    if not _may_change(ctx, factors):
        raise SecondFactorNeededError
    return factors


def _may_change(ctx: Context, factors: Factors) -> bool:
    has_passed = ctx.session.second_factor_at is not None
    return rules.may_change(has_factor=factors.is_set_up, has_passed=has_passed)


def added(ctx: Context) -> Response:
    """After a factor was set up it need not be used at once; the first one brings its codes."""
    codes = actions.first_recovery_codes(ctx.db, ctx.signed_in_user)
    return mark_second_factor_passed(ctx, _codes_page(ctx, codes) if codes else onward(ctx))


def mark_second_factor_passed(ctx: Context, response: Response) -> Response:
    """Mark the session as proved."""
    token = pass_second_factor(ctx.db, ctx.session, ctx.now)
    set_session(response, ctx.site.settings, token)
    return response


def target_of(ctx: Context) -> str:
    """Return where the visitor wanted to go; empty if nowhere else."""
    asked = ctx.form_data or ctx.request.query_params
    return safe_next(str(asked.get("next") or ""), "")


def onward(ctx: Context) -> Response:
    """On to where the visitor wanted to go."""
    return RedirectResponse(target_of(ctx) or ctx.url("second_factor.show"), 303)


def refused(ctx: Context, why: str) -> Response:
    """Back to the page, which says why."""
    return ctx.redirect("second_factor.show", {"refused": why, "next": target_of(ctx) or None})


def _overview(ctx: Context, factors: Factors, form: Form[CodeFields]) -> Response:
    return render(
        ctx,
        "accounts/second_factor.html",
        factors=factors,
        form=form,
        next=target_of(ctx),
        keys=[
            Key(
                key.public_id,
                queries.passkey_name(ctx.db, key),
                dates.long(wall_of(key.created_at, ctx.zone).date()),
            )
            for key in factors.passkeys
        ],
        offers_passkeys=relying_party(ctx) is not None,
    )


def _question(
    ctx: Context, factors: Factors, form: Form[CodeFields], status: int = 200
) -> Response:
    return render(
        ctx,
        "accounts/second_factor_question.html",
        status,
        factors=factors,
        form=form,
        next=target_of(ctx),
        offers_passkeys=bool(factors.passkeys and relying_party(ctx)),
    )


def _app_page(ctx: Context, form: Form[CodeFields], status: int = 200) -> Response:
    secret = queries.pending_secret(ctx.db, ctx.signed_in_user)
    if secret is None:
        return ctx.redirect("second_factor.show")
    account = address_of(ctx.db, ctx.signed_in_user) or name_of(ctx.db, ctx.signed_in_user)
    address = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site_name(ctx.site))
    return render(
        ctx,
        "accounts/second_factor_app.html",
        status,
        form=form,
        next=target_of(ctx),
        code=qr_code(address),
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )


def _codes_page(ctx: Context, codes: list[str]) -> Response:
    return render(
        ctx,
        "accounts/recovery_codes.html",
        codes=codes,
        next=target_of(ctx) or ctx.url("second_factor.show"),
    )
