"""Everything that is held about somebody, as records of plain values for files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.content.picture_html import path_of, widths_of
from portal.domain.accounts.consents.models import Consent, ConsentText
from portal.domain.accounts.consents.queries import consents_of, consents_to_sign_up
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import address_of, city_of, identities_of, name_of
from portal.domain.accounts.second_factors.queries import factors_of, passkey_name
from portal.domain.emails.models import Email, Notification
from portal.domain.initiatives.following import followed_by, questions_of
from portal.domain.privacy.export_roles import dealings_of
from portal.domain.privacy.queries import passes_of
from portal.domain.publishing.images.queries import images_by
from portal.domain.registrations.exports import takings_by
from portal.domain.registrations.queries import Pass, recipient_of
from portal.domain.stories.author_pages import author_of
from portal.domain.stories.comments import comments_by
from portal.domain.stories.models import Story
from portal.domain.stories.queries import autosaves_of_person, proposed_by, stories_of_author

# Records by what they are about. Values are text, numbers, instants, lists of text, or nothing.
Holdings = dict[str, list[dict[str, Any]]]


def holdings_of(db: Session, person: Person, now: datetime) -> Holdings:
    """Return everything about a person, and nothing about anybody else."""
    passes = passes_of(db, person)
    notifications = (
        select(Notification).where(Notification.person_id == person.id).order_by(Notification.id)
    )
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
        "sign_in_links": _sign_in_links(db, person),
        **dealings_of(db, person, now),
        "sign_ups": [_sign_up(db, own_pass) for own_pass in passes],
        "participant_exports": [
            {
                "event": taking.event.title.localized().text,
                "exported_at": taking.exported_at,
                "format": taking.form,
                "people": taking.people,
            }
            for taking in takings_by(db, person)
        ],
        "consents": [*_consents(consents_of(db, person)), *_consents_to_sign_up(db, passes)],
        "stories": _stories(db, person),
        "following": [
            {"initiative": initiative.title.localized().text, "since": since}
            for initiative, since in followed_by(db, person)
        ],
        "questions": [
            {"initiative": initiative.title.localized().text, "asked_about_at": asked_at}
            for initiative, asked_at in questions_of(db, person)
        ],
        "comments": [
            {
                "story": db.get_one(Story, comment.story_id).title.localized().text,
                "byline": comment.byline,
                "text": comment.text,
                "state": comment.state,
                "posted_at": comment.posted_at,
            }
            for comment in comments_by(db, person)
        ],
        "images": [
            {
                "picture": path_of(image.key, widths_of(image.width)[-1], "jpg"),
                "text": image.alt.localized().text,
                "added_at": image.added_at,
            }
            for image in images_by(db, person)
        ],
        "letters": [
            *(email for own_pass in passes for email in _emails(db, own_pass)),
            *(
                {"about": notice.about, "state": notice.state, "sent_at": notice.sent_at}
                for notice in db.scalars(notifications)
            ),
        ],
    }


def holdings_of_pass(db: Session, own_pass: Pass) -> Holdings:
    """Return everything about one sign-up, which is all there is about a guest."""
    return {
        "sign_ups": [_sign_up(db, own_pass)],
        "consents": _consents_to_sign_up(db, [own_pass]),
        "letters": _emails(db, own_pass),
    }


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
        "moderator": person.is_moderator,
        "since": person.created_at,
        "last_seen_at": person.last_seen_at,
        "asked_at": person.asked_at,
        "closed_at": person.closed_at,
        "banned_at": person.banned_at,
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


def _sign_in_links(db: Session, person: Person) -> list[dict[str, Any]]:
    """Return links asked for lately, by the person or by whoever typed their address."""
    asked = SignInLink.person_id == person.id
    if person.email_index is not None:
        asked = or_(asked, SignInLink.email_index == person.email_index)
    return [
        {"asked_for_at": link.created_at, "tries": link.tries, "used_at": link.used_at}
        for link in db.scalars(select(SignInLink).where(asked).order_by(SignInLink.created_at))
    ]


def _consents_to_sign_up(db: Session, passes: Sequence[Pass]) -> list[dict[str, Any]]:
    return _consents(consents_to_sign_up(db, [own_pass.registration.id for own_pass in passes]))


def _consents(rows: Sequence[tuple[Consent, ConsentText]]) -> list[dict[str, Any]]:
    return [
        {
            "text": text.text,
            "language": text.language,
            "version": text.digest,
            "given_at": consent.given_at,
            "withdrawn_at": consent.withdrawn_at,
        }
        for consent, text in rows
    ]


def _stories(db: Session, person: Person) -> list[dict[str, Any]]:
    """Return what somebody has written, in all its languages, and what has not even been saved."""
    author = author_of(db, person)
    return [
        *([{"author_page": author.byline, "since": author.since}] if author else []),
        *(
            {
                "title": story.title.localized().text,
                "byline": story.byline,
                "state": story.state,
                "published_at": story.published_at,
                "texts": [
                    text
                    for texts in (story.title, story.summary, story.body, story.funding_note)
                    for text in texts.texts().values()
                ],
            }
            for story in stories_of_author(db, person)
        ),
        *(
            {
                "unsaved": [str(text) for text in autosave.typed.values() if text],
                "saved_at": autosave.saved_at,
            }
            for autosave in autosaves_of_person(db, person)
        ),
        *(
            {
                "proposed": [str(text) for text in change_request.typed.values() if text],
                "proposed_at": change_request.proposed_at,
            }
            for change_request in proposed_by(db, person)
        ),
    ]


def _sign_up(db: Session, own_pass: Pass) -> dict[str, Any]:
    registration, recipient = own_pass.registration, recipient_of(db, own_pass.registration)
    return {
        "event": own_pass.event.title.localized().text,
        "starts_at": own_pass.event.starts_at,
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


def _emails(db: Session, own_pass: Pass) -> list[dict[str, Any]]:
    about = select(Email).where(Email.registration_id == own_pass.registration.id)
    return [
        {"about": email.kind, "state": email.state, "sent_at": email.sent_at}
        for email in db.scalars(about.order_by(Email.id))
    ]
