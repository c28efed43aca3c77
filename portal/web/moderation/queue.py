"""The moderators' side: the queue of reports, and cases."""

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.responses import Response

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.accounts.people.queries import name_of
from portal.domain.moderation import actions, queries, rules
from portal.domain.moderation.models import Measure, Progress, Reason
from portal.domain.moderation.queries import Case
from portal.domain.moderation.target_kinds import measures_for
from portal.domain.organizations.queries import people_of
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.script_output import as_typed
from portal.i18n.translated import LocalizedText
from portal.web.components.decision_texts import case_row, decision_address, decision_row
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.pagination import page_asked, page_links
from portal.web.moderation.evidence import evidence_for

router = PortalRouter(guard=Guard.ALWAYS)
_Words = Annotated[str, Field(max_length=rules.LONGEST_TEXT)]
QUEUES = {
    Progress.OPEN: _("Open"),
    Progress.CLAIMED: _("Taken on"),
    Progress.CLOSED: _("Closed"),
}
VERDICTS = {
    "dismiss": _("Dismiss: there is nothing to act on"),
    Measure.WARN.value: _("Warn those concerned"),
    Measure.HIDE.value: _("Hide it from the public"),
    Measure.SUSPEND.value: _("Propose to suspend the organisation; somebody else confirms it"),
    Measure.BAN.value: _("Ban a person of the organisation"),
}


class NoteFields(Fields):
    """A moderator's note."""

    note: _Words = ""


class VerdictFields(Fields):
    """What is decided, why, and what those concerned are told besides."""

    measure: Literal["dismiss", "warn", "hide", "suspend", "ban"]
    decided_reason: Reason
    words: _Words = ""
    person: Annotated[str, Field(max_length=20)] = ""


@router.page("/moderation", name="moderation.index", policy=Policy.MODERATOR, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """Show reports, oldest first, and what waits for a second person."""
    asked = ctx.request.query_params.get("progress", Progress.OPEN.value)
    if asked not in list(Progress):
        raise NotFoundError
    progress, page = Progress(asked), page_asked(ctx)
    cases, more = queries.queue(ctx.db, ctx.signed_in_user, progress, page)
    if page > 1 and not cases:
        raise NotFoundError
    return render(
        ctx,
        "moderation/index.html",
        cases=[case_row(ctx, case) for case in cases],
        pager=page_links(ctx, "moderation.index", {"progress": asked}, page, more=more),
        waiting=[decision_row(ctx, each) for each in queries.waiting(ctx.db, ctx.signed_in_user)],
        queues=[
            (str(words), ctx.url("moderation.index", {"progress": each.value}), each is progress)
            for each, words in QUEUES.items()
        ],
    )


@router.page(
    "/moderation/reports/{key}",
    name="moderation.show",
    policy=Policy.MODERATOR,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, key: str) -> Response:
    """Show one report."""
    return _case_page(ctx, queries.case_for(ctx.db, ctx.signed_in_user, key))


@router.form("/moderation/reports/{key}/claim", name="moderation.claim", policy=Policy.MODERATOR)
def claim(ctx: Context, key: str) -> Response:
    """Take a report on."""
    case = queries.case_for(ctx.db, ctx.signed_in_user, key)
    try:
        actions.claim(ctx.db, ctx.signed_in_user, case, ctx.now)
    except Refusal as refusal:
        return _case_page(ctx, case, refusal=refusal, status=409)
    return ctx.redirect("moderation.show", key=key)


@router.form("/moderation/reports/{key}/note", name="moderation.set_note", policy=Policy.MODERATOR)
def set_note(
    ctx: Context, key: str, form: Annotated[Form[NoteFields], submitted(NoteFields)]
) -> Response:
    """Keep a note for the other moderators."""
    case = queries.case_for(ctx.db, ctx.signed_in_user, key)
    if not form.fields:
        return _case_page(ctx, case, note_form=form, status=422)
    try:
        actions.set_note(ctx.db, ctx.signed_in_user, case, form.fields.note, ctx.now)
    except Refusal as refusal:
        return _case_page(ctx, case, refusal=refusal, status=409)
    return ctx.redirect("moderation.show", key=key)


@router.form(
    "/moderation/reports/{key}/decision", name="moderation.decide", policy=Policy.MODERATOR
)
def decide(
    ctx: Context, key: str, form: Annotated[Form[VerdictFields], submitted(VerdictFields)]
) -> Response:
    """Close a report with or without a measure."""
    case = queries.case_for(ctx.db, ctx.signed_in_user, key)
    if form.fields:
        try:
            _decide(ctx, case, form.fields)
        except (rules.NotClaimedError, rules.AlreadySoError, rules.ProtectedError) as refusal:
            return _case_page(ctx, case, form=form, refusal=refusal, status=409)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect("moderation.show", key=key)
    return _case_page(ctx, case, form=form, status=422)


def _decide(ctx: Context, case: Case, fields: VerdictFields) -> None:
    if fields.measure == "dismiss":
        actions.dismiss_report(ctx.db, ctx.signed_in_user, case, ctx.now)
        return
    organization = case.subject.organization
    members = people_of(ctx.db, organization) if organization else []
    person = next((each for each, _role in members if str(each.id) == fields.person), None)
    verdict = actions.Verdict(Measure(fields.measure), fields.decided_reason, fields.words, person)
    actions.decide(ctx.db, ctx.signed_in_user, case, verdict, ctx.now, decision_address(ctx))


def _case_page(
    ctx: Context,
    case: Case,
    *,
    form: Form[VerdictFields] | None = None,
    note_form: Form[NoteFields] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    report, organization, seal = case.report, case.subject.organization, seal_of(ctx.db)
    members = people_of(ctx.db, organization) if organization else []
    noted = seal.open(report.note_sealed, "report.note") if report.note_sealed else ""
    first: dict[str, Any] = {"decided_reason": report.reason}
    return render(
        ctx,
        "moderation/show.html",
        status,
        case=case_row(ctx, case),
        text=LocalizedText(seal.open(report.text_sealed, "report.text"), report.language)
        if report.text_sealed
        else None,
        wants_answer=report.address_sealed is not None,
        is_mine=rules.may_decide(ctx.signed_in_user, report, ctx.now),
        may_claim=report.progress != Progress.CLOSED and not rules.is_claimed(report, ctx.now),
        note=LocalizedText(noted, ctx.language) if noted else None,
        form=form or Form.filled(VerdictFields, first),
        note_form=note_form or Form.filled(NoteFields, {"note": noted}),
        refusal=refusal and refusal.localized(),
        verdicts=[
            (value, str(words))
            for value, words in VERDICTS.items()
            if value == "dismiss" or value in measures_for(case.subject)
        ],
        reasons=[(reason.value, str(words)) for reason, words in rules.REASONS.items()],
        members=[(str(each.id), as_typed(name_of(ctx.db, each))) for each, _role in members],
        decisions=[
            decision_row(ctx, each)
            for each in queries.decisions_about(ctx.db, ctx.signed_in_user, case.subject)
        ],
        evidence=evidence_for(ctx, case.subject),
    )
