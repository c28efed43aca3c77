"""Pages of authors, for those who have chosen to have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.stories import authorship, listing
from portal.refusals import Refusal
from portal.web.atom import feed_link
from portal.web.filters import page_asked, page_links
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.story_cards import story_cards
from portal.written import as_typed

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class AuthorFields(Fields):
    """The name everybody reads."""

    byline: Annotated[str, Field(max_length=2_000)] = ""


@pages.get("/authors/{slug}", name="authors.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(visit: Visit, slug: str) -> Response:
    """What an author has signed with the page's name."""
    author, page = authorship.author_named(visit.db, slug), page_asked(visit)
    filters = listing.Filters(author_id=author.person_id)
    found, more = listing.page_of(visit.db, filters, page)
    return visit.page(
        "authors/show.html",
        byline=as_typed(author.byline),
        cards=story_cards(visit, found),
        pager=page_links(visit, "authors.show", {}, page, more=more, slug=slug),
        feeds=[feed_link(visit, as_typed(author.byline), "feeds.author", slug=slug)],
        index_as=("authors.show", {"slug": slug}, {"page": page} if page > 1 else None),
    )


@pages.get("/writing/author", name="authors.edit", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def edit(visit: Visit) -> Response:
    """Whether to have a page, and under which name."""
    author = authorship.author_of(visit.db, visit.person)
    return _page(visit, Form.filled(AuthorFields, {"byline": author.byline if author else ""}))


@pages.post("/writing/author", name="authors.update", policy=Policy.SIGNED_IN)
def update(visit: Visit) -> Response:
    """Opens the page, or gives it another name."""
    form = Form(AuthorFields, visit.submitted)
    if form.fields:
        try:
            authorship.introduce(visit.db, visit.person, form.fields.byline, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("authors.edit")
    return _page(visit, form, 422)


@pages.post("/writing/author/removal", name="authors.retire", policy=Policy.SIGNED_IN)
def retire(visit: Visit) -> Response:
    """Closes the page."""
    authorship.retire(visit.db, visit.person)
    return visit.go("authors.edit")


def _page(visit: Visit, form: Form[AuthorFields], status: int = 200) -> Response:
    author = authorship.author_of(visit.db, visit.person)
    return visit.page(
        "authors/edit.html",
        status,
        form=form,
        page_url=visit.url("authors.show", slug=author.slug) if author else None,
    )
