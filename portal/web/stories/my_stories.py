"""Writing a story: a title first, then the form, its preview, and what is typed kept meanwhile."""

from typing import Annotated

from starlette.responses import Response

from portal.core.refusals import NotAllowedError, Refusal
from portal.domain.accounts.people.rules import may_moderate
from portal.domain.events import listing as events
from portal.domain.initiatives import listing as initiatives
from portal.domain.initiatives.listing import Filters
from portal.domain.moderation.queries import in_force_about_own
from portal.domain.organizations.queries import edited_organization
from portal.domain.stories import actions, author_pages, autosave, listing, queries, rules
from portal.domain.stories.details import Details
from portal.domain.stories.models import Story
from portal.domain.stories.queries import story_page as story_page_for
from portal.domain.stories.queries import story_to
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import protect_text
from portal.web.components.decision_texts import own_decision_row
from portal.web.components.story_cards import further_stories, story_cards
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.http.pagination import page_asked, page_links
from portal.web.stories.change_requests import propose
from portal.web.stories.edit_conflicts import conflicting_texts
from portal.web.stories.form import (
    NewStoryFields,
    StoryFields,
    details_from,
    form_context,
    values_of,
)
from portal.web.stories.presenter import StoryFacts, previewed

router = PortalRouter()
StoryForm = Annotated[Form[StoryFields], submitted(StoryFields)]


