"""A story as those see it who have a part in it: where it stands, what it was, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from portal import dates
from portal.domain.history import queries as history
from portal.domain.organizations import queries as organizations
from portal.domain.stories import actions, publishing, queries, rules
from portal.domain.stories.models import State
from portal.domain.stories.page import story_page
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.items import ItemKind
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import city_of, wall_of
from portal.web.changes import steps_of
from portal.web.conversations import waiting_for
from portal.web.directory import choices
from portal.web.filters import page_asked, page_links
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages
from portal.web.story_cards import state_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from portal.domain.stories.announcements import Address
    from portal.domain.stories.models import Story
    from portal.domain.stories.rules import Facts, Parts
    from portal.web.visit import Visit

    May = Callable[[Facts, Parts], bool]

pages = Pages()


class SubmissionFields(Fields):
    """To whom a story is handed in; empty for the portal."""

    organization: Annotated[str, Field(max_length=80)] = ""


class NoteFields(Fields):
    """What is missing."""

    note: Annotated[str, Field(max_length=20_000)] = ""


class RevisionFields(Fields):
    """What the writer had seen."""

    revision: Annotated[int, Field(ge=0)]


@pages.get("/writing/stories/{slug}", name="desk.show", policy=Policy.WRITER, cache=Cache.PRIVATE)
def show(visit: Visit, slug: str) -> Response:
    """Where a story stands, and what can be done with it."""
    return _desk(visit, slug)


@pages.post("/writing/stories/{slug}/submission", name="desk.submit", policy=Policy.WRITER)
def submit(visit: Visit, slug: str) -> Response:
    """Hands a member's story in."""
    form = Form(SubmissionFields, visit.submitted)
    named = str(form.values.get("organization", ""))

    def hand_in(story: Story) -> None:
        visit.limit(Limit.STORY, f"person {visit.person.id}")
        target = organizations.organization_named(visit.db, named) if named else None
        publishing.submit(visit.db, story, target, _address_for(visit), visit.now)

    return _act(visit, slug, rules.may_submit, hand_in, form)


@pages.post("/writing/stories/{slug}/withdrawal", name="desk.withdraw", policy=Policy.WRITER)
def withdraw(visit: Visit, slug: str) -> Response:
    """Takes back what has not appeared yet."""
    return _act(visit, slug, rules.may_withdraw, lambda s: publishing.withdraw(s, visit.now))


@pages.post("/writing/stories/{slug}/acceptance", name="desk.accept", policy=Policy.WRITER)
def accept(visit: Visit, slug: str) -> Response:
    """Answers for a member's story: it appears."""
    address = _address_for(visit)
    return _act(
        visit, slug, rules.may_decide, lambda s: publishing.accept(visit.db, s, address, visit.now)
    )


@pages.post("/writing/stories/{slug}/return", name="desk.give_back", policy=Policy.WRITER)
def give_back(visit: Visit, slug: str) -> Response:
    """Gives a member's story back with a word on what is missing."""
    form = Form(NoteFields, visit.submitted)
    try:
        story = queries.story_to(visit.db, visit.person, slug, rules.may_decide)
        if form.fields:
            note, address = form.fields.note, _address_for(visit)
            publishing.give_back(visit.db, story, note, address, visit.now)
            return visit.go("writing.index")
    except Refusal as refusal:
        form.refuse(refusal)
    return _desk(visit, slug, form, 422)


@pages.post("/writing/stories/{slug}/publication", name="desk.publish", policy=Policy.WRITER)
def publish(visit: Visit, slug: str) -> Response:
    """Shows an organisation's story, now or at its hour."""
    return _act(
        visit, slug, rules.may_publish, lambda s: publishing.publish(visit.db, s, visit.now)
    )


@pages.post("/writing/stories/{slug}/deletion", name="desk.throw_away", policy=Policy.WRITER)
def throw_away(visit: Visit, slug: str) -> Response:
    """Deletes what was never published."""
    try:
        story = queries.story_to(visit.db, visit.person, slug, rules.may_delete)
    except Refusal as refusal:
        return _refused(visit, slug, refusal)
    actions.throw_away(visit.db, story)
    return visit.go("writing.index")


