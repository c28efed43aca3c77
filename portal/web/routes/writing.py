"""Writing a story: a title first, then the form, its preview, and what is typed kept meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from portal import dates
from portal.domain.events import listing as events
from portal.domain.initiatives import listing as initiatives
from portal.domain.initiatives.listing import Filters
from portal.domain.moderation.concerned import standing_about_own
from portal.domain.organizations.queries import edited_organization
from portal.domain.people.rules import may_moderate
from portal.domain.stories import actions, authorship, keeping, listing, queries, rules
from portal.domain.stories.page import story_page as story_page_for
from portal.domain.stories.queries import story_to
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.i18n import gettext as _
from portal.refusals import NotAllowedError, Refusal
from portal.web.cases import own_ruling_row
from portal.web.filters import page_asked, page_links
from portal.web.forms import Form
from portal.web.policies import Cache, Policy
from portal.web.routes.proposals import propose
from portal.web.routing import Pages
from portal.web.saved_otherwise import saved_otherwise
from portal.web.story_cards import further_stories, story_cards
from portal.web.story_form import (
    NewStoryFields,
    StoryFields,
    details_from,
    form_context,
    values_of,
)
from portal.web.story_page import StoryFacts, previewed
from portal.written import kept_said

if TYPE_CHECKING:
    from portal.domain.stories.details import Details
    from portal.domain.stories.models import Story
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/writing", name="writing.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """What waits for the visitor's answer, and what they have written; further pages that alone."""
    edited = [organization.id for organization in queries.edited_by(visit.db, visit.person)]
    page = page_asked(visit)
    mine, more = listing.own(visit.db, visit.person, edited, page)
    pager = page_links(visit, "writing.index", {}, page, more=more)
    if page > 1:
        return further_stories(visit, mine, pager, _("My stories"), "writing.index")
    waiting, proposed = (
        found(visit.db, edited, of_the_portal=may_moderate(visit.person))
        for found in (listing.waiting, listing.proposed)
    )
    rulings = standing_about_own(visit.db, visit.person)
    author = authorship.author_of(visit.db, visit.person)
    return visit.page(
        "writing/index.html",
        decisions=[own_ruling_row(visit, each) for each in rulings],
        waiting=story_cards(visit, waiting, "desk.show"),
        proposed=story_cards(visit, proposed, "proposals.show"),
        cards=story_cards(visit, mine, "desk.show"),
        pager=pager,
        author_url=visit.url("authors.show", slug=author.slug) if author else None,
    )


