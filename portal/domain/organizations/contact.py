"""Writing to an organisation without learning anybody's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from portal.domain.letters.actions import notify
from portal.domain.letters.models import About
from portal.domain.organizations import rules
from portal.domain.organizations.models import ContactMessage, Organization
from portal.domain.organizations.queries import owners_of
from portal.domain.people.queries import address_of, name_of
from portal.domain.people.rules import check_address, tidy_name
from portal.sealing import seal_of
from portal.texts import check_text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.people.models import Person


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
    """A letter to each owner, answered to the writer's address; limits by the hour.

    A member is known by the account and answered at its verified address, if there is one.
    """
    check_text(message, rules.LONGEST_MESSAGE, "message", one_line=False)
    known = address_of(db, person) if person else None
    if not (known or address):
        raise rules.AddressNeededError
    reply_to = known or check_address(address)
    sender = seal_of(db).index(f"person {person.id}" if person else reply_to)
    db.refresh(organization, with_for_update=True)
    _check_not_too_often(db, organization, sender, now, is_member=person is not None)
    db.add(
        ContactMessage(
            organization_id=organization.id,
            sender=sender,
            is_member=person is not None,
            sent_at=now,
        )
    )
    for owner in owners_of(db, organization):
        notify(
            db,
            About.CONTACT,
            now=now,
            language=owner.language,
            person_id=owner.id,
            organization=organization.name.said(owner.language).text,
            writer=name_of(db, person) if person else tidy_name(name) or "—",
            message=message,
            reply_to=reply_to,
        )


def _check_not_too_often(
    db: Session, organization: Organization, sender: str, now: datetime, *, is_member: bool
) -> None:
    """Three an hour from one sender; strangers, whose addresses nobody proved, share a limit."""
    db.execute(delete(ContactMessage).where(ContactMessage.sent_at <= now - rules.AN_HOUR))
    count = select(func.count()).select_from(ContactMessage)
    if (db.scalar(count.where(ContactMessage.sender == sender)) or 0) >= rules.MOST_MESSAGES:
        raise rules.TooManyMessagesError
    strangers = count.where(
        ContactMessage.organization_id == organization.id, ContactMessage.is_member.is_(False)
    )
    if not is_member and (db.scalar(strangers) or 0) >= rules.MOST_MESSAGES_OF_STRANGERS:
        raise rules.TooManyMessagesError
