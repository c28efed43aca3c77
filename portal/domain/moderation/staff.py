"""Who moderates and administers the portal, and whom its operator keeps out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import audit_log, rules
from portal.domain.moderation.actions import Verdict, impose
from portal.domain.moderation.appeals import reverse
from portal.domain.moderation.models import Act, Measure, Reason, TargetKind
from portal.domain.moderation.notifications import Address
from portal.domain.moderation.queries import DecisionRecord, ban_of
from portal.domain.moderation.targets import Subject


class StaffRole(StrEnum):
    """What somebody can be for the whole portal."""

    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


def has_role(person: Person, role: StaffRole) -> bool:
    """Return whether somebody is that."""
    return person.is_moderator if role is StaffRole.MODERATOR else person.is_administrator


def grant_role(db: Session, person: Person, role: StaffRole, now: datetime) -> None:
    """Grant a role; who is banned gets none."""
    db.refresh(person, with_for_update=True)
    if person.banned_at is not None or has_role(person, role):
        raise rules.AlreadySoError
    _set(person, role, holds=True)
    audit_log.append(db, Act.GRANT_ROLE, TargetKind.PERSON, role.value, now)


def revoke_role(db: Session, person: Person, role: StaffRole, now: datetime) -> None:
    """Revoke a role, but never the last administrator's."""
    if role is StaffRole.ADMINISTRATOR:
        # All of them, so that two cannot relieve each other at once.
        administrators = select(Person).where(Person.is_administrator).order_by(Person.id)
        db.scalars(administrators.with_for_update()).all()
    db.refresh(person, with_for_update=True)
    if not has_role(person, role):
        raise rules.AlreadySoError
    if role is StaffRole.ADMINISTRATOR:
        number = db.scalar(select(func.count()).where(Person.is_administrator))
        if (number or 0) <= 1:
            raise rules.LastAdministratorError
    _set(person, role, holds=False)
    audit_log.append(db, Act.REVOKE_ROLE, TargetKind.PERSON, role.value, now)


def _set(person: Person, role: StaffRole, *, holds: bool) -> None:
    if role is StaffRole.MODERATOR:
        person.is_moderator = holds
    else:
        person.is_administrator = holds


def ban(
    db: Session,
    by: Person | None,
    person: Person,
    reason: Reason,
    now: datetime,
    address: Address,
) -> None:
    """Keep somebody out without a report; `by` is None for the operator's command."""
    if by is not None and by.id == person.id:
        raise rules.ProtectedError
    verdict = Verdict(Measure.BAN, reason, person=person)
    impose(db, by, Subject(None, None, person), verdict, now, address)


def lift_ban_of_erased(db: Session, issuer: str, subject: str, now: datetime) -> None:
    """Let in again whoever was banned and has deleted the account, with no reason left."""
    if not people.forget_ban(db, issuer, subject):
        raise rules.AlreadySoError
    audit_log.append(db, Act.LIFT_BAN, TargetKind.PERSON, Reason.OTHER, now)


def lift_ban(db: Session, person: Person, now: datetime, address: Address) -> None:
    """Let somebody in again."""
    decision = ban_of(db, person)
    if decision is None:
        raise rules.AlreadySoError
    reverse(db, DecisionRecord(decision, Subject(None, None, person), None), now, address)
