"""A decision as those concerned read it, and their one appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.moderation import appeals, queries, rules
from portal.refusals import NotFoundError, Refusal
from portal.web.cases import facts_of_ruling
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy, SignInNeededError
from portal.web.rate_limits import Limit
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.moderation.queries import Ruling
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


def _page(
    visit: Visit,
    key: str,
    ruling: Ruling,
    form: Form[AppealFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "decisions/show.html",
        status,
        **facts_of_ruling(visit, ruling),
        key=key,
        form=form,
        refusal=refusal and refusal.said(),
        may_appeal=rules.may_appeal(ruling.decision, ruling.appeal),
    )
