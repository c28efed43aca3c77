"""Signing in and out, and changing one's profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete

from portal import tokens
from portal.domain.people import queries, rules
from portal.domain.people.models import Identity, Person, SignInSession
from portal.sealing import seal_of
from portal.time_zones import is_place

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Claims:
    """What a provider said about somebody, already verified by portal.web.providers.

    `provider` is its key in the settings.
    """

    issuer: str
    subject: str
    name: str = ""
    verified_email: str | None = None
    language: str | None = None
    time_zone: str | None = None
    provider: str = "oidc"


def welcome(db: Session, claims: Claims, language: str, now: datetime) -> Person:
    """The person of these claims, made known at the first sign-in.

    Found by issuer and subject only; the address never decides who somebody is. Later sign-ins by
    the oldest way refresh the address and leave the profile, which is the person's own, alone.
    """
    person = queries.person_known_as(db, claims.issuer, claims.subject)
    if person is None:
        name = rules.tidy_name(claims.name) or "—"
        zone = claims.time_zone if claims.time_zone and is_place(claims.time_zone) else None
        person = Person(
            name_sealed=seal_of(db).close(name, "person.name"),
            language=claims.language or language,
            time_zone=zone,
            created_at=now,
        )
        db.add(person)
        db.flush()
        add_identity(db, person, claims, now)
    elif queries.identities_of(db, person)[0].issuer == claims.issuer:
        keep_address(db, person, claims.verified_email)
    return person


def add_identity(db: Session, person: Person, claims: Claims, now: datetime) -> None:
    """Lets these claims sign the person in; an address comes along if there was none."""
    db.add(
        Identity(
            person_id=person.id,
            issuer=claims.issuer,
            subject=claims.subject,
            provider=claims.provider,
            added_at=now,
        )
    )
    if person.email_index is None:
        keep_address(db, person, claims.verified_email)
    db.flush()


def keep_address(db: Session, person: Person, email: str | None) -> None:
    """Writes to this verified address from now on."""
    if email is None:
        return
    try:
        address = rules.check_plain_address(email)
    except rules.AddressUnfitError:
        return  # a provider may vouch for what no letter can reach, or what looks like another's
    seal = seal_of(db)
    person.email_index = seal.index(address)
    person.email_sealed = seal.close(address, "person.email")


def start_session(db: Session, person: Person, now: datetime) -> str:
    """A new session; returns the token for the cookie. Sessions past their time are forgotten."""
    db.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    token = tokens.new_token()
    db.add(
        SignInSession(
            digest=tokens.digest(token),
            person_id=person.id,
            started_at=now,
            expires_at=now + rules.SESSION_LASTS,
        )
    )
    return token


def end_session(db: Session, token: str) -> None:
    """Signs this browser out for good: the cookie's token opens nothing any more."""
    db.execute(delete(SignInSession).where(SignInSession.digest == tokens.digest(token)))


def change_profile(
    db: Session, person: Person, *, name: str, language: str, time_zone: str | None
) -> None:
    """Sets display name, language of letters and time zone."""
    person.name_sealed = seal_of(db).close(rules.check_name(name), "person.name")
    person.language = language
    person.time_zone = time_zone


def make_administrator(person: Person) -> None:
    """Gives the rights to found organisations and to run the portal."""
    person.is_administrator = True