@pages.get(
    "/writing/stories/{slug}/versions",
    name="desk.versions",
    policy=Policy.WRITER,
    cache=Cache.PRIVATE,
)
def versions(visit: Visit, slug: str) -> Response:
    """What the story has said at each save, and the way back."""
    return _versions(visit, slug)


@pages.post(
    "/writing/stories/{slug}/versions/{number}/restoration",
    name="desk.bring_back",
    policy=Policy.WRITER,
)
def bring_back(visit: Visit, slug: str, number: str) -> Response:
    """Saves once more what an earlier version said."""
    form = Form(RevisionFields, visit.submitted)
    if not (number.isdecimal() and len(number) < 9):  # noqa: PLR2004 - fits the column
        raise NotFoundError
    seen = form.fields.revision if form.fields else -1
    try:
        story = queries.story_to(visit.db, visit.person, slug, rules.may_write)
        actions.bring_back(visit.db, story, int(number), seen, visit.person, visit.now)
    except Refusal as refusal:
        return _versions(visit, slug, refusal)
    return visit.go("desk.show", {"saved": "yes"}, slug=slug)


def _act(
    visit: Visit,
    slug: str,
    may: May,
    verb: Callable[[Story], None],
    form: Form[SubmissionFields] | None = None,
) -> Response:
    """Finds, does one thing, goes back; a refusal is said on the same page (409)."""
    try:
        verb(queries.story_to(visit.db, visit.person, slug, may))
    except Refusal as refusal:
        return _refused(visit, slug, refusal, form)
    return visit.go("desk.show", slug=slug)


def _refused(
    visit: Visit, slug: str, refusal: Refusal, form: Form[SubmissionFields] | None = None
) -> Response:
    shown: Form[Any] = form or Form(NoteFields)
    refusal.field = None
    shown.refuse(refusal)
    return _desk(visit, slug, shown, 409)


def _address_for(visit: Visit) -> Address:
    return lambda language, slug: visit.site.links.absolute("desk.show", language, slug=slug)


def _desk(visit: Visit, slug: str, form: Form[Any] | None = None, status: int = 200) -> Response:
    story, parts = queries.desk_story(visit.db, visit.person, slug)
    row, _words = story_page(visit.db, visit.person, slug)
    when = story.publish_at and wall_of(story.publish_at, story.time_zone)
    is_submittable = rules.may_submit(story, parts)
    return visit.page(
        "desk/show.html",
        status,
        slug=slug,
        title=story.title.said(),
        tags=state_tags(visit, row),
        organization=row.organization_name.said() if row.organization_name else None,
        note=story.note if story.state == State.RETURNED else "",
        appears=f"{dates.stamp(when)} ({city_of(story.time_zone)})" if when else None,
        is_published=story.published_at is not None,
        revision=story.revision,
        saved=visit.request.query_params.get("saved"),
        waiting=waiting_for(visit, story, parts),
        form=form or Form(NoteFields),
        targets=choices(visit) if is_submittable else [],
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES if tag != story.title.original],
        may_type=rules.may_type(story, parts),
        may_illustrate=rules.may_illustrate(story, parts),
        has_proposal=queries.proposal_of(visit.db, story) is not None,
        may_submit=is_submittable,
        may_withdraw=rules.may_withdraw(story, parts),
        may_decide=rules.may_decide(story, parts),
        may_publish=rules.may_publish(story, parts),
        may_delete=rules.may_delete(story, parts),
    )


def _versions(visit: Visit, slug: str, refusal: Refusal | None = None) -> Response:
    story, parts = queries.desk_story(visit.db, visit.person, slug)
    page = page_asked(visit) if refusal is None else 1
    found, more = history.page_of(visit.db, ItemKind.STORY, story.id, page, public_only=False)
    last = history.latest(visit.db, ItemKind.STORY, story.id)
    numbers = [later.number for later, _earlier in found]
    return visit.page(
        "desk/versions.html",
        409 if refusal else 200,
        slug=slug,
        title=story.title.said(),
        revision=story.revision,
        steps=list(zip(numbers, steps_of(found, visit.zone), strict=True)),
        latest=last.number if last else 0,
        may_write=rules.may_write(story, parts),
        refusal=refusal and refusal.said(),
        pager=page_links(visit, "desk.versions", {}, page, more=more, slug=slug),
    )
