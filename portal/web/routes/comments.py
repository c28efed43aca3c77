"""Saying something below a story, taking it back, and keeping what is said in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from portal.domain.moderation.erasure import forget_decisions
from portal.domain.stories import commenting, remarks
from portal.domain.stories.commenting import Said
from portal.domain.stories.queries import story_for
from portal.domain.stories.remarks import Hearing
from portal.refusals import Refusal
from portal.web.cases import address_of_comment
from portal.web.forms import Form
from portal.web.policies import Policy
from portal.web.rate_limits import Limit
from portal.web.routes.stories import CommentFields, story_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.stories.announcements import Address
    from portal.domain.stories.models import Comment
    from portal.web.visit import Visit

pages = Pages()


@pages.post("/stories/{slug}/comments", name="comments.create", policy=Policy.SIGNED_IN)
def create(visit: Visit, slug: str) -> Response:
    """Says something below a story, or below a comment."""
    story = story_for(visit.db, visit.person, slug)
    form = Form(CommentFields, visit.submitted)
    if form.fields:
        visit.limit(Limit.COMMENT, f"person {visit.person.id}")
        typed = form.fields
        said = Said(typed.text, typed.byline, visit.language, typed.answers)
        try:
            made = commenting.comment_on(
                visit.db, story, visit.person, said, _address_for(visit), visit.now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back_to(visit, slug, made)
    return story_page(visit, slug, form, 422)


@pages.post(
    "/stories/{slug}/comments/{comment}/deletion",
    name="comments.remove",
    policy=Policy.COMMENTER,
)
def remove(visit: Visit, slug: str, comment: str) -> Response:
    """Takes back what one has said."""
    own = commenting.own_comment(visit.db, visit.person, slug, comment)
    hearing = Hearing(visit.person.id, may_moderate=False)
    beside = remarks.beside(visit.db, own.story_id, hearing, comment)
    forget_decisions(visit.db, own)
    commenting.remove(own)
    if beside is not None:
        return RedirectResponse(address_of_comment(visit, slug, beside), 303)
    return RedirectResponse(f"{visit.url('stories.show', slug=slug)}#comments", 303)


@pages.post(
    "/stories/{slug}/comments/{comment}/publication", name="comments.show", policy=Policy.EDITOR
)
def show(visit: Visit, slug: str, comment: str) -> Response:
    """Lets everybody read a comment."""
    shown = commenting.moderated_comment(visit.db, visit.person, slug, comment)
    commenting.show(shown)
    return _back_to(visit, slug, shown)


@pages.post("/stories/{slug}/comments/{comment}/hiding", name="comments.hide", policy=Policy.EDITOR)
def hide(visit: Visit, slug: str, comment: str) -> Response:
    """Keeps a comment from everybody but its writer."""
    hidden = commenting.moderated_comment(visit.db, visit.person, slug, comment)
    commenting.hide(hidden)
    return _back_to(visit, slug, hidden)


def _back_to(visit: Visit, slug: str, comment: Comment) -> Response:
    return RedirectResponse(address_of_comment(visit, slug, comment.public_id), 303)


def _address_for(visit: Visit) -> Address:
    def address(language: str, slug: str) -> str:
        path = visit.site.links.absolute("stories.show", language, slug=slug)
        return f"{path}#comments"

    return address
