"""Pages of authors, for those who have chosen to have one."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.domain.stories import author_pages, listing
from portal.i18n.script_output import as_typed
from portal.web.components.feed_kinds import feed_link
from portal.web.components.story_cards import story_cards
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.pagination import page_asked, page_links

router = PortalRouter()


class AuthorFields(Fields):
    """The name everybody reads."""

    byline: Annotated[str, Field(max_length=2_000)] = ""


@router.page("/authors/{slug}", name="authors.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(ctx: Context, slug: str) -> Response:
    """Show what an author has signed with the page's name."""
    author, page = author_pages.author_named(ctx.db, slug), page_asked(ctx)
    filters = listing.Filters(author_id=author.person_id)
    found, more = listing.page_of(ctx.db, filters, page)
    return render(
        ctx,
        "stories/author.html",
        byline=as_typed(author.byline),
        cards=story_cards(ctx, found),
        pager=page_links(ctx, "authors.show", {}, page, more=more, slug=slug),
        feeds=[feed_link(ctx, as_typed(author.byline), "feeds.author", slug=slug)],
        index_as=("authors.show", {"slug": slug}, {"page": page} if page > 1 else None),
    )


@router.page("/writing/author", name="authors.edit", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def edit(ctx: Context) -> Response:
    """Show whether to have a page, and under which name."""
    author = author_pages.author_of(ctx.db, ctx.signed_in_user)
    return _page(ctx, Form.filled(AuthorFields, {"byline": author.byline if author else ""}))


@router.form("/writing/author", name="authors.update", policy=Policy.SIGNED_IN)
def update(ctx: Context, form: Annotated[Form[AuthorFields], submitted(AuthorFields)]) -> Response:
    """Open the page, or give it another name."""
    writer = ctx.signed_in_user
    if form.accepts(lambda said: author_pages.introduce(ctx.db, writer, said.byline, ctx.now)):
        return ctx.redirect("authors.edit")
    return _page(ctx, form, 422)


@router.form("/writing/author/removal", name="authors.unpublish", policy=Policy.SIGNED_IN)
def unpublish(ctx: Context) -> Response:
    """Close the page."""
    author_pages.unpublish(ctx.db, ctx.signed_in_user)
    return ctx.redirect("authors.edit")


def _page(ctx: Context, form: Form[AuthorFields], status: int = 200) -> Response:
    author = author_pages.author_of(ctx.db, ctx.signed_in_user)
    return render(
        ctx,
        "stories/author_form.html",
        status,
        form=form,
        page_url=ctx.url("authors.show", slug=author.slug) if author else None,
    )
