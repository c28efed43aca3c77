"""Coming in, closing an account, coming back, and erasing whatever there is about somebody."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.domain.accounts.consents.actions import record_consent
from portal.domain.accounts.consents.models import Purpose
from portal.domain.accounts.identities.actions import forget_links_to
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import address_of
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.events.rules import is_over
from portal.domain.moderation import erasure as moderation
from portal.domain.organizations.actions import withdraw_invitations_to
from portal.domain.organizations.queries import lock_solely_owned
from portal.domain.privacy import queries, rules
from portal.domain.registrations.actions import cancel
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.reminders import forget
from portal.domain.registrations.rules import HoldRunOutError, NotRegisteredError
from portal.domain.stories import erasure as stories
from portal.i18n.locale import match_tag


def welcome(db: Session, claims: Claims, language: str, now: datetime) -> Person:
    """Return the person of these claims; what the sign-in page said was agreed to by going on."""
    person = people.welcome(db, claims, language, now)
    agree(db, person, now)
    return person


def agree(db: Session, person: Person, now: datetime) -> None:
    """Note that somebody went on from the sign-in page, which says what is kept."""
    record_consent(db, person, Purpose.ACCOUNT, now)


def close(db: Session, person: Person, now: datetime) -> None:
    """Sign out everywhere, hide the account and give coming places back.

    Raises HandOverFirstError for the last owner of an organisation. What is left waits for
    `rules.WAY_BACK`, in which signing in again offers the way back. Twice is once.
    """
    if person.closed_at is not None:
        return
    _check_no_organization_left(db, person)
    _cancel_registrations(db, person, now, now)
    db.execute(delete(SignInSession).where(SignInSession.person_id == person.id))
    person.closed_at = now
    language = match_tag(person.language)
    notify(db, NotificationKind.ACCOUNT_CLOSED, now=now, language=language, person_id=person.id)


def reactivate(person: Person) -> None:
    """Open the account again, as it was; places given back may have gone to others."""
    person.closed_at = None


def notify_idle_person(db: Session, person: Person, now: datetime) -> None:
    """Owe somebody long unseen the question whether the account is still wanted."""
    person.asked_at = now
    language = match_tag(person.language)
    notify(db, NotificationKind.STILL_THERE, now=now, language=language, person_id=person.id)


def erase(db: Session, person: Person, now: datetime) -> None:
    """Delete whatever leads to a person; numbers of past events stay as numbers.

    Raises HandOverFirstError as `close` does. The last email goes to a bare address, which is
    forgotten with it.
    """
    _check_no_organization_left(db, person)
    until = person.closed_at or person.last_seen_at + rules.A_DAY
    _cancel_registrations(db, person, until, now)
    forget(db, [own_pass.registration.id for own_pass in queries.passes_of(db, person, until)])
    moderation.forget(db, person)
    stories.forget(db, person)
    address, language = address_of(db, person), match_tag(person.language)
    discreet = "yes" if person.is_discreet else ""
    if person.banned_at is not None:
        people.remember_ban(db, person)
    if person.email_index is not None:
        forget_links_to(db, person.email_index)
        withdraw_invitations_to(db, person.email_index, now)
    # Identities, sessions, factors, memberships, consents and notices go with the person's row.
    db.execute(delete(Person).where(Person.id == person.id))
    if address is not None:
        about = NotificationKind.ACCOUNT_ERASED
        notify(db, about, now=now, language=language, address=address, discreet=discreet)


def erase_pass(db: Session, own_pass: Pass, now: datetime) -> None:
    """Delete one sign-up at its holder's wish; a place still to come is given back."""
    _cancel_if_coming(db, own_pass, now)
    db.flush()
    forget(db, [own_pass.registration.id])


def _check_no_organization_left(db: Session, person: Person) -> None:
    if person.banned_at is not None:
        return  # who can act for nobody can hand nothing over either
    for organization in lock_solely_owned(db, person):
        raise rules.OwnershipTransferNeededError(organization=organization.name.localized().text)


def _cancel_registrations(db: Session, person: Person, until: datetime, now: datetime) -> None:
    for own_pass in queries.passes_of(db, person, until):
        _cancel_if_coming(db, own_pass, now)
    db.flush()


def _cancel_if_coming(db: Session, own_pass: Pass, now: datetime) -> None:
    if not is_over(own_pass.event, now):
        with suppress(NotRegisteredError, HoldRunOutError):  # given back already
            cancel(db, own_pass, now)
