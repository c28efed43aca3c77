"""Organisations, memberships and invitations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base
from portal.i18n.translated import Translated


class Role(StrEnum):
    """What a person may do for an organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    TRANSLATOR = "translator"
    CHECK_IN = "door"
    ANALYST = "analyst"


class OrganizationKind(StrEnum):
    """What an organisation is."""

    NGO = "ngo"
    ETHNOCULTURAL = "ethnocultural"
    DIASPORA = "diaspora"
    UNIVERSITY = "university"
    EMBASSY = "embassy"
    STATE = "state"
    MEDIA = "media"
    INFORMAL = "informal"


class Method(StrEnum):
    """How the portal's administrators convinced themselves of who an organisation is."""

    DOCUMENT = "document"
    DOMAIN = "domain"
    VOUCHING = "vouching"


class Organization(Base):
    """Who stands behind events; verified while `verified_until` lies ahead."""

    __tablename__ = "organizations"
    __table_args__ = (
        one_of("kind", OrganizationKind),
        CheckConstraint(
            "(verified_by IS NULL) = (verified_at IS NULL)"
            " AND (verified_by IS NULL) = (verified_until IS NULL)",
            name="verified_wholly",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Translated]
    description: Mapped[Translated]
    kind: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2))
    time_zone: Mapped[str] = mapped_column(String(64))
    site: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    # Since when its events are hidden and its people may neither publish nor invite.
    # Few are; whoever holds something together is held against them.
    suspended_at: Mapped[datetime | None] = mapped_column(index=True)
    # Whoever founded it; None for those founded by the portal's administrators.
    founder_id: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    verified_by: Mapped[str | None] = mapped_column(String(10))
    verified_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]
    # The domain that was proved, where this is how.
    verified_domain: Mapped[str | None] = mapped_column(String(253))
    # What must stand there still, when somebody looked last, and how often in a row it did not.
    verified_token: Mapped[str | None] = mapped_column(String(43))
    proof_looked_at: Mapped[datetime | None]
    proof_misses: Mapped[int] = mapped_column(default=0)


class ConfusableName(Base):
    """What a name looks like (organizations.skeletons), so that no two can be taken for one."""

    __tablename__ = "confusable_names"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[int] = references("organizations.id", index=True)


class VerificationRequest(Base):
    """An owner's wish to have the organisation verified, until the administrators answer.

    The token is published by whoever proves a domain, so it is kept as it is. The remark may name
    people and is sealed ("verification.remark").
    """

    __tablename__ = "verification_requests"

    organization_id: Mapped[int] = references("organizations.id", primary_key=True)
    method: Mapped[str] = mapped_column(String(10))
    remark_sealed: Mapped[bytes | None]
    domain: Mapped[str | None] = mapped_column(String(253))
    token: Mapped[str] = mapped_column(String(43))
    asked_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]


class Endorsement(Base):
    """A verified organisation, through one of its owners, knows another one."""

    __tablename__ = "endorsements"
    __table_args__ = (UniqueConstraint("organization_id", "person_id"),)

    organization_id: Mapped[int] = references("organizations.id", primary_key=True)
    by_organization_id: Mapped[int] = references("organizations.id", primary_key=True, index=True)
    person_id: Mapped[int] = references("people.id", index=True)
    vouched_at: Mapped[datetime]


class HostState(StrEnum):
    """What has become of the invitation to hold an item together."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Membership(Base):
    """A person's role in an organisation; read afresh on every request."""

    __tablename__ = "memberships"
    __table_args__ = (one_of("role", Role),)

    organization_id: Mapped[int] = references("organizations.id", primary_key=True)
    person_id: Mapped[int] = references("people.id", primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]


class Invitation(Base):
    """A link, good for one person and one time, into a role of one organisation.

    With an address (sealed for "invitation.email") it is good for whoever has proved that one;
    the address is forgotten with the invitation's end.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    organization_id: Mapped[int] = references("organizations.id", index=True)
    role: Mapped[str] = mapped_column(String(20))
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[str | None] = mapped_column(String(64))
    # Whoever made it cannot accept it. Administrators make one only while nobody owns it.
    made_by: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    by_administrator: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ContactMessage(Base):
    """A recent message to an organisation, by the keyed hash of its sender, to limit them."""

    __tablename__ = "contact_messages"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = references("organizations.id", index=True)
    sender: Mapped[str] = mapped_column(String(64), index=True)
    is_member: Mapped[bool]
    sent_at: Mapped[datetime] = mapped_column(index=True)
