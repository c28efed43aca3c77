"""Everything that is held about somebody, as records of plain values for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.domain.accounts.queries import passes_of
from portal.domain.consents.queries import consents_of
from portal.domain.initiatives.following import followed_by, questions_of
from portal.domain.letters.models import Letter, Notice
from portal.domain.organizations.queries import memberships_of
from portal.domain.people.models import SignInSession
from portal.domain.people.queries import address_of, city_of, identities_of, name_of
from portal.domain.registrations.queries import recipient_of
from portal.domain.second_factors.queries import factors_of, passkey_name

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.domain.people.models import Person
    from portal.domain.registrations.queries import Pass

# Records by what they are about. Values are text, numbers, instants, lists of text, or nothing.
Holdings = dict[str, list[dict[str, Any]]]


def holdings_of(db: Session, person: Person) -> Holdings:
    """Everything about a person, and nothing about anybody else."""
    passes = passes_of(db, person)
    notices = select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)
    return {
        "profile": [_profile(db, person)],
        "identities": [
            {
                "way": identity.provider,
                "issuer": identity.issuer,
                "subject": identity.subject,
                "added_at": identity.added_at,
            }
            for identity in identities_of(db, person)
        ],
        "second_factors": _second_factors(db, person),
        "sessions": [
            {
                "browser": session.browser,
                "way": session.way,
                "started_at": session.started_at,
                "acted_at": session.acted_at,
                "second_factor_at": session.second_factor_at,
                "expires_at": session.expires_at,
            }
            for session in db.scalars(
                select(SignInSession).where(SignInSession.person_id == person.id)
            )
        ],
        "memberships": [
            {"organization": organization.name.said().text, "role": role}
            for organization, role in memberships_of(db, person)
        ],
        "sign_ups": [_sign_up(db, held) for held in passes],
        "following": [
            {"initiative": initiative.title.said().text, "since": since}
            for initiative, since in followed_by(db, person)
        ],
        "questions": [
            {"initiative": initiative.title.said().text, "asked_at": asked_at}
            for initiative, asked_at in questions_of(db, person)
        ],
        "consents": [
            {
                "text": text.text,
                "language": text.language,
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent, text in consents_of(db, person)
        ],
        "letters": [
            *(letter for held in passes for letter in _letters(db, held)),
            *(
                {"about": notice.about, "state": notice.state, "sent_at": notice.sent_at}
                for notice in db.scalars(notices)
            ),
        ],
    }


def holdings_of_pass(db: Session, held: Pass) -> Holdings:
    """The same for one sign-up, which is all there is about a guest."""
    return {"sign_ups": [_sign_up(db, held)], "letters": _letters(db, held)}


def _profile(db: Session, person: Person) -> dict[str, Any]:
    return {
        "name": name_of(db, person),
        "address": address_of(db, person),
        "language": person.language,
        "time_zone": person.time_zone,
        "country": person.country,
        "city": city_of(db, person),
        "spoken": person.spoken,
        "interests": person.interests,
        "discreet": person.is_discreet,
        "administrator": person.is_administrator,
        "since": person.created_at,
        "last_seen_at": person.last_seen_at,
    }


def _second_factors(db: Session, person: Person) -> list[dict[str, Any]]:
    factors = factors_of(db, person)
    return [
        {"app": factors.has_app, "recovery_codes": factors.codes_left},
        *(
            {"passkey": passkey_name(db, passkey), "added_at": passkey.created_at}
            for passkey in factors.passkeys
        ),
    ]


def _sign_up(db: Session, held: Pass) -> dict[str, Any]:
    registration, recipient = held.registration, recipient_of(db, held.registration)
    return {
        "event": held.event.title.said().text,
        "starts_at": held.event.starts_at,
        "name": recipient.name,
        "address": recipient.address,
        "language": recipient.language,
        "time_zone": registration.time_zone,
        "status": registration.status,
        "signed_up_at": registration.registered_at,
        "held_until": registration.held_until,
        "confirmed_at": registration.confirmed_at,
        "took_part_at": registration.attended_at,
        "gave_feedback": registration.has_answered,
        "reminders": registration.wants_reminders,
        "discreet": recipient.is_discreet,
    }


def _letters(db: Session, held: Pass) -> list[dict[str, Any]]:
    about = select(Letter).where(Letter.registration_id == held.registration.id)
    return [
        {"about": letter.kind, "state": letter.state, "sent_at": letter.sent_at}
        for letter in db.scalars(about.order_by(Letter.id))
    ]
