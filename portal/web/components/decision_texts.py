"""Reports and decisions in words, as moderators and those concerned see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal.core.encryption import seal_of
from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.domain.accounts.people.queries import name_of
from portal.domain.moderation.models import Item, Measure, Progress, Reason, Standing
from portal.domain.moderation.notifications import Address, title_of
from portal.domain.moderation.queries import Case, Ruling
from portal.domain.moderation.rules import MEASURES, REASONS
from portal.domain.moderation.targets import Subject
from portal.domain.publishing.publication import is_public
from portal.domain.stories.models import CommentState
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy
from portal.i18n.translated import Said
from portal.web.components.item_kinds import item_url
from portal.web.http.context import Context

PROGRESS = {
    Progress.OPEN: gettext_lazy("open"),
    Progress.CLAIMED: gettext_lazy("taken on"),
    Progress.CLOSED: gettext_lazy("closed"),
}
STANDINGS = {
    Standing.PROPOSED: gettext_lazy("proposed, waits for a second person"),
    Standing.STANDING: gettext_lazy("in force"),
    Standing.REVERSED: gettext_lazy("taken back"),
}


@dataclass(frozen=True, slots=True)
class Row:
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
    """Where letters say a decision can be read."""
    links = ctx.site.links

    def address(language: str, key: str) -> str:
        return links.absolute("decisions.show", language, key=key)

    return address


def _url_of(ctx: Context, subject: Subject) -> str | None:
    """The public page, where there is one for moderators too."""
    if subject.kind is Item.COMMENT:
        return _comment_url(ctx, subject)
    if subject.kind in {Item.PERSON, Item.SETTING}:
        return None
    item = subject.record
    if subject.kind is not Item.ORGANIZATION and not is_public(item):
        return None
    return item_url(ctx, ItemKind(subject.kind), item.slug)


def address_of_comment(ctx: Context, slug: str, key: str) -> str:
    """Where a comment stands below its story, on whichever page."""
    return f"{ctx.url('stories.show', {'comment': key}, slug=slug)}#comment-{key}"


def _comment_url(ctx: Context, subject: Subject) -> str | None:
    comment, story = subject.record, subject.story
    if story is None or not is_public(story) or comment.state != CommentState.VISIBLE:
        return None
    return address_of_comment(ctx, story.slug, comment.public_id)


def _day(ctx: Context, instant: datetime) -> str:
    return dates.long(wall_of(instant, ctx.zone).date())


def case_row(ctx: Context, case: Case) -> Row:
    """A report as the queue shows it."""
    report = case.report
    state = str(PROGRESS[Progress(report.progress)])
    return Row(
        report.public_id,
        ctx.url("moderation.show", key=report.public_id),
        title_of(case.subject),
        _url_of(ctx, case.subject),
        str(REASONS[Reason(report.reason)]),
        state,
        _day(ctx, report.reported_at),
    )


def ruling_row(ctx: Context, ruling: Ruling) -> Row:
    """A decision as moderators' lists show it."""
    decision, subject = ruling.decision, ruling.subject
    unanswered = ruling.appeal is not None and ruling.appeal.answered_at is None
    state = _("appealed, waits for an answer") if unanswered else None
    return Row(
        decision.public_id,
        ctx.url("rulings.show", key=decision.public_id),
        name_of(ctx.db, subject.person) if subject.person else title_of(subject),
        _url_of(ctx, subject),
        str(REASONS[Reason(decision.reason)]),
        state or str(STANDINGS[Standing(decision.standing)]),
        _day(ctx, decision.decided_at),
        str(MEASURES[Measure(decision.measure)]),
    )


def own_ruling_row(ctx: Context, ruling: Ruling) -> Row:
    """The same as those concerned see it, who can appeal on the page it leads to."""
    address = ctx.url("decisions.show", key=ruling.decision.public_id)
    return replace(ruling_row(ctx, ruling), url=address)


def facts_of_ruling(ctx: Context, ruling: Ruling) -> dict[str, Any]:
    """What a page about a decision says."""
    decision, appeal, seal = ruling.decision, ruling.appeal, seal_of(ctx.db)
    words = decision.words_sealed
    answers = {
        None: _("The appeal waits for an answer."),
        True: _("The appeal was granted."),
        False: _("The appeal was refused."),
    }
    return {
        "title": title_of(ruling.subject),
        "measure": str(MEASURES[Measure(decision.measure)]),
        "reason": str(REASONS[Reason(decision.reason)]),
        "standing": str(STANDINGS[Standing(decision.standing)]),
        "when": _day(ctx, decision.decided_at),
        "is_proposed": decision.standing == Standing.PROPOSED,
        "is_reversed": decision.standing == Standing.REVERSED,
        "words": Said(seal.open(words, "decision.words"), ctx.language) if words else None,
        "appeal": Said(seal.open(appeal.text_sealed, "appeal.text"), appeal.language)
        if appeal
        else None,
        "answer": answers[appeal.was_granted] if appeal else None,
    }
