"""Writing an initiative: a title to begin with, the form, and the page as readers will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.initiatives import actions
from portal.domain.initiatives.queries import managed_initiative
from portal.domain.organizations import queries as organizations
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.refusals import Refusal
from portal.translated import Translated
from portal.web.forms import Form
from portal.web.initiative_form import (
    DraftFields,
    InitiativeFields,
    details_from,
    form_context,
    values_of,
)
from portal.web.policies import Cache, Policy
from portal.web.routes.initiatives import facts_of_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.initiatives.models import Initiative
    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

pages = Pages()
# Looked for after the events' own, since an event may be called “initiatives”.
beginning = Pages()


@beginning.get(
    "/organizing/{organization}/initiatives/new",
    name="initiative_editing.new",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def new(visit: Visit, organization: str) -> Response:
    """Asks for a title and its language, and nothing else."""
    owner = organizations.edited_organization(visit.db, visit.person, organization)
    return _new_page(visit, owner, Form.filled(DraftFields, {"original": visit.language}))


@beginning.post(
    "/organizing/{organization}/initiatives", name="initiative_editing.create", policy=Policy.EDITOR
)
def create(visit: Visit, organization: str) -> Response:
    """Begins a draft, and goes on to everything else."""
    owner = organizations.edited_organization(visit.db, visit.person, organization)
    form = Form(DraftFields, visit.submitted)
    if form.fields:
        original, text = form.fields.original, form.fields.title
        try:
            title = Translated.of(original, **{original: text})
            initiative = actions.draft(visit.db, owner, title, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
            form.errors = {"title": [word for words in form.errors.values() for word in words]}
        else:
            return visit.go("initiative_editing.edit", slug=initiative.slug)
    return _new_page(visit, owner, form, 422)


def _new_page(
    visit: Visit, owner: Organization, form: Form[DraftFields], status: int = 200
) -> Response:
    return visit.page(
        "initiative_editing/new.html",
        status,
        form=form,
        organization=owner.name.said(),
        slug=owner.slug,
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
    )


@pages.get(
    "/organizing/initiatives/{slug}/edit",
    name="initiative_editing.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, slug: str) -> Response:
    """The form with what has been saved."""
    initiative = managed_initiative(visit.db, visit.person, slug)
    return _form_page(visit, Form.filled(InitiativeFields, values_of(initiative)), initiative)


@pages.post(
    "/organizing/initiatives/{slug}", name="initiative_editing.update", policy=Policy.EDITOR
)
def update(visit: Visit, slug: str) -> Response:
    """Saves changes."""
    initiative = managed_initiative(visit.db, visit.person, slug)
    form = Form(InitiativeFields, visit.submitted)
    if form.fields:
        try:
            details = details_from(form.fields, initiative)
            actions.change(
                visit.db,
                initiative,
                details,
                form.fields.revision,
                visit.now,
                is_small_fix=bool(form.fields.small_fix),
            )
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(initiative.revision)
        else:
            is_out = initiative.published_at is not None
            page = "initiative_organizing.show" if is_out else "initiative_editing.preview"
            return visit.go(page, slug=slug)
    return _form_page(visit, form, initiative, 422)


def _form_page(
    visit: Visit, form: Form[InitiativeFields], initiative: Initiative, status: int = 200
) -> Response:
    return visit.page(
        "initiative_editing/form.html",
        status,
        form=form,
        slug=initiative.slug,
        title=initiative.title.said(),
        is_published=initiative.published_at is not None,
        organization=initiative.organization.name.said(),
        **form_context(visit, form, initiative),
    )


@pages.get(
    "/organizing/initiatives/{slug}/preview",
    name="initiative_editing.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(visit: Visit, slug: str) -> Response:
    """The page as readers will see it."""
    initiative = managed_initiative(visit.db, visit.person, slug)
    return visit.page(
        "initiatives/show.html",
        **facts_of_page(visit, initiative),
        refusal=None,
        may_analyse=True,
        is_preview=initiative.published_at is None,
    )
