"""Reports and decisions in words, as moderators and those concerned see them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal.core.encryption import seal_of
from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.domain.accounts.people.queries import name_of
from portal.domain.moderation.models import DecisionStatus, Measure, Progress, Reason, TargetKind
from portal.domain.moderation.notifications import Address, title_of
from portal.domain.moderation.queries import Case, DecisionRecord
from portal.domain.moderation.rules import MEASURES, REASONS
from portal.domain.moderation.targets import Subject
from portal.domain.publishing.publication import is_public
from portal.domain.stories.models import CommentState
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy
from portal.i18n.translated import LocalizedText
from portal.web.components.item_kinds import item_url
from portal.web.http import Context

PROGRESS = {
    Progress.OPEN: gettext_lazy("open"),
    Progress.CLAIMED: gettext_lazy("taken on"),
    Progress.CLOSED: gettext_lazy("closed"),
}
DECISION_STATUSES = {
    DecisionStatus.PROPOSED: gettext_lazy("proposed, waits for a second person"),
    DecisionStatus.IN_FORCE: gettext_lazy("in force"),
    DecisionStatus.REVERSED: gettext_lazy("taken back"),
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A report or a decision in a list."""

    key: str
    url: str
    title: str
    item_url: str | None
    reason: str
    state: str
    when: str
    measure: str | None = None


def decision_address(ctx: Context) -> Address:
    """Return where emails say a decision can be read."""
    links = ctx.site.links

    def address(language: str, key: str) -> str:
        return links.absolute("decisions.show", language, key=key)

    return address


def _url_of(ctx: Context, subject: Subject) -> str | None:
    """Return the public page, where there is one for moderators too."""
    if subject.kind is TargetKind.COMMENT:
        return _comment_url(ctx, subject)
    if subject.kind in {TargetKind.PERSON, TargetKind.SETTING}:
        return None
    item = subject.record
    if subject.kind is not TargetKind.ORGANIZATION and not is_public(item):
        return None
    return item_url(ctx, ItemKind(subject.kind), item.slug)


def address_of_comment(ctx: Context, slug: str, key: str) -> str:
    """Return where a comment stands below its story, on whichever page."""
    return f"{ctx.url('stories.show', {'comment': key}, slug=slug)}#comment-{key}"


def _comment_url(ctx: Context, subject: Subject) -> str | None:
    comment, story = subject.record, subject.story
    if story is None or not is_public(story) or comment.state != CommentState.VISIBLE:
        return None
    return address_of_comment(ctx, story.slug, comment.public_id)


def _day(ctx: Context, instant: datetime) -> str:
    return dates.long(wall_of(instant, ctx.zone).date())


def case_row(ctx: Context, case: Case) -> CaseRow:
    """Return a report as the queue shows it."""
    report = case.report
    state = str(PROGRESS[Progress(report.progress)])
    return CaseRow(
        report.public_id,
        ctx.url("moderation.show", key=report.public_id),
        title_of(case.subject),
        _url_of(ctx, case.subject),
        str(REASONS[Reason(report.reason)]),
        state,
        _day(ctx, report.reported_at),
    )


def decision_row(ctx: Context, record: DecisionRecord) -> CaseRow:
    """Return a decision as moderators' lists show it."""
    decision, subject = record.decision, record.subject
    unanswered = record.appeal is not None and record.appeal.answered_at is None
    state = _("appealed, waits for an answer") if unanswered else None
    return CaseRow(
        decision.public_id,
        ctx.url("decision_reviews.show", key=decision.public_id),
        name_of(ctx.db, subject.person) if subject.person else title_of(subject),
        _url_of(ctx, subject),
        str(REASONS[Reason(decision.reason)]),
        state or str(DECISION_STATUSES[DecisionStatus(decision.status)]),
        _day(ctx, decision.decided_at),
        str(MEASURES[Measure(decision.measure)]),
    )


def own_decision_row(ctx: Context, record: DecisionRecord) -> CaseRow:
    """Return a decision as those concerned see it, who can appeal on its page."""
    address = ctx.url("decisions.show", key=record.decision.public_id)
    return replace(decision_row(ctx, record), url=address)


def decision_facts(ctx: Context, record: DecisionRecord) -> dict[str, Any]:
    """Return what a page about a decision says."""
    decision, appeal, seal = record.decision, record.appeal, seal_of(ctx.db)
    words = decision.words_sealed
    answers = {
        None: _("The appeal waits for an answer."),
        True: _("The appeal was granted."),
        False: _("The appeal was refused."),
    }
    return {
        "title": title_of(record.subject),
        "measure": str(MEASURES[Measure(decision.measure)]),
        "reason": str(REASONS[Reason(decision.reason)]),
        "state": str(DECISION_STATUSES[DecisionStatus(decision.status)]),
        "when": _day(ctx, decision.decided_at),
        "is_proposed": decision.status == DecisionStatus.PROPOSED,
        "is_reversed": decision.status == DecisionStatus.REVERSED,
        "words": LocalizedText(seal.open(words, "decision.words"), ctx.language) if words else None,
        "appeal": LocalizedText(seal.open(appeal.text_sealed, "appeal.text"), appeal.language)
        if appeal
        else None,
        "answer": answers[appeal.was_granted] if appeal else None,
    }
