"""The second look: confirming a suspension, taking decisions back, and appeals."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import audit_log, notifications, rules, target_kinds
from portal.domain.moderation.models import Act, Appeal, Decision, DecisionStatus, Measure, Reason
from portal.domain.moderation.notifications import Address
from portal.domain.moderation.queries import DecisionRecord

_ENDS = {
    Measure.HIDE: Act.RESTORE,
    Measure.WARN: Act.WITHDRAW_WARNING,
    Measure.SUSPEND: Act.LIFT_SUSPENSION,
    Measure.BAN: Act.LIFT_BAN,
}


def confirm(
    db: Session, person: Person, record: DecisionRecord, now: datetime, address: Address
) -> None:
    """Confirm as the second pair of eyes: from now on the organisation is suspended."""
    decision = _locked(db, record)
    if decision.status != DecisionStatus.PROPOSED:
        raise rules.AlreadySoError
    rules.check_other(person, decision)
    organization = record.subject.organization
    if organization is None or organization.suspended_at is not None:
        raise rules.AlreadySoError
    decision.status, decision.confirmed_by = DecisionStatus.IN_FORCE.value, person.id
    organization.suspended_at = now
    db.flush()
    target_kinds.hide_all_of(db, organization.id)
    _log(db, Act.SUSPEND, record, now)
    notifications.announce(db, record, address, now)


def reverse(db: Session, record: DecisionRecord, now: datetime, address: Address) -> None:
    """Take a decision back, or decline a proposal; an appeal that waits is granted by it."""
    decision = _locked(db, record)
    if decision.status == DecisionStatus.REVERSED:
        raise rules.AlreadySoError
    was_proposed = decision.status == DecisionStatus.PROPOSED
    decision.status = DecisionStatus.REVERSED.value
    if was_proposed:
        _log(db, Act.DECLINE_SUSPENSION, record, now)
        return
    made = db.get(Appeal, decision.id, populate_existing=True)
    if made is not None and made.answered_at is None:
        made.was_granted, made.answered_at = True, now
        _log(db, Act.GRANT, record, now)
    _undo(db, record)
    _log(db, _ENDS[Measure(decision.measure)], record, now)
    notifications.announce_end(db, record, address, now)


def _undo(db: Session, record: DecisionRecord) -> None:
    subject, measure = record.subject, record.decision.measure
    if measure == Measure.HIDE:
        target_kinds.restore(db, subject)
    elif measure == Measure.SUSPEND and subject.organization is not None:
        subject.organization.suspended_at = None
        db.flush()
        target_kinds.restore_all_of(db, subject.organization.id)
    elif measure == Measure.BAN and subject.person is not None:
        people.lift_ban(subject.person)


def appeal(db: Session, record: DecisionRecord, text: str, language: str, now: datetime) -> Appeal:
    """Make the one appeal of those concerned."""
    decision = _locked(db, record)
    if not text:
        raise rules.WordsNeededError
    check_text(text, rules.LONGEST_TEXT, "text", one_line=False)
    if not rules.may_appeal(decision, record.appeal):
        raise rules.AppealedError
    made = Appeal(
        decision_id=decision.id,
        text_sealed=seal_of(db).close(text, "appeal.text"),
        language=language,
        made_at=now,
    )
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError:
        raise rules.AppealedError from None
    return made


def answer(
    db: Session,
    person: Person,
    record: DecisionRecord,
    now: datetime,
    address: Address,
    *,
    granted: bool,
) -> None:
    """Another moderator's answer: the decision stands, or it is taken back."""
    decision, made = _locked(db, record), record.appeal
    if made is None:
        raise rules.AlreadySoError
    db.refresh(made)
    rules.check_other(person, decision)
    if not rules.may_answer(person, decision, made):
        raise rules.AlreadySoError
    if granted:
        reverse(db, record, now, address)
        return
    made.was_granted, made.answered_at = False, now
    _log(db, Act.UPHOLD, record, now)
    notifications.announce_refusal(db, record, address, now)


def _locked(db: Session, record: DecisionRecord) -> Decision:
    """Lock and return the decision, after whatever it is about, as when it was made."""
    target_kinds.lock_target(db, record.subject)
    db.refresh(record.decision, with_for_update=True)
    return record.decision


def _log(db: Session, act: Act, record: DecisionRecord, now: datetime) -> None:
    audit_log.append(db, act, record.subject.kind, Reason(record.decision.reason), now)
