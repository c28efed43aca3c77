"""What somebody is to organisations and to the moderators, as records of plain values for files."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.domain.accounts.people.models import Person
from portal.domain.moderation.models import Decision, Report
from portal.domain.moderation.notifications import title_of
from portal.domain.moderation.queries import DecisionRecord, decisions_about_person
from portal.domain.organizations.models import Endorsement, Invitation, Membership, Organization
from portal.domain.organizations.rules import is_open

Records = list[dict[str, Any]]


def dealings_of(db: Session, person: Person, now: datetime) -> dict[str, Records]:
    """Return the records by what they are about."""
    return {
        "memberships": _memberships(db, person),
        "founded": _founded(db, person),
        "invitations": _invitations(db, person, now),
        "invitations_made": _invitations_made(db, person),
        "endorsements": _endorsements(db, person),
        "decisions": [_decision(db, record) for record in decisions_about_person(db, person)],
        "claimed_reports": _claimed_reports(db, person),
        "decisions_made": _decisions_made(db, person),
    }


def _memberships(db: Session, person: Person) -> Records:
    rows = db.execute(
        select(Organization, Membership)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person.id)
        .order_by(Organization.slug)
    )
    return [
        {"organization": _name(organization), "role": member.role, "member_since": member.since}
        for organization, member in rows
    ]


def _founded(db: Session, person: Person) -> Records:
    founded = select(Organization).where(Organization.founder_id == person.id)
    return [
        {"organization": _name(each), "founded_at": each.created_at}
        for each in db.scalars(founded.order_by(Organization.slug))
    ]


def _invitations(db: Session, person: Person, now: datetime) -> Records:
    """Return those to the person's own address; there is none under no address."""
    if person.email_index is None:
        return []
    rows = db.execute(
        select(Invitation, Organization)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(Invitation.email_index == person.email_index)
        .order_by(Invitation.id)
    )
    return [
        {
            "organization": _name(organization),
            "role": invitation.role,
            "invited_at": invitation.made_at,
            "expires_at": invitation.expires_at,
            "open": is_open(invitation, now),
        }
        for invitation, organization in rows
    ]


def _invitations_made(db: Session, person: Person) -> Records:
    """Return invitations made; whom they were for is not the person's own."""
    rows = db.execute(
        select(Invitation, Organization)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(Invitation.made_by == person.id)
        .order_by(Invitation.id)
    )
    return [
        {"organization": _name(each), "role": invitation.role, "invited_at": invitation.made_at}
        for invitation, each in rows
    ]


def _endorsements(db: Session, person: Person) -> Records:
    endorsements = (
        select(Endorsement)
        .where(Endorsement.person_id == person.id)
        .order_by(Endorsement.vouched_at)
    )
    return [
        {
            "vouched_for": _name(db.get_one(Organization, each.organization_id)),
            "organization": _name(db.get_one(Organization, each.by_organization_id)),
            "vouched_at": each.vouched_at,
        }
        for each in db.scalars(endorsements)
    ]


def _decision(db: Session, record: DecisionRecord) -> dict[str, Any]:
    """With the words to the person and the person's own, but not by whom."""
    seal, decision, appeal = seal_of(db), record.decision, record.appeal
    words = decision.words_sealed
    return {
        "about": title_of(record.subject),
        "measure": decision.measure,
        "reason": decision.reason,
        "state": decision.status,
        "decided_at": decision.decided_at,
        "words": seal.open(words, "decision.words") if words else None,
        "appeal": seal.open(appeal.text_sealed, "appeal.text") if appeal else None,
        "appealed_at": appeal.made_at if appeal else None,
        "appeal_granted": appeal.was_granted if appeal else None,
        "answered_at": appeal.answered_at if appeal else None,
    }


def _claimed_reports(db: Session, person: Person) -> Records:
    """Return the reports a moderator took on; what they say is about others."""
    reports = select(Report).where(Report.claimed_by == person.id).order_by(Report.id)
    return [
        {
            "reason": report.reason,
            "progress": report.progress,
            "claimed_at": report.claimed_at,
            "reported_at": report.reported_at,
        }
        for report in db.scalars(reports)
    ]


def _decisions_made(db: Session, person: Person) -> Records:
    """Return the decisions a moderator made or confirmed; they are about others."""
    made = or_(Decision.decided_by == person.id, Decision.confirmed_by == person.id)
    return [
        {
            "measure": decision.measure,
            "reason": decision.reason,
            "state": decision.status,
            "decided_at": decision.decided_at,
            "as_second": decision.confirmed_by == person.id,
        }
        for decision in db.scalars(select(Decision).where(made).order_by(Decision.id))
    ]


def _name(organization: Organization) -> str:
    return organization.name.localized().text
