"""Writing to an organisation without learning anybody's address."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import address_of, name_of
from portal.domain.accounts.people.rules import check_address, tidy_name
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.organizations import rules
from portal.domain.organizations.models import ContactMessage, Membership, Organization, Role
from portal.domain.organizations.queries import CAN_ACT


def write_to(  # noqa: PLR0913 - a message has this many parts
    db: Session,
    organization: Organization,
    message: str,
    now: datetime,
    *,
    person: Person | None,
    name: str = "",
    address: str = "",
) -> None:
    """Send an email to each of `readers_of`, answered to the writer; limits by the hour.

    UnreachableError if there is none. A member is known by the account and answered at its
    verified address, if there is one.
    """
    check_text(message, rules.LONGEST_MESSAGE, "message", one_line=False)
    known = address_of(db, person) if person else None
    if not (known or address):
        raise rules.AddressNeededError
    reply_to = known or check_address(address)
    sender = seal_of(db).index(f"person {person.id}" if person else reply_to)
    db.refresh(organization, with_for_update=True)
    readers = readers_of(db, organization)
    if not readers:
        raise rules.UnreachableError
    _check_not_too_often(db, organization, sender, now, is_member=person is not None)
    db.add(
        ContactMessage(
            organization_id=organization.id,
            sender=sender,
            is_member=person is not None,
            sent_at=now,
        )
    )
    for reader in readers:
        notify(
            db,
            NotificationKind.CONTACT,
            now=now,
            language=reader.language,
            person_id=reader.id,
            organization=organization.name.localized(reader.language).text,
            writer=name_of(db, person) if person else tidy_name(name) or "—",
            message=message,
            reply_to=reply_to,
        )


def readers_of(db: Session, organization: Organization) -> Sequence[Person]:
    """Owners who can be written to; where there are none, editors."""
    reachable = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == organization.id,
            Person.email_index.is_not(None),
            CAN_ACT,
        )
        .order_by(Person.id)
    )
    for role in (Role.OWNER, Role.EDITOR):
        if found := db.scalars(reachable.where(Membership.role == role.value)).all():
            return found
    return []


def forget_messages(db: Session, now: datetime) -> int:
    """Delete what is no longer counted; return how much."""
    gone = db.execute(delete(ContactMessage).where(ContactMessage.sent_at <= now - rules.AN_HOUR))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def _check_not_too_often(
    db: Session, organization: Organization, sender: str, now: datetime, *, is_member: bool
) -> None:
    """Three an hour from one sender; strangers, whose addresses nobody proved, share a limit."""
    forget_messages(db, now)
    count = select(func.count()).select_from(ContactMessage)
    if (db.scalar(count.where(ContactMessage.sender == sender)) or 0) >= rules.MAX_MESSAGES:
        raise rules.TooManyMessagesError
    strangers = count.where(
        ContactMessage.organization_id == organization.id, ContactMessage.is_member.is_(False)
    )
    if not is_member and (db.scalar(strangers) or 0) >= rules.MAX_MESSAGES_OF_STRANGERS:
        raise rules.TooManyMessagesError
