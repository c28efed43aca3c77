"""Lists of stories and the story page, seen by everyone."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations import queries as organizations
from portal.domain.publishing.publication import is_public
from portal.domain.stories import comment_threads, comments, listing, rules
from portal.domain.stories.comment_threads import Hearing
from portal.domain.stories.queries import StoryRow, parts_in
from portal.domain.stories.queries import story_page as story_page_for
from portal.domain.stories.rules import Parts
from portal.i18n.locale import LANGUAGES
from portal.web.components.open_graph import shared
from portal.web.components.schema_org import blog_posting
from portal.web.components.story_cards import story_cards
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form
from portal.web.http.pagination import page_asked, page_links, story_filter_links
from portal.web.stories.comment_threads import voices_of, waiting_for
from portal.web.stories.presenter import facts_of

router = PortalRouter()


class CommentFields(Fields):
    """What a reader says; `answers` names the comment it answers."""

    text: Annotated[str, Field(max_length=20_000)] = ""
    byline: Annotated[str, Field(max_length=2_000)] = ""
    answers: Annotated[str, Field(max_length=40)] = ""


@router.page("/stories", name="stories.index", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def index(ctx: Context) -> Response:
    """Show the newest first, by topic, language and organisation."""
    query = ctx.request.query_params
    tag, language, page = query.get("tag"), query.get("language"), page_asked(ctx)
    if (tag is not None and tag not in TAGS) or (
        language is not None and language not in LANGUAGES
    ):
        raise NotFoundError
    slug = query.get("organization")
    organization = organizations.organization_named(ctx.db, slug) if slug else None
    filters = listing.Filters(tag, language, organization.id if organization else None)
    found, more = listing.page_of(ctx.db, filters, page)
    asked = {"language": language, "tag": tag, "organization": slug}
    return render(
        ctx,
        "stories/index.html",
        organization=organization and organization.name.localized(),
        cards=story_cards(ctx, found),
        filters=story_filter_links(ctx, asked),
        is_narrowed=any(asked.values()),
        pager=page_links(ctx, "stories.index", asked, page, more=more),
        index_as=("stories.index", {}, asked | {"page": page if page > 1 else None}),
    )


@router.page("/stories/{slug}", name="stories.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(ctx: Context, slug: str) -> Response:
    """Show a story with comments from `page`, `comment` or `answer`, which is to be replied to."""
    name = comments.last_byline(ctx.db, ctx.user) if ctx.user else ""
    answered = ctx.request.query_params.get("answer", "")
    start = {"byline": name, "answers": answered}
    return story_page(ctx, slug, Form.filled(CommentFields, start))


def story_page(ctx: Context, slug: str, form: Form[CommentFields], status: int = 200) -> Response:
    """Return the story with what readers say; a comment's errors stand beside its form."""
    story, words = story_page_for(ctx.db, ctx.user, slug)
    parts = parts_in(ctx.db, ctx.user, story)
    facts = facts_of(ctx, story, words)
    is_shown = is_public(story)
    may_comment = is_shown and rules.takes_comments(story.comments)
    answers = form.values.get("answers")
    may_moderate = rules.may_moderate_comments(story, parts)
    hearing = Hearing(ctx.user.id if ctx.user else None, may_moderate)
    page = _page_of_comments(ctx, story, hearing, answers)
    said, more = (
        comment_threads.page_of(ctx.db, story.id, hearing, page) if is_shown else ([], False)
    )
    if page > 1 and not said:
        raise NotFoundError
    voices = voices_of(ctx, said, hearing, may_comment=may_comment)
    return render(
        ctx,
        "stories/show.html",
        status,
        spelled=(ItemKind.STORY, story.id),
        slug=slug,
        facts=facts,
        changed=words.editions - 1,
        is_public=is_shown,
        desk_url=_workflow_url(ctx, story, parts),
        voices=voices,
        pager=page_links(ctx, "stories.show", {}, page, more=more, at="comments", slug=slug),
        waiting=waiting_for(ctx, story, parts),
        may_comment=may_comment,
        is_moderated=story.comments == "moderated",
        form=form,
        answered=next((each for each in voices if each.key == answers), None),
        linked_data=blog_posting(ctx, story, words),
        shared=replace(
            shared(
                ctx,
                "stories.show",
                slug,
                title=facts.title,
                description=facts.summary,
                changed_at=story.changed_at,
            ),
            type="article",
            published_at=facts.datetime,
        ),
        index_as=("stories.show", {"slug": slug}, None) if is_shown else None,
    )


def _page_of_comments(ctx: Context, story: StoryRow, hearing: Hearing, answered: str | None) -> int:
    """Return the page that is asked for, or that of the comment that is."""
    key = answered or ctx.request.query_params.get("comment")
    found = comment_threads.page_with(ctx.db, story.id, hearing, key) if key else None
    return page_asked(ctx) if found is None else found


def _workflow_url(ctx: Context, story: StoryRow, parts: Parts) -> str | None:
    """Return where those who have a part in the story go on."""
    return ctx.url("workflow.show", slug=story.slug) if parts else None
