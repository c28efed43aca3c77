"""The organisers' side of an initiative: where it stands, its stage and its steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal import dates
from portal.domain.events import rules as event_rules
from portal.domain.feedback.rules import FEWEST
from portal.domain.initiatives import actions, following, queries, rules, steps
from portal.domain.initiatives.models import Stage, StepKind
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.i18n import gettext as _
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.translated import Translated
from portal.web.forms import Fields, Form
from portal.web.initiative_cards import STAGES, stage_tags
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.timeline import KINDS

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.initiatives.models import Initiative, Step
    from portal.web.visit import Visit

pages = Pages()
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


@pages.get(
    "/organizing/initiatives/{slug}",
    name="initiative_organizing.show",
    policy=Policy.ANALYST,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, slug: str) -> Response:
    """Where an initiative stands, and what its organisers can do now."""
    return _overview(visit, slug, _blank())


def _blank() -> Form[StepFields]:
    return Form.filled(StepFields, {"kind": StepKind.NEXT_STEP.value})


def _overview(
    visit: Visit,
    slug: str,
    form: Form[StepFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    initiative, roles = queries.analysed_initiative(visit.db, visit.person, slug)
    row = queries.row_of(visit.db, initiative)
    may_edit = event_rules.may_edit(roles)
    is_finished = initiative.stage == Stage.FINISHED
    return visit.page(
        "initiative_organizing/show.html",
        409 if refusal else status,
        slug=slug,
        title=initiative.title.said(),
        tags=stage_tags(row, visit.now),
        refusal=refusal and refusal.said(),
        may_edit=may_edit,
        is_draft=initiative.published_at is None,
        is_finished=is_finished,
        question=_question(visit, initiative, row),
        steps=[_step(visit, step) for step in queries.steps_of(visit.db, initiative.id)],
        stages=[(s.value, str(w)) for s, w in STAGES.items() if s is not Stage.FINISHED],
        stage_form=Form.filled(StageFields, {"stage": initiative.stage}),
        kinds=[(kind.value, str(words)) for kind, words in KINDS.items()],
        tongues=_tongues(visit, initiative),
        targets=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES if tag != initiative.title.original],
        form=form,
    )


def _tongues(visit: Visit, initiative: Initiative) -> list[tuple[str, str, bool]]:
    original = initiative.title.original
    order = (original, *(tag for tag in LANGUAGES if tag != original))
    return [(tag, OWN_NAMES[tag], tag in {original, visit.language}) for tag in order]


def _step(visit: Visit, step: Step) -> dict[str, object]:
    return {
        "id": step.id,
        "kind": str(KINDS[StepKind(step.kind)]),
        "text": step.text.said(),
        "day": dates.long(step.day) if step.day else "",
        "done": dates.long(wall_of(step.done_at, visit.zone).date()) if step.done_at else None,
    }


def _question(visit: Visit, initiative: Initiative, row: queries.Shown) -> str | None:
    """That followers ask how it goes on; how many, if they are five or more."""
    if not rules.is_quiet(row, row.signs, visit.now) or initiative.published_at is None:
        return None
    since = rules.last_sign(initiative.published_at, row.signs)
    count = following.askers(visit.db, initiative, since)
    if count >= FEWEST:
        return _("%(number)s followers ask how it goes on.", number=dates.number(count))
    return _("Followers ask how it goes on.") if count else None


@pages.post(
    "/organizing/initiatives/{slug}/publication",
    name="initiative_organizing.publish",
    policy=Policy.EDITOR,
)
def publish(visit: Visit, slug: str) -> Response:
    """Shows a draft to its readers."""
    initiative = queries.managed_initiative(visit.db, visit.person, slug)
    try:
        actions.publish(visit.db, initiative, visit.now)
    except Refusal as refusal:
        return _overview(visit, slug, _blank(), refusal)
    return visit.go("initiative_organizing.show", slug=slug)


@pages.post(
    "/organizing/initiatives/{slug}/stage",
    name="initiative_organizing.stage",
    policy=Policy.EDITOR,
)
def stage(visit: Visit, slug: str) -> Response:
    """Says how far it is."""
    initiative = queries.managed_initiative(visit.db, visit.person, slug)
    form = Form(StageFields, visit.submitted)
    if form.fields is None:
        raise NotFoundError
    try:
        actions.set_stage(visit.db, initiative, form.fields.stage, visit.now)
    except Refusal as refusal:
        return _overview(visit, slug, _blank(), refusal)
    return visit.go("initiative_organizing.show", slug=slug)


@pages.post(
    "/organizing/initiatives/{slug}/steps",
    name="initiative_organizing.add_step",
    policy=Policy.EDITOR,
)
def add_step(visit: Visit, slug: str) -> Response:
    """Writes a step down."""
    initiative = queries.managed_initiative(visit.db, visit.person, slug)
    form = Form(StepFields, visit.submitted)
    if form.fields:
        given = form.fields
        try:
            text = _text_of(given, initiative.title.original)
            steps.add(visit.db, initiative, given.kind, text, given.day, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("initiative_organizing.show", slug=slug)
    return _overview(visit, slug, form, status=422)


def _text_of(fields: StepFields, original: str) -> Translated:
    """The step; its original is the initiative's language, or the first it is written in."""
    texts = {tag: getattr(fields, f"text_{tag}") for tag in LANGUAGES}
    written = [tag for tag in (original, *LANGUAGES) if texts[tag]]
    return Translated.of(written[0] if written else original, **texts)


@pages.post(
    "/organizing/initiatives/{slug}/steps/{step}/done",
    name="initiative_organizing.finish_step",
    policy=Policy.EDITOR,
)
def finish_step(visit: Visit, slug: str, step: str) -> Response:
    """A step has been taken."""
    initiative = queries.managed_initiative(visit.db, visit.person, slug)
    try:
        steps.finish(visit.db, initiative, _number(step), visit.now)
    except Refusal as refusal:
        return _overview(visit, slug, _blank(), refusal)
    return visit.go("initiative_organizing.show", slug=slug)


@pages.post(
    "/organizing/initiatives/{slug}/steps/{step}/removal",
    name="initiative_organizing.remove_step",
    policy=Policy.EDITOR,
)
def remove_step(visit: Visit, slug: str, step: str) -> Response:
    """Takes a step off the line."""
    initiative = queries.managed_initiative(visit.db, visit.person, slug)
    steps.remove(visit.db, initiative, _number(step))
    return visit.go("initiative_organizing.show", slug=slug)


def _number(step: str) -> int:
    if not (step.isascii() and step.isdigit() and len(step) < 10):  # noqa: PLR2004 - an integer
        raise NotFoundError
    return int(step)
