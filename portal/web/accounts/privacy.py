"""The account as a whole: what one agreed to, everything that is held, deleting it, coming back."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.core.time_zones import wall_of
from portal.domain.accounts.consents import actions as consents
from portal.domain.accounts.consents.models import Purpose
from portal.domain.accounts.consents.queries import consents_of, optional_purpose
from portal.domain.accounts.consents.rules import OPTIONAL, wording_of
from portal.domain.privacy import actions
from portal.domain.privacy.export import holdings_of
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.i18n import dates
from portal.i18n.locale import gettext_lazy as _
from portal.web.components.personal_archive import archive_of
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import drop_session

router = PortalRouter()
HEADINGS = {
    Purpose.ACCOUNT: _("Keeping your account"),
    Purpose.OTHER_EVENTS: _("News of other events"),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """A purpose, the words last read, and when they were agreed to and taken back."""

    purpose: str
    heading: str
    text: str
    language: str
    times: list[tuple[str, str]]
    holds: bool
    is_optional: bool


@router.page(
    "/profile/consents", name="account.consents", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show_consents(ctx: Context) -> Response:
    """Show every purpose with its text; the optional ones with the button that changes them."""
    purposes = [_agreement(ctx, purpose) for purpose in HEADINGS]
    return render(ctx, "accounts/consents.html", purposes=purposes)


def _agreement(ctx: Context, purpose: Purpose) -> Agreement:
    given = [
        (consent, text)
        for consent, text in consents_of(ctx.db, ctx.signed_in_user)
        if consent.purpose == purpose
    ]
    holds = any(consent.withdrawn_at is None for consent, _text in given)
    read = given[-1][1] if holds else wording_of(purpose)
    return Agreement(
        purpose=purpose.value,
        heading=str(HEADINGS[purpose]),
        text=read.text,
        language=read.language,
        times=[
            (_day(ctx, consent.given_at), _day(ctx, consent.withdrawn_at))
            for consent, _text in given
        ],
        holds=holds,
        is_optional=purpose in OPTIONAL,
    )


def _day(ctx: Context, instant: datetime | None) -> str:
    return dates.stamp(wall_of(instant, ctx.zone)) if instant else ""


@router.form("/profile/consents/{purpose}", name="account.consent", policy=Policy.SIGNED_IN)
def consent(ctx: Context, purpose: str) -> Response:
    """Agrees to an optional purpose."""
    consents.record_consent(ctx.db, ctx.signed_in_user, optional_purpose(purpose), ctx.now)
    return ctx.redirect("account.consents")


@router.form(
    "/profile/consents/{purpose}/withdrawal", name="account.withdraw", policy=Policy.SIGNED_IN
)
def withdraw(ctx: Context, purpose: str) -> Response:
    """Withdraw a consent."""
    consents.withdraw(ctx.db, ctx.signed_in_user, optional_purpose(purpose), ctx.now)
    return ctx.redirect("account.consents")


@router.form("/profile/data", name="account.archive", policy=Policy.SIGNED_IN)
def archive(ctx: Context) -> Response:
    """Return everything we hold, in this answer and nowhere else."""
    return archive_of(ctx, holdings_of(ctx.db, ctx.signed_in_user, ctx.now))


@router.page(
    "/profile/deletion", name="account.deletion", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def deletion(ctx: Context) -> Response:
    """Show what happens, and the button that does it."""
    return render(ctx, "accounts/deletion.html", refusal=None)


@router.form("/profile/deletion", name="account.close", policy=Policy.SIGNED_IN)
def close(ctx: Context) -> Response:
    """Close the account; the worker erases it when the way back ends."""
    try:
        actions.close(ctx.db, ctx.signed_in_user, ctx.now)
    except Refusal as refusal:
        return render(ctx, "accounts/deletion.html", 409, refusal=refusal.localized())
    response = ctx.redirect("account.closed")
    drop_session(response, ctx.site.settings)
    return response


@router.page("/account-closed", name="account.closed", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def closed(ctx: Context) -> Response:
    """Goodbye."""
    return render(ctx, "accounts/closed.html")


@router.page(
    "/reactivate", name="account.reactivation", policy=Policy.CLOSED_ACCOUNT, cache=Cache.PRIVATE
)
def reactivation(ctx: Context) -> Response:
    """Ask whoever signs in to a closed account whether to keep it."""
    ends = (ctx.closed_account.closed_at or ctx.now) + REACTIVATION_PERIOD
    return render(ctx, "accounts/reactivation.html", until=_day(ctx, ends))


@router.form("/reactivate", name="account.reactivate", policy=Policy.CLOSED_ACCOUNT)
def reactivate(ctx: Context) -> Response:
    """Keep the account."""
    actions.reactivate(ctx.closed_account)
    return ctx.redirect("profile.edit")
