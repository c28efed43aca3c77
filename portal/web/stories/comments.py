"""Saying something below a story, taking it back, and keeping what is said in order."""

from typing import Annotated

from starlette.responses import RedirectResponse, Response

from portal.core.refusals import Refusal
from portal.domain.moderation.erasure import forget_decisions
from portal.domain.stories import comment_threads, comments
from portal.domain.stories.comment_threads import Hearing
from portal.domain.stories.comments import CommentText
from portal.domain.stories.models import Comment
from portal.domain.stories.notifications import Address
from portal.domain.stories.queries import story_for
from portal.web.components.decision_texts import address_of_comment
from portal.web.http import Context, Limit, Policy, PortalRouter
from portal.web.http.forms import Form, submitted
from portal.web.stories.routes import CommentFields, story_page

router = PortalRouter()


@router.form("/stories/{slug}/comments", name="comments.create", policy=Policy.SIGNED_IN)
def create(
    ctx: Context, slug: str, form: Annotated[Form[CommentFields], submitted(CommentFields)]
) -> Response:
    """Say something below a story, or below a comment."""
    story = story_for(ctx.db, ctx.signed_in_user, slug)
    if form.fields:
        ctx.rate_limit(Limit.COMMENT, f"person {ctx.signed_in_user.id}")
        typed = form.fields
        said = CommentText(typed.text, typed.byline, ctx.language, typed.answers)
        try:
            made = comments.comment_on(
                ctx.db, story, ctx.signed_in_user, said, _address_for(ctx), ctx.now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back_to(ctx, slug, made)
    return story_page(ctx, slug, form, 422)


@router.form(
    "/stories/{slug}/comments/{comment}/deletion",
    name="comments.remove",
    policy=Policy.COMMENTER,
)
def remove(ctx: Context, slug: str, comment: str) -> Response:
    """Take back what one has said."""
    own = comments.own_comment(ctx.db, ctx.signed_in_user, slug, comment)
    hearing = Hearing(ctx.signed_in_user.id, may_moderate=False)
    beside = comment_threads.beside(ctx.db, own.story_id, hearing, comment)
    forget_decisions(ctx.db, own)
    comments.remove(own)
    if beside is not None:
        return RedirectResponse(address_of_comment(ctx, slug, beside), 303)
    return RedirectResponse(f"{ctx.url('stories.show', slug=slug)}#comments", 303)


@router.form(
    "/stories/{slug}/comments/{comment}/publication", name="comments.show", policy=Policy.EDITOR
)
def show(ctx: Context, slug: str, comment: str) -> Response:
    """Let everybody read a comment."""
    found = comments.moderated_comment(ctx.db, ctx.signed_in_user, slug, comment)
    comments.show(found)
    return _back_to(ctx, slug, found)


@router.form(
    "/stories/{slug}/comments/{comment}/hiding", name="comments.hide", policy=Policy.EDITOR
)
def hide(ctx: Context, slug: str, comment: str) -> Response:
    """Keep a comment from everybody but its writer."""
    hidden = comments.moderated_comment(ctx.db, ctx.signed_in_user, slug, comment)
    comments.hide(hidden)
    return _back_to(ctx, slug, hidden)


def _back_to(ctx: Context, slug: str, comment: Comment) -> Response:
    return RedirectResponse(address_of_comment(ctx, slug, comment.public_id), 303)


def _address_for(ctx: Context) -> Address:
    def address(language: str, slug: str) -> str:
        path = ctx.site.links.absolute("stories.show", language, slug=slug)
        return f"{path}#comments"

    return address