@router.page("/writing", name="my_stories.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """Show what waits for the visitor's answer, and what they have written."""
    edited = [organization.id for organization in queries.edited_by(ctx.db, ctx.signed_in_user)]
    page = page_asked(ctx)
    mine, more = listing.own(ctx.db, ctx.signed_in_user, edited, page)
    pager = page_links(ctx, "my_stories.index", {}, page, more=more)
    if page > 1:
        return further_stories(ctx, mine, pager, _("My stories"), "my_stories.index")
    waiting, proposed = (
        found(ctx.db, edited, of_the_portal=may_moderate(ctx.signed_in_user))
        for found in (listing.waiting, listing.proposed)
    )
    decisions = in_force_about_own(ctx.db, ctx.signed_in_user)
    author = author_pages.author_of(ctx.db, ctx.signed_in_user)
    return render(
        ctx,
        "stories/my_stories.html",
        decisions=[own_decision_row(ctx, each) for each in decisions],
        waiting=story_cards(ctx, waiting, "workflow.show"),
        proposed=story_cards(ctx, proposed, "change_requests.show"),
        cards=story_cards(ctx, mine, "workflow.show"),
        pager=pager,
        author_url=ctx.url("authors.show", slug=author.slug) if author else None,
    )


@router.page("/writing/new", name="my_stories.new", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def new(ctx: Context) -> Response:
    """Ask for a title and a language, which are enough to begin."""
    chosen = ctx.request.query_params.get("organization", "")
    start = {"original": ctx.language, "organization": chosen}
    return _new_page(ctx, Form.filled(NewStoryFields, start))


@router.form("/writing", name="my_stories.create", policy=Policy.SIGNED_IN)
def create(
    ctx: Context, form: Annotated[Form[NewStoryFields], submitted(NewStoryFields)]
) -> Response:
    """Save a draft that only its writers see."""
    if form.fields:
        slug, details = form.fields.organization, form.fields.details(ctx.zone)
        organization = edited_organization(ctx.db, ctx.signed_in_user, slug) if slug else None
        try:
            story = actions.create(ctx.db, ctx.signed_in_user, details, ctx.now, organization)
        except Refusal as refusal:
            refusal.field = "title"
            form.refuse(refusal)
        else:
            return ctx.redirect("my_stories.edit", slug=story.slug)
    return _new_page(ctx, form, 422)


def _new_page(ctx: Context, form: Form[NewStoryFields], status: int = 200) -> Response:
    return render(
        ctx,
        "stories/new.html",
        status,
        form=form,
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        organizations=[
            (organization.slug, protect_text(organization.name.localized()))
            for organization in queries.edited_by(ctx.db, ctx.signed_in_user)
        ],
    )


@router.page(
    "/writing/stories/{slug}/edit",
    name="my_stories.edit",
    policy=Policy.WRITER,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, slug: str) -> Response:
    """Show the form with what was typed last, or else with what is saved."""
    story = _writable(ctx, slug, to_read=True)
    autosave = queries.autosave_of(ctx.db, ctx.signed_in_user, story)
    if autosave is None:
        saved = values_of(actions.details_of(ctx.db, story), story.revision)
        waiting = queries.change_request_of(ctx.db, story)
        if waiting is not None and waiting.person_id == ctx.signed_in_user.id:
            saved |= waiting.typed
        return _form_page(ctx, story, Form.filled(StoryFields, saved))
    form = Form.filled(StoryFields, autosave.typed)
    return _form_page(ctx, story, form, saved_when=dates.relative(autosave.saved_at, ctx.now))


@router.form("/writing/stories/{slug}", name="my_stories.update", policy=Policy.WRITER)
def update(ctx: Context, slug: str, form: StoryForm) -> Response:
    """Save, which changes what is published at once; or propose, where an editor decides."""
    story = _writable(ctx, slug)
    if form.fields:
        try:
            details = details_from(form.fields, story)
            done = _save_or_propose(ctx, story, details, form.fields.revision)
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(story.revision)
            has_changed = isinstance(refusal, rules.ChangedMeanwhileError)
            return _form_page(ctx, story, form, 422, has_changed=has_changed)
        else:
            return ctx.redirect("workflow.show", {"saved": done}, slug=slug)
    return _form_page(ctx, story, form, 422)


def _save_or_propose(ctx: Context, story: Story, details: Details, revision: int) -> str:
    if not rules.may_write(story, queries.parts_in(ctx.db, ctx.signed_in_user, story)):
        propose(ctx, story, details, revision)
        return "proposed"
    actions.save(ctx.db, story, details, revision, ctx.signed_in_user, ctx.now)
    return "yes"


@router.form("/writing/stories/{slug}/preview", name="my_stories.preview", policy=Policy.WRITER)
def preview(ctx: Context, slug: str, form: StoryForm) -> Response:
    """Show the form as sent, and beside it what readers would see; write nothing."""
    story = _writable(ctx, slug)
    if not form.fields:
        return _form_page(ctx, story, form, 422)
    previewed_story, words = story_page_for(ctx.db, ctx.signed_in_user, slug)
    facts = previewed(ctx, previewed_story, words, details_from(form.fields, story))
    return _form_page(ctx, story, form, facts=facts)


@router.form("/writing/stories/{slug}/unsaved", name="my_stories.autosave", policy=Policy.WRITER)
def save_autosave(ctx: Context, slug: str, form: StoryForm) -> Response:
    """Keep what is being typed; 409 once somebody else has saved."""
    story = _writable(ctx, slug)
    revision = str(form.values.get("revision", ""))
    seen = int(revision) if revision.isdecimal() and len(revision) < 9 else -1  # noqa: PLR2004
    try:
        autosave.save(ctx.db, story, ctx.signed_in_user, form.values, seen, ctx.now)
    except Refusal:
        return Response(status_code=409)
    return Response(status_code=204)


@router.form("/writing/stories/{slug}/unsaved/end", name="my_stories.discard", policy=Policy.WRITER)
def discard_autosave(ctx: Context, slug: str) -> Response:
    """Forget it, and show what is saved."""
    autosave.discard(ctx.db, _writable(ctx, slug), ctx.signed_in_user)
    return ctx.redirect("my_stories.edit", slug=slug)


def _writable(ctx: Context, slug: str, *, to_read: bool = False) -> Story:
    try:
        return story_to(ctx.db, ctx.signed_in_user, slug, rules.may_type, to_read=to_read)
    except rules.NotNowError:
        raise NotAllowedError from None


def _form_page(  # noqa: PLR0913 - the page has this many states
    ctx: Context,
    story: Story,
    form: Form[StoryFields],
    status: int = 200,
    *,
    facts: StoryFacts | None = None,
    saved_when: str | None = None,
    has_changed: bool = False,
) -> Response:
    is_old = form.values.get("revision") != str(story.revision)
    seen_by_other = (
        story.saved_by_id not in {None, ctx.signed_in_user.id}
        and ctx.now - story.changed_at < rules.JUST_NOW
    )
    return render(
        ctx,
        "stories/form.html",
        status,
        form=form,
        slug=story.slug,
        title=story.title.localized(),
        is_published=story.published_at is not None,
        is_proposal=not rules.may_write(story, queries.parts_in(ctx.db, ctx.signed_in_user, story)),
        has_translations=len(story.title.versions) > 1,
        facts=facts,
        saved_when=saved_when,
        just_saved=dates.relative(story.changed_at, ctx.now) if seen_by_other else None,
        others=conflicting_texts(story, form) if has_changed or (is_old and status == 200) else [],  # noqa: PLR2004
        suggestions=[event.slug for event in events.upcoming(ctx.db, ctx.now)],
        initiatives=[each.slug for each in initiatives.page_of(ctx.db, Filters())[0]],
        **form_context(ctx, form),
    )
