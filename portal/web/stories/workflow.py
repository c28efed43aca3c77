"""A story as those see it who have a part in it: where it stands, what it was, what can be done."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field
from starlette.responses import Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import city_of, wall_of
from portal.domain.organizations import queries as organizations
from portal.domain.publishing.revisions import queries as history
from portal.domain.stories import actions, queries, rules, workflow
from portal.domain.stories.models import State, Story
from portal.domain.stories.notifications import Address
from portal.domain.stories.queries import story_page
from portal.domain.stories.rules import Facts, Parts
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.web.components.diffs import steps_of
from portal.web.components.organization_list import choices
from portal.web.components.story_cards import state_tags
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.pagination import page_asked, page_links
from portal.web.stories.comment_threads import waiting_for

May = Callable[[Facts, Parts], bool]


router = PortalRouter()


class SubmissionFields(Fields):
    """To whom a story is handed in; empty for the portal."""

    organization: Annotated[str, Field(max_length=80)] = ""


class NoteFields(Fields):
    """What is missing."""

    note: Annotated[str, Field(max_length=20_000)] = ""


class RevisionFields(Fields):
    """What the writer had seen."""

    revision: Annotated[int, Field(ge=0)]


@router.page(
    "/writing/stories/{slug}", name="workflow.show", policy=Policy.WRITER, cache=Cache.PRIVATE
)
def show(ctx: Context, slug: str) -> Response:
    """Show where a story stands, and what can be done with it."""
    return _workflow_page(ctx, slug)


@router.form("/writing/stories/{slug}/submission", name="workflow.submit", policy=Policy.WRITER)
def submit(
    ctx: Context, slug: str, form: Annotated[Form[SubmissionFields], submitted(SubmissionFields)]
) -> Response:
    """Hand a member's story in."""
    named = str(form.values.get("organization", ""))

    def hand_in(story: Story) -> None:
        ctx.rate_limit(Limit.STORY, f"person {ctx.signed_in_user.id}")
        target = organizations.organization_named(ctx.db, named) if named else None
        workflow.submit(ctx.db, story, target, _address_for(ctx), ctx.now)

    return _act(ctx, slug, rules.may_submit, hand_in, form)


@router.form("/writing/stories/{slug}/withdrawal", name="workflow.withdraw", policy=Policy.WRITER)
def withdraw(ctx: Context, slug: str) -> Response:
    """Take back what has not appeared yet."""
    return _act(ctx, slug, rules.may_withdraw, lambda s: workflow.withdraw(s, ctx.now))


@router.form("/writing/stories/{slug}/acceptance", name="workflow.accept", policy=Policy.WRITER)
def accept(ctx: Context, slug: str) -> Response:
    """Answer for a member's story: it appears."""
    address = _address_for(ctx)
    return _act(ctx, slug, rules.may_decide, lambda s: workflow.accept(ctx.db, s, address, ctx.now))


@router.form(
    "/writing/stories/{slug}/return", name="workflow.request_changes", policy=Policy.WRITER
)
def request_changes(
    ctx: Context, slug: str, form: Annotated[Form[NoteFields], submitted(NoteFields)]
) -> Response:
    """Give a member's story back with a word on what is missing."""
    try:
        story = queries.story_to(ctx.db, ctx.signed_in_user, slug, rules.may_decide)
        if form.fields:
            note, address = form.fields.note, _address_for(ctx)
            workflow.request_changes(ctx.db, story, note, address, ctx.now)
            return ctx.redirect("my_stories.index")
    except Refusal as refusal:
        form.refuse(refusal)
    return _workflow_page(ctx, slug, form, 422)


@router.form("/writing/stories/{slug}/publication", name="workflow.publish", policy=Policy.WRITER)
def publish(ctx: Context, slug: str) -> Response:
    """Show an organisation's story, now or at its hour."""
    return _act(ctx, slug, rules.may_publish, lambda s: workflow.publish(ctx.db, s, ctx.now))


@router.form("/writing/stories/{slug}/deletion", name="workflow.delete", policy=Policy.WRITER)
def delete(ctx: Context, slug: str) -> Response:
    """Delete what was never published."""
    try:
        story = queries.story_to(ctx.db, ctx.signed_in_user, slug, rules.may_delete)
    except Refusal as refusal:
        return _refused(ctx, slug, refusal)
    actions.delete_unpublished(ctx.db, story)
    return ctx.redirect("my_stories.index")


