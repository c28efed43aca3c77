"""A decision as those concerned read it, their one appeal, and the account of the banned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.accounts import actions as accounts
from portal.domain.accounts.holdings import holdings_of
from portal.domain.moderation import appeals, queries, rules
from portal.domain.moderation.concerned import banned_person
from portal.refusals import NotFoundError, Refusal
from portal.tokens import is_token
from portal.web.archive import archive_of
from portal.web.banned import account_of
from portal.web.cases import facts_of_ruling
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy, SignInNeededError
from portal.web.rate_limits import Limit
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.moderation.queries import Ruling
    from portal.domain.people.models import Person
    from portal.web.visit import Visit

pages = Pages()


class AppealFields(Fields):
    """Why the decision is wrong."""

    text: Annotated[str, Field(max_length=rules.LONGEST_TEXT)] = ""


def _open(visit: Visit, key: str) -> Ruling:
    """The decision for those concerned; a member who is not signed in is asked to."""
    try:
        return queries.concerning(visit.db, visit.visitor, key)
    except NotFoundError:
        if visit.visitor is None and queries.is_a_decision(visit.db, key):
            raise SignInNeededError from None
        raise


@pages.get("/decisions/{key}", name="decisions.show", policy=Policy.CONCERNED, cache=Cache.PRIVATE)
def show(visit: Visit, key: str) -> Response:
    """What was decided and why."""
    return _page(visit, key, _open(visit, key), Form(AppealFields))


@pages.post("/decisions/{key}/appeal", name="decisions.appeal", policy=Policy.CONCERNED)
def appeal(visit: Visit, key: str) -> Response:
    """Asks for another moderator's look."""
    ruling = _open(visit, key)
    form = Form(AppealFields, visit.submitted)
    if form.fields:
        visit.limit(Limit.APPEAL)
        try:
            appeals.appeal(visit.db, ruling, form.fields.text, visit.language, visit.now)
        except rules.AppealedError as refusal:
            return _page(visit, key, ruling, form, refusal, 409)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("decisions.show", key=key)
    return _page(visit, key, ruling, form, status=422)


@pages.post("/decisions/{key}/data", name="decisions.archive", policy=Policy.CONCERNED)
def archive(visit: Visit, key: str) -> Response:
    """Everything we hold about the banned, in this answer and nowhere else."""
    return archive_of(visit, holdings_of(visit.db, _banned(visit, key), visit.now))


@pages.post("/decisions/{key}/deletion", name="decisions.close", policy=Policy.CONCERNED)
def close(visit: Visit, key: str) -> Response:
    """Closes the account of the banned; the worker erases it when the way back ends."""
    person = _banned(visit, key)
    visit.limit(Limit.LEAVING, key)
    accounts.close(visit.db, person, visit.now)
    return visit.go("decisions.show", key=key)


@pages.post("/decisions/{key}/way-back", name="decisions.come_back", policy=Policy.CONCERNED)
def come_back(visit: Visit, key: str) -> Response:
    """Keeps the account, and the ban with it."""
    accounts.come_back(_banned(visit, key))
    return visit.go("decisions.show", key=key)


def _banned(visit: Visit, key: str) -> Person:
    """The one whose ban this secret is for; no session and no other secret opens this."""
    if visit.visitor is None and queries.is_a_decision(visit.db, key):
        raise SignInNeededError
    return banned_person(visit.db, key)


def _page(
    visit: Visit,
    key: str,
    ruling: Ruling,
    form: Form[AppealFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    is_ban = is_token(key) and rules.keeps_out(ruling.decision)
    person = ruling.subject.person if is_ban else None
    return visit.page(
        "decisions/show.html",
        status,
        **facts_of_ruling(visit, ruling),
        key=key,
        form=form,
        refusal=refusal and refusal.said(),
        may_appeal=rules.may_appeal(ruling.decision, ruling.appeal),
        account=account_of(visit.site.links, key, person, visit.zone) if person else None,
    )
