"""A decision as those concerned read it, their one appeal, and the account of the banned."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.tokens import is_token
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import appeals, queries, rules
from portal.domain.moderation.queries import DecisionRecord, banned_person
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.export import holdings_of
from portal.web.accounts.banned import account_of
from portal.web.components.decision_texts import decision_facts
from portal.web.components.personal_archive import archive_of
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.policies import SignInNeededError

router = PortalRouter()


class AppealFields(Fields):
    """Why the decision is wrong."""

    text: Annotated[str, Field(max_length=rules.LONGEST_TEXT)] = ""


def _open(ctx: Context, key: str) -> DecisionRecord:
    """Return the decision for those concerned; a member who is not signed in is asked to."""
    try:
        return queries.concerning(ctx.db, ctx.user, key)
    except NotFoundError:
        if ctx.user is None and queries.is_a_decision(ctx.db, key):
            raise SignInNeededError from None
        raise


@router.page(
    "/decisions/{key}", name="decisions.show", policy=Policy.CONCERNED, cache=Cache.PRIVATE
)
def show(ctx: Context, key: str) -> Response:
    """Show what was decided and why."""
    return _page(ctx, key, _open(ctx, key), Form(AppealFields))


@router.form("/decisions/{key}/appeal", name="decisions.appeal", policy=Policy.CONCERNED)
def appeal(
    ctx: Context, key: str, form: Annotated[Form[AppealFields], submitted(AppealFields)]
) -> Response:
    """Ask for another moderator's look."""
    record = _open(ctx, key)
    if form.fields:
        ctx.rate_limit(Limit.APPEAL)
        try:
            appeals.appeal(ctx.db, record, form.fields.text, ctx.language, ctx.now)
        except rules.AppealedError as refusal:
            return _page(ctx, key, record, form, refusal, 409)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect("decisions.show", key=key)
    return _page(ctx, key, record, form, status=422)


@router.form("/decisions/{key}/data", name="decisions.archive", policy=Policy.CONCERNED)
def archive(ctx: Context, key: str) -> Response:
    """Return everything we hold about the banned, in this answer and nowhere else."""
    return archive_of(ctx, holdings_of(ctx.db, _banned(ctx, key), ctx.now))


@router.form("/decisions/{key}/deletion", name="decisions.close", policy=Policy.CONCERNED)
def close(ctx: Context, key: str) -> Response:
    """Close the account of the banned; the worker erases it when the way back ends."""
    person = _banned(ctx, key)
    ctx.rate_limit(Limit.LEAVING, key)
    privacy.close(ctx.db, person, ctx.now)
    return ctx.redirect("decisions.show", key=key)


@router.form("/decisions/{key}/reactivate", name="decisions.reactivate", policy=Policy.CONCERNED)
def reactivate(ctx: Context, key: str) -> Response:
    """Keep the account, and the ban with it."""
    privacy.reactivate(_banned(ctx, key))
    return ctx.redirect("decisions.show", key=key)


def _banned(ctx: Context, key: str) -> Person:
    """Return the one whose ban this secret is for; no session and no other secret opens this."""
    if ctx.user is None and queries.is_a_decision(ctx.db, key):
        raise SignInNeededError
    return banned_person(ctx.db, key)


def _page(
    ctx: Context,
    key: str,
    record: DecisionRecord,
    form: Form[AppealFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    is_ban = is_token(key) and rules.is_ban_in_force(record.decision)
    person = record.subject.person if is_ban else None
    return render(
        ctx,
        "moderation/decision.html",
        status,
        **decision_facts(ctx, record),
        key=key,
        form=form,
        refusal=refusal and refusal.localized(),
        may_appeal=rules.may_appeal(record.decision, record.appeal),
        account=account_of(ctx.site.links, key, person, ctx.zone) if person else None,
    )