@pages.get("/writing/new", name="writing.new", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def new(visit: Visit) -> Response:
    """A title and a language are enough to begin."""
    chosen = visit.request.query_params.get("organization", "")
    start = {"original": visit.language, "organization": chosen}
    return _new_page(visit, Form.filled(NewStoryFields, start))


@pages.post("/writing", name="writing.create", policy=Policy.SIGNED_IN)
def create(visit: Visit) -> Response:
    """Saves a draft that only its writers see."""
    form = Form(NewStoryFields, visit.submitted)
    if form.fields:
        slug, details = form.fields.organization, form.fields.details(visit.zone)
        organization = edited_organization(visit.db, visit.person, slug) if slug else None
        try:
            story = actions.create(visit.db, visit.person, details, visit.now, organization)
        except Refusal as refusal:
            refusal.field = "title"
            form.refuse(refusal)
        else:
            return visit.go("writing.edit", slug=story.slug)
    return _new_page(visit, form, 422)


def _new_page(visit: Visit, form: Form[NewStoryFields], status: int = 200) -> Response:
    return visit.page(
        "writing/new.html",
        status,
        form=form,
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        organizations=[
            (organization.slug, kept_said(organization.name.said()))
            for organization in queries.edited_by(visit.db, visit.person)
        ],
    )


@pages.get(
    "/writing/stories/{slug}/edit", name="writing.edit", policy=Policy.WRITER, cache=Cache.PRIVATE
)
def edit(visit: Visit, slug: str) -> Response:
    """The form with what was typed last, or else with what is saved."""
    story = _writable(visit, slug, to_read=True)
    unsaved = queries.unsaved_of(visit.db, visit.person, story)
    if unsaved is None:
        saved = values_of(actions.details_of(visit.db, story), story.revision)
        waiting = queries.proposal_of(visit.db, story)
        if waiting is not None and waiting.person_id == visit.person.id:
            saved |= waiting.typed
        return _form_page(visit, story, Form.filled(StoryFields, saved))
    form = Form.filled(StoryFields, unsaved.typed)
    return _form_page(visit, story, form, kept=dates.relative(unsaved.kept_at, visit.now))


@pages.post("/writing/stories/{slug}", name="writing.update", policy=Policy.WRITER)
def update(visit: Visit, slug: str) -> Response:
    """Saves, which changes what is published at once; or proposes, where an editor decides."""
    story = _writable(visit, slug)
    form = Form(StoryFields, visit.submitted)
    if form.fields:
        try:
            details = details_from(form.fields, story)
            done = _save_or_propose(visit, story, details, form.fields.revision)
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(story.revision)
            has_changed = isinstance(refusal, rules.ChangedMeanwhileError)
            return _form_page(visit, story, form, 422, has_changed=has_changed)
        else:
            return visit.go("desk.show", {"saved": done}, slug=slug)
    return _form_page(visit, story, form, 422)


def _save_or_propose(visit: Visit, story: Story, details: Details, revision: int) -> str:
    if not rules.may_write(story, queries.parts_in(visit.db, visit.person, story)):
        propose(visit, story, details, revision)
        return "proposed"
    actions.save(visit.db, story, details, revision, visit.person, visit.now)
    return "yes"


@pages.post("/writing/stories/{slug}/preview", name="writing.preview", policy=Policy.WRITER)
def preview(visit: Visit, slug: str) -> Response:
    """The form as it was sent, and beside it what readers would see; nothing is written."""
    story = _writable(visit, slug)
    form = Form(StoryFields, visit.submitted)
    if not form.fields:
        return _form_page(visit, story, form, 422)
    shown, words = story_page_for(visit.db, visit.person, slug)
    facts = previewed(visit, shown, words, details_from(form.fields, story))
    return _form_page(visit, story, form, facts=facts)


@pages.post("/writing/stories/{slug}/unsaved", name="writing.keep", policy=Policy.WRITER)
def keep(visit: Visit, slug: str) -> Response:
    """Keeps what is being typed; 409 once somebody else has saved."""
    story = _writable(visit, slug)
    form = Form(StoryFields, visit.submitted)
    revision = str(form.values.get("revision", ""))
    seen = int(revision) if revision.isdecimal() and len(revision) < 9 else -1  # noqa: PLR2004
    try:
        keeping.keep(visit.db, story, visit.person, form.values, seen, visit.now)
    except Refusal:
        return Response(status_code=409)
    return Response(status_code=204)


@pages.post("/writing/stories/{slug}/unsaved/end", name="writing.let_go", policy=Policy.WRITER)
def let_go(visit: Visit, slug: str) -> Response:
    """Forgets it, and shows what is saved."""
    keeping.let_go(visit.db, _writable(visit, slug), visit.person)
    return visit.go("writing.edit", slug=slug)


def _writable(visit: Visit, slug: str, *, to_read: bool = False) -> Story:
    try:
        return story_to(visit.db, visit.person, slug, rules.may_type, to_read=to_read)
    except rules.NotNowError:
        raise NotAllowedError from None


def _form_page(  # noqa: PLR0913 - the page has this many states
    visit: Visit,
    story: Story,
    form: Form[StoryFields],
    status: int = 200,
    *,
    facts: StoryFacts | None = None,
    kept: str | None = None,
    has_changed: bool = False,
) -> Response:
    is_old = form.values.get("revision") != str(story.revision)
    seen_by_other = (
        story.saved_by_id not in {None, visit.person.id}
        and visit.now - story.changed_at < rules.JUST_NOW
    )
    return visit.page(
        "writing/form.html",
        status,
        form=form,
        slug=story.slug,
        title=story.title.said(),
        is_published=story.published_at is not None,
        is_proposal=not rules.may_write(story, queries.parts_in(visit.db, visit.person, story)),
        has_translations=len(story.title.versions) > 1,
        facts=facts,
        kept=kept,
        just_saved=dates.relative(story.changed_at, visit.now) if seen_by_other else None,
        others=saved_otherwise(story, form) if has_changed or (is_old and status == 200) else [],  # noqa: PLR2004
        suggestions=[event.slug for event in events.upcoming(visit.db, visit.now)],
        initiatives=[each.slug for each in initiatives.page_of(visit.db, Filters())[0]],
        **form_context(visit, form),
    )
