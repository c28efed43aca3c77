"""What those concerned and those who reported are told, each in their own language."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.moderation.models import Decision, DecisionAccessToken, Measure, Reason, Report
from portal.domain.moderation.queries import DecisionRecord
from portal.domain.moderation.rules import MEASURES, REASONS
from portal.domain.moderation.target_kinds import concerned_by
from portal.domain.moderation.targets import Subject
from portal.i18n.locale import gettext as _
from portal.i18n.locale import match_tag, use_locale

Address = Callable[[str, str], str]


def new_key(db: Session, decision: Decision) -> str:
    """Return a secret that opens a decision without signing in; shown once, kept as its hash."""
    token = tokens.new_token()
    db.add(DecisionAccessToken(digest=tokens.digest(token), decision_id=decision.id))
    return token


def announce(db: Session, record: DecisionRecord, address: Address, now: datetime) -> None:
    """Tell those concerned what has been decided and how to appeal."""

    def outcome(decision: Decision) -> str:
        return str(MEASURES[Measure(decision.measure)])

    _notify(db, record, outcome, address, now)


def announce_end(db: Session, record: DecisionRecord, address: Address, now: datetime) -> None:
    """Tell them that a decision no longer holds."""
    _notify(db, record, lambda _decision: _("the decision has been taken back"), address, now)


def announce_refusal(db: Session, record: DecisionRecord, address: Address, now: datetime) -> None:
    """Tell them that their appeal has changed nothing."""
    _notify(
        db,
        record,
        lambda _decision: _("another moderator has looked at your appeal; the decision stands"),
        address,
        now,
    )


def _notify(
    db: Session,
    record: DecisionRecord,
    outcome: Callable[[Decision], str],
    address: Address,
    now: datetime,
) -> None:
    decision, subject = record.decision, record.subject
    for person in concerned_by(db, subject):
        language = match_tag(person.language)
        key = new_key(db, decision) if subject.person is not None else decision.public_id
        with use_locale(language):
            notify(
                db,
                NotificationKind.DECISION,
                now=now,
                language=language,
                person_id=person.id,
                url=address(language, key),
                item=title_of(subject),
                outcome=outcome(decision),
                reason=str(REASONS[Reason(decision.reason)]),
            )


def title_of(subject: Subject) -> str:
    """Return what a decision is about, in the language now spoken."""
    if subject.title is None:
        return _("your account")
    title = subject.title.localized().text
    return title if subject.comment is None else _("Comment on “%(title)s”") % {"title": title}


def answer_reporter(db: Session, report: Report, now: datetime, *, acted: bool) -> None:
    """Tell whoever left an address what came of it, without details, and forget the address."""
    if report.address_sealed is None:
        return
    address = seal_of(db).open(report.address_sealed, "report.address")
    with use_locale(report.language):
        outcome = (
            _("The moderators have looked at it and acted.")
            if acted
            else _("The moderators have looked at it and found nothing to act on.")
        )
        notify(
            db,
            NotificationKind.REPORT_OUTCOME,
            now=now,
            language=report.language,
            address=address,
            outcome=outcome,
        )
    report.address_sealed = None
