"""Whom the portal knows: asking for verification, proving a domain, vouching, deciding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.domain.organizations import queries, verified_badge
from portal.domain.organizations import verification_rules as rules
from portal.domain.organizations.models import (
    Endorsement,
    Method,
    Organization,
    VerificationRequest,
)
from portal.domain.organizations.rules import is_verified, may_own
from portal.domain.organizations.verified_badge import Proof
from portal.domain.organizations.web_addresses import check_domain

LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """A line of the administrators' queue."""

    organization: Organization
    request: VerificationRequest
    vouchers: Sequence[Organization]


def request_of(db: Session, organization: Organization) -> VerificationRequest | None:
    """Return what the organisation has asked for, until it is answered."""
    return db.get(VerificationRequest, organization.id)


def remark_of(db: Session, request: VerificationRequest) -> str:
    """Return what the administrators should know, opened."""
    sealed = request.remark_sealed
    return seal_of(db).open(sealed, "verification.remark") if sealed else ""


def vouchers_of(db: Session, organization: Organization, now: datetime) -> Sequence[Organization]:
    """Organisations that vouch for this one, are verified themselves now and not suspended."""
    voucher = aliased(Organization)
    return db.scalars(
        select(voucher)
        .join(Endorsement, Endorsement.by_organization_id == voucher.id)
        .where(
            Endorsement.organization_id == organization.id,
            voucher.verified_until > now,
            voucher.suspended_at.is_(None),
        )
        .order_by(Endorsement.vouched_at, voucher.id)
    ).all()


def queue(db: Session, now: datetime) -> list[VerificationRow]:
    """Return who waits for the administrators, the longest first."""
    rows = db.execute(
        select(Organization, VerificationRequest)
        .join(VerificationRequest, VerificationRequest.organization_id == Organization.id)
        .order_by(VerificationRequest.asked_at, Organization.id)
    )
    return [VerificationRow(found, asked, vouchers_of(db, found, now)) for found, asked in rows]


def request_verification(
    db: Session,
    organization: Organization,
    method: Method,
    now: datetime,
    *,
    domain: str = "",
    remark: str = "",
) -> VerificationRequest:
    """Ask the administrators; asking anew replaces what was asked before.

    A token outlives that only for the same domain, so that a published one stays right.
    """
    check_text(remark, LONGEST_REMARK, "remark", one_line=False)
    name = check_domain(domain) if method is Method.DOMAIN else None
    db.refresh(organization, with_for_update=True)
    request = request_of(db, organization)
    if request is None:
        request = VerificationRequest(organization_id=organization.id, token=tokens.new_token())
        db.add(request)
    elif request.domain != name:
        request.token, request.proved_at = tokens.new_token(), None
    request.method, request.domain, request.asked_at = method.value, name, now
    request.remark_sealed = seal_of(db).close(remark, "verification.remark") if remark else None
    db.flush()
    return request


def begin_proof(db: Session, organization: Organization, now: datetime) -> Proof:
    """Return the domain to look at and the token to look for; note that somebody looks now."""
    db.refresh(organization, with_for_update=True)
    request = request_of(db, organization)
    if request is None or request.domain is None:
        raise rules.NotRequestedError
    if request.tried_at is not None and now < request.tried_at + rules.PROOF_AGAIN_AFTER:
        raise rules.ProofTooSoonError
    request.tried_at = now
    return Proof(request.domain, request.token)


def record_proof(db: Session, organization: Organization, token: str, now: datetime) -> None:
    """Record that the token stood where it belongs; what was asked anew needs another look."""
    db.refresh(organization, with_for_update=True)
    request = request_of(db, organization)
    if request is None or request.token != token:
        raise rules.NotRequestedError
    request.proved_at = now


def endorse(
    db: Session, person: Person, organization: Organization, voucher: Organization, now: datetime
) -> None:
    """Endorse an organisation as owner of a verified one. Twice is once."""
    db.refresh(organization, with_for_update=True)
    may = (
        may_own(queries.role_of(db, person, voucher.id))
        and is_verified(voucher.verified_until, now)
        and not queries.is_suspended(db, voucher.id)
        and queries.role_of(db, person, organization.id) is None
        and request_of(db, organization) is not None
    )
    if not may:
        raise rules.EndorsementUnfitError
    # One person is one voice, and so is one organisation.
    known = select(Endorsement).where(
        Endorsement.organization_id == organization.id,
        (Endorsement.by_organization_id == voucher.id) | (Endorsement.person_id == person.id),
    )
    if db.scalars(known).first() is None:
        db.add(
            Endorsement(
                organization_id=organization.id,
                by_organization_id=voucher.id,
                person_id=person.id,
                vouched_at=now,
            )
        )


def voices_for(db: Session, organization: Organization) -> Sequence[Organization]:
    """Return the organisations whose endorsements an organisation's verification rests on."""
    if organization.verified_by != Method.VOUCHING:
        return []
    return db.scalars(
        select(Organization)
        .join(Endorsement, Endorsement.by_organization_id == Organization.id)
        .where(
            Endorsement.organization_id == organization.id,
            Endorsement.vouched_at <= organization.verified_at,
        )
        .order_by(Endorsement.vouched_at, Organization.id)
    ).all()


def confirm(
    db: Session, organization: Organization, method: Method, lasts: timedelta, now: datetime
) -> None:
    """Confirm by the administrators: a proved domain, endorsements, or a document they saw."""
    db.refresh(organization, with_for_update=True)
    request = request_of(db, organization)
    proof = _checked_proof(request, now) if method is Method.DOMAIN else None
    if method is Method.VOUCHING:
        _check_endorsements(db, organization, now)
    verified_badge.grant(db, organization, method, now, lasts, proof)
    if request is not None:
        db.delete(request)


def _checked_proof(request: VerificationRequest | None, now: datetime) -> Proof:
    if request is None or request.domain is None or request.proved_at is None:
        raise rules.DomainNotProvedError
    if not rules.is_proved(request, now):
        raise rules.ProofStaleError
    return Proof(request.domain, request.token)


def _check_endorsements(db: Session, organization: Organization, now: datetime) -> None:
    """There are enough; those that do not count are dropped, so that exactly those that do stay."""
    counting = [voucher.id for voucher in vouchers_of(db, organization, now)]
    if len(counting) < rules.ENDORSEMENTS_NEEDED:
        raise rules.TooFewEndorsementsError(count=len(counting))
    db.execute(
        delete(Endorsement).where(
            Endorsement.organization_id == organization.id,
            Endorsement.by_organization_id.not_in(counting),
        )
    )


def decline(db: Session, organization: Organization) -> None:
    """Decline what was asked; the organisation may ask again."""
    db.refresh(organization, with_for_update=True)
    request = request_of(db, organization)
    if request is None:
        raise rules.NotRequestedError
    db.delete(request)


def withdraw(db: Session, organization: Organization) -> None:
    """Take the verification back."""
    db.refresh(organization, with_for_update=True)
    if organization.verified_by is None:
        raise rules.NotRequestedError
    verified_badge.end(db, organization)
