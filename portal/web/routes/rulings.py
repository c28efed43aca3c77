"""A decision as moderators look at it again: confirming, taking back, answering an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from portal.domain.moderation import appeals, queries, rules
from portal.refusals import Refusal
from portal.web.cases import decision_address, facts_of_ruling, ruling_row
from portal.web.exhibits import exhibit_of
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Guard, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages(guard=Guard.ALWAYS)


class AnswerFields(Fields):
    """The answer to an appeal."""

    answer: Literal["uphold", "grant"]


@pages.get(
    "/moderation/decisions/{key}",
    name="rulings.show",
    policy=Policy.MODERATOR,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, key: str) -> Response:
    """A decision, its appeal, and what can still be done."""
    return _page(visit, key)


@pages.post(
    "/moderation/decisions/{key}/confirmation",
    name="rulings.confirm",
    policy=Policy.MODERATOR,
)
def confirm(visit: Visit, key: str) -> Response:
    """The second pair of eyes for a suspension."""
    ruling = queries.ruling_for(visit.db, visit.person, key)
    try:
        appeals.confirm(visit.db, visit.person, ruling, visit.now, decision_address(visit))
    except Refusal as refusal:
        return _page(visit, key, refusal)
    return visit.go("rulings.show", key=key)


@pages.post("/moderation/decisions/{key}/reversal", name="rulings.reverse", policy=Policy.MODERATOR)
def reverse(visit: Visit, key: str) -> Response:
    """Takes a decision back."""
    ruling = queries.ruling_for(visit.db, visit.person, key)
    try:
        appeals.reverse(visit.db, ruling, visit.now, decision_address(visit))
    except Refusal as refusal:
        return _page(visit, key, refusal)
    return visit.go("rulings.show", key=key)


@pages.post("/moderation/decisions/{key}/answer", name="rulings.answer", policy=Policy.MODERATOR)
def answer(visit: Visit, key: str) -> Response:
    """Answers an appeal."""
    ruling = queries.ruling_for(visit.db, visit.person, key)
    form = Form(AnswerFields, visit.submitted)
    if not form.fields:
        return _page(visit, key, status=422)
    granted = form.fields.answer == "grant"
    address = decision_address(visit)
    try:
        appeals.answer(visit.db, visit.person, ruling, visit.now, address, granted=granted)
    except Refusal as refusal:
        return _page(visit, key, refusal)
    return visit.go("rulings.show", key=key)


def _page(visit: Visit, key: str, refusal: Refusal | None = None, status: int = 200) -> Response:
    ruling = queries.ruling_for(visit.db, visit.person, key)
    return visit.page(
        "rulings/show.html",
        409 if refusal else status,
        **facts_of_ruling(visit, ruling),
        row=ruling_row(visit, ruling),
        exhibit=exhibit_of(visit, ruling.subject),
        may_confirm=rules.may_confirm(visit.person, ruling.decision),
        may_answer=rules.may_answer(visit.person, ruling.decision, ruling.appeal),
        refusal=refusal and refusal.said(),
    )
