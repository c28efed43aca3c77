"""Signing in and out, and changing one's profile."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.core.time_zones import UnknownZoneError, is_place
from portal.domain.accounts.people import queries, rules
from portal.domain.accounts.people.models import Ban, Identity, Person, SignInSession
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.i18n.countries import is_country


@dataclass(frozen=True)
class Claims:
    """Verified claims of a provider about a person; `provider` is its key in the settings."""

    issuer: str
    subject: str
    name: str = ""
    verified_email: str | None = None
    language: str | None = None
    time_zone: str | None = None
    provider: str = "oidc"


@dataclass(frozen=True)
class Profile:
    """What somebody says of themselves; everything but name and language may be left out."""

    name: str
    language: str
    time_zone: str | None = None
    country: str | None = None
    city: str | None = None
    spoken: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    is_discreet: bool = False


def welcome(db: Session, claims: Claims, language: str, now: datetime) -> Person:
    """Return the person of these claims, made known at the first sign-in.

    Found by issuer and subject only; the address never decides who somebody is. Later sign-ins by
    the oldest way refresh the address and leave the profile, which is the person's own, alone.
    Raises BannedError for who was banned and has deleted the account since.
    """
    person = queries.person_known_as(db, claims.issuer, claims.subject)
    if person is None:
        if queries.is_banned_identity(db, claims.issuer, claims.subject):
            raise rules.BannedError
        name = rules.tidy_name(claims.name) or "—"
        zone = claims.time_zone if claims.time_zone and is_place(claims.time_zone) else None
        person = Person(
            name_sealed=seal_of(db).close(name, "person.name"),
            language=claims.language or language,
            time_zone=zone,
            created_at=now,
            last_seen_at=rules.seen_on(now),
        )
        db.add(person)
        db.flush()
        add_identity(db, person, claims, now)
    elif queries.identities_of(db, person)[0].issuer == claims.issuer:
        set_address(db, person, claims.verified_email, now)
    return person


def add_identity(db: Session, person: Person, claims: Claims, now: datetime) -> None:
    """Let these claims sign the person in; an address comes along if there was none."""
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
        set_address(db, person, claims.verified_email, now)
    db.flush()


def set_address(db: Session, person: Person, email: str | None, now: datetime) -> None:
    """Write to this verified address from now on; the old one is told."""
    if email is None:
        return
    try:
        address = rules.check_plain_address(email)
    except rules.AddressUnfitError:
        return  # a provider may vouch for what no email can reach, or what looks like another's
    seal = seal_of(db)
    before = queries.address_of(db, person)
    if before is not None and person.email_index != seal.index(address):
        # Whoever reads the old mailbox learns of it, but not where emails go from now on.
        notify(
            db,
            NotificationKind.ADDRESS_CHANGED,
            now=now,
            language=person.language,
            person_id=person.id,
            address=before,
        )
    person.email_index = seal.index(address)
    person.email_sealed = seal.close(address, "person.email")


def forget_sessions(db: Session, now: datetime) -> int:
    """Delete sessions past their time; return how many."""
    gone = db.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def start_session(
    db: Session, person: Person, now: datetime, *, way: str = "", browser: str = ""
) -> str:
    """Start a session and return the cookie's token; raise for the banned, however they came."""
    if person.banned_at is not None:
        raise rules.BannedError
    person.last_seen_at, person.asked_at = rules.seen_on(now), None
    forget_sessions(db, now)
    token = tokens.new_token()
    db.add(
        SignInSession(
            digest=tokens.digest(token),
            public_id=tokens.new_public_id(),
            person_id=person.id,
            way=way[: rules.MAX_METHOD_LENGTH],
            browser=browser[: rules.MAX_METHOD_LENGTH],
            started_at=now,
            acted_at=now,
            expires_at=now + rules.SESSION_LASTS,
        )
    )
    return token


def touch_session(db: Session, session: SignInSession, now: datetime) -> None:
    """Remember that a session is in use, at most once an hour."""
    if now - session.acted_at >= rules.TOUCH_EVERY:
        # By a statement: a session that another browser is just ending is no error.
        db.execute(
            update(SignInSession)
            .where(SignInSession.id == session.id)
            .values(acted_at=now)
            .execution_options(synchronize_session=False)
        )


def pass_second_factor(db: Session, session: SignInSession, now: datetime) -> str:
    """Raise the session's rights and return its new token, so that a stolen one stays worthless."""
    token = tokens.new_token()
    session.digest, session.second_factor_at = tokens.digest(token), now
    db.flush()
    return token


def end_session(db: Session, token: str) -> None:
    """Sign this browser out for good: the cookie's token opens nothing any more."""
    db.execute(delete(SignInSession).where(SignInSession.digest == tokens.digest(token)))


def end_one(db: Session, session: SignInSession) -> None:
    """Sign one browser out."""
    # By a statement: if it has just ended by itself, so much the better.
    db.execute(delete(SignInSession).where(SignInSession.id == session.id))


def end_sessions(db: Session, person: Person, *, but: SignInSession | None = None) -> None:
    """Sign somebody out everywhere, or everywhere else."""
    ended = delete(SignInSession).where(SignInSession.person_id == person.id)
    db.execute(ended.where(SignInSession.id != but.id) if but else ended)


def change_profile(db: Session, person: Person, profile: Profile) -> None:
    """Set what people say of themselves; the zone counts from now on, emails follow it too."""
    name = rules.check_name(profile.name)
    if profile.time_zone is not None and not is_place(profile.time_zone):
        raise UnknownZoneError("time_zone")
    if profile.country is not None and not is_country(profile.country):
        raise rules.CountryUnknownError
    check_text(profile.city or "", rules.LONGEST_CITY, "city")
    seal = seal_of(db)
    person.name_sealed = seal.close(name, "person.name")
    person.city_sealed = seal.close(profile.city, "person.city") if profile.city else None
    person.language, person.time_zone = profile.language, profile.time_zone
    person.country, person.is_discreet = profile.country, profile.is_discreet
    person.spoken, person.interests = list(profile.spoken), list(profile.interests)


def ban(db: Session, person: Person, now: datetime) -> None:
    """End every session and let none begin."""
    person.banned_at = now
    db.execute(delete(SignInSession).where(SignInSession.person_id == person.id))


def remember_ban(db: Session, person: Person) -> None:
    """Keep the hashes of somebody's identities, so that erasing the account lifts no ban."""
    for identity in queries.identities_of(db, person):
        digest = queries.identity_digest(db, identity.issuer, identity.subject)
        db.merge(Ban(digest=digest))


def forget_ban(db: Session, issuer: str, subject: str) -> bool:
    """Let an identity of a deleted account in again; whether it was kept out."""
    digest = queries.identity_digest(db, issuer, subject)
    gone = db.execute(delete(Ban).where(Ban.digest == digest))
    return gone.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def lift_ban(person: Person) -> None:
    """Let the person sign in again."""
    person.banned_at = None


def make_administrator(person: Person) -> None:
    """Give the rights to found organisations and to run the portal."""
    person.is_administrator = True
