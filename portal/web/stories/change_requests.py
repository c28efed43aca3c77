"""Changes that the author of an accepted story proposes: compared, taken over or given back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.core.time_zones import city_of, wall_of
from portal.domain.publishing.revisions.rules import Fact
from portal.domain.stories import actions, change_requests, queries, rules
from portal.domain.stories.details import Details
from portal.domain.stories.models import ChangeRequest, Story
from portal.domain.stories.notifications import Address
from portal.domain.stories.rules import Facts, Parts
from portal.i18n import dates
from portal.web.components.diffs import differences
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.stories.form import difference_of, proposed

router = PortalRouter()


class AnswerFields(Fields):
    """What the editor has read, and what is missing."""

    seen: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=20_000)] = ""


AnswerForm = Annotated[Form[AnswerFields], submitted(AnswerFields)]


@dataclass(frozen=True, slots=True)
class RequestedStory:
    """A story as its author wants it to be; `values` are those of the form."""

    story: Story
    change_request: ChangeRequest
    details: Details
    values: dict[str, Any]


@router.page(
    "/writing/stories/{slug}/changes",
    name="change_requests.show",
    policy=Policy.WRITER,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, slug: str) -> Response:
    """Show what would change, for the author and for those who decide."""
    return _page(ctx, slug, Form(AnswerFields))


@router.form(
    "/writing/stories/{slug}/changes/acceptance",
    name="change_requests.accept",
    policy=Policy.WRITER,
)
def accept(ctx: Context, slug: str, form: AnswerForm) -> Response:
    """Take the changes over as they have been read."""

    def take_over(requested: RequestedStory, _note: str) -> None:
        change_requests.accept(
            ctx.db,
            requested.story,
            requested.change_request,
            requested.details,
            _address_for(ctx),
            ctx.now,
        )

    return _answer(ctx, slug, form, take_over)


@router.form(
    "/writing/stories/{slug}/changes/return", name="change_requests.decline", policy=Policy.WRITER
)
def decline(ctx: Context, slug: str, form: AnswerForm) -> Response:
    """Leave the story as it is, with a word on why."""

    def leave(requested: RequestedStory, note: str) -> None:
        change_requests.decline(
            ctx.db,
            requested.story,
            requested.change_request,
            form=requested.values,
            note=note,
            address=_address_for(ctx),
            now=ctx.now,
        )

    return _answer(ctx, slug, form, leave)


@router.form(
    "/writing/stories/{slug}/changes/withdrawal",
    name="change_requests.withdraw",
    policy=Policy.WRITER,
)
def take_back(ctx: Context, slug: str) -> Response:
    """Take a change request back to go on writing."""
    requested = _visible_story(ctx, slug, rules.may_propose)
    change_requests.take_back(
        ctx.db, requested.story, requested.change_request, requested.values, ctx.now
    )
    return ctx.redirect("my_stories.edit", slug=slug)


def propose(ctx: Context, story: Story, details: Details, revision: int) -> None:
    """Keep what differs from the story as it was opened until an editor answers."""
    if story.revision != revision:
        raise rules.ChangedMeanwhileError
    if queries.change_request_of(ctx.db, story) is None:
        ctx.rate_limit(Limit.STORY, f"person {ctx.signed_in_user.id}")
    saved = actions.details_of(ctx.db, story)
    change_requests.propose(
        ctx.db,
        story,
        ctx.signed_in_user,
        details=details,
        typed=difference_of(saved, details),
        address=lambda tag, slug: ctx.site.links.absolute("change_requests.show", tag, slug=slug),
        now=ctx.now,
    )


def _answer(
    ctx: Context, slug: str, form: Form[AnswerFields], verb: Callable[[RequestedStory, str], None]
) -> Response:
    requested = _visible_story(ctx, slug, rules.may_judge)

    def answer(given: AnswerFields) -> None:
        if given.seen != change_requests.seen(requested.story, requested.change_request):
            raise rules.ChangeRequestOutdatedError
        verb(requested, given.note)

    return ctx.redirect("my_stories.index") if form.accepts(answer) else _page(ctx, slug, form, 422)


def _visible_story(ctx: Context, slug: str, may: Callable[[Facts, Parts], bool]) -> RequestedStory:
    return _requested_story(ctx, queries.story_to(ctx.db, ctx.signed_in_user, slug, may))


def _requested_story(ctx: Context, story: Story) -> RequestedStory:
    change_request = queries.change_request_of(ctx.db, story)
    if change_request is None:
        raise NotFoundError
    saved = actions.details_of(ctx.db, story)
    return RequestedStory(story, change_request, *proposed(story, saved, change_request.typed))


def _address_for(ctx: Context) -> Address:
    return lambda language, slug: ctx.site.links.absolute("workflow.show", language, slug=slug)


def _page(ctx: Context, slug: str, form: Form[AnswerFields], status: int = 200) -> Response:
    story, parts = queries.story_in_workflow(ctx.db, ctx.signed_in_user, slug)
    requested = _requested_story(ctx, story)
    saved = actions.details_of(ctx.db, story)
    proposed_at = wall_of(requested.change_request.proposed_at, ctx.zone)
    return render(
        ctx,
        "stories/change_request.html",
        status,
        slug=slug,
        title=story.title.localized(),
        form=form,
        seen=change_requests.seen(story, requested.change_request),
        when=f"{dates.stamp(proposed_at)} ({city_of(ctx.zone)})",
        differences=differences(_facts(saved), _facts(requested.details)),
        is_small_fix=requested.details.is_small_fix,
        is_published=story.published_at is not None,
        may_judge=rules.may_judge(story, parts),
        may_take_back=rules.may_propose(story, parts),
    )


def _facts(details: Details) -> dict[str, Fact]:
    """Return what a history would hold, and what only editors need to compare."""
    return {
        "original": details.title.original,
        "title": details.title.texts(),
        "summary": details.summary.texts(),
        "body": details.body.texts(),
        "funding": details.funding.value if details.funding else None,
        "funding_note": details.funding_note.texts(),
        "tags": sorted(details.tags),
        "events": list(details.events),
        "initiative": details.initiative or None,
        "sources": [f"{each.url} {each.label}" for each in details.sources],
        "comments": details.comments.value,
        "byline": details.byline,
    }
