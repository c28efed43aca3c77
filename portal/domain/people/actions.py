"""Signing in and out, and changing one's profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

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
        address = rules.check_address(email)
    except rules.AddressUnfitError:
        return  # a provider may vouch for what no letter can reach
    seal = seal_of(db)
    person.email_index = seal.index(address)
    person.email_sealed = seal.close(address, "person.email")


def start_session(
    db: Session, person: Person, now: datetime, *, way: str = "", browser: str = ""
) -> str:
    """A new session; returns the token for the cookie. Sessions past their time are forgotten."""
    db.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    token = tokens.new_token()
    db.add(
        SignInSession(
            digest=tokens.digest(token),
            public_id=tokens.new_public_id(),
            person_id=person.id,
            way=way[: rules.LONGEST_WAY],
            browser=browser[: rules.LONGEST_WAY],
            started_at=now,
            acted_at=now,
            expires_at=now + rules.SESSION_LASTS,
        )
    )
    return token


def note_use(db: Session, session: SignInSession, now: datetime) -> None:
    """Remembers that a session is in use, at most once an hour."""
    if now - session.acted_at >= rules.USE_NOTED_EVERY:
        # By a statement: a session that another browser is just ending is no error.
        db.execute(
            update(SignInSession)
            .where(SignInSession.id == session.id)
            .values(acted_at=now)
            .execution_options(synchronize_session=False)
        )


def pass_second_factor(db: Session, session: SignInSession, now: datetime) -> str:
    """The session may do more from here on, so it gets a new token, which is returned.

    A token that was stolen while it could do less stays what it was: worth nothing.
    """
    token = tokens.new_token()
    session.digest, session.second_factor_at = tokens.digest(token), now
    db.flush()
    return token


def end_session(db: Session, token: str) -> None:
    """Signs this browser out for good: the cookie's token opens nothing any more."""
    db.execute(delete(SignInSession).where(SignInSession.digest == tokens.digest(token)))


def end_one(db: Session, session: SignInSession) -> None:
    """Signs one browser out."""
    # By a statement: if it has just ended by itself, so much the better.
    db.execute(delete(SignInSession).where(SignInSession.id == session.id))


def end_sessions(db: Session, person: Person, *, but: SignInSession | None = None) -> None:
    """Signs somebody out everywhere, or everywhere else."""
    ended = delete(SignInSession).where(SignInSession.person_id == person.id)
    db.execute(ended.where(SignInSession.id != but.id) if but else ended)


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
