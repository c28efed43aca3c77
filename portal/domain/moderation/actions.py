"""Reporting, and deciding about reports."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import check_address, may_moderate
from portal.domain.moderation import audit_log, notifications, rules, target_kinds
from portal.domain.moderation.models import (
    Act,
    Decision,
    DecisionStatus,
    Measure,
    Progress,
    Reason,
    Report,
)
from portal.domain.moderation.notifications import Address
from portal.domain.moderation.queries import Case, DecisionRecord, decision_in_force
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.queries import people_of

_ACTS = {
    Measure.HIDE: Act.HIDE,
    Measure.WARN: Act.WARN,
    Measure.SUSPEND: Act.PROPOSE_SUSPENSION,
    Measure.BAN: Act.BAN,
}


@dataclass(frozen=True)
class Complaint:
    """What somebody reports."""

    reason: Reason
    text: str
    email: str
    language: str


@dataclass(frozen=True)
class Verdict:
    """What a moderator has decided; `person` only for a ban."""

    measure: Measure
    reason: Reason
    words: str = ""
    person: Person | None = None


def report(db: Session, subject: Subject, complaint: Complaint, now: datetime) -> Report:
    """Put a report into the queue; nothing else happens by itself."""
    check_text(complaint.text, rules.LONGEST_TEXT, "text", one_line=False)
    address = check_address(complaint.email) if complaint.email else None
    seal = seal_of(db)
    made = Report(
        public_id=tokens.new_public_id(),
        **subject.keys(),
        reason=complaint.reason.value,
        text_sealed=seal.close(complaint.text, "report.text") if complaint.text else None,
        address_sealed=seal.close(address, "report.address") if address else None,
        language=complaint.language,
        reported_at=now,
        progress=Progress.OPEN.value,
    )
    db.add(made)
    db.flush()
    return made


def claim(db: Session, person: Person, case: Case, now: datetime) -> None:
    """Take a report on; one statement decides between two moderators."""
    taken = db.execute(
        update(Report)
        .where(
            Report.id == case.report.id,
            or_(
                Report.progress == Progress.OPEN.value,
                (Report.progress == Progress.CLAIMED.value)
                & (Report.claimed_by.is_(None) | (Report.claimed_at <= now - rules.CLAIM_LASTS)),
            ),
        )
        .values(progress=Progress.CLAIMED.value, claimed_by=person.id, claimed_at=now)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise rules.AlreadyClaimedError


def set_note(db: Session, person: Person, case: Case, text: str, now: datetime) -> None:
    """Set a note for the moderators; an empty one takes it away."""
    report = _claimed_report(db, person, case, now)
    check_text(text, rules.LONGEST_TEXT, "note", one_line=False)
    report.note_sealed = seal_of(db).close(text, "report.note") if text else None


def dismiss_report(db: Session, person: Person, case: Case, now: datetime) -> None:
    """Close a report: there is nothing to act on."""
    report = _claimed_report(db, person, case, now)
    audit_log.append(db, Act.DISMISS, case.subject.kind, Reason(report.reason), now)
    _close(db, report, now, acted=False)


def decide(
    db: Session, person: Person, case: Case, verdict: Verdict, now: datetime, address: Address
) -> Decision:
    """Acts on a report and closes it. A suspension is proposed only: it takes a second person."""
    report = _claimed_report(db, person, case, now)
    decision = impose(db, person, _subject_of(db, case, verdict), verdict, now, address)
    _close(db, report, now, acted=True)
    return decision


def impose(
    db: Session,
    by: Person | None,
    subject: Subject,
    verdict: Verdict,
    now: datetime,
    address: Address,
) -> Decision:
    """Impose a measure about a subject: do it, log it, tell those concerned."""
    check_text(verdict.words, rules.LONGEST_TEXT, "words", one_line=False)
    measure = verdict.measure
    target_kinds.lock_target(db, subject)
    if measure is not Measure.WARN and decision_in_force(db, measure, subject) is not None:
        raise rules.AlreadySoError
    is_proposed = measure is Measure.SUSPEND
    decision = Decision(
        public_id=tokens.new_public_id(),
        measure=measure.value,
        reason=verdict.reason.value,
        status=(DecisionStatus.PROPOSED if is_proposed else DecisionStatus.IN_FORCE).value,
        **subject.keys(),
        person_id=subject.person.id if subject.person else None,
        words_sealed=seal_of(db).close(verdict.words, "decision.words") if verdict.words else None,
        decided_by=by.id if by else None,
        decided_at=now,
    )
    if measure is Measure.HIDE:
        target_kinds.hide(db, subject)
    if measure is Measure.BAN and subject.person is not None:
        _ban(db, subject.person, now)
    db.add(decision)
    db.flush()
    audit_log.append(db, _ACTS[measure], subject.kind, verdict.reason, now)
    if not is_proposed:
        notifications.announce(db, DecisionRecord(decision, subject, None), address, now)
    return decision


def _subject_of(db: Session, case: Case, verdict: Verdict) -> Subject:
    """Return what exactly the verdict is about."""
    subject = case.subject
    if verdict.measure not in target_kinds.measures_for(subject):
        raise rules.UnfitError
    if verdict.measure is Measure.SUSPEND:
        return Subject(subject.organization)
    if verdict.measure is Measure.BAN:
        members = people_of(db, subject.organization) if subject.organization else []
        if verdict.person is None or verdict.person.id not in {each.id for each, _role in members}:
            raise rules.WhomError
        # Not with the organisation: whom the portal bans is no news for the others.
        return Subject(None, None, verdict.person)
    return subject


def _ban(db: Session, person: Person, now: datetime) -> None:
    db.refresh(person, with_for_update=True)
    if may_moderate(person):
        raise rules.ProtectedError
    people.ban(db, person, now)


def _claimed_report(db: Session, person: Person, case: Case, now: datetime) -> Report:
    """Return the report, locked and read again, if it is this moderator's to decide."""
    db.refresh(case.report, with_for_update=True)
    if not rules.may_decide(person, case.report, now):
        raise rules.NotClaimedError
    return case.report


def _close(db: Session, report: Report, now: datetime, *, acted: bool) -> None:
    report.progress, report.closed_at = Progress.CLOSED.value, now
    notifications.answer_reporter(db, report, now, acted=acted)


def forget_reports(db: Session, now: datetime) -> int:
    """Take the words off reports that were closed long ago, the reports themselves with them."""
    old = db.scalars(
        select(Report).where(
            Report.progress == Progress.CLOSED.value,
            Report.closed_at <= now - rules.REPORT_RETENTION,
        )
    ).all()
    for each in old:
        db.delete(each)
    return len(old)