@router.page(
    "/writing/stories/{slug}/versions",
    name="workflow.versions",
    policy=Policy.WRITER,
    cache=Cache.PRIVATE,
)
def versions(ctx: Context, slug: str) -> Response:
    """Show what the story has said at each save, and the way back."""
    return _versions(ctx, slug)


@router.form(
    "/writing/stories/{slug}/versions/{number}/restoration",
    name="workflow.restore",
    policy=Policy.WRITER,
)
def restore_revision(
    ctx: Context,
    slug: str,
    number: str,
    form: Annotated[Form[RevisionFields], submitted(RevisionFields)],
) -> Response:
    """Save once more what an earlier version said."""
    if not (number.isdecimal() and len(number) < 9):  # noqa: PLR2004 - fits the column
        raise NotFoundError
    seen = form.fields.revision if form.fields else -1
    try:
        story = queries.story_to(ctx.db, ctx.signed_in_user, slug, rules.may_write)
        actions.restore_revision(ctx.db, story, int(number), seen, ctx.signed_in_user, ctx.now)
    except Refusal as refusal:
        return _versions(ctx, slug, refusal)
    return ctx.redirect("workflow.show", {"saved": "yes"}, slug=slug)


def _act(
    ctx: Context,
    slug: str,
    may: May,
    verb: Callable[[Story], None],
    form: Form[SubmissionFields] | None = None,
) -> Response:
    """Find, do one thing, go back; a refusal is said on the same page (409)."""
    try:
        verb(queries.story_to(ctx.db, ctx.signed_in_user, slug, may))
    except Refusal as refusal:
        return _refused(ctx, slug, refusal, form)
    return ctx.redirect("workflow.show", slug=slug)


def _refused(
    ctx: Context, slug: str, refusal: Refusal, form: Form[SubmissionFields] | None = None
) -> Response:
    filled: Form[Any] = form or Form(NoteFields)
    refusal.field = None
    filled.refuse(refusal)
    return _workflow_page(ctx, slug, filled, 409)


def _address_for(ctx: Context) -> Address:
    return lambda language, slug: ctx.site.links.absolute("workflow.show", language, slug=slug)


def _workflow_page(
    ctx: Context, slug: str, form: Form[Any] | None = None, status: int = 200
) -> Response:
    story, parts = queries.story_in_workflow(ctx.db, ctx.signed_in_user, slug)
    row, _words = story_page(ctx.db, ctx.signed_in_user, slug)
    when = story.publish_at and wall_of(story.publish_at, story.time_zone)
    is_submittable = rules.may_submit(story, parts)
    return render(
        ctx,
        "stories/workflow.html",
        status,
        slug=slug,
        title=story.title.localized(),
        tags=state_tags(ctx, row),
        organization=row.organization_name.localized() if row.organization_name else None,
        note=story.note if story.state == State.RETURNED else "",
        appears=f"{dates.stamp(when)} ({city_of(story.time_zone)})" if when else None,
        is_published=story.published_at is not None,
        revision=story.revision,
        saved=ctx.request.query_params.get("saved"),
        waiting=waiting_for(ctx, story, parts),
        form=form or Form(NoteFields),
        targets=choices(ctx) if is_submittable else [],
        content_languages=[
            (tag, OWN_NAMES[tag]) for tag in LANGUAGES if tag != story.title.original
        ],
        may_type=rules.may_type(story, parts),
        may_illustrate=rules.may_illustrate(story, parts),
        has_proposal=queries.change_request_of(ctx.db, story) is not None,
        may_submit=is_submittable,
        may_withdraw=rules.may_withdraw(story, parts),
        may_decide=rules.may_decide(story, parts),
        may_publish=rules.may_publish(story, parts),
        may_delete=rules.may_delete(story, parts),
    )


def _versions(ctx: Context, slug: str, refusal: Refusal | None = None) -> Response:
    story, parts = queries.story_in_workflow(ctx.db, ctx.signed_in_user, slug)
    page = page_asked(ctx) if refusal is None else 1
    found, more = history.page_of(ctx.db, ItemKind.STORY, story.id, page, public_only=False)
    last = history.latest(ctx.db, ItemKind.STORY, story.id)
    numbers = [later.number for later, _earlier in found]
    return render(
        ctx,
        "stories/versions.html",
        409 if refusal else 200,
        slug=slug,
        title=story.title.localized(),
        revision=story.revision,
        steps=list(zip(numbers, steps_of(found, ctx.zone), strict=True)),
        latest=last.number if last else 0,
        may_write=rules.may_write(story, parts),
        refusal=refusal and refusal.localized(),
        pager=page_links(ctx, "workflow.versions", {}, page, more=more, slug=slug),
    )
