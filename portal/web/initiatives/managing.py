"""The organisers' side of an initiative: where it stands, its stage and its steps."""

from datetime import date
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.events import rules as event_rules
from portal.domain.feedback.rules import FEWEST
from portal.domain.initiatives import actions, following, queries, rules, steps
from portal.domain.initiatives.models import Initiative, Stage, Step, StepKind
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.components.initiative_cards import stage_tags
from portal.web.components.labels import STAGES, STEP_KINDS
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()
_Text = Annotated[str, Field(max_length=100_000)]


class StepFields(Fields):
    """A step in some of the languages."""

    kind: StepKind = StepKind.NEXT_STEP
    text_kk: _Text = ""
    text_ru: _Text = ""
    text_en: _Text = ""
    day: date | None = None


class StageFields(Fields):
    """How far it is."""

    stage: Stage


@router.page(
    "/manage/initiatives/{slug}",
    name="initiatives.manage",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, slug: str) -> Response:
    """Show where an initiative stands, and what its organisers can do now."""
    return _overview(ctx, slug, _blank())


def _blank() -> Form[StepFields]:
    return Form.filled(StepFields, {"kind": StepKind.NEXT_STEP.value})


def _overview(
    ctx: Context,
    slug: str,
    form: Form[StepFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    initiative, roles = queries.analysed_initiative(ctx.db, ctx.signed_in_user, slug)
    row = queries.row_of(ctx.db, initiative)
    may_edit = event_rules.may_edit(roles)
    is_finished = initiative.stage == Stage.FINISHED
    return render(
        ctx,
        "initiatives/manage.html",
        409 if refusal else status,
        slug=slug,
        title=initiative.title.localized(),
        tags=stage_tags(row, ctx.now),
        refusal=refusal and refusal.localized(),
        may_edit=may_edit,
        is_draft=initiative.published_at is None,
        is_finished=is_finished,
        question=_question(ctx, initiative, row),
        steps=[_step(ctx, step) for step in queries.steps_of(ctx.db, initiative.id)],
        stages=[(s.value, str(w)) for s, w in STAGES.items() if s is not Stage.FINISHED],
        stage_form=Form.filled(StageFields, {"stage": initiative.stage}),
        kinds=[(kind.value, str(words)) for kind, words in STEP_KINDS.items()],
        content_languages=_content_languages(ctx, initiative),
        targets=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES if tag != initiative.title.original],
        form=form,
    )


def _content_languages(ctx: Context, initiative: Initiative) -> list[tuple[str, str, bool]]:
    original = initiative.title.original
    order = (original, *(tag for tag in LANGUAGES if tag != original))
    return [(tag, OWN_NAMES[tag], tag in {original, ctx.language}) for tag in order]


def _step(ctx: Context, step: Step) -> dict[str, object]:
    return {
        "id": step.id,
        "kind": str(STEP_KINDS[StepKind(step.kind)]),
        "text": step.text.localized(),
        "day": dates.long(step.day) if step.day else "",
        "done": dates.long(wall_of(step.done_at, ctx.zone).date()) if step.done_at else None,
    }


def _question(ctx: Context, initiative: Initiative, row: queries.InitiativeRow) -> str | None:
    """Return that followers ask how it goes on, and how many if five or more."""
    if not rules.is_quiet(row, row.signs, ctx.now) or initiative.published_at is None:
        return None
    since = rules.last_sign(initiative.published_at, row.signs)
    count = following.askers(ctx.db, initiative, since)
    if count >= FEWEST:
        return _("%(number)s followers ask how it goes on.", number=dates.number(count))
    return _("Followers ask how it goes on.") if count else None


@router.form(
    "/manage/initiatives/{slug}/publication",
    name="initiatives.publish",
    policy=Policy.EDITOR,
)
def publish(ctx: Context, slug: str) -> Response:
    """Show a draft to its readers."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    try:
        actions.publish(ctx.db, initiative, ctx.now)
    except Refusal as refusal:
        return _overview(ctx, slug, _blank(), refusal)
    return ctx.redirect("initiatives.manage", slug=slug)


@router.form(
    "/manage/initiatives/{slug}/stage",
    name="initiatives.stage",
    policy=Policy.EDITOR,
)
def stage(
    ctx: Context, slug: str, form: Annotated[Form[StageFields], submitted(StageFields)]
) -> Response:
    """Say how far it is."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    if form.fields is None:
        raise NotFoundError
    try:
        actions.set_stage(ctx.db, initiative, form.fields.stage, ctx.now)
    except Refusal as refusal:
        return _overview(ctx, slug, _blank(), refusal)
    return ctx.redirect("initiatives.manage", slug=slug)


@router.form(
    "/manage/initiatives/{slug}/steps",
    name="initiatives.add_step",
    policy=Policy.EDITOR,
)
def add_step(
    ctx: Context, slug: str, form: Annotated[Form[StepFields], submitted(StepFields)]
) -> Response:
    """Write a step down."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)

    def add(step: StepFields) -> None:
        text = _text_of(step, initiative.title.original)
        steps.add(ctx.db, initiative, step.kind, text, step.day, ctx.now)

    if form.accepts(add):
        return ctx.redirect("initiatives.manage", slug=slug)
    return _overview(ctx, slug, form, status=422)


def _text_of(fields: StepFields, original: str) -> Translated:
    """Return the step; its original is the initiative's language, or the first it is written in."""
    texts = {tag: getattr(fields, f"text_{tag}") for tag in LANGUAGES}
    written = [tag for tag in (original, *LANGUAGES) if texts[tag]]
    return Translated.of(written[0] if written else original, **texts)


@router.form(
    "/manage/initiatives/{slug}/steps/{step}/done",
    name="initiatives.finish_step",
    policy=Policy.EDITOR,
)
def finish_step(ctx: Context, slug: str, step: str) -> Response:
    """Mark a step as taken."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    try:
        steps.finish(ctx.db, initiative, _number(step), ctx.now)
    except Refusal as refusal:
        return _overview(ctx, slug, _blank(), refusal)
    return ctx.redirect("initiatives.manage", slug=slug)


@router.form(
    "/manage/initiatives/{slug}/steps/{step}/removal",
    name="initiatives.remove_step",
    policy=Policy.EDITOR,
)
def remove_step(ctx: Context, slug: str, step: str) -> Response:
    """Take a step off the line."""
    initiative = queries.managed_initiative(ctx.db, ctx.signed_in_user, slug)
    steps.remove(ctx.db, initiative, _number(step))
    return ctx.redirect("initiatives.manage", slug=slug)


def _number(step: str) -> int:
    if not (step.isascii() and step.isdigit() and len(step) < 10):  # noqa: PLR2004 - an integer
        raise NotFoundError
    return int(step)
