"""Changes that the author of an accepted story proposes: compared, taken over or given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from portal import dates
from portal.domain.stories import actions, proposing, queries, rules
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import city_of, wall_of
from portal.web.changes import differences
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages
from portal.web.story_form import difference_of, proposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from portal.domain.history.rules import Fact
    from portal.domain.stories.announcements import Address
    from portal.domain.stories.details import Details
    from portal.domain.stories.models import Proposal, Story
    from portal.domain.stories.rules import Facts, Parts
    from portal.web.visit import Visit

pages = Pages()


class AnswerFields(Fields):
    """What the editor has read, and what is missing."""

    seen: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=20_000)] = ""


class Wish(NamedTuple):
    """A story as its author wants it to be; `values` are those of the form."""

    story: Story
    proposal: Proposal
    details: Details
    values: dict[str, Any]


@pages.get(
    "/writing/stories/{slug}/changes",
    name="proposals.show",
    policy=Policy.WRITER,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, slug: str) -> Response:
    """What would change, for the author and for those who decide."""
    return _page(visit, slug, Form(AnswerFields))


@pages.post(
    "/writing/stories/{slug}/changes/acceptance", name="proposals.accept", policy=Policy.WRITER
)
def accept(visit: Visit, slug: str) -> Response:
    """Takes the changes over as they have been read."""

    def take_over(wish: Wish, _note: str) -> None:
        proposing.accept(
            visit.db, wish.story, wish.proposal, wish.details, _address_for(visit), visit.now
        )

    return _answer(visit, slug, take_over)


@pages.post(
    "/writing/stories/{slug}/changes/return", name="proposals.give_back", policy=Policy.WRITER
)
def give_back(visit: Visit, slug: str) -> Response:
    """Leaves the story as it is, with a word on why."""

    def leave(wish: Wish, note: str) -> None:
        proposing.give_back(
            visit.db,
            wish.story,
            wish.proposal,
            form=wish.values,
            note=note,
            address=_address_for(visit),
            now=visit.now,
        )

    return _answer(visit, slug, leave)


@pages.post(
    "/writing/stories/{slug}/changes/withdrawal", name="proposals.take_back", policy=Policy.WRITER
)
def take_back(visit: Visit, slug: str) -> Response:
    """Its author goes on writing first."""
    wish = _found(visit, slug, rules.may_propose)
    proposing.take_back(visit.db, wish.story, wish.proposal, wish.values, visit.now)
    return visit.go("writing.edit", slug=slug)


def propose(visit: Visit, story: Story, details: Details, revision: int) -> None:
    """Keeps what differs from the story as it was opened until an editor answers."""
    if story.revision != revision:
        raise rules.ChangedMeanwhileError
    if queries.proposal_of(visit.db, story) is None:
        visit.limit(Limit.STORY, f"person {visit.person.id}")
    saved = actions.details_of(visit.db, story)
    proposing.propose(
        visit.db,
        story,
        visit.person,
        details=details,
        typed=difference_of(saved, details),
        address=lambda tag, slug: visit.site.links.absolute("proposals.show", tag, slug=slug),
        now=visit.now,
    )


def _answer(visit: Visit, slug: str, verb: Callable[[Wish, str], None]) -> Response:
    wish = _found(visit, slug, rules.may_judge)
    form = Form(AnswerFields, visit.submitted)
    if form.fields:
        try:
            if form.fields.seen != proposing.seen(wish.story, wish.proposal):
                raise rules.ProposalMovedError
            verb(wish, form.fields.note)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("writing.index")
    return _page(visit, slug, form, 422)


def _found(visit: Visit, slug: str, may: Callable[[Facts, Parts], bool]) -> Wish:
    return _wish(visit, queries.story_to(visit.db, visit.person, slug, may))


def _wish(visit: Visit, story: Story) -> Wish:
    proposal = queries.proposal_of(visit.db, story)
    if proposal is None:
        raise NotFoundError
    saved = actions.details_of(visit.db, story)
    return Wish(story, proposal, *proposed(story, saved, proposal.typed))


def _address_for(visit: Visit) -> Address:
    return lambda language, slug: visit.site.links.absolute("desk.show", language, slug=slug)


def _page(visit: Visit, slug: str, form: Form[AnswerFields], status: int = 200) -> Response:
    story, parts = queries.desk_story(visit.db, visit.person, slug)
    wish = _wish(visit, story)
    saved = actions.details_of(visit.db, story)
    proposed_at = wall_of(wish.proposal.proposed_at, visit.zone)
    return visit.page(
        "proposals/show.html",
        status,
        slug=slug,
        title=story.title.said(),
        form=form,
        seen=proposing.seen(story, wish.proposal),
        when=f"{dates.stamp(proposed_at)} ({city_of(visit.zone)})",
        differences=differences(_facts(saved), _facts(wish.details)),
        is_small_fix=wish.details.is_small_fix,
        is_published=story.published_at is not None,
        may_judge=rules.may_judge(story, parts),
        may_take_back=rules.may_propose(story, parts),
    )


def _facts(details: Details) -> dict[str, Fact]:
    """What a history would hold, and what only editors need to compare."""
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
