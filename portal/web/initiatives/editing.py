"""Writing an initiative: a title to begin with, the form, and the page as readers will see it."""

from typing import Annotated

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.initiatives import actions
from portal.domain.initiatives.models import Initiative
from portal.domain.initiatives.queries import managed_initiative
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.translated import Translated
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.initiatives.form import (
    DraftFields,
    InitiativeFields,
    details_from,
    form_context,
    values_of,
)
from portal.web.initiatives.routes import facts_of_page

router = PortalRouter()
# Looked for after the events' own, since an event may be called “initiatives”.
draft_router = PortalRouter()


@draft_router.page(
    "/manage/{organization}/initiatives/new",
    name="initiatives.new",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def new(ctx: Context, organization: str) -> Response:
    """Ask for a title and its language, and nothing else."""
    owner = organizations.edited_organization(ctx.db, ctx.signed_in_user, organization)
    return _new_page(ctx, owner, Form.filled(DraftFields, {"original": ctx.language}))


@draft_router.form(
    "/manage/{organization}/initiatives", name="initiatives.create", policy=Policy.EDITOR
)
def create(
    ctx: Context, organization: str, form: Annotated[Form[DraftFields], submitted(DraftFields)]
) -> Response:
    """Begin a draft, and go on to everything else."""
    owner = organizations.edited_organization(ctx.db, ctx.signed_in_user, organization)
    if form.fields:
        original, text = form.fields.original, form.fields.title
        try:
            title = Translated.of(original, **{original: text})
            initiative = actions.draft(ctx.db, owner, title, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
            form.errors = {"title": [word for words in form.errors.values() for word in words]}
        else:
            return ctx.redirect("initiatives.edit", slug=initiative.slug)
    return _new_page(ctx, owner, form, 422)


def _new_page(
    ctx: Context, owner: Organization, form: Form[DraftFields], status: int = 200
) -> Response:
    return render(
        ctx,
        "initiatives/new.html",
        status,
        form=form,
        organization=owner.name.localized(),
        slug=owner.slug,
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
    )


@router.page(
    "/manage/initiatives/{slug}/edit",
    name="initiatives.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, slug: str) -> Response:
    """Show the form with what has been saved."""
    initiative = managed_initiative(ctx.db, ctx.signed_in_user, slug)
    return _form_page(ctx, Form.filled(InitiativeFields, values_of(initiative)), initiative)


@router.form("/manage/initiatives/{slug}", name="initiatives.update", policy=Policy.EDITOR)
def update(
    ctx: Context, slug: str, form: Annotated[Form[InitiativeFields], submitted(InitiativeFields)]
) -> Response:
    """Save changes."""
    initiative = managed_initiative(ctx.db, ctx.signed_in_user, slug)
    if form.fields:
        try:
            details = details_from(form.fields, initiative)
            actions.change(
                ctx.db,
                initiative,
                details,
                form.fields.revision,
                ctx.now,
                is_small_fix=bool(form.fields.small_fix),
            )
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(initiative.revision)
        else:
            is_out = initiative.published_at is not None
            page = "initiatives.manage" if is_out else "initiatives.preview"
            return ctx.redirect(page, slug=slug)
    return _form_page(ctx, form, initiative, 422)


def _form_page(
    ctx: Context, form: Form[InitiativeFields], initiative: Initiative, status: int = 200
) -> Response:
    return render(
        ctx,
        "initiatives/form.html",
        status,
        form=form,
        slug=initiative.slug,
        title=initiative.title.localized(),
        is_published=initiative.published_at is not None,
        organization=initiative.organization.name.localized(),
        **form_context(ctx, form, initiative),
    )


@router.page(
    "/manage/initiatives/{slug}/preview",
    name="initiatives.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(ctx: Context, slug: str) -> Response:
    """Show the page as readers will see it."""
    initiative = managed_initiative(ctx.db, ctx.signed_in_user, slug)
    return render(
        ctx,
        "initiatives/show.html",
        **facts_of_page(ctx, initiative),
        refusal=None,
        may_analyse=True,
        is_preview=initiative.published_at is None,
    )
