"""The mark of verified organisations: given, looked after where a domain proved it, and ended."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from portal.core.time_zones import ASTANA, wall_of
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.organizations import queries
from portal.domain.organizations import verification_rules as rules
from portal.domain.organizations.models import Endorsement, Method, Organization
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import match_tag, use_locale
from portal.net.domain_proof import Look

# In one round of the worker, since each can take ten seconds that emails wait.
MAX_CHECKS = 3


class Proof(NamedTuple):
    """A token, and the domain that has to carry it."""

    domain: str
    token: str


def grant(
    db: Session,
    organization: Organization,
    method: Method,
    now: datetime,
    lasts: timedelta,
    proof: Proof | None = None,
) -> None:
    """Mark an organisation as known from now on."""
    organization.verified_by = method.value
    organization.verified_at, organization.verified_until = now, now + lasts
    organization.verified_domain = proof.domain if proof else None
    organization.verified_token = proof.token if proof else None
    organization.proof_looked_at, organization.proof_misses = now if proof else None, 0
    db.flush()


def end(db: Session, organization: Organization) -> None:
    """Take the mark away; what it allowed ends with the next request."""
    organization.verified_by = organization.verified_domain = organization.verified_token = None
    organization.verified_at = organization.verified_until = None
    organization.proof_looked_at, organization.proof_misses = None, 0
    db.flush()


def end_with_endorsements(db: Session, organization: Organization) -> bool:
    """Return whether it was verified; its endorsements end too, since they were for another."""
    was_marked = organization.verified_by is not None
    db.execute(delete(Endorsement).where(Endorsement.organization_id == organization.id))
    end(db, organization)
    return was_marked


def due_looks(db: Session, now: datetime) -> Sequence[int]:
    """Organisations whose domain has to be looked at again, the longest unseen first."""
    looked_at, misses = Organization.proof_looked_at, Organization.proof_misses
    due = or_(
        and_(misses == 0, looked_at <= now - rules.LOOK_EVERY),
        and_(misses > 0, looked_at <= now - rules.LOOK_AGAIN_AFTER),
    )
    return db.scalars(
        select(Organization.id)
        .where(Organization.verified_token.is_not(None), Organization.verified_until > now, due)
        .order_by(looked_at, Organization.id)
        .limit(MAX_CHECKS)
    ).all()


def begin_look(db: Session, organization_id: int, now: datetime) -> Proof | None:
    """Return what to look for and where; None if not due, or another worker looks now."""
    organization = db.get(Organization, organization_id, with_for_update=True)
    if organization is None or not rules.is_look_due(organization, now):
        return None
    organization.proof_looked_at = now
    return Proof(organization.verified_domain or "", organization.verified_token or "")


def record_check(
    db: Session, organization_id: int, proof: Proof, look: Look, now: datetime
) -> bool:
    """Record a look; return whether it ended the mark; its owners are told in time.

    Where nothing could be seen, nothing is known: it neither counts nor ends a count, and is tried
    again the next day.
    """
    organization = db.get(Organization, organization_id, with_for_update=True)
    if organization is None or organization.verified_token != proof.token:
        return False  # verified anew meanwhile, or not any more
    if look is Look.UNSEEN:
        organization.proof_looked_at = rules.seen_before_unseen(organization.proof_misses, now)
        return False
    organization.proof_misses = 0 if look is Look.FOUND else organization.proof_misses + 1
    is_over = organization.proof_misses >= rules.MAX_MISSES
    if is_over or organization.proof_misses == 1:
        _notify_of_miss(db, organization, proof.domain, now, is_over=is_over)
    if is_over:
        end(db, organization)
    return is_over


def _notify_of_miss(
    db: Session, organization: Organization, domain: str, now: datetime, *, is_over: bool
) -> None:
    ends_at = now + (rules.MAX_MISSES - 1) * rules.LOOK_AGAIN_AFTER

    def outcome() -> str:
        if is_over:
            return _(
                "For a week we have not found the proof that the domain %(domain)s is yours. "
                "The organisation is not verified any more. You can ask for it anew.",
                domain=domain,
            )
        return _(
            "We do not find the proof any more that the domain %(domain)s is yours. "
            "We look again every day. If it is not back by %(day)s, the organisation "
            "will not be verified any more.",
            domain=domain,
            day=dates.full(wall_of(ends_at, ASTANA).date()),
        )

    notify_owners(db, organization, outcome, now)


def notify_owners(
    db: Session, organization: Organization, outcome: Callable[[], str], now: datetime
) -> None:
    """Tell an organisation's owners what became of its verification, each in their language."""
    for owner in queries.owners_of(db, organization):
        language = match_tag(owner.language)
        with use_locale(language):
            notify(
                db,
                NotificationKind.VERIFICATION,
                now=now,
                language=language,
                person_id=owner.id,
                organization=organization.name.localized().text,
                outcome=outcome(),
            )
